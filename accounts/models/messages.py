"""Text messages on their way out, what they cost, and notices that wait on the site."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import CONSENT, DAYS_90, LAW, YEARS_2, Personal
from .people import Learner, User


class Message(models.Model):
    """A text message: to be sent, and then the log of it without its text.

    A worker takes a row (`SENDING`) before it hands the text to the carrier. A
    row found taken long ago is never sent again (`UNSURE`): at most once.
    """

    personal = Personal(
        what="Số điện thoại nhận tin, gửi lúc nào, tới hay chưa; không giữ nội dung sau khi gửi",
        why="Gửi tin nhắn và biết tin có tới không",
        basis=CONSENT,
        keep=DAYS_90,
    )

    class Status(models.TextChoices):
        WAITING = "waiting", "Chờ gửi"
        SENDING = "sending", "Đang gửi"
        SENT = "sent", "Đã gửi"
        UNSURE = "unsure", "Không rõ đã tới chưa"
        GIVEN_UP = "given_up", "Không gửi được"

    class Purpose(models.TextChoices):
        CODE = "code", "Mã dùng một lần"
        NOTICE = "notice", "Thông báo"
        REMINDER = "reminder", "Nhắc học"

    DONE = (Status.SENT, Status.UNSURE, Status.GIVEN_UP)

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="text_messages")
    to = models.CharField(max_length=16, help_text="E.164; emptied with the log's age")
    text = models.TextField(blank=True, help_text="empty once it is sent or given up")
    purpose = models.CharField(max_length=8, choices=Purpose)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    parts = models.PositiveSmallIntegerField(help_text="messages that the carrier bills")
    cost = models.PositiveIntegerField(help_text="đồng")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="of no use after")
    next_try_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    gateway = models.CharField(max_length=10, blank=True)
    answer = models.CharField(max_length=100, blank=True, help_text="of the carrier, without the text")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sending"]) | Q(text="", done_at__isnull=False),
                name="message_text_only_until_sent",
            )
        ]
        indexes = [models.Index(fields=["status", "next_try_at"], name="message_due")]


class Spending(models.Model):
    """What was put aside for the text messages of one day."""

    day = models.DateField(unique=True)
    spent = models.PositiveIntegerField(default=0, help_text="đồng")


class Notice(models.Model):
    """A few words to a person, or to whoever uses a sign-in, that wait on her screens until read."""

    personal = Personal(
        what="Vài câu báo cho người học về dữ liệu của họ",
        why="Người học biết điều đã xảy ra với dữ liệu của mình",
        basis=LAW,
        keep=YEARS_2,
    )

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="notices")
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, blank=True, related_name="notices")
    text = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, learner__isnull=False) | Q(user__isnull=False, learner=None),
                name="notice_to_one",
            )
        ]
