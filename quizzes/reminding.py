"""Telling people by text message that a refresher is due: once for each, in daytime, where they agreed.

The row of the refresher says that she was told; it is written in the transaction of the message.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import acting, messages, reminding
from accounts.models import Learner
from common.retrying import again
from courses.models import Enrolment

from .models import Refresher
from .remembering import ROUNDS, live_questions, open_row

TELL_DAYS = 7  # after that the card on her own page is enough
BATCH = 200  # learners of one run and round; the next hour goes on
# One part once its marks are dropped. Nobody's name, no course, and no address to open: people are taught
# not to press those that come by text.
WORDS = (
    "Học Vụ Số: đã đến lúc ôn lại bài đã học, chỉ 2 phút, không tính điểm. "
    "Mở Học Vụ Số như mọi khi, vào mục Việc học của tôi."
)


def sweep() -> int:
    """Send to whoever is due and was not told; returns how many texts. Safe to run beside itself.

    At night nothing, whoever calls: a beat that was stopped runs what it missed as soon as it starts.
    """
    now, sent = timezone.now(), 0
    if not reminding.is_time(now):
        return 0
    for number in ROUNDS:
        if not messages.can_send(leave=messages.FOR_NOTICES):
            break
        for enrolment in _due(number, now):
            try:
                sent += _tell(enrolment, number)
            except acting.CannotAct:
                continue
            except messages.CannotSend:
                return sent  # no money left today: the next day goes on
    return sent


def _due(number: int, now: datetime.datetime) -> list[Enrolment]:
    """Completions whose round began in the last days, of people who may be told and were not. One query.

    Who had this week's texts is left out: at the head of the list they would keep everybody from her turn.
    """
    last = timezone.localdate(now) - datetime.timedelta(days=ROUNDS[number][0])
    known = Refresher.objects.filter(learner=OuterRef("learner"), course=OuterRef("course"), round=number)
    known = known.exclude(told_at=None, begun_at=None)
    rows = Enrolment.objects.filter(
        ~Exists(known),
        Exists(live_questions().filter(course=OuterRef("course"))),
        learner__in=reminding.agreed(reminding.REFRESHERS),
        completed_at__gte=_midnight(last - datetime.timedelta(days=TELL_DAYS - 1)),
        completed_at__lt=_midnight(last + datetime.timedelta(days=1)),
    ).exclude(learner__user__in=reminding.had_enough(now))
    return list(rows.select_related("course").order_by("completed_at", "pk")[:BATCH])


def _midnight(day: datetime.date) -> datetime.datetime:
    """With which this local day begins."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@again()
@transaction.atomic
def _tell(enrolment: Enrolment, number: int) -> bool:
    """The message and the row that says so, or neither; True when a text is on its way.

    Where the phone had the same text today already, for another course or another person, that one told of
    this too: as soon as it is out, since one that is given up tells nobody. Who she is and which number is
    hers is read anew: the list is some seconds old.
    """
    acting.begin(enrolment.learner_id)
    people = Learner.objects.standing().select_related("user")
    learner = people.filter(pk=enrolment.learner_id).first()
    if learner is None:
        return False  # merged meanwhile
    row = open_row(learner, enrolment.course, number, timezone.localdate(enrolment.completed_at))
    if row.told_at or row.begun_at:
        return False
    answer = reminding.remind(learner=learner, text=WORDS, since=reminding.REFRESHERS)
    if answer in {reminding.Answer.NO, reminding.Answer.WAITS}:
        row.delete()
        return False
    row.told_at = timezone.now()
    row.save(update_fields=["told_at"])
    return answer is reminding.Answer.SENT
