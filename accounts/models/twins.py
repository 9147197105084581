"""Two records that look alike, and somebody has said that they are two people."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..personal import OFFICE, UNTIL_ERASED, Personal
from .people import Learner, User


class TwoPeople(models.Model):
    """Not one person after all: the two are not suggested again. `one` has the lower number."""

    personal = Personal(
        what="Hai hồ sơ giống nhau đã được xác nhận là của hai người, và ai xác nhận",
        why="Không gợi ý gộp nhầm hai người thêm lần nữa",
        basis=OFFICE,
        keep=UNTIL_ERASED,
    )

    one = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    other = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    said_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="two_people_said_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="two_people_lower_first"),
        ]
