"""Codes of six digits that open one thing once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import DAYS_90, SAFETY, YEAR_1, Personal
from .people import Learner, User


class OneTimeCode(models.Model):
    """A code that was handed out: its keyed mark, never the code.

    It is for a sign-in (`user`), for a number (`phone`), or for both; with a `learner`
    for her alone.
    """

    personal = Personal(
        what="Dấu của mã dùng một lần, số điện thoại nhận mã, ai cấp và lý do",
        why="Chứng minh số điện thoại, lấy lại mã 6 số",
        basis=SAFETY,
        keep=DAYS_90,
    )

    class Purpose(models.TextChoices):
        OWN_NUMBER = "own_number", "Chứng minh số điện thoại"
        FORGOTTEN = "forgotten", "Quên mã, qua tin nhắn"
        VOUCHED = "vouched", "Quên mã, nhờ cán bộ hoặc người hướng dẫn"

    purpose = models.CharField(max_length=10, choices=Purpose)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="one_time_codes")
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    learner = models.ForeignKey(
        Learner,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="one_time_codes",
        help_text="for her own PIN, or for a sign-in of her own",
    )
    holder = models.CharField(max_length=64, help_text="keyed mark of purpose, user and phone")
    mark = models.CharField(max_length=64, help_text="keyed mark of the code")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="a newer one took its place")
    issued_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="issued_codes", help_text="of the staff"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(used_at=None, ended_at=None), name="one_open_code_each"
            ),
            models.CheckConstraint(condition=~Q(user=None, phone=""), name="code_for_somebody"),
            models.CheckConstraint(
                condition=~Q(purpose="vouched") | ~Q(reason=""), name="vouched_code_has_a_reason"
            ),
        ]


class Alarm(models.Model):
    """How often something happened on a day, since when that is an alarm, and what was done about it."""

    personal = Personal(
        what="Cán bộ nào đã xử lý một báo động, và ghi gì; báo động chỉ có dấu khóa, không có tên hay số",
        why="Biết báo động nào đã có người xem",
        basis=SAFETY,
        keep=YEAR_1,
    )

    day = models.DateField()
    kind = models.CharField(max_length=20)
    mark = models.CharField(max_length=64, blank=True, help_text="keyed mark of what it is about")
    number = models.PositiveIntegerField(default=0)
    raised_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="what was done; without any number")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "mark"], name="alarm_once_a_day"),
            models.CheckConstraint(
                condition=Q(handled_at=None, note="") | Q(handled_at__isnull=False) & ~Q(note=""),
                name="alarm_handled_with_a_note",
            ),
        ]
