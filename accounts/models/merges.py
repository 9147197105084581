"""The reversible map from duplicates to the canonical person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..personal import CONSENT, UNTIL_ERASED, Personal
from .people import Learner, User


class Merge(models.Model):
    """Two records that are one person: the duplicate's rows went to the canonical one, until undone."""

    personal = Personal(
        what="Hai hồ sơ nào là một người, ai gộp, ai bỏ gộp, lý do",
        why="Một người không bị đếm hai lần; gộp nhầm thì bỏ gộp được",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    duplicate = models.ForeignKey(Learner, models.CASCADE, related_name="merged_as_duplicate")
    canonical = models.ForeignKey(Learner, models.CASCADE, related_name="merged_as_canonical")
    merged_at = models.DateTimeField(default=timezone.now)
    merged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at=None), name="merge_once_while_it_stands"
            ),
            models.CheckConstraint(condition=~Q(duplicate=F("canonical")), name="merge_of_two"),
        ]


class MergedRow(models.Model):
    """What a merge changed in one row of another table, so that it can be undone.

    `before` and `after` are the changed fields of the row as JSON values.
    """

    personal = Personal(
        what="Hàng nào đã đổi khi gộp hồ sơ",
        why="Bỏ gộp được",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows")
    table = models.CharField(max_length=60, help_text="label of the model: courses.ItemDone")
    row = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
