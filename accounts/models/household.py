"""Who was taken off a shared sign-in, so that it can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import CONSENT, DAYS_30, Personal
from .people import Learner, User


class Parting(models.Model):
    """A person no longer learns on this sign-in: unlinked, never deleted, brought back with one press."""

    personal = Personal(
        what="Ai đã rời máy dùng chung nào, ngày nào",
        why="Bấm nhầm thì đưa trở lại được",
        basis=CONSENT,
        keep=DAYS_30,
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="partings")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="partings")
    left_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="she is back, or signs in elsewhere")

    with_record = models.BooleanField(
        default=False, help_text="she left for a sign-in of her own; else she was taken off"
    )
    pin = models.CharField(
        max_length=128, blank=True, help_text="her own PIN as it was kept, for the way back"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(ended_at=None), name="parting_one_open_each"
            )
        ]
