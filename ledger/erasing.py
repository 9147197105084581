"""A person's facts stay and are nobody's: counts are the same, and nothing leads back.

A random number stands for her. Whatever was derived from her own number goes too: the
uuids that the server made of it, the digests, the receipts of her device. The device,
the neighbourhood and the hour go; the day stays, as figures count by it.
"""

from __future__ import annotations

import datetime
import uuid as uuids
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.erasing import goes_too

from .models import Claim, Fact, Receipt
from .recording import digest_of

if TYPE_CHECKING:
    from accounts.models import Learner

ERASED = "erased"
_CHANGED = [
    "actor",
    "uuid",
    "digest",
    "person",
    "neighbourhood",
    "reason",
    "happened_at",
    "recorded_at",
]


def erase(learner: Learner, number: int) -> None:
    """Put `number` in her place on all her facts, retractions and merges too."""
    hers = Fact.objects.filter(person=learner.pk)
    same = hers.filter(actor=OuterRef("actor"), uuid=OuterRef("uuid"))
    Receipt.objects.filter(Exists(same)).delete()
    if learner.user and goes_too(learner.user, but=[learner]):
        Receipt.objects.filter(actor=f"user:{learner.user_id}").delete()
    facts = list(hers)
    for fact in facts:
        fact.actor, fact.uuid = ERASED, uuids.uuid4()
        fact.person, fact.neighbourhood, fact.reason = number, None, ""
        fact.digest = digest_of([fact.kind, number, fact.course, fact.item])
        fact.happened_at = _midnight(fact.happened_on)
        fact.recorded_at = _midnight(fact.recorded_on)
    Fact.objects.bulk_update(facts, _CHANGED, batch_size=200)
    Fact.objects.filter(same_as=learner.pk).update(same_as=number)
    Claim.objects.filter(person=learner.pk).update(person=number)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
