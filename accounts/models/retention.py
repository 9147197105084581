"""What the nightly task erased."""

from __future__ import annotations

from django.db import models


class RetentionRun(models.Model):
    """How many rows of one rule went in one night. Counts only."""

    day = models.DateField()
    rule = models.CharField(max_length=60, help_text="key of accounts.retention")
    erased = models.PositiveIntegerField(default=0)
    finished = models.BooleanField(default=False, help_text="nothing was left to erase")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rule"], name="retention_once_a_day")]
        indexes = [models.Index(fields=["-day"], name="retention_day")]
