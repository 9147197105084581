"""Vietnamese mobile numbers in any usual spelling, stored as E.164 (`+84912345678`)."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

# Mobile prefixes after 11-digit numbers ended (Circular 22/2014/TT-BTTTT, plan of 2018): 03, 05, 07, 08, 09.
_MOBILE = re.compile(r"[35789]\d{8}")
_ALLOWED = re.compile(r"[\d\s.+()\-–/]*")
EXAMPLE = "0912 345 678"


def normalise(raw: str) -> str:
    """`+84912345678` from any usual spelling; ValidationError in Vietnamese otherwise."""
    text = unicodedata.normalize("NFKC", raw or "")
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"}).strip()
    if not text:
        raise ValidationError("Hãy ghi số điện thoại.", code="required")
    if not _ALLOWED.fullmatch(text) or "+" in text[1:].replace("+84", "", 1) or not text.isprintable():
        raise ValidationError(f"Số điện thoại chỉ gồm các chữ số, ví dụ {EXAMPLE}.", code="invalid")
    digits = "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
    national = _national(text, digits)
    if not _MOBILE.fullmatch(national):
        raise ValidationError(
            f"Số này không phải số điện thoại di động Việt Nam. Số di động có 10 chữ số, ví dụ {EXAMPLE}.",
            code="invalid",
        )
    return "+84" + national


def _national(text: str, digits: str) -> str:
    """The digits after the country or trunk code, or an empty string."""
    if digits.startswith("0084"):
        return digits[4:].removeprefix("0")
    if digits.startswith("84") and (text.lstrip("(").startswith("+") or len(digits) in {11, 12}):
        return digits[2:].removeprefix("0")  # people write +84 (0) 912 345 678
    if text.lstrip("(").startswith("+"):
        return ""
    return digits[1:] if digits.startswith("0") else ""


def spoken(phone: str) -> str:
    """`0912 345 678` from `+84912345678`: the way people write their number."""
    national = "0" + phone.removeprefix("+84")
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def masked(phone: str) -> str:
    """`0912 ••• 678`: enough to recognise one's own number, not enough to learn it."""
    return re.sub(r" \d{3} ", " ••• ", spoken(phone))
