"""Alarms: a line in the log and a row, once a day for each thing."""

from __future__ import annotations

import logging

from django.db.models import F
from django.utils import timezone

from .models import Alarm

logger = logging.getLogger(__name__)

WORDS = {
    "account": "Many wrong tries at one sign-in.",
    "address": "Very many wrong tries from one address.",
    "codes": "Many wrong one-time codes today.",
    "issued": "One member of staff handed out many one-time codes today.",
    "cards": "Many learner cards that do not exist were tried today.",
    "spending": "The day's money for text messages is used up.",
    "gateway": "The text message carrier refuses or does not answer.",
    "identity": "The identity provider does not answer as it should.",
}


def count(kind: str, mark: str = "", *, alarm_from: int = 1) -> int:
    """Count one more of today, and raise the alarm at the number `alarm_from`; returns the count.

    `mark` is a keyed mark (`doors.mark`), never a name, a number or an address.
    """
    today = timezone.localdate()
    row, _ = Alarm.objects.get_or_create(day=today, kind=kind, mark=mark)
    Alarm.objects.filter(pk=row.pk).update(number=F("number") + 1)
    row.refresh_from_db(fields=["number"])
    unraised = Alarm.objects.filter(pk=row.pk, raised_at=None)
    if row.number >= alarm_from and unraised.update(raised_at=timezone.now()):
        logger.warning("%s (%s)", WORDS.get(kind, kind), row.number)
    return row.number
