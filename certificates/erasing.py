"""The papers of an erased person: only their numbers stay, so that a sheet in a hand is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from . import rendering
from .models import ErasedPaper, Paper

if TYPE_CHECKING:
    from accounts.models import Learner


def erase(learner: Learner, number: int) -> None:
    """The newest first: a paper in the place of another points at it."""
    for paper in Paper.objects.filter(learner=learner).order_by("-pk"):
        _let_go(paper)
        _erase(paper)


def _let_go(paper: Paper) -> None:
    """A paper of somebody else in the place of hers (two records were one for a while) stands alone."""
    for successor in Paper.objects.filter(replaces=paper):
        try:
            with transaction.atomic():
                Paper.objects.filter(pk=successor.pk).update(replaces=None)
        except IntegrityError:  # the other has a paper of the machine's: this one was never hers
            _let_go(successor)
            _erase(successor)


def _erase(paper: Paper) -> None:
    transaction.on_commit(lambda: rendering.forget(paper), robust=True)
    rendering.forget(paper)
    ErasedPaper.objects.get_or_create(serial=paper.serial, defaults={"erased_on": timezone.localdate()})
    Paper.objects.filter(pk=paper.pk).delete()
