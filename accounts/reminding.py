"""Text messages that remind people to learn: only to whoever agreed to those very words, and seldom.

They name nobody and tell no reason: the number may be a shared phone's.
"""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from . import messages
from .consents import standing
from .models import Consent, Learner, Message, User
from .models.people import LearnerQuerySet

A_WEEK = 2  # texts to one sign-in, as the words of the consent promise
REFRESHERS = 2  # the first version of those words that speaks of refreshers


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


def remind(*, learner: Learner, text: str, since: int) -> bool:
    """Put one text on its way; False when she did not agree, or had enough this week.

    Called while her row is held, so a consent withdrawn before is seen. Raises messages.CannotSend.
    """
    held, user = standing(learner, Consent.Purpose.REMINDERS), learner.user
    if held is None or held.version < since or user is None or not (user.phone and user.phone_verified_at):
        return False
    week = timezone.now() - datetime.timedelta(days=7)
    sent = Message.objects.filter(user=user, purpose=Message.Purpose.REMINDER, created_at__gt=week)
    if sent.count() >= A_WEEK:
        return False
    messages.send(to=user.phone, text=text, purpose=Message.Purpose.REMINDER, user=user)
    return True
