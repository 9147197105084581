"""Typst to PDF and PNG with our own fonts: nothing is read from the machine, nothing fetched.

What people typed goes in as data (JSON in `sys.inputs`), never into the markup.
About 15 ms a page once the fonts are loaded.
"""

from __future__ import annotations

import datetime
import json
import struct
import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
_NEUTRAL = "?"  # in the place of a letter that our fonts cannot draw
# A compiler keeps the inputs of its last call: one page at a time.
_lock = threading.Lock()


def pdf(template: Path, data: dict[str, Any], *, at: datetime.datetime) -> bytes:
    """A tagged PDF/UA-1 with its fonts embedded; `at` is its creation time, so that it can be made again.

    The template sets title and language. Raises typst.TypstError.
    """
    return _compile(template, data, format="pdf", pdf_standards=["ua-1"], timestamp=at.replace(microsecond=0))


def png(template: Path, data: dict[str, Any]) -> bytes:
    """One page as a picture: a point of the template is a pixel. Raises typst.TypstError."""
    return _compile(template, data, format="png", ppi=72.0)


def drawable(text: str) -> str:
    """The text without what our fonts cannot draw: pictures and marks go, other letters become "?".

    A PDF/UA must not hold a character without a glyph.
    """
    glyphs = covered()
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        if ord(letter) in glyphs:
            kept.append(letter)
        elif letter.isspace():
            kept.append(" ")
        elif unicodedata.category(letter)[0] in "LN":
            kept.append(_NEUTRAL)
    return " ".join("".join(kept).split())


@cache
def covered() -> frozenset[int]:
    """The code points that every one of our fonts has."""
    return frozenset.intersection(*(_code_points(path.read_bytes()) for path in FONTS.glob("*.ttf")))


def _compile(template: Path, data: dict[str, Any], **options: Any) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _lock:
        result = _compiler(template.parent).compile(input=template, sys_inputs=inputs, **options)
    if isinstance(result, list):
        result = result[0]
    return bytes(result or b"")


@cache
def _compiler(root: Path) -> typst.Compiler:
    """It reads templates below `root` and our fonts, nothing else."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(root=root, font_paths=fonts)


def _code_points(font: bytes) -> frozenset[int]:
    """What the Unicode table (cmap, format 4: the basic plane) of a TrueType font maps to a glyph."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    subtables = struct.unpack_from(">H", font, cmap + 2)[0]
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * number)
        if (platform, encoding) == (3, 1):
            return frozenset(_segments(font, cmap + offset))
    raise ValueError("no Unicode table in the font")


def _segments(font: bytes, at: int) -> list[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    return [
        code
        for first, last in zip(starts, ends, strict=True)
        for code in range(first, last + 1)
        if code < 0xFFFF
    ]
