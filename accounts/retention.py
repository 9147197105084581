"""What is erased by itself, and after how long: one rule for each table, registered by its room.

The nightly task deletes in small slices, each a transaction of its own, so that it never
holds the write lock long and, killed anywhere, goes on the next night where it stopped. What
it erased is kept as counts.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from .models import DataRequest, Erasure, Look, Message, Notice, OneTimeCode, RetentionRun, SlowDown, TriedPin

logger = logging.getLogger(__name__)

SLICE = 500  # rows of one transaction
TWO_YEARS = 730
Due = Callable[[datetime.datetime], models.QuerySet[Any]]


@dataclass(frozen=True)
class Rule:
    """Rows to erase: `due(before)` are those older than `days`."""

    key: str
    words: str  # for the register, in Vietnamese
    days: int
    due: Due


_rules: dict[str, Rule] = {}


def register(key: str, *, words: str, days: int, due: Due) -> None:
    """A room's rule; the same key twice is the newer one."""
    _rules[key] = Rule(key, words, days, due)


def rules() -> list[Rule]:
    return list(_rules.values())


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
    for report in RetentionRun.objects.order_by("-day")[: 10 * max(1, len(_rules))]:
        newest.setdefault(report.rule, report)
    return [(rule, newest.get(rule.key)) for rule in rules()]


def register_own() -> None:
    """The rules of this room; called when it is ready."""
    register(
        "messages",
        words="Tin nhắn đã gửi: số điện thoại nhận",
        days=90,
        due=lambda at: Message.objects.filter(status__in=Message.DONE, done_at__lt=at),
    )
    register(
        "codes",
        words="Mã dùng một lần đã cấp",
        days=90,
        due=lambda at: OneTimeCode.objects.filter(made_at__lt=at),
    )
    register(
        "slow_downs",
        words="Dấu của tài khoản và máy đã gõ sai mã",
        days=90,
        due=lambda at: SlowDown.objects.filter(failed_at__lt=at),
    )
    register(
        "tried_pins",
        words="Dấu của mã sai đã thử",
        days=90,
        due=lambda at: TriedPin.objects.filter(day__lt=at.date()),
    )
    register(
        "sessions",
        words="Phiên đăng nhập đã hết hạn",
        days=0,
        due=lambda at: Session.objects.filter(expire_date__lt=at),
    )
    register(
        "looks", words="Ai đã xem dữ liệu", days=TWO_YEARS, due=lambda at: Look.objects.filter(at__lt=at)
    )
    register(
        "notices",
        words="Thông báo cho người học",
        days=TWO_YEARS,
        due=lambda at: Notice.objects.filter(at__lt=at),
    )
    register(
        "requests",
        words="Yêu cầu về dữ liệu đã xong",
        days=TWO_YEARS,
        due=lambda at: DataRequest.objects.exclude(state__in=DataRequest.OPEN).filter(closed_at__lt=at),
    )
    register(
        "erasures",
        words="Dòng ghi rằng có người được xóa",
        days=TWO_YEARS,
        due=lambda at: Erasure.objects.filter(erased_on__lt=at.date()),
    )
    register(
        "reports",
        words="Báo cáo của chính việc tự xóa này",
        days=TWO_YEARS,
        due=lambda at: RetentionRun.objects.filter(day__lt=at.date()),
    )
