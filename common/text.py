"""Vietnamese text: one stored form (NFC), one form for comparing, one for addresses."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import slugify

NAME_LETTERS = 60
# The Icelandic eth is often typed for the Vietnamese đ: on paper they look the same.
_D_STROKE = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
_NAME_EXTRAS = frozenset(" '’-.")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters by category that no font draws, and U+FFFD, which stands for what could not be read.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffd")


def nfc(s: str) -> str:
    """The stored form: precomposed letters, so that equal names are equal strings."""
    return unicodedata.normalize("NFC", s)


def visible(s: str) -> str:
    """NFC without control and zero-width characters; runs of any white space become one space."""
    spaced = "".join(" " if c.isspace() else c for c in nfc(s))
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf"}).split())


def hidden(s: str) -> bool:
    """Whether s holds something a reader does not see or cannot read; tabs and line ends apart."""
    return any(c not in "\t\n" and (c in _BLANKS or unicodedata.category(c) in _HIDDEN) for c in s)


def fold(s: str) -> str:
    """The compared form: no marks, đ as d, lower case, single spaces.

    As every mark goes, the two places of a tone (hoà and hòa, thuỵ and thụy) fold alike.
    """
    return " ".join(unaccented(s).casefold().split())


def unaccented(s: str) -> str:
    """The same words without marks, as people type them in a text message: `Đường` → `Duong`."""
    bare = unicodedata.normalize("NFD", s.translate(_D_STROKE))
    return "".join(c for c in bare if not unicodedata.combining(c))


def ascii_slug(s: str) -> str:
    """`Đường đến đổi mới số` → `duong-den-doi-moi-so`."""
    return slugify(fold(s))


def clean_name(s: str) -> str:
    """A person's name as it will stand on a paper.

    Raises ValidationError, in Vietnamese, when it is empty, longer than 60
    letters, or holds anything but letters, spaces, hyphens, full stops and apostrophes.
    """
    name = visible(s)
    if not name:
        raise ValidationError("Hãy ghi họ và tên.", code="required")
    if len(name) > NAME_LETTERS:
        raise ValidationError(
            f"Họ và tên dài {len(name)} chữ cái; "
            f"chỉ ghi được nhiều nhất {NAME_LETTERS} chữ cái. Hãy ghi ngắn lại.",
            code="max_length",
        )
    if not re.search(r"[^\W\d_]", name):
        raise ValidationError("Họ và tên phải có chữ cái.", code="invalid")
    if not all(c in _NAME_EXTRAS or unicodedata.category(c)[0] in "LM" for c in name):
        raise ValidationError("Họ và tên chỉ gồm chữ cái, không có số hay ký hiệu.", code="invalid")
    return name
