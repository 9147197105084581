"""Accounting days: which day a fact is counted on, and when a day is closed.

Days only go forward. A fact is counted on the day it was recorded on, or, when the
books have moved past it, on the open day. So the sum of all deltas up to a closed
day depends only on the facts folded by then, and never changes again.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from ledger.draining import hold_alone
from ledger.models import Pending

from .measures import READER
from .models import Book, Day


@dataclass(frozen=True)
class Run:
    """Consecutive facts of a batch that share an accounting day."""

    day: datetime.date
    ids: list[int]


def runs_of(
    rows: list[tuple[int, datetime.date]], *, open_day: datetime.date | None, today: datetime.date
) -> list[Run]:
    """Give each (fact, day recorded on) its accounting day.

    A clock that is ahead counts as today: it must not carry the books into the future.
    """
    runs: list[Run] = []
    day = open_day
    for fact, recorded_on in rows:
        possible = min(recorded_on, today)
        if day is None or possible > day:
            day = possible
        if not runs or runs[-1].day != day:
            runs.append(Run(day, []))
        runs[-1].ids.append(fact)
    return runs


def open_day(book: Book, day: datetime.date) -> None:
    """Make `day` the open one of `book` (not saved here); the days before it close."""
    if book.open_day and day > book.open_day:
        now = timezone.now()
        over = [book.open_day + datetime.timedelta(days=n) for n in range((day - book.open_day).days)]
        Day.objects.bulk_create([Day(day=each, closed_at=now) for each in over], ignore_conflicts=True)
    book.open_day = day


@transaction.atomic
def close_days(*, now: datetime.datetime | None = None) -> None:
    """Write down until when everything is folded, and close the days that are over.

    A day stays open while a fact recorded on it (or before) waits to be folded.
    """
    if not hold_alone(READER):
        return
    book = Book.now()
    if book.building:
        return
    now = now or timezone.now()
    waiting = Pending.objects.filter(reader=READER).aggregate(
        at=Min("fact__recorded_at"), on=Min("fact__recorded_on")
    )
    today = timezone.localdate(now)
    last = min(waiting["on"] or today, today)
    open_day(book, max(last, book.open_day or last))
    book.folded_at = waiting["at"] or now
    book.save()
