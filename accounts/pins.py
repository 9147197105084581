"""Which 6 digits may be a PIN."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

LENGTH = 6
# What leaked lists of 6-digit PINs have on top and the patterns below do not catch.
_COMMON = frozenset(
    [
        "159753",
        "147258",
        "258369",
        "147369",
        "159357",
        "520520",
        "168168",
        "686868",
        "123698",
        "789456",
        "456123",
        "112358",
        "314159",
        "201078",
        "190500",
        "300475",
        "020945",
        "190845",
    ]
)
_RUN = "0123456789" * 2


def digits_of(raw: str) -> str:
    """The PIN with plain digits, whatever the keyboard gave; spaces go."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", raw or ""))


def check_pin(raw: str, *, birth_year: int | None = None, phone: str = "") -> str:
    """The PIN as 6 plain digits; ValidationError in Vietnamese when it is easy to guess."""
    pin = digits_of(raw)
    if not re.fullmatch(rf"\d{{{LENGTH}}}", pin, re.ASCII):
        raise ValidationError("Mã phải có đúng 6 chữ số.", code="invalid")
    if is_common(pin):
        raise ValidationError("Mã này quá dễ đoán. Hãy chọn 6 chữ số khác.", code="common")
    if birth_year and tells_birth(pin, birth_year):
        raise ValidationError(
            "Mã không được chứa năm sinh hay ngày sinh: người quen dễ đoán ra. Hãy chọn 6 chữ số khác.",
            code="birth",
        )
    if phone and pin in phone:
        raise ValidationError("Mã không được lấy từ số điện thoại. Hãy chọn 6 chữ số khác.", code="phone")
    return pin


def is_common(pin: str) -> bool:
    """Sequences, repeats, mirrored digits, no more than two different digits, and well-known ones."""
    return (
        pin in _COMMON
        or pin in _RUN
        or pin[::-1] in _RUN
        or len(set(pin)) <= 2
        or pin[:3] == pin[3:]
        or pin == pin[::-1]
        or pin[::2] == pin[1::2]  # 112233
    )


def tells_birth(pin: str, birth_year: int) -> bool:
    """The year itself, or a day and month beside its last two digits (120364, 640312)."""
    year = str(birth_year)
    if year in pin or year[::-1] in pin:
        return True
    for rest in (pin.removesuffix(year[2:]), pin.removeprefix(year[2:])):
        if len(rest) == 4 and (_is_day(rest[:2], rest[2:]) or _is_day(rest[2:], rest[:2])):
            return True
    return False


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12
