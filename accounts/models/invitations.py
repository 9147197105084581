"""Inviting staff: a link for one person, and a list of people from a file."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from places.models import Organisation, Place

from ..personal import DAYS_90, OFFICE, Personal
from .people import User
from .roles import Role


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
                fields=["user", "invited_by", "resets"],
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


class NumberOfferQuerySet(models.QuerySet["NumberOffer"]):
    def visible_to(self, user: User | AnonymousUser) -> NumberOfferQuerySet:
        """Offers for the places and organisations whose people she looks after."""
        from ..access import organisations_within, places_within

        manage = Role.Kind.OFFICIAL_MANAGE
        return self.filter(
            Q(place__in=places_within(user, manage)) | Q(organisation__in=organisations_within(user, manage))
        )

    def standing(self) -> NumberOfferQuerySet:
        """Neither answered nor called back; it may have run out."""
        return self.filter(used_at=None, ended_at=None)


class NumberOffer(models.Model):
    """A role offered to whoever signs in with a phone number, now or later.

    It has no key to a sign-in on purpose: what is kept, and so what the giver reads, is the same
    whether somebody signs in with the number or nobody does. What the link holds is derived
    from `reference`, never kept.
    """

    personal = Personal(
        what="Số điện thoại và tên của người được mời nhận việc bằng số điện thoại, ai mời",
        why="Giao việc cho người không có thư điện tử",
        basis=OFFICE,
        keep="Sau khi hết hạn 90 ngày, rồi tự xóa",
    )

    phone = models.CharField(max_length=16, help_text="E.164: +84912345678")
    name = models.CharField(max_length=100, help_text="as the giver wrote it")
    kind = models.CharField(max_length=16, choices=Role.Kind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    role_ends_at = models.DateTimeField(null=True, blank=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="called back, declined, or made anew")

    objects = NumberOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two, as SQLite cannot hold NULLs equal in one.
            models.UniqueConstraint(
                fields=["phone", "kind", "place", "invited_by"],
                condition=Q(used_at=None, ended_at=None, organisation=None),
                name="number_offer_once_of_each_giver",
            ),
            models.UniqueConstraint(
                fields=["phone", "kind", "place", "organisation", "invited_by"],
                condition=Q(used_at=None, ended_at=None, organisation__isnull=False),
                name="number_offer_once_for_organisation",
            ),
        ]

    @property
    def ran_out(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def where(self) -> Place | Organisation:
        return self.organisation or self.place
