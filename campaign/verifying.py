"""Recounting everything from the ledger, with other code than the fold's.

One snapshot: the facts, the kept counts and the state tables are read as of one
moment. The fold adds changes up batch by batch; this file looks at all facts at once.
"""

from __future__ import annotations

import datetime
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.dateparse import parse_date

from ledger import kinds
from places.models import Place

from . import state_checks
from .models import Book, Delta, Standing, VerifyRun

Key = tuple[int, datetime.date]  # place, day it happened
Slice = tuple[str, str]  # course, part
Counts = dict[Slice, Counter[Key]]

# COALESCE keeps SQLite from walking the index of undone facts, nearly all of whose keys are NULL.
_LIVE = """
    canonical AS (
        SELECT m.person, m.same_as FROM ledger_fact m
        LEFT JOIN ledger_fact u ON u.undoes_id = m.id
        LEFT JOIN ledger_pending w ON w.reader = 'campaign' AND w.fact_id = m.id
        LEFT JOIN ledger_pending x ON x.reader = 'campaign' AND x.fact_id = u.id
        WHERE m.kind = 'merged' AND w.id IS NULL AND (u.id IS NULL OR x.id IS NOT NULL)),
    live AS (
        SELECT f.id, COALESCE(k.same_as, f.person) AS person, f.kind, f.course, f.item, f.commune_id,
               f.happened_on, f.left_out,
               CASE WHEN f.asserted_by = 'client' THEN 1 ELSE 0 END AS client
        FROM ledger_fact f
        LEFT JOIN canonical k ON k.person = f.person
        LEFT JOIN ledger_fact u ON u.undoes_id = f.id
        LEFT JOIN ledger_pending w ON w.reader = 'campaign' AND w.fact_id = f.id
        LEFT JOIN ledger_pending x ON x.reader = 'campaign' AND x.fact_id = u.id
        WHERE f.kind IN ({kinds}) AND COALESCE(f.undoes_id, 0) = 0 AND w.id IS NULL
            AND (u.id IS NULL OR x.id IS NOT NULL))
"""


@dataclass
class Verdict:
    """What a recount found: (measure, place, kept, recount, which share and time) where they differ."""

    lines: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    difference: int = 0
    erased: int = 0

    def add(
        self, measure: str, place: str, kept: int, recount: int, off: int | None = None, which: str = ""
    ) -> None:
        self.lines.append((measure, place, kept, recount, which))
        self.difference += abs(kept - recount) if off is None else off


def verify() -> tuple[VerifyRun, Verdict]:
    """Recount, compare, and keep the run. Reads only, until the run is written."""
    began, started_at = time.monotonic(), timezone.now()
    verdict = Verdict()
    with snapshot():
        book = Book.now()
        _check_measures(book, verdict)
        _check_standings(book, verdict)
        verdict.erased = state_checks.erased_people()
        for measure, table, kept, recount, off in state_checks.differences():
            verdict.add(measure, settings.PROVINCE_CODE, kept, recount, off, table)
    run = VerifyRun.objects.create(
        day=book.open_day or timezone.localdate(),
        started_at=started_at,
        seconds=round(time.monotonic() - began, 2),
        difference=verdict.difference,
        lines=verdict.lines[:1000],
    )
    return run, verdict


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as of one moment, without holding up writers."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:  # not atomic(): that would take the write lock
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


# --- what the ledger says ----------------------------------------------------


def recount() -> Iterator[tuple[str, Counts]]:
    """(measure, {(course, part): {(commune, day): n}}) from the facts that are folded."""
    yield "registered", _people(kinds.REGISTERED, kinds.ATTENDED)
    yield "learning", _people(kinds.LESSON_DONE, kinds.ATTENDED)
    yield "lessons", _events(kinds.LESSON_DONE)
    yield "known", _events(kinds.LESSON_KNOWN)
    yield "refreshed", _events(kinds.REFRESHED)
    yield "remembered", _events(kinds.REMEMBERED)
    yield "completed", _events(kinds.COURSE_COMPLETED)
    yield "people_completed", _people(kinds.COURSE_COMPLETED, by_course=True)
    yield "started", _people(kinds.COURSE_STARTED, by_course=True)
    yield "papers", _papers()
    yield "finished", _finished()


def _rows(sql: str, *wanted: str) -> Iterator[tuple[int, datetime.date, str, str, int, int]]:
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_LIVE.format(kinds=marks)} {sql}", wanted)
        for place, day, course, part, client, number in cursor:
            yield place, _date(day), course, part, client, number


def _date(day: datetime.date | str) -> datetime.date:
    return parse_date(day) or datetime.date.min if isinstance(day, str) else day


def _sorted_out(rows: Iterator[tuple[int, datetime.date, str, str, int, int]]) -> Counts:
    counts: Counts = defaultdict(Counter)
    for place, day, course, part, client, number in rows:
        counts[course, part][place, day] += number
        if client and not part:
            counts[course, "client"][place, day] += number
    return counts


def _events(kind: str) -> Counts:
    return _sorted_out(
        _rows(
            "SELECT commune_id, happened_on, '', left_out, client, COUNT(*) FROM live "
            "GROUP BY commune_id, happened_on, left_out, client",
            kind,
        )
    )


def _people(*wanted: str, by_course: bool = False) -> Counts:
    counts: Counts = {}
    for course in ("''", "course") if by_course else ("''",):
        counts |= _sorted_out(
            _rows(
                "SELECT commune_id, happened_on, course, left_out, client, COUNT(*) FROM ("
                f"SELECT commune_id, happened_on, {course} AS course, left_out, client, "
                f"ROW_NUMBER() OVER (PARTITION BY person, left_out, {course} ORDER BY happened_on, id) AS n "
                "FROM live) ranked WHERE n = 1 GROUP BY commune_id, happened_on, course, left_out, client",
                *wanted,
            )
        )
    return counts


