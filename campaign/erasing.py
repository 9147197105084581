"""The counts of an erased person: the same, under the number that stands for her in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.draining import hold_alone

from .measures import READER
from .models import First

if TYPE_CHECKING:
    from accounts.models import Learner


def erase(learner: Learner, number: int) -> None:
    """Nobody folds until this commits, so that no batch counts her under her own number again."""
    hold_alone(READER, wait=True)
    First.objects.filter(person=learner.pk).update(person=number)
