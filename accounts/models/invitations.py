"""Inviting staff: a link for one person, and a list of people from a file."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..personal import DAYS_90, OFFICE, Personal
from .people import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> InvitationQuerySet:
        """Neither used nor called back; it may have run out."""
        return self.filter(used_at=None, ended_at=None)

    def to_mail(self) -> InvitationQuerySet:
        return self.standing().filter(
            user__email__isnull=False,
            mailed_at=None,
            mail_tries__lt=Invitation.MAIL_TRIES,
            expires_at__gt=timezone.now(),
        )


class Invitation(models.Model):
    """A link by which a new member of staff sets her password once, or one of today sets another.

    What the link holds is derived from `reference` (`accounts.tokens`), never kept.
    """

    personal = Personal(
        what="Cán bộ, người hướng dẫn nào được mời, ai mời",
        why="Mở tài khoản cho người được giao việc",
        basis=OFFICE,
        keep="Sau khi hết hạn 90 ngày, rồi tự xóa",
    )

    MAIL_TRIES = 5

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="called back, or a newer one was made")
    resets = models.BooleanField(default=False, help_text="she has a password and asked for another")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "invited_by"],
                condition=Q(used_at=None, ended_at=None),
                name="invitation_one_of_each_giver",
            )
        ]

    @property
    def ran_out(self) -> bool:
        return self.expires_at <= timezone.now()


class InvitationList(models.Model):
    """The rows of a file somebody sent up, what was made of each, and how far the inviting came.

    `rows` are plain JSON values (`accounts.bulk.Row`); `results` grow beside them
    as `position` moves on. Deleted after 90 days.
    """

    personal = Personal(
        what="Tên, thư điện tử, số điện thoại trong tệp mời cán bộ",
        why="Mời nhiều người một lần",
        basis=OFFICE,
        keep=DAYS_90,
    )

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(User, models.CASCADE, related_name="invitation_lists")
    file_name = models.CharField(max_length=100)
    made_at = models.DateTimeField(default=timezone.now)
    rows = models.JSONField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="rows done")
    results = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True, blank=True)
