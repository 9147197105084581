"""Typesetting with our own fonts only, whatever is typed."""

import itertools
import struct
import unicodedata

import pytest

from common.paper import qr, typesetting

TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOWELS = [vowel + tone for vowel, tone in itertools.product("aăâeêioôơuưy", TONES)]
LETTERS = sorted(
    {unicodedata.normalize("NFC", letter) for vowel in VOWELS for letter in (vowel, vowel.upper())}
    | set("đĐbcdghklmnpqrstvxBCDGHKLMNPQRSTVXfjwzFJWZ0123456789")
)


def test_every_vietnamese_letter_is_in_every_font():
    assert len(LETTERS) > 190
    assert set(map(ord, LETTERS)) <= typesetting.covered()


def test_all_fonts_come_with_their_licence():
    fonts = {path.name.partition("-")[0] for path in typesetting.FONTS.glob("*.ttf")}
    assert {path.stem.partition("-")[2] for path in typesetting.FONTS.glob("OFL-*.txt")} == fonts
    assert sum(path.stat().st_size for path in typesetting.FONTS.glob("*.ttf")) < 1_500_000


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Nguyễn Thị Lan", "Nguyễn Thị Lan"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Lan 🎉👵🏽 Hoa", "Lan Hoa"),
        ("李 Hoa", "? Hoa"),
        ("שלום", "????"),
        ("Lan\u202egnud\u202c", "Langnud"),
        ("a\u0007b\u200bc\ufeff", "abc"),
        ("hai\u3000chữ\n mới", "hai chữ mới"),
        ('#import "x": y \\ $1$ *b* <l> @r', '#import "x": y \\ $1$ *b* <l> @r'),
        ("𝓛an", "?an"),
        ("", ""),
    ],
)
def test_what_no_font_draws_goes(typed, drawn):
    assert typesetting.drawable(typed) == drawn


def test_a_font_without_a_unicode_table_is_refused():
    empty = struct.pack(">4H", 0, 0, 0, 0)
    with pytest.raises(StopIteration):
        typesetting._code_points(struct.pack(">LHHHH", 0x10000, 0, 0, 0, 0) + empty)
    symbol = struct.pack(">LHHHH4sLLL", 0x10000, 1, 0, 0, 0, b"cmap", 0, 28, 12)
    with pytest.raises(ValueError, match="Unicode"):
        typesetting._code_points(symbol + struct.pack(">HHHHL", 0, 1, 3, 0, 12))


def test_a_qr_code_is_drawn_with_its_quiet_zone():
    code = qr.svg("https://hoc.example.vn/giay/7Q3XKMR2TDH/")
    assert code.startswith("<svg")
    assert 'viewBox="0 0 ' in code
    assert "<script" not in qr.svg('"><script>alert(1)</script>')
