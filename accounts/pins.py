"""Which 6 digits may be a PIN."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from django.core.exceptions import ValidationError

LENGTH = 6
# What leaked lists of 6-digit PINs have on top and the patterns below do not catch.
_COMMON = frozenset(
    [
        "159753",
        "135790",
        "097531",
        "246810",
        "520520",
        "168168",
        "686868",
        "123698",
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
_ROUND = "123456" * 2
# Rows, columns and diagonals of a phone's keys, both ways.
_ROWS = ("123", "456", "789", "147", "258", "369", "159", "357")
_LINES = frozenset((*_ROWS, *(row[::-1] for row in _ROWS)))


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
    """Sequences, repeats, mirrored digits, lines of keys, at most two different digits, well-known ones."""
    return (
        pin in _COMMON
        or pin in _RUN
        or pin[::-1] in _RUN
        or len(set(pin)) <= 2
        or pin[:3] == pin[3:]
        or pin == pin[::-1]
        or pin[::2] == pin[1::2]  # 112233
        or _is_nearly_run(pin)
        or {pin[:3], pin[3:]} <= _LINES  # 741852
    )


def _is_nearly_run(pin: str) -> bool:
    """What people make of 123456 when that is refused."""
    back = pin[::-1]
    halves = {pin[::2], pin[1::2]}
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    pairs = [int(pin[at : at + 2]) for at in (0, 2, 4)]
    return (
        pin[:5] in _RUN  # 123457
        or pin[1:] in _RUN
        or back[:5] in _RUN
        or back[1:] in _RUN
        or pin in _ROUND  # 234561
        or back in _ROUND
        or all(half in _RUN or half[::-1] in _RUN for half in halves)  # 142536
        or steps <= {0, 1}  # 112234
        or steps <= {0, -1}
        or len({(after - before) % 10 for before, after in pairwise(map(int, pin))}) == 1  # 024680
        or (
            pairs[1] - pairs[0] == pairs[2] - pairs[1] and abs(pairs[1] - pairs[0]) in {1, 5, 10, 11}
        )  # 102030
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
