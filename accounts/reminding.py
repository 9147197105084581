"""Text messages that remind people to learn: only to whoever agreed to those very words, and seldom.

They name nobody and tell no reason: the number may be a shared phone's.
"""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from . import acting, messages
from .consents import standing
from .models import Consent, Learner, Message, User
from .models.people import LearnerQuerySet

A_WEEK = 2  # texts to one sign-in, as the words of the consent promise; and one a day
WEEK = datetime.timedelta(days=7)
FROM, UNTIL = datetime.time(8), datetime.time(20)  # local: when a text may go out
REFRESHERS = 2  # the first version of those words that speaks of refreshers
# Not given up any more: what nobody knows of was handed over, and most likely arrived.
_ARRIVED = frozenset({Message.Status.SENT, Message.Status.UNSURE})


class Answer(Enum):
    """What became of a reminder."""

    SENT = "on its way"
    TOLD = "the same phone had one today already"
    WAITS = "one of today for the same phone has not gone out yet, and may be given up"
    NO = "not agreed, or enough for this week"


def agreed(since: int) -> LearnerQuerySet:
    """Whom a reminder may reach: she agreed to that version or a later one, and her number is proven."""
    consents = Consent.objects.filter(
        learner=OuterRef("pk"),
        purpose=Consent.Purpose.REMINDERS,
        withdrawn_at=None,
        version__gte=since,
    )
    proven = User.objects.filter(is_active=True, phone__isnull=False, phone_verified_at__isnull=False)
    found: LearnerQuerySet = Learner.objects.standing().filter(Exists(consents), leaving_at=None)
    return found.filter(user__in=proven)


def words_are_old(learner: Learner) -> bool:
    """She agreed to be reminded, in words that did not speak of refreshers yet: none is told her."""
    held = standing(learner, Consent.Purpose.REMINDERS)
    return held is not None and held.version < REFRESHERS


def is_time(now: datetime.datetime) -> bool:
    """Daytime here: nobody's phone rings at night."""
    return FROM <= timezone.localtime(now).time() < UNTIL


def had_enough(now: datetime.datetime) -> QuerySet[Message, Any]:
    """The sign-ins, as a subquery, that had this week's texts, and none of them today."""
    week = _gone_out().filter(user__isnull=False, created_at__gt=now - WEEK)
    of_today = Q(status__in=_ARRIVED, created_at__gte=_today(datetime.time.min, now))
    counted = week.order_by().values("user")
    counted = counted.annotate(texts=Count("pk"), today=Count("pk", filter=of_today))
    return counted.filter(texts__gte=A_WEEK, today=0).values("user")


def remind(*, learner: Learner, text: str, since: int) -> Answer:
    """Put one text on its way, of use until the evening.

    Called while her row is held, so a consent withdrawn before is seen; the sign-in is held from
    here on, so two people of one phone are counted one after the other. Raises messages.CannotSend.
    """
    held, user, now = standing(learner, Consent.Purpose.REMINDERS), learner.user, timezone.now()
    if held is None or held.version < since or user is None or not (user.phone and user.phone_verified_at):
        return Answer.NO
    acting.hold_sign_ins(user)
    texts = _gone_out().filter(user=user)
    today = set(texts.filter(created_at__gte=_today(datetime.time.min, now)).values_list("status", flat=True))
    if today:
        return Answer.TOLD if today & _ARRIVED else Answer.WAITS
    if not is_time(now) or texts.filter(created_at__gt=now - WEEK).count() >= A_WEEK:
        return Answer.NO
    messages.send(
        to=user.phone,
        text=text,
        purpose=Message.Purpose.REMINDER,
        user=user,
        expires_at=_today(UNTIL, now),
    )
    return Answer.SENT


def still_wanted(message: Message) -> bool:
    """Asked as it goes out, which may be hours after it was written: the number is still this sign-in's,
    somebody there agrees, and nobody there took her consent back meanwhile. Two queries.

    The text names nobody, so on a shared phone one who takes it back stops it for all: the next one comes.
    """
    user = message.user
    if user is None or user.phone != message.to or not agreed(REFRESHERS).filter(user=user).exists():
        return False
    consents = Consent.objects.filter(purpose=Consent.Purpose.REMINDERS)
    again = consents.filter(learner=OuterRef("learner"), withdrawn_at=None)
    back = consents.filter(~Exists(again), learner__user=user, withdrawn_at__gte=message.created_at)
    return not back.exists()


def _today(at: datetime.time, now: datetime.datetime) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(timezone.localdate(now), at))


def _gone_out() -> QuerySet[Message]:
    """Reminders that reached somebody, or may yet."""
    reminders = Message.objects.filter(purpose=Message.Purpose.REMINDER)
    return reminders.exclude(status=Message.Status.GIVEN_UP)
