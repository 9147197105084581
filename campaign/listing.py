"""A table of places that can be searched and sorted by its address, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.text import fold
from places.models import Place

from .figures import Figure
from .measures import Measure
from .models import Book
from .periods import Period

NAME = "ten"


@dataclass(frozen=True)
class Row:
    place: Place
    figures: list[Figure]
    heads: Sequence[SafeString] = ()

    @property
    def cells(self) -> list[tuple[SafeString, str]]:
        """(attributes, figure) of each cell."""
        return [(head, each.text) for head, each in zip(self.heads, self.figures, strict=True)]

    def by(self, key: str) -> float:
        """What the column `key` sorts by; nobody to divide by comes below everything."""
        for figure in self.figures:
            if figure.measure.key == key:
                return -1 if figure.value is None else figure.value
        return 0


@dataclass(frozen=True)
class Column:
    """A heading that sorts: `aria` says how it is sorted now, `sort` what pressing it asks for."""

    key: str
    name: str
    unit: str
    aria: str
    sort: str

    @property
    def icon(self) -> str:
        """One arrow where the rows are sorted by it, two where they could be."""
        return {"ascending": "up", "descending": "down"}.get(self.aria, "sort")


def cell_heads(wanted: Sequence[Measure], by: str) -> list[SafeString]:
    """The attributes of a row's cells, made once for all rows: a card on a phone shows its column's name."""
    return [
        format_html(
            'class="n{}" data-label="{} ({})"',
            " key" if by.removeprefix("-") == measure.key else "",
            measure.short,
            measure.unit,
        )
        for measure in wanted
    ]


DATED = ("Kỳ", "Tính đến")


def dated(period: Period, book: Book) -> list[str]:
    """What tells a downloaded row, on its own, which days it counts and when that was known."""
    known = f"{timezone.localtime(book.folded_at):%H:%M %d/%m/%Y}" if book.folded_at else "chưa tính"
    return [period.label, known]


def search(places: Sequence[Place], query: str) -> list[Place]:
    """The places whose name (without accents) or code holds what was typed."""
    wanted = fold(query)
    return [
        place for place in places if wanted in place.folded or place.code.startswith(query.strip() or "?")
    ]


def sort(rows: list[Row], by: str) -> list[Row]:
    """By "ten" or a measure's key, "-" in front for the largest first; names break ties."""
    key, down = by.removeprefix("-"), by.startswith("-")
    rows = sorted(rows, key=lambda row: (row.place.folded, row.place.code), reverse=down and key == NAME)
    if key != NAME:
        rows.sort(key=lambda row: row.by(key), reverse=down)
    return rows


def sorting(asked: str, keys: Sequence[str], default: str) -> str:
    """The order that was asked for, or the usual one when it makes no sense."""
    return asked if asked.removeprefix("-") in {NAME, *keys} else default


def columns(shown: Sequence[tuple[str, str, str]], by: str) -> list[Column]:
    """Headings of (key, name, unit) columns. Numbers are first sorted largest first."""
    found = []
    for key, name, unit in shown:
        aria, first = "none", key if key == NAME else f"-{key}"
        if by.removeprefix("-") == key:
            aria = "descending" if by.startswith("-") else "ascending"
        turned = key if by == f"-{key}" else f"-{key}"
        found.append(Column(key, name, unit, aria, turned if aria != "none" else first))
    return found
