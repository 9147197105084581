"""What is erased by itself, and after how long: one rule for each table, registered by its room.

A room says so in its `AppConfig.ready`, beside `people.register`; asked again, it replaces
what it said:

    retention.register(
        "classes",
        Rule("unclaimed_seats", "Chỗ giữ cho người chưa tới nhận", SEAT_DAYS,
             due=lambda before: Seat.objects.filter(learner=None, made_at__lt=before)),
    )

The nightly task applies every rule, in small slices, each a transaction of its own, so that it
never holds the write lock long and, killed anywhere, goes on the next night where it stopped.
What it erased is kept as counts, and officials read them at `/quan-ly/so-du-lieu/`.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from .models import RetentionRun

logger = logging.getLogger(__name__)

SLICE = 500  # rows of one transaction
DAYS_30, DAYS_90, A_YEAR, TWO_YEARS = 30, 90, 365, 730
# A neighbour put down by somebody: a seat with a given name and no Learner, for as long as this.
SEAT_DAYS = 7
Due = Callable[[datetime.datetime], models.QuerySet[Any]]


@dataclass(frozen=True)
class Rule:
    """Rows to erase: `due(before)` are those older than `days`. The key is its own in all rooms."""

    key: str
    words: str  # for the register, in Vietnamese
    days: int
    due: Due

    @property
    def table(self) -> str:
        return str(self.due(timezone.now()).model._meta.label)


_rooms: dict[str, tuple[Rule, ...]] = {}


def register(room: str, *rules: Rule) -> None:
    """All rules of a room. A key that another room has is refused: two reports would be one."""
    others = {rule.key for name, known in _rooms.items() if name != room for rule in known}
    keys = [rule.key for rule in rules]
    if len(set(keys)) < len(keys) or others.intersection(keys):
        raise ValueError(f"a key of {room} is taken: {keys}")
    _rooms[room] = rules


def rules() -> list[Rule]:
    return [rule for room in _rooms.values() for rule in room]


def run(now: datetime.datetime | None = None) -> dict[str, int]:
    """Erase whatever is over its time; returns counts by rule. One that fails does not stop the others."""
    now = now or timezone.now()
    return {rule.key: _apply(rule, now) for rule in rules()}


def _apply(rule: Rule, now: datetime.datetime) -> int:
    report, _ = RetentionRun.objects.get_or_create(day=timezone.localdate(now), rule=rule.key)
    erased, before = 0, now - datetime.timedelta(days=rule.days)
    try:
        while gone := _slice(rule, report, before):
            erased += gone
    except Exception:
        logger.exception("Retention rule %s stopped; it goes on the next night.", rule.key)
    else:
        RetentionRun.objects.filter(pk=report.pk).update(finished=True, at=timezone.now())
    return erased


def _slice(rule: Rule, report: RetentionRun, before: datetime.datetime) -> int:
    """Some rows and their count, together or not at all. Rows that follow by cascade are not counted."""
    with transaction.atomic():
        due = rule.due(before)
        pks = list(due.order_by("pk").values_list("pk", flat=True)[:SLICE])
        if pks:
            due.model._default_manager.filter(pk__in=pks).delete()
            RetentionRun.objects.filter(pk=report.pk).update(erased=F("erased") + len(pks))
    return len(pks)


def latest() -> list[tuple[Rule, RetentionRun | None]]:
    """Each rule with its last night, for the register."""
    newest: dict[str, RetentionRun] = {}
    for report in RetentionRun.objects.order_by("-day")[: 10 * max(1, len(rules()))]:
        newest.setdefault(report.rule, report)
    return [(rule, newest.get(rule.key)) for rule in rules()]
