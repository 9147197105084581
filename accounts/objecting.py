"""A person does not want her name on public pages: her initials stand there at once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from common.retrying import again

from .merging import hold_family
from .models import Learner, Objection, User


@again()
@transaction.atomic
def hide_name(*, learner: Learner, by: User | None = None) -> None:
    """From now on strangers read initials on her papers. `by` is the official who did it for her."""
    _show(learner, hidden=True)
    Objection.objects.get_or_create(learner=learner, ended_at=None, defaults={"made_by": by})


@again()
@transaction.atomic
def show_name(*, learner: Learner) -> None:
    """She takes her objection back."""
    _show(learner, hidden=False)
    Objection.objects.filter(learner=learner, ended_at=None).update(ended_at=timezone.now())


def _show(learner: Learner, *, hidden: bool) -> None:
    """Papers stay with the record they were issued to: those merged into hers follow her."""
    records = [each.pk for each in hold_family(learner)]
    Learner.objects.filter(pk__in=records).update(name_hidden=hidden)
    learner.name_hidden = hidden
