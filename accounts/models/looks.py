"""Which of the staff looked at a person's data."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ..personal import LAW, YEARS_2, Personal
from .people import Learner, User


class Look(models.Model):
    """Somebody of the staff saw a person's data on a screen: once a day, however often she did."""

    personal = Personal(
        what="Cán bộ, người hướng dẫn nào đã xem dữ liệu của người học, ở màn hình nào, lúc nào",
        why="Người học biết ai đã xem dữ liệu của mình",
        basis=LAW,
        keep=YEARS_2,
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="looks")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100, blank=True, help_text="of who looked, as of then")
    role = models.CharField(max_length=200, blank=True, help_text="the role that let her in, as of then")
    screen = models.CharField(max_length=80, help_text="Vietnamese words")
    why = models.CharField(max_length=300, blank=True)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "by", "screen", "day"], name="look_once_a_day")
        ]
        indexes = [models.Index(fields=["day"], name="look_day")]
