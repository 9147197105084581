"""Which learner an identity of the state belongs to."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils import timezone

from ..personal import CONSENT, Personal
from .people import Learner


class Identity(models.Model):
    """A learner's identity at the state's provider.

    The row of allauth holds only a keyed mark of issuer and `sub`: no number,
    no name and no other claim can be read from it.
    """

    personal = Personal(
        what="Người học nào đã nối danh tính nhà nước; không có số căn cước",
        why="Đăng nhập bằng danh tính nhà nước",
        basis=CONSENT,
        keep="Đến khi người học bỏ nối",
    )

    account = models.OneToOneField(SocialAccount, models.CASCADE, related_name="identity")
    learner = models.OneToOneField(Learner, models.CASCADE, related_name="identity")
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
