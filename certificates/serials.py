"""Numbers of papers: ten random Crockford base32 characters and a check character.

https://www.crockford.com/base32.html. The check is the number modulo 37. A number
whose check would be one of Crockford's five extra symbols (* ~ $ = U) is drawn
again, so that a number is letters and digits only: 32^10 · 32/37 ≈ 9.7 · 10^14 of them.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY = 10
LENGTH = BODY + 1
_MODULUS = 37
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
# What people type between the groups, or copy with them: spaces, hyphens and dashes, dots.
_BETWEEN = re.compile(r"[\s.\u00ad\u200b\u2060_\-\u2010-\u2015\u2212]+")
_ADDRESS = re.compile(r"/giay/([^/?#]*)", re.IGNORECASE)


class BadSerial(Exception):
    """Not the number of any paper. The message says, in Vietnamese, what to look at."""


def new() -> str:
    """A random serial, in the form kept in the database: no hyphens."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(BODY))
        value = _check(body)
        if value < len(ALPHABET):
            return body + ALPHABET[value]


def parse(text: str) -> str:
    """The serial that somebody typed or copied, or BadSerial.

    Forgiving about case, O for 0, I and L for 1, full-width letters, spaces and
    hyphens; takes the address of a paper's page too. Any single wrong character and
    any two neighbours swapped are detected.
    """
    text = unicodedata.normalize("NFKC", text[:400])
    if address := _ADDRESS.search(text):
        text = address[1]
    letters = _BETWEEN.sub("", text).upper()
    if not letters:
        raise BadSerial("Bạn chưa gõ số giấy.")
    if strange := sorted({letter for letter in letters if letter not in _VALUES}):
        shown = ", ".join(strange[:3])
        raise BadSerial(f"Số giấy không có ký tự {shown}. Bạn xem lại trên giấy rồi gõ lại.")
    if len(letters) != LENGTH:
        raise BadSerial(
            f"Số giấy có {LENGTH} chữ và số, bạn đã gõ {len(letters)}. Bạn xem lại trên giấy rồi gõ lại."
        )
    serial = "".join(ALPHABET[_VALUES[letter]] for letter in letters)
    if _check(serial[:BODY]) != _VALUES[serial[BODY]]:
        raise BadSerial("Số giấy này gõ nhầm ở đâu đó. Bạn so từng chữ với số in trên giấy rồi gõ lại.")
    return serial


def grouped(serial: str) -> str:
    """As printed: ABCDE-FGHJK-M."""
    return f"{serial[:5]}-{serial[5:10]}-{serial[10:]}"


def _check(body: str) -> int:
    number = 0
    for letter in body:
        number = (number * 32 + _VALUES[letter]) % _MODULUS
    return number
