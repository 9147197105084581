"""What staff may do, where, and until when."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from places.models import Organisation, Place

from ..personal import OFFICE, WITH_ACCOUNT, Personal
from .people import User


class RoleQuerySet(models.QuerySet["Role"]):
    def visible_to(self, user: User | AnonymousUser) -> RoleQuerySet:
        """Roles, past ones too, for the places and organisations whose people she looks after."""
        from ..access import organisations_within, places_within

        manage = Role.Kind.OFFICIAL_MANAGE
        return self.filter(
            Q(place__in=places_within(user, manage)) | Q(organisation__in=organisations_within(user, manage))
        )

    def standing(self) -> RoleQuerySet:
        """Neither taken back nor run out: held, or offered and still open."""
        return self.kept().filter(Q(waiting=False) | Q(offer_ends_at__gt=timezone.now()))

    def kept(self) -> RoleQuerySet:
        """Those, and offers that ran out unanswered: another link opens them anew."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)

    def active(self) -> RoleQuerySet:
        return self.standing().filter(waiting=False)

    def offered(self) -> RoleQuerySet:
        """Waiting for whom they are offered to; they open nothing, and end by themselves."""
        return self.standing().filter(waiting=True)


class Role(models.Model):
    """Permission for a place (or an organisation) and everything below it."""

    personal = Personal(
        what="Cán bộ nào được giao việc gì, ở đâu, ai giao, đến khi nào",
        why="Chỉ người được giao mới xem được dữ liệu",
        basis=OFFICE,
        keep=WITH_ACCOUNT,
    )

    class Kind(models.TextChoices):
        TRAINER = "trainer", "Người hướng dẫn"
        OFFICIAL_VIEW = "official_view", "Cán bộ xem số liệu"
        OFFICIAL_MANAGE = "official_manage", "Cán bộ quản lý"
        EDITOR = "editor", "Biên tập viên"
        ADMINISTRATOR = "administrator", "Quản trị"

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=16, choices=Kind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="roles")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="roles"
    )
    waiting = models.BooleanField(default=False, help_text="offered, and not accepted: not in force")
    offer_ends_at = models.DateTimeField(
        null=True, blank=True, help_text="accepted before then, or the offer is over"
    )
    offered_name = models.CharField(
        max_length=100, blank=True, help_text="as whoever offered it wrote it: that is all she is told"
    )
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two, as SQLite cannot hold NULLs equal in one.
            models.UniqueConstraint(
                fields=["user", "kind", "place"],
                condition=Q(revoked_at=None, organisation=None),
                name="role_once_while_held",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "place", "organisation"],
                condition=Q(revoked_at=None, organisation__isnull=False),
                name="role_once_while_held_for_organisation",
            ),
            models.CheckConstraint(
                condition=Q(waiting=False) | Q(offer_ends_at__isnull=False), name="role_offer_has_an_end"
            ),
        ]

    @property
    def offer_ran_out(self) -> bool:
        return self.waiting and (self.offer_ends_at is None or self.offer_ends_at <= timezone.now())

    @property
    def who(self) -> str:
        """Her name; before she has accepted only what was typed, or a stranger's address would tell it."""
        return (self.offered_name or self.user.email or "") if self.waiting else str(self.user)

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it holds: what is kept is the moment after."""
        if self.expires_at is None:
            return None
        return timezone.localdate(self.expires_at - datetime.timedelta(seconds=1))
