"""Offering a role to a phone number: for who has no e-mail address.

Two things take the role: the link, which the giver hands over, and signing in with exactly that
number, by who has it already or by signing up. A number alone is only a login name. Until
then there is an offer and no sign-in of anybody's: the giver sees the same in either case.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.retrying import again
from places.models import Organisation, Place

from . import acting, roles, tokens
from .inviting import DAYS, InvitationRefused
from .messages import tell_holder
from .models import NumberOffer, Role, User
from .roles import RoleRefused
from .seating import hold, seat_alone

logger = logging.getLogger(__name__)

_PURPOSE = "number offer"


class AlreadyHeld(RoleRefused):
    """By somebody among the giver's own people, whose roles she sees."""


class Gone(Exception):
    """The link opens nothing; `why` is unknown, used, ended, lapsed or expired."""

    def __init__(self, why: str, offer: NumberOffer | None = None) -> None:
        super().__init__(why)
        self.why, self.offer = why, offer


def refuse(*, by: User, phone: str, kind: str, place: Place, organisation: Organisation | None) -> None:
    """Raises RoleRefused when `by` may not offer this role to a number."""
    if kind not in roles.BY_NUMBER:
        raise RoleRefused(roles.NEEDS_EMAIL)
    own = by if phone == by.phone else None
    roles.refuse(by=by, user=own, kind=kind, place=place, organisation=organisation)


@transaction.atomic
def offer(
    *,
    by: User,
    phone: str,
    name: str,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
) -> NumberOffer:
    """The same offer twice is the one that stands. Raises RoleRefused, AlreadyHeld."""
    refuse(by=by, phone=phone, kind=kind, place=place, organisation=organisation)
    acting.hold_sign_ins(by)  # of two presses of the button the second finds the first
    what = {"kind": kind, "place": place, "organisation": organisation}
    if Role.objects.active().filter(user__phone=phone, **what).exists():
        raise AlreadyHeld("Người dùng số này đang giữ vai trò này rồi.")
    standing = NumberOffer.objects.standing().filter(phone=phone, invited_by=by, **what).first()
    if standing and not standing.ran_out:
        return standing
    if standing:
        NumberOffer.objects.filter(pk=standing.pk).update(ended_at=timezone.now())
    made = _made(NumberOffer(phone=phone, name=name[:100], invited_by=by, role_ends_at=expires_at, **what))
    logger.info("Role %s for place %s offered to a number by %s.", kind, place.pk, by.pk)
    user = User.objects.filter(phone=phone, is_active=True).first()
    if user is not None:
        text = f"{by} mời bạn nhận vai trò: {made.get_kind_display()}, {made.where}."
        tell_holder(user=user, text=f"{text} Hãy mở liên kết người ấy gửi hoặc đưa cho bạn để nhận."[:500])
    return made


def _made(offer: NumberOffer) -> NumberOffer:
    offer.made_at = timezone.now()
    offer.expires_at = offer.made_at + datetime.timedelta(days=DAYS)
    offer.save(force_insert=True)
    return offer


@transaction.atomic
def renew(*, by: User, offer: NumberOffer) -> NumberOffer:
    """Another link of the same offer; the one before opens nothing. Raises InvitationRefused, RoleRefused."""
    if offer.invited_by_id != by.pk:
        raise InvitationRefused("Chỉ người đã mời làm liên kết mới được.")
    refuse(by=by, phone=offer.phone, kind=offer.kind, place=offer.place, organisation=offer.organisation)
    if not NumberOffer.objects.standing().filter(pk=offer.pk).update(ended_at=timezone.now()):
        raise InvitationRefused("Lời mời này không còn mở. Hãy mời lại từ trang Giao vai trò.")
    return _made(
        NumberOffer(
            phone=offer.phone,
            name=offer.name,
            kind=offer.kind,
            place=offer.place,
            organisation=offer.organisation,
            role_ends_at=offer.role_ends_at,
            invited_by=by,
        )
    )


def call_back(*, by: User, offer: NumberOffer) -> None:
    """By its giver, or by who could give this role. Raises InvitationRefused."""
    may = roles.may_grant(by, kind=offer.kind, place=offer.place, organisation=offer.organisation)
    if offer.invited_by_id != by.pk and not may:
        raise InvitationRefused("Bạn không thu lại được lời mời này.")
    if not NumberOffer.objects.standing().filter(pk=offer.pk).update(ended_at=timezone.now()):
        raise InvitationRefused("Lời mời này không còn mở.")


def link(offer: NumberOffer) -> str:
    """The whole address that opens it."""
    path = reverse("accounts:offered", args=[tokens.seal(_PURPOSE, offer.reference)])
    return settings.SITE_URL.rstrip("/") + path


def find(token: str) -> NumberOffer:
    """The offer of a link. Raises Gone."""
    reference = tokens.unseal(_PURPOSE, token)
    rows = NumberOffer.objects.select_related("invited_by", "place", "organisation")
    row = rows.filter(reference=reference).first() if reference else None
    if row is None:
        raise Gone("unknown")
    if row.used_at:
        raise Gone("used", row)
    if row.ended_at:
        raise Gone("ended", row)
    if row.ran_out:
        raise Gone("expired", row)
    if not _still_hers_to_give(row):
        raise Gone("lapsed", row)
    return row


def _still_hers_to_give(offer: NumberOffer) -> bool:
    by = offer.invited_by
    return bool(
        by
        and by.is_active
        and roles.may_grant(by, kind=offer.kind, place=offer.place, organisation=offer.organisation)
    )


def is_for(offer: NumberOffer, user: User) -> bool:
    return bool(user.phone) and user.phone == offer.phone


@again()
@transaction.atomic
def accept(*, user: User, offer: NumberOffer) -> Role:
    """She who signs in with the number takes the role. Raises Gone, SharedNumber, RoleRefused."""
    if not hold(user) or not User.objects.filter(pk=user.pk, phone=offer.phone).exists():
        raise Gone("unknown")  # the number went to another sign-in a moment ago
    if not _still_hers_to_give(offer):
        raise Gone("lapsed", offer)
    seat_alone(user)
    open_ones = NumberOffer.objects.standing().filter(pk=offer.pk, expires_at__gt=timezone.now())
    if not open_ones.update(used_at=timezone.now()):
        raise Gone("used", offer)
    return roles.grant(
        by=offer.invited_by,
        user=user,
        kind=offer.kind,
        place=offer.place,
        organisation=offer.organisation,
        expires_at=offer.role_ends_at,
        accepted=True,
    )


def decline(*, user: User, offer: NumberOffer) -> None:
    """She does not want it. Raises Gone."""
    if not is_for(offer, user):
        raise Gone("unknown")
    if not NumberOffer.objects.standing().filter(pk=offer.pk).update(ended_at=timezone.now()):
        raise Gone("used", offer)
