"""Learner cards: a card to sign in with for learning, and who made and used them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import CONSENT, DAY_1, SAFETY, Personal
from .people import Learner, User


class Card(models.Model):
    """A learner's card. Its number and what its QR code holds are derived (`accounts.cards`), never kept."""

    personal = Personal(
        what="Người học có thẻ học, làm ngày nào, dùng lần cuối lúc nào; không có số thẻ",
        why="Vào học bằng thẻ",
        basis=CONSENT,
        keep="Đến khi người học xin xóa; thẻ đã thay hoặc hết dùng: 90 ngày, rồi tự xóa",
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="cards")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number_mark = models.CharField(max_length=64, unique=True, help_text="keyed mark of the number on it")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(ended_at=None), name="card_one_standing")
        ]


class CardUse(models.Model):
    """A session that a card opened, so that the end of the card ends it. Deleted after a day."""

    personal = Personal(
        what="Phiên học mở bằng thẻ", why="Thẻ cũ hết dùng thì phiên cũng đóng", basis=SAFETY, keep=DAY_1
    )

    card = models.ForeignKey(Card, models.CASCADE, related_name="uses")
    session_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)


class CardPrint(models.Model):
    """That somebody of the staff printed a card."""

    personal = Personal(
        what="Cán bộ, người hướng dẫn nào đã in thẻ của người học, lúc nào",
        why="Người học biết ai có thẻ của mình",
        basis=SAFETY,
        keep="Cùng với thẻ đó",
    )

    card = models.ForeignKey(Card, models.CASCADE, related_name="prints")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
