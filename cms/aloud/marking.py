"""HTML with its sentences marked, so that each can be said, lit and tapped.

`<span data-s>` begins a sentence, `<span data-c>` goes on with it behind a tag; a picture with a
description is a sentence of its own. Everything else of the HTML stays byte for byte.
"""

from __future__ import annotations

import html as entities
from dataclasses import dataclass, field
from html.parser import HTMLParser

from common.sentences import cut

# Answers wait until she has answered, buttons are pressed; sources are for the eye.
SKIPPED = {"details", "button", "svg", "video", "audio", "script", "style", "select", "textarea"}
SKIPPED_CLASSES = {"sources", "btns", "no-print"}
BLOCKS = {"h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th"}
BLOCKS |= {"figure", "figcaption", "fieldset", "legend", "label", "div", "section", "aside", "blockquote"}
NUMBER = "question-number"  # the small line above a question: a block of its own
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
PICTURE = "Hình: "


@dataclass(frozen=True)
class Marked:
    html: str
    sentences: tuple[str, ...]


def marked(html: str) -> Marked:
    marker = _Marker(html)
    return Marked(marker.result(), tuple(marker.sentences))


@dataclass(frozen=True)
class _Open:
    tag: str
    skipped: bool
    block: bool


@dataclass
class _Letters:
    """The words since the last block began: letter by letter where each stands in the HTML."""

    text: str = ""
    places: list[tuple[int, int, int]] = field(default_factory=list)  # begin, end, run of text between tags

    def add(self, shown: str, begin: int, length: int, run: int) -> None:
        whole = len(shown) != length  # an entity: its letters cannot be parted
        for n in range(len(shown)):
            self.places.append((begin, begin + length, run) if whole else (begin + n, begin + n + 1, run))
        self.text += shown


class _Marker(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = html
        self.lines = [0]
        for line in html.split("\n"):  # as getpos() counts lines; splitlines() knows nine more ends
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.sentences: list[str] = []
        self._open: list[_Open] = []
        self._letters = _Letters()
        self._run = 0
        self._added: list[tuple[int, str]] = []
        self.feed(html)
        self.close()
        self._flush()

    def result(self) -> str:
        parts, last = [], 0
        for place, text in self._added:
            parts += [self.source[last:place], text]
            last = place
        return "".join([*parts, self.source[last:]])

    # --- what the parser meets --------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._run += 1
        said = dict(attrs)
        classes = set((said.get("class") or "").split())
        block = tag in BLOCKS or NUMBER in classes
        if block or tag in {"br", "img"}:
            self._flush()
        if tag == "img":
            self._picture(" ".join((said.get("alt") or "").split()))
        if tag not in VOID:
            quiet = tag in SKIPPED or classes & SKIPPED_CLASSES or said.get("role") == "status"
            self._open.append(_Open(tag, self._skipping or bool(quiet) or "data-unread" in said, block))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._run += 1
        while any(one.tag == tag for one in self._open):
            last = self._open.pop()
            if last.block:
                self._flush()
            if last.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        self._say(data, len(data))

    def handle_entityref(self, name: str) -> None:
        self._entity(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._entity(f"&#{name}")

    # --- sentences --------------------------------------------------------------

    @property
    def _skipping(self) -> bool:
        return bool(self._open) and self._open[-1].skipped

    @property
    def _here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _entity(self, raw: str) -> None:
        if self.source.startswith(f"{raw};", self._here):
            raw += ";"
        self._say(entities.unescape(raw), len(raw))

    def _say(self, shown: str, length: int) -> None:
        if not self._skipping:
            self._letters.add(shown, self._here, length, self._run)

    def _picture(self, alt: str) -> None:
        if alt and not self._skipping:
            self.sentences.append(PICTURE + alt)
            self._added.append((self._here + len("<img"), " data-s"))

    def _flush(self) -> None:
        letters, self._letters = self._letters, _Letters()
        for start, end in cut(letters.text):
            self.sentences.append(" ".join(letters.text[start:end].split()))
            self._wrap(letters.places[start:end])

    def _wrap(self, places: list[tuple[int, int, int]]) -> None:
        name, begin = "s", 0
        for n, (_, stop, run) in enumerate(places, 1):
            if n == len(places) or places[n][2] != run:
                self._added += [(places[begin][0], f"<span data-{name}>"), (stop, "</span>")]
                name, begin = "c", n
