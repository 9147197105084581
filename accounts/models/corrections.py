"""What was changed in a person's record: by officials at her request, and her name by herself."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ..personal import LAW, YEARS_2, Personal
from .people import Learner, User
from .requests import DataRequest


class Correction(models.Model):
    """One thing that was changed: what stood there before, and what stands there now."""

    personal = Personal(
        what="Điều đã sửa trong hồ sơ: trước là gì, nay là gì, cán bộ nào sửa, lúc nào; tên cũ khi tự sửa",
        why="Chứng minh đã sửa đúng yêu cầu, và sửa nhầm thì biết trước đó là gì",
        basis=LAW,
        keep=YEARS_2,
    )

    class What(models.TextChoices):
        NAME = "name", "Họ và tên"
        BIRTH_YEAR = "birth_year", "Năm sinh"
        COMMUNE = "commune", "Xã, phường"
        PHONE = "phone", "Số điện thoại để đăng nhập"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="corrections")
    request = models.ForeignKey(
        DataRequest, models.SET_NULL, null=True, related_name="corrections", help_text="who asked, and why"
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=10, choices=What)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="correction_changes_something"
            )
        ]
