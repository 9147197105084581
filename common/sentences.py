"""Vietnamese prose cut into sentences, to be read aloud one by one."""

from __future__ import annotations

import re

# What a full stop may follow without ending the sentence, in small letters.
SHORT = frozenset(
    {"tp", "tx", "tt", "q", "p", "đc", "đt", "tr", "th", "ths", "ts", "pgs", "gs", "bs", "ks", "cn", "nxb"}
)
_END = re.compile(r"[.!?…;]+[\"”’»)\]]*\s+")
_LAST = re.compile(r"[^\s.\"“”‘’«»()\[\]]*\Z")
_INITIAL = re.compile(r"[^\W\d_]\.(?:\s|\Z)")
_OPENING = re.compile(r"^[\"“‘«(\[–—\-\s]+")


def cut(text: str) -> list[tuple[int, int]]:
    """Where the sentences of one paragraph begin and end, without the spaces around them.

    Nothing but spaces lies outside.
    """
    found, start = [], 0
    for end in _END.finditer(text):
        if _ends(text[start : end.start()], end[0], text[end.end() :]):
            found.append((start, end.end()))
            start = end.end()
    found.append((start, len(text)))
    return [trimmed for one in found if (trimmed := _trimmed(text, *one))]


def split(text: str) -> list[str]:
    """The sentences themselves, spaces made single."""
    return [" ".join(text[start:end].split()) for start, end in cut(text)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _ends(before: str, mark: str, after: str) -> bool:
    """Whether a mark between these words ends a sentence."""
    if mark[0] == ";":
        return True
    first = _OPENING.sub("", after)[:1]
    if first != first.upper():
        return False  # “Ai đấy?” chị hỏi. v.v. và
    if mark.rstrip() != ".":
        return True
    last = _LAST.search(before)
    word = last[0] if last else ""
    if word.isdecimal() and word == before.strip():
        return False  # the number of a list: 1. Mở máy
    return not _is_initial(word, before, after) and word.lower() not in SHORT


def _is_initial(word: str, before: str, after: str) -> bool:
    """The V of “ông Nguyễn V. An”, the A of “A. Gọi lại”; not that of “Mục A. Sau đó”, “Vitamin C. Ăn”."""
    if len(word) != 1 or word == word.lower():
        return False
    words = before.removesuffix(word).split()
    if not words:
        return True
    name = _OPENING.sub("", words[-1])
    if _INITIAL.match(name):
        return True
    # Every sentence begins with a capital: there only another initial tells a name.
    return name[:1] != name[:1].lower() and (len(words) > 1 or bool(_INITIAL.match(after)))
