"""What an official looks at: each commune's completion rate, how it moved, and whom to urge."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.access import places_within
from places.models import Place

from . import listing, measures
from .figures import Ask, Figure, figure, read
from .models import Book
from .periods import Period

QUIET_DAYS = 14
LOWEST = 10
RATE, LEARNING, LESSONS = (measures.BY_KEY[key] for key in ("rate", "learning", "lessons"))
COLUMNS = [
    (listing.NAME, "Xã, phường", ""),
    ("rate", "Tỷ lệ hoàn thành", "%"),
    ("change", "So kỳ trước", "điểm %"),
    ("finished", "Hoàn thành", "người"),
    ("started", "Bắt đầu", "người"),
    ("learning", "Người mới", "người"),
    ("lessons", "Lượt học", "lượt"),
    ("recent", f"{QUIET_DAYS} ngày qua", "lượt"),
]
KEYS = [key for key, _, _ in COLUMNS]
FILTERS = [
    ("", "Tất cả"),
    ("im-ang", f"Không có ai học {QUIET_DAYS} ngày qua"),
    ("giam", "Tỷ lệ giảm so với kỳ trước"),
    ("chua-bat-dau", "Chưa có ai bắt đầu"),
]


@dataclass(frozen=True)
class Row:
    """A commune. `before` is its rate at the end of the period before, when there is one."""

    place: Place
    rate: Figure
    before: Figure | None
    learning: int
    lessons: int
    recent: int

    @property
    def change(self) -> float | None:
        """Points of percent since the period before."""
        if self.before is None or self.before.value is None or self.rate.value is None:
            return None
        return round(self.rate.value - self.before.value, 1)

    @property
    def change_text(self) -> str:
        if self.change is None:
            return "–"
        return f"{self.change:+.1f}".replace(".", ",").replace("-", "−")

    @property
    def quiet(self) -> bool:
        return self.recent <= 0

    def by(self, key: str) -> float:
        """What the column sorts by; what is not known comes below everything."""
        values: dict[str, float | None] = {
            "rate": self.rate.value,
            "change": self.change,
            "finished": self.rate.numerator,
            "started": self.rate.denominator,
            "learning": self.learning,
            "lessons": self.lessons,
            "recent": self.recent,
        }
        value = values[key]
        return -1000 if value is None else value


def communes_of(user: Any, *role_kinds: str) -> list[Place]:
    """The communes of today below her roles, by name. One query."""
    return list(
        places_within(user, *role_kinds)
        .valid_on(timezone.localdate())
        .filter(level=Place.Level.COMMUNE)
        .order_by("folded", "code")
    )


def rows(book: Book, places: Sequence[Place], period: Period, *, today: datetime.date) -> list[Row]:
    """A row for every place. One query."""
    before = period.before()
    recent = Period(today - datetime.timedelta(days=QUIET_DAYS - 1), today)
    asks = [
        Ask(("learning", "lessons"), period),
        Ask(("started", "finished"), Period(None, period.last)),
        Ask(("lessons",), recent),
    ]
    if before:
        asks.append(Ask(("started", "finished"), Period(None, before.last)))
    few = [place.pk for place in places] if len(places) < 50 else None
    plain, pairs, lately, *earlier = read(book, asks, places=few)
    return [
        Row(
            place=place,
            rate=figure(RATE, place.pk, plain, pairs),
            before=figure(RATE, place.pk, plain, earlier[0]) if earlier else None,
            learning=plain["learning", place.pk],
            lessons=plain["lessons", place.pk],
            recent=lately["lessons", place.pk],
        )
        for place in places
    ]


def filtered(rows: Sequence[Row], query: str, only: str) -> list[Row]:
    """The rows whose place matches the words and that belong to the chosen filter."""
    shown = {place.pk for place in listing.search([row.place for row in rows], query)}
    keep = {
        "im-ang": lambda row: row.quiet,
        "giam": lambda row: row.change is not None and row.change < 0,
        "chua-bat-dau": lambda row: not row.rate.denominator,
    }.get(only, lambda row: True)
    return [row for row in rows if row.place.pk in shown and keep(row)]


def sort(rows: Sequence[Row], by: str) -> list[Row]:
    key, down = by.removeprefix("-"), by.startswith("-")
    found = sorted(rows, key=lambda row: (row.place.folded, row.place.code))
    if key == listing.NAME:
        return found[::-1] if down else found
    return sorted(found, key=lambda row: row.by(key), reverse=down)


def total(rows: Sequence[Row]) -> dict[str, Any]:
    """All of the official's communes together: they add up, because each person counts in one."""
    above, below = sum(r.rate.numerator for r in rows), sum(r.rate.denominator for r in rows)
    return {
        "rate": Figure(RATE, measures.percent(above, below), above, below),
        "learning": sum(row.learning for row in rows),
        "lessons": sum(row.lessons for row in rows),
    }


def to_urge(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Where nobody learned lately, and the lowest rates among the places where people started."""
    started = [row for row in rows if row.rate.denominator]
    return {
        "quiet": [row for row in rows if row.quiet],
        "lowest": sort(started, "rate")[:LOWEST] if len(started) > 1 else [],
    }


def table(rows: Sequence[Row], period: Period, book: Book) -> list[list[object]]:
    """What is shown, as a table to download."""
    found: list[list[object]] = [
        ["Mã", *(f"{name} ({unit})" if unit else name for _, name, unit in COLUMNS), *listing.DATED]
    ]
    dated = listing.dated(period, book)
    for row in rows:
        numbers = [row.rate.value, row.change, row.rate.numerator, row.rate.denominator]
        found.append(
            [row.place.code, row.place.name, *numbers, row.learning, row.lessons, row.recent, *dated]
        )
    return found
