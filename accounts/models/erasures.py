"""That somebody was erased: when, why and by whom, and nothing about whom."""

from __future__ import annotations

from django.db import models

from ..personal import LAW, YEARS_2, Personal
from .people import User


class Erasure(models.Model):
    """One person erased. Holds neither her number in the ledger nor anything that leads to her."""

    personal = Personal(
        what="Ngày xóa, lý do chọn trong danh sách và cán bộ đã xóa; không có gì về người được xóa",
        why="Chứng minh yêu cầu xóa đã được thực hiện",
        basis=LAW,
        keep=YEARS_2,
    )

    class Reason(models.TextChoices):
        """A list and no words of anybody's: whatever is typed may name her, in ways no search finds."""

        HERSELF = "herself", "Người học tự yêu cầu trên trang của mình"
        ASKED = "asked", "Người học yêu cầu, cán bộ làm thay"
        FAMILY = "family", "Cha, mẹ, con hoặc người giám hộ yêu cầu"
        MISTAKE = "mistake", "Hồ sơ lập nhầm"
        ORDER = "order", "Theo quyết định của cơ quan có thẩm quyền"

    erased_on = models.DateField(help_text="the day alone: a time would point at her last act")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    herself = models.BooleanField(default=False, help_text="she asked on her own screen")
    reason = models.CharField(max_length=300, choices=Reason)
    records = models.PositiveSmallIntegerField(help_text="hers, with those that had been merged into it")

    class Meta:
        indexes = [models.Index(fields=["erased_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["herself", "asked", "family", "mistake", "order"]),
                name="erasure_reason_of_the_list",
            )
        ]
