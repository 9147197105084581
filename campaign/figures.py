"""Reading the counts. Every function says how many queries it costs; none grows with people."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from places.models import Place

from .measures import Measure, percent
from .models import Book, Delta, Standing
from .periods import Period, whole_months

Sums = Counter[tuple[str, int]]  # (measure, place) -> number


@dataclass(frozen=True)
class Figure:
    """One number of one place, with what a rate was divided from. `value` is None without people."""

    measure: Measure
    value: float | None
    numerator: int = 0
    denominator: int = 0

    @property
    def text(self) -> str:
        """1.204.318 or 35,1; "–" when there is nobody to divide by."""
        if self.value is None:
            return "–"
        if self.measure.is_rate:
            return f"{self.value:.1f}".replace(".", ",")
        return grouped(int(self.value))


def grouped(number: int) -> str:
    """1204318 -> 1.204.318, as it is written in Vietnamese."""
    return f"{number:,}".replace(",", ".")


def communes(province: Place) -> list[Place]:
    """The communes of today, by name. One query."""
    return list(province.children.current().communes().order_by("folded", "code"))


EVER = Period()


@dataclass(frozen=True)
class Ask:
    """One question to the counts: these measures, over this period."""

    measures: tuple[str, ...]
    period: Period = EVER
    course: str = ""
    part: str = ""


def read(book: Book, asks: Sequence[Ask], *, places: Collection[int] | None = None) -> list[Sums]:
    """How much each measure grew, by place (all when none is named), for every ask. One query.

    Whole months are read from the standings, the loose days at the ends from the
    deltas: at most 60 days of them, whatever the period.
    """
    parts = [rows for number, ask in enumerate(asks) for rows in _parts(book, ask, places, number)]
    found: list[Sums] = [Counter() for _ in asks]
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for number, measure, place, value in rows:
            found[number][measure, place] += value
    return found


def _parts(book: Book, ask: Ask, places: Collection[int] | None, number: int) -> Iterator[Any]:
    only: dict[str, Any] = {
        "book": book.number,
        "measure__in": ask.measures,
        "course": ask.course,
        "part": ask.part,
    }
    if places is not None:
        only["place__in"] = places
    first, last, loose = whole_months(ask.period)
    months = Standing.objects.filter(**only)
    if first is None and last is None:
        months = months.filter(span=Standing.Span.EVER)
    else:
        months = months.filter(span=Standing.Span.MONTH)
        months = months.filter(starts_on__gte=first) if first else months
        months = months.filter(starts_on__lte=last) if last else months
    if first is None or last is None or first <= last:
        yield _grouped(months, number)
    for days in loose:
        deltas = Delta.objects.filter(**only, happened_on__range=(days.first, days.last))
        yield _grouped(deltas, number)


def _grouped(rows: QuerySet[Any], number: int) -> QuerySet[Any, Any]:
    tagged = rows.annotate(ask=Value(number, IntegerField()))
    return tagged.values_list("ask", "measure", "place").annotate(n=Sum("value"))


def standing_of(measure: str, place: int) -> Subquery:
    """The figure of all time as a part of another query: for a screen that may ask nothing more."""
    book = Book.objects.filter(pk=1).values("number")
    rows = Standing.objects.filter(
        book=Coalesce(Subquery(book), 1),
        span=Standing.Span.EVER,
        measure=measure,
        place=place,
        course="",
        part="",
    )
    return Subquery(rows.values("value")[:1], output_field=IntegerField())


def asks_for(wanted: Collection[Measure], period: Period, *, course: str = "") -> list[Ask]:
    """What to ask for these figures: plain measures in the period, rates up to its last day.

    A rate looks from the beginning to the period's last day (architecture, rule 3).
    """
    plain = tuple(measure.key for measure in wanted if not measure.is_rate)
    pairs = tuple(
        key for measure in wanted if measure.is_rate for key in (measure.numerator, measure.denominator)
    )
    return [Ask(plain, period, course), Ask(pairs, Period(None, period.last), course)]


def figure(measure: Measure, place: int, plain: Sums, pairs: Sums) -> Figure:
    """The figure of a place, from the two answers to `asks_for`."""
    if not measure.is_rate:
        return Figure(measure, plain[measure.key, place])
    above, below = pairs[measure.numerator, place], pairs[measure.denominator, place]
    return Figure(measure, percent(above, below), above, below)


def figures(
    book: Book, wanted: Collection[Measure], places: Collection[Place], period: Period
) -> dict[tuple[str, int], Figure]:
    """The figure of every measure and place. One query."""
    ids = [place.pk for place in places]
    plain, pairs = read(book, asks_for(wanted, period), places=ids if len(ids) < 50 else None)
    return {(measure.key, pk): figure(measure, pk, plain, pairs) for measure in wanted for pk in ids}


def as_of(book: Book, day: datetime.date, measure: str, *, part: str = "") -> Sums:
    """What the books said at the end of a closed day. One query over the measure's deltas."""
    rows = Delta.objects.filter(book=book.number, measure=measure, course="", part=part, day__lte=day)
    grouped_rows = rows.values_list("measure", "place").annotate(n=Sum("value"))
    return Counter({(key, place): number for key, place, number in grouped_rows})


def by_week(book: Book, measure: str, place: Place, *, since: datetime.date) -> Counter[datetime.date]:
    """How much a measure of a place grew in each week, by its Monday. One query."""
    rows = Delta.objects.filter(
        book=book.number, measure=measure, course="", part="", place=place, happened_on__gte=since
    )
    found: Counter[datetime.date] = Counter()
    for day, number in rows.values_list("happened_on").annotate(n=Sum("value")):
        found[day - datetime.timedelta(days=day.weekday())] += number
    return found
