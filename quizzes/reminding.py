"""Telling people by text message that a refresher is due: once for each, in daytime, where they agreed.

The row of the refresher says that she was told; it is written in the transaction of the message.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import acting, messages, reminding
from common.retrying import again
from courses.models import Enrolment

from .models import Refresher
from .remembering import ROUNDS, live_questions, open_row

TELL_DAYS = 7  # after that the card on her own page is enough
BATCH = 200  # learners of one run; the next hour goes on


def sweep(*, today: datetime.date | None = None) -> int:
    """Tell whoever is due and was not told; returns how many. Safe to run beside itself."""
    today, told = today or timezone.localdate(), 0
    for number in ROUNDS:
        if not messages.can_send():
            break
        for enrolment in _due(number, today)[:BATCH]:
            try:
                told += _tell(enrolment, number)
            except acting.CannotAct:
                continue
            except messages.CannotSend:
                return told  # no money left today: the next day goes on
    return told


def _due(number: int, today: datetime.date) -> list[Enrolment]:
    """Completions whose round began in the last days, of people who may be told and were not. One query."""
    first = today - datetime.timedelta(days=ROUNDS[number][0])
    days = (first - datetime.timedelta(days=TELL_DAYS - 1), first)
    known = Refresher.objects.filter(learner=OuterRef("learner"), course=OuterRef("course"), round=number)
    known = known.exclude(told_at=None, begun_at=None)
    rows = Enrolment.objects.filter(
        ~Exists(known),
        Exists(live_questions().filter(course=OuterRef("course"))),
        learner__in=reminding.agreed(reminding.REFRESHERS),
        completed_at__date__range=days,
    )
    return list(rows.select_related("learner__user", "course").order_by("completed_at", "pk"))


@again()
@transaction.atomic
def _tell(enrolment: Enrolment, number: int) -> bool:
    """The message and the row that says so, or neither."""
    learner = enrolment.learner
    acting.begin(learner)
    completed = timezone.localdate(enrolment.completed_at)
    row = open_row(learner, enrolment.course, number, completed)
    if row.told_at or row.begun_at:
        return False
    if not reminding.remind(learner=learner, text=words(), since=reminding.REFRESHERS):
        Refresher.objects.filter(pk=row.pk).delete()
        return False
    row.told_at = timezone.now()
    row.save(update_fields=["told_at"])
    return True


def words() -> str:
    """One part once its marks are dropped: nobody's name, no course."""
    host = settings.SITE_URL.partition("//")[2].rstrip("/")
    return f"Học Vụ Số: đã đến lúc ôn lại bài đã học, chỉ 2 phút. Mở {host}/hoc-tap/ để ôn. Không tính điểm."
