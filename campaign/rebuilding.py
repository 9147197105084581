"""Throwing the counts away and folding the ledger again, beside the book that is read.

The next book is written in short transactions, day by day in accounting order; the
last one switches. Folding pauses meanwhile. Killed anywhere, the old book stands and
folding goes on after `folding.DEAD_AFTER`; what was written is deleted by the next run.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from ledger.draining import Batch, hold_alone
from ledger.models import Fact, Pending

from .closing import open_day
from .folding import DEAD_AFTER, fold_turn, read_news, turns_of
from .measures import READER
from .models import Book, Delta, First, LateFact, Standing
from .statements import Folded, as_param

_SLICE = 20_000


class RebuildRefused(Exception):
    """Another rebuild is running, or took this one for dead."""


def rebuild(*, batch: int = 5000, say: Callable[[str], None] = lambda line: None) -> int:
    """Fold everything that is folded again into a new book and switch to it; returns the facts."""
    number = _begin()
    total = 0
    for day in _days():
        for ids in _ids_of(day, batch):
            _write(number, day, ids)
            total += len(ids)
        say(f"{day:%d/%m/%Y}: {total}")
    _switch(number)
    _delete_older_books(number)
    return total


@transaction.atomic
def _begin() -> int:
    hold_alone(READER, wait=True)
    book = Book.now()
    now = timezone.now()
    if book.building and book.beat_at and book.beat_at > now - DEAD_AFTER:
        raise RebuildRefused("Một lần tính lại khác đang chạy.")
    highest = Delta.objects.aggregate(n=Max("book"))["n"] or 0
    book.building = max(highest, book.number, book.building or 0) + 1
    book.beat_at = now
    book.save()
    return book.building


def _folded() -> models.QuerySet[Fact]:
    pending = Pending.objects.filter(reader=READER, fact=OuterRef("pk"))
    return Fact.objects.filter(~Exists(pending))


def _days() -> list[datetime.date]:
    """Every accounting day that facts were folded on."""
    days = set(Fact.objects.values_list("recorded_on", flat=True).distinct())
    return sorted(days | set(LateFact.objects.values_list("day", flat=True).distinct()))


def _ids_of(day: datetime.date, size: int) -> Iterator[list[int]]:
    late = LateFact.objects.filter(fact=OuterRef("pk"))
    on_time = _folded().filter(~Exists(late), recorded_on=day).values_list("pk", flat=True)
    moved = LateFact.objects.filter(day=day).values_list("fact_id", flat=True)
    ids = sorted({*on_time, *moved})
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@transaction.atomic
def _write(number: int, day: datetime.date, ids: list[int]) -> None:
    _beat(number)
    for turn in turns_of(read_news(Batch(ids))):
        fold_turn(book=number, day=day, turn=turn, folded=_up_to(day, turn[-1].pk))


def _beat(number: int) -> Book:
    hold_alone(READER, wait=True)
    book = Book.now()
    if book.building != number:
        raise RebuildRefused("Lần tính lại này đã bị coi là dừng; hãy chạy lại.")
    book.beat_at = timezone.now()
    book.save()
    return book


def _up_to(day: datetime.date, fact: int) -> Folded:
    """Folded already in this book: on an earlier day, or on this one with a lower number."""
    late = "SELECT l.day FROM campaign_latefact l WHERE l.fact_id = {0}.id"
    pending = "SELECT 1 FROM ledger_pending q WHERE q.reader = %s AND q.fact_id = {0}.id"
    return Folded(
        f"((COALESCE(({late}), {{0}}.recorded_on), {{0}}.id) <= (%s, %s) AND NOT EXISTS ({pending}))",
        [as_param(day), fact, READER],
    )


@transaction.atomic
def _switch(number: int) -> None:
    book = _beat(number)
    book.number, book.building, book.beat_at = number, None, None
    open_day(book, book.open_day or timezone.localdate())
    book.save()


def _delete_older_books(number: int) -> None:
    """In slices, so that no transaction holds the write lock for long."""
    tables: tuple[type[models.Model], ...] = (Delta, Standing, First)
    for table in tables:
        older = table._default_manager.filter(book__lt=number)
        while ids := list(older.values_list("pk", flat=True)[:_SLICE]):
            table._default_manager.filter(pk__in=ids).delete()
