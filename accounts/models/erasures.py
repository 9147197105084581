"""That somebody was erased: when, why and by whom, and nothing about whom."""

from __future__ import annotations

from django.db import models

from ..personal import LAW, YEARS_2, Personal
from .people import User


class Erasure(models.Model):
    """One person erased. Holds neither her number in the ledger nor anything that leads to her."""

    personal = Personal(
        what="Ngày xóa, lý do và cán bộ đã xóa; không có gì về người được xóa",
        why="Chứng minh yêu cầu xóa đã được thực hiện",
        basis=LAW,
        keep=YEARS_2,
    )

    erased_on = models.DateField(help_text="the day alone: a time would point at her last act")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    herself = models.BooleanField(default=False, help_text="she asked on her own screen")
    reason = models.CharField(max_length=300)
    records = models.PositiveSmallIntegerField(help_text="hers, with those that had been merged into it")

    class Meta:
        indexes = [models.Index(fields=["erased_on"])]
