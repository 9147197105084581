"""Whether words that somebody typed tell of a person, and the same words without her.

A name of three words or more is found however it is written: with or without accents, in
capitals. One of two words must be spelt as hers or wholly without accents ("Thu Hà" is not
in "thứ hạ"). A single word ("Minh", "Trang") is a word of everyday language too: it counts
only where the caller says that the text stands `near` her, as a name stands, with a capital
letter and not inside a longer name.

Her number counts in any spelling; her year of birth only beside one of the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from common.text import fold, nfc, unaccented

NAME, NUMBER, YEAR = "(đã xóa tên)", "(đã xóa số)", "(đã xóa năm)"
_WORD = re.compile(r"[^\W\d_]+")
_APART = r"[\s.\-]*"


@dataclass(frozen=True)
class Person:
    """What to look for: her names, today's and former ones, her numbers (E.164), years of birth."""

    names: tuple[str, ...]
    phones: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def is_in(self, text: str, *, near: bool = False) -> bool:
        return bool(self._spans(nfc(text), near=near))

    def taken_out(self, text: str, *, near: bool = False) -> str:
        """The text with marks in her place; the text itself when it does not tell of her."""
        text = nfc(text)
        spans = self._spans(text, near=near)
        if not spans:
            return text
        found = [*spans, *((*hit.span(), YEAR) for year in self.years for hit in _year(year, text))]
        out, at = "", 0
        for start, end, mark in sorted(found):
            if start >= at:
                out, at = out + text[at:start] + mark, end
        return out + text[at:]

    def is_named(self, name: str) -> bool:
        """Whether this is her very name, in a column that holds nothing else."""
        return fold(name) in {fold(each) for each in self.names}

    def spellings(self) -> set[str]:
        """Parts by which a database can find texts to look at: more than those that tell of her."""
        long = [name for name in self.names if len(_WORD.findall(nfc(name))) > 1]
        ways = {way for name in long for way in (name, name.lower(), name.upper(), unaccented(name))}
        return ways | {phone[-3:] for phone in self.phones}

    def _spans(self, text: str, *, near: bool) -> list[tuple[int, int, str]]:
        words = list(_WORD.finditer(text))
        spans = []
        for name in self.names:
            hers = _WORD.findall(nfc(name))
            for at in range(len(words) - len(hers) + 1):
                typed = words[at : at + len(hers)]
                if _same([word.group() for word in typed], hers) and (
                    len(hers) > 1 or (near and _alone(text, words, at))
                ):
                    spans.append((typed[0].start(), typed[-1].end(), NAME))
        for phone in self.phones:
            digits = _APART.join(phone.removeprefix("+84"))
            pattern = rf"(?<!\d)(?:\+?{_APART}8{_APART}4{_APART}|0{_APART})?{digits}(?!\d)"
            spans += [(*hit.span(), NUMBER) for hit in re.finditer(pattern, text)]
        return spans


def _same(typed: list[str], hers: list[str]) -> bool:
    if not hers or any(fold(one) != fold(other) for one, other in zip(typed, hers, strict=True)):
        return False
    if len(hers) > 2 or (len(hers) == 2 and all(unaccented(one) == one for one in typed)):
        return True
    return all(_letters(one) == _letters(other) for one, other in zip(typed, hers, strict=True))


def _letters(word: str) -> list[str]:
    """Its letters and marks in one order, so that hoà is hòa."""
    return sorted(unicodedata.normalize("NFD", word.casefold()))


def _alone(text: str, words: list[re.Match[str]], at: int) -> bool:
    """A capital letter, and no word with one before or after it: a name of one word."""
    word = words[at]
    if not word.group()[0].isupper():
        return False
    before = at > 0 and text[words[at - 1].end() : word.start()] == " " and words[at - 1].group()[0].isupper()
    after = at + 1 < len(words) and text[word.end() : words[at + 1].start()] == " "
    return not before and not (after and words[at + 1].group()[0].isupper())


def _year(year: int, text: str) -> Iterable[re.Match[str]]:
    return re.finditer(rf"(?<!\d){year}(?!\d)", text)
