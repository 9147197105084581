"""What a person agreed to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import LAW, UNTIL_ERASED, Personal
from .people import Learner


class Consent(models.Model):
    """What a person agreed to, in which words; withdrawn, never deleted."""

    personal = Personal(
        what="Đã đồng ý điều gì, bằng lời văn nào, lúc nào, người giám hộ là ai",
        why="Chứng minh sự đồng ý",
        basis=LAW,
        keep=UNTIL_ERASED,
    )

    class Purpose(models.TextChoices):
        LEARNING = "learning", "Lưu việc học và ghi nhận kết quả"
        REMINDERS = "reminders", "Nhắn tin nhắc học và báo lớp"

    class Channel(models.TextChoices):
        ONLINE = "online", "Trên mạng"
        CLASS = "class", "Tại lớp"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    version = models.PositiveSmallIntegerField(help_text="version of the words shown")
    channel = models.CharField(max_length=6, choices=Channel)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    guardian_name = models.CharField(
        max_length=100, blank=True, help_text="who consented with a learner under 16"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "purpose"], condition=Q(withdrawn_at=None), name="consent_one_standing"
            )
        ]

    @property
    def words(self) -> str:
        """The very words that were agreed to."""
        from ..consents import words_of

        said = words_of(self)
        return " ".join((said.short, *said.more)) if said else ""