def _papers() -> Counts:
    """Walk through the papers in order: a revocation takes off the last paper issued before it."""
    counts: Counts = defaultdict(Counter)
    issued: dict[tuple[int, str, str], tuple[int, str, int]] = {}
    wanted = (kinds.PAPER_ISSUED, kinds.PAPER_REVOKED)
    with connection.cursor() as cursor:
        # A revocation points at its issue even when that was retracted too.
        cursor.execute(
            f"WITH {_LIVE.format(kinds='%s, %s')} SELECT f.kind, f.person, f.course, f.item, f.commune_id, "
            "f.happened_on, f.left_out, CASE WHEN f.asserted_by = 'client' THEN 1 ELSE 0 END, l.id "
            "FROM ledger_fact f LEFT JOIN live l ON l.id = f.id WHERE f.kind IN (%s, %s) ORDER BY f.id",
            [*wanted, *wanted],
        )
        for kind, person, course, item, place, day, part, client, live in cursor:
            paper = (person, course, item)
            sign = 1
            if kind == kinds.PAPER_ISSUED:
                issued[paper] = (place, part, client)
            elif paper not in issued:
                continue
            else:
                sign = -1
            if live:
                at, share, device = issued[paper]
                counts["", share][at, _date(day)] += sign
                if device and not share:
                    counts["", "client"][at, _date(day)] += sign
    return counts


def _finished() -> Counts:
    counts: Counts = {}
    for course in ("''", "course"):
        first = (
            f"SELECT person, left_out, {course} AS course, commune_id, happened_on, client, "
            f"ROW_NUMBER() OVER (PARTITION BY person, left_out, {course} ORDER BY happened_on, id) AS n "
            "FROM live WHERE kind = "
        )
        counts |= _sorted_out(
            _rows(
                "SELECT s.commune_id, CASE WHEN e.happened_on > s.happened_on THEN e.happened_on "
                "ELSE s.happened_on END AS day, s.course, s.left_out, e.client, COUNT(*) "
                f"FROM ({first}'course_started') s JOIN ({first}'course_completed') e "
                "ON e.person = s.person AND e.left_out = s.left_out AND e.course = s.course "
                "WHERE s.n = 1 AND e.n = 1 GROUP BY s.commune_id, day, s.course, s.left_out, e.client",
                kinds.COURSE_STARTED,
                kinds.COURSE_COMPLETED,
            )
        )
    return counts


# --- against what is kept ----------------------------------------------------


def _check_measures(book: Book, verdict: Verdict) -> None:
    places = {place.pk: place for place in Place.objects.filter(level__in=Place.Level.values)}
    for measure, counts in recount():
        kept: Counts = defaultdict(Counter)
        rows = Delta.objects.filter(book=book.number, measure=measure).values_list(
            "course", "part", "place_id", "happened_on"
        )
        for course, part, place, day, value in rows.annotate(n=Sum("value")):
            kept[course, part][place, day] = value
        for part_of in sorted({*counts, *kept}):
            expected = _with_parents(counts.get(part_of, Counter()), places)
            _compare(measure, _joined(*part_of), kept[part_of], expected, places, verdict)


def _with_parents(counts: Counter[Key], places: dict[int, Place]) -> Counter[Key]:
    total = Counter(counts)
    for (place, day), number in counts.items():
        parent = places[place].parent_id
        if parent:
            total[parent, day] += number
    return total


def _compare(
    measure: str,
    which: str,
    kept: Counter[Key],
    expected: Counter[Key],
    places: dict[int, Place],
    verdict: Verdict,
) -> None:
    """One line per place that differs: its totals, or the day when only days differ."""
    off: dict[int, list[datetime.date]] = defaultdict(list)
    for place, day in {*kept, *expected}:
        if kept[place, day] != expected[place, day]:
            off[place].append(day)
    for place, days in sorted(off.items()):
        sums = [sum(n for (at, _), n in counts.items() if at == place) for counts in (kept, expected)]
        wrong = sum(abs(kept[place, day] - expected[place, day]) for day in days)
        if sums[0] != sums[1]:
            verdict.add(measure, places[place].code, sums[0], sums[1], wrong, which)
            continue
        for day in sorted(days):
            then = (kept[place, day], expected[place, day])
            verdict.add(measure, places[place].code, *then, which=_joined(which, f"{day}"))


def _check_standings(book: Book, verdict: Verdict) -> None:
    """The cumulative rows are the sums of the deltas they stand beside."""
    summed: Counter[tuple[str, str, str, str, str]] = Counter()
    fields = ("measure", "course", "part", "place__code", "happened_on")
    for measure, course, part, place, day, value in (
        Delta.objects.filter(book=book.number).values_list(*fields).annotate(n=Sum("value"))
    ):
        summed[measure, course, part, place, "ever"] += value
        summed[measure, course, part, place, f"{day:%Y-%m}"] += value
    for measure, course, part, place, span, starts_on, kept in Standing.objects.filter(
        book=book.number
    ).values_list("measure", "course", "part", "place__code", "span", "starts_on", "value"):
        key = (measure, course, part, place, "ever" if span == "ever" else f"{starts_on:%Y-%m}")
        recounted = summed.pop(key, 0)
        if kept != recounted:
            verdict.add(measure, place, kept, recounted, which=_joined(course, part, key[4]))
    for key, recounted in summed.items():
        if recounted:
            verdict.add(key[0], key[3], 0, recounted, which=_joined(key[1], key[2], key[4]))


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
