"""Facts of any day, written the way `ledger.recording` writes them."""

from __future__ import annotations

import datetime
import itertools
import uuid
from contextlib import contextmanager
from unittest import mock
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaign.models import Book, Delta
from ledger import readers
from ledger.models import Fact, Pending
from ledger.recording import digest_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime.date(2026, 3, 2)
_numbers = itertools.count(1)


def day(number: int) -> datetime.date:
    return START + datetime.timedelta(days=number)


def noon(number: int, hour: int = 12) -> datetime.datetime:
    return datetime.datetime.combine(day(number), datetime.time(hour), tzinfo=HANOI)


@contextmanager
def at(moment: datetime.datetime):
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def make_fact(kind, person, commune, *, on=0, recorded=None, course="", item="", undoes=None, **fields):
    recorded = on if recorded is None else recorded
    fact = Fact.objects.create(
        actor="server",
        uuid=uuid.uuid5(uuid.NAMESPACE_OID, str(next(_numbers))),
        digest=digest_of([]),
        kind=kind,
        undoes=undoes,
        person=person,
        commune=commune,
        group="citizen",
        gender="female",
        birth_band=1960,
        course=course,
        item=item,
        channel="online",
        asserted_by=fields.pop("asserted_by", "server"),
        happened_at=min(noon(on), noon(recorded)),
        recorded_at=noon(recorded),
        happened_on=day(on),
        recorded_on=day(recorded),
        **fields,
    )
    wanted = undoes.kind if undoes else kind
    Pending.objects.bulk_create(Pending(reader=name, fact=fact) for name in readers.wanting(wanted))
    return fact


def undo(fact, *, recorded):
    return make_fact(
        "retracted",
        fact.person,
        fact.commune,
        on=recorded,
        course=fact.course,
        item=fact.item,
        undoes=fact,
        left_out=fact.left_out,
    )


def kept(until=None) -> dict[tuple[str, str, str, str, datetime.date], int]:
    """Every figure that is not zero, as of an accounting day."""
    rows = Delta.objects.filter(book=Book.now().number)
    if until:
        rows = rows.filter(day__lte=until)
    totals: dict = {}
    for row in rows.values_list("measure", "course", "part", "place__code", "happened_on", "value"):
        totals[row[:-1]] = totals.get(row[:-1], 0) + row[-1]
    return {key: value for key, value in totals.items() if value}


def total(measure, place, *, course="", part="") -> int:
    found = kept()
    code = getattr(place, "code", place)
    return sum(value for key, value in found.items() if key[:4] == (measure, course, part, code))
