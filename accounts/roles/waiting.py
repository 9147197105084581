"""Roles that wait for their holder's answer."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from places.models import Organisation, Place

from ..messages import tell_holder
from ..models import Invitation, Role, RoleQuerySet, User
from .following import follow
from .reach import RoleRefused, granter, no_later, opens, refuse

logger = logging.getLogger(__name__)

OFFER_DAYS = 7  # an offer, and the link to it


@transaction.atomic
def offer(
    *,
    by: User,
    user: User,
    name: str,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
) -> Role:
    """A role that is in force once its holder has accepted it; who held it before holds it still.

    It ends in seven days unless she has. `name`: as `by` wrote it. She is told where she signs
    in. Raises RoleRefused.
    """
    refuse(by=by, user=user, kind=kind, place=place, organisation=organisation)
    expires_at = no_later(expires_at, by, kind, place, organisation)
    held = make_room(by, user=user, kind=kind, place=place, organisation=organisation)
    try:
        with transaction.atomic():
            role = Role.objects.create(
                **held,
                granted_by=by,
                expires_at=expires_at,
                waiting=True,
                offered_name=name[:100],
                offer_ends_at=timezone.now() + datetime.timedelta(days=OFFER_DAYS),
            )
    except IntegrityError:
        role = Role.objects.select_related("granted_by").get(**held)
        if role.waiting and role.granted_by_id != by.pk:
            raise RoleRefused(_offered_by_another(role)) from None
        return role
    logger.info("Role %s for place %s offered to user %s by %s.", kind, place.pk, user.pk, by.pk)
    if user.has_usable_password():
        what = f"{role.get_kind_display()}, {organisation or place}"
        text = f"{by} mời bạn nhận vai trò: {what}. Hãy mở liên kết người ấy gửi hoặc đưa cho bạn để nhận."
        tell_holder(user=user, text=text[:500])
    return role


def _offered_by_another(role: Role) -> str:
    """Whoever may give this role sees it among the roles of her places, with its giver."""
    until = timezone.localtime(role.offer_ends_at)
    return (
        f"{role.granted_by} đã mời người này nhận đúng vai trò này, lời mời còn mở đến {until:%H:%M} "
        f"ngày {until:%d/%m/%Y}. "
        "Hãy để người ấy trả lời, hoặc thu lại vai trò đang chờ đó trong danh sách rồi mời lại."
    )


@transaction.atomic
def renew(*, user: User, by: User) -> int:
    """Another seven days for all that `by` offered her and nobody answered; returns how many."""
    pks = [role.pk for role in offers(user, by, late=True)]
    until = timezone.now() + datetime.timedelta(days=OFFER_DAYS)
    return Role.objects.filter(pk__in=pks, waiting=True, revoked_at=None).update(offer_ends_at=until)


@transaction.atomic
def accept(*, user: User, by: User | None) -> list[Role]:
    """She takes what `by` offered, and `by` may still give; returns the roles in force from now on."""
    taken = [
        role for role in offers(user, by) if Role.objects.offered().filter(pk=role.pk).update(waiting=False)
    ]
    if taken:
        end_links(user, by, resets=True)  # she has a password: an invitation opens its own offers only
        logger.info(
            "User %s accepted %s of user %s.", user.pk, [role.pk for role in taken], by.pk if by else None
        )
        follow(user)
    return taken


@transaction.atomic
def decline(*, user: User, by: User | None) -> int:
    """She does not want what `by` offered."""
    pks = [role.pk for role in offers(user, by)]
    return Role.objects.offered().filter(pk__in=pks).update(revoked_at=timezone.now(), revoked_by=user)


def offers(user: User, by: User | None, *, late: bool = False) -> list[Role]:
    """What these hands offered her, still may give, and waits for her answer.

    `late`: what ran out unanswered as well; another link opens it anew.
    """
    if by is None:
        return []
    rows = Role.objects.kept().filter(waiting=True) if late else Role.objects.offered()
    waiting = rows.filter(user=user, granted_by=by).select_related("place", "organisation")
    may = granter(by)
    return [
        role for role in waiting if opens(user, role.kind) and may(role.kind, role.place, role.organisation)
    ]


def lapsed(role: Role) -> bool:
    """An offer that is over by itself: it ran out, or its giver left or may not give it any more."""
    if not role.waiting or role.offer_ran_out:
        return role.waiting
    giver = role.granted_by
    return giver is None or not granter(giver)(role.kind, role.place, role.organisation)


def without_lapsed(rows: RoleQuerySet) -> list[Role]:
    """What is held, and what somebody may still take up. Of every giver her own roles are read once."""
    givers: dict[int, Callable[[str, Place, Organisation | None], bool]] = {}
    found = []
    for role in rows.select_related("granted_by", "place", "organisation"):
        giver = role.granted_by
        if role.waiting and giver and giver.pk not in givers:
            givers[giver.pk] = granter(giver)
        open_one = giver and givers.get(giver.pk)
        if not role.waiting or (open_one and open_one(role.kind, role.place, role.organisation)):
            found.append(role)
    return found


def make_room(by: User | None, **which: Any) -> dict[str, Any]:
    """What tells a standing role of this kind there; one that is over is put away first.

    It ended by itself, or it is an offer that nobody can take up any more: who made it left.
    """
    held = {**which, "revoked_at": None}
    now = timezone.now()
    before = Role.objects.filter(**held).select_related("granted_by", "place", "organisation").first()
    if before is None:
        return held
    same = Role.objects.filter(pk=before.pk, revoked_at=None, waiting=before.waiting)
    if before.offer_ran_out or (before.expires_at and before.expires_at <= now):
        same.update(revoked_at=now)
    elif lapsed(before):
        same.update(revoked_at=now, revoked_by=by)
    return held


def end_links(user: User, by: User | None, **which: bool) -> None:
    """A link that somebody else handed out must not open what this role opens."""
    standing = Invitation.objects.standing().filter(user=user, **which)
    (standing.exclude(invited_by=by) if by else standing).update(ended_at=timezone.now())
