"""Folding the ledger into counts: the reader "campaign". One drainer at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from ledger import kinds
from ledger.draining import Batch, drain

from .closing import open_day, runs_of
from .measures import KINDS, READER
from .models import Book, LateFact
from .statements import Folded, fold_facts, fold_merge

# A rebuild beats with every batch; after this silence it is taken for dead.
DEAD_AFTER = datetime.timedelta(minutes=5)
COURSE_KINDS = frozenset({kinds.COURSE_STARTED, kinds.COURSE_COMPLETED})


class Paused(Exception):
    """A rebuild is writing the next book; pending facts wait until it is done."""


def fold(*, batch: int = 5000) -> int:
    """Fold all pending facts; returns how many. Nothing happens while a rebuild runs."""
    try:
        return drain(READER, write, batch=batch, alone=True)
    except Paused:
        return 0


def write(batch: Batch) -> None:
    """Fold one batch, in the transaction that deletes its pending rows."""
    book = Book.now()
    before = (book.building, book.open_day)
    if book.building:
        if book.beat_at and book.beat_at > timezone.now() - DEAD_AFTER:
            raise Paused
        book.building = None  # it died; should it wake up, its next batch notices
    rows = read_news(batch)
    by_id = {row.pk: row for row in rows}
    runs = runs_of(
        [(row.pk, row.recorded_on) for row in rows], open_day=book.open_day, today=timezone.localdate()
    )
    left = len(rows)
    for run in runs:
        for turn in turns_of([by_id[pk] for pk in run.ids]):
            left -= len(turn)
            later = [row.pk for row in rows[len(rows) - left :]]
            fold_turn(book=book.number, day=run.day, turn=turn, folded=_not_pending(later))
    LateFact.objects.bulk_create(
        LateFact(fact_id=fact, day=run.day)
        for run in runs
        for fact in run.ids
        if by_id[fact].recorded_on != run.day
    )
    for run in runs:
        open_day(book, run.day)
    if before != (book.building, book.open_day):
        book.save()


@dataclass(frozen=True)
class News:
    """What the fold must know of a fact before it counts it."""

    pk: int
    recorded_on: datetime.date
    kind: str
    undone: str | None  # the kind of the fact that it undoes
    person: int
    same_as: int | None

    @property
    def merges(self) -> bool:
        """Whether it makes two records one person, or two again."""
        return kinds.MERGED in (self.kind, self.undone)


def read_news(batch: Batch) -> list[News]:
    fields = ("pk", "recorded_on", "kind", "undoes__kind", "person", "same_as")
    return [News(*row) for row in batch.facts().values_list(*fields)]


def turns_of(rows: list[News]) -> Iterator[list[News]]:
    """As many facts at a time as know the same people: a merge or its undoing comes alone."""
    for _, turn in groupby(rows, key=lambda row: row.pk if row.merges else 0):
        yield list(turn)


def fold_turn(*, book: int, day: datetime.date, turn: list[News], folded: Folded) -> None:
    first = turn[0]
    if first.merges and first.same_as is not None:
        fold_merge(
            book=book,
            day=day,
            person=first.person,
            canonical=first.same_as,
            undone=first.undone is not None,
            folded=folded,
        )
        return
    fold_facts(
        book=book,
        day=day,
        batch=Batch([row.pk for row in turn]),
        folded=folded,
        retracts=any(row.undone in KINDS for row in turn),
        courses=any(row.kind in COURSE_KINDS for row in turn),
    )


def _not_pending(later: list[int]) -> Folded:
    """Folded already: no pending row, and not in a later run of this batch."""
    pending = "SELECT 1 FROM ledger_pending q WHERE q.reader = %s AND q.fact_id = {0}.id"
    if not later:
        return Folded(f"NOT EXISTS ({pending})", [READER])
    rest = Batch(later)
    return Folded(f"(NOT EXISTS ({pending}) AND {{0}}.id NOT IN ({rest.sql}))", [READER, rest.param])
