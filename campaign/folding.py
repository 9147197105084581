"""Folding the ledger into counts: the reader "campaign". One drainer at a time."""

from __future__ import annotations

import datetime

from django.utils import timezone

from ledger import kinds
from ledger.draining import Batch, drain

from .closing import open_day, runs_of
from .measures import READER
from .models import Book, LateFact
from .statements import Folded, fold_facts

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
    rows = list(batch.facts().values_list("pk", "recorded_on", "kind", "undoes_id"))
    runs = runs_of([row[:2] for row in rows], open_day=book.open_day, today=timezone.localdate())
    for number, run in enumerate(runs):
        later = [fact for following in runs[number + 1 :] for fact in following.ids]
        fold_facts(
            book=book.number,
            day=run.day,
            batch=Batch(run.ids),
            folded=_not_pending(later),
            retracts=any(row[3] for row in rows),
            courses=any(row[2] in COURSE_KINDS for row in rows),
        )
    recorded_on = {row[0]: row[1] for row in rows}
    LateFact.objects.bulk_create(
        LateFact(fact_id=fact, day=run.day)
        for run in runs
        for fact in run.ids
        if recorded_on[fact] != run.day
    )
    for run in runs:
        open_day(book, run.day)
    if before != (book.building, book.open_day):
        book.save()


def _not_pending(later: list[int]) -> Folded:
    """Folded already: no pending row, and not in a later run of this batch."""
    pending = "SELECT 1 FROM ledger_pending q WHERE q.reader = %s AND q.fact_id = {0}.id"
    if not later:
        return Folded(f"NOT EXISTS ({pending})", [READER])
    rest = Batch(later)
    return Folded(f"(NOT EXISTS ({pending}) AND {{0}}.id NOT IN ({rest.sql}))", [READER, rest.param])
