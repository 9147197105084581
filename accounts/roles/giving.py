"""Granting and taking back roles, with who did it."""

from __future__ import annotations

import datetime
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from places.models import Organisation, Place

from ..messages import tell_holder
from ..models import Role, User
from .following import follow
from .reach import LastAdministrator, NotHersToGive, RoleRefused, may_grant, no_later, refuse
from .waiting import end_links, make_room

logger = logging.getLogger(__name__)


@transaction.atomic
def grant(
    *,
    by: User | None,
    user: User,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
    accepted: bool = False,
) -> Role:
    """Give a role for a place and all below it; the same role twice is the one that stands.

    It ends no later than the giver's own. `by` is None only for the operator's commands.
    `accepted`: by herself, signed in, so links by which others offer her more stay. Raises RoleRefused.
    """
    refuse(by=by, user=user, kind=kind, place=place, organisation=organisation)
    expires_at = no_later(expires_at, by, kind, place, organisation)
    held = make_room(by, user=user, kind=kind, place=place, organisation=organisation)
    try:
        with transaction.atomic():
            role = Role.objects.create(**held, granted_by=by, expires_at=expires_at)
    except IntegrityError:
        role = Role.objects.get(**held)
        if accepted:
            Role.objects.filter(pk=role.pk, waiting=True).update(waiting=False, granted_by=by)
    else:
        end_links(user, by, **({"resets": True} if accepted else {}))
        logger.info("Role %s for place %s granted to user %s by %s.", kind, place.pk, user.pk, _pk(by))
    follow(user)
    return role


@transaction.atomic
def change_expiry(*, by: User, role: Role, expires_at: datetime.datetime | None) -> Role:
    """The same role until another day: the old row ends and a new one begins, so the history stays whole.

    Raises RoleRefused.
    """
    if role.expires_at == expires_at:
        return role
    refuse(by=by, user=role.user, kind=role.kind, place=role.place, organisation=role.organisation)
    if expires_at is not None:
        _keep_an_administrator(role)
    now = timezone.now()
    if not Role.objects.active().filter(pk=role.pk).update(revoked_at=now, revoked_by=by):
        raise RoleRefused("Vai trò này đã được thu lại hoặc đã hết hạn.")
    logger.info("Expiry of role %s of user %s changed by %s.", role.pk, role.user_id, by.pk)
    return grant(
        by=by,
        user=role.user,
        kind=role.kind,
        place=role.place,
        organisation=role.organisation,
        expires_at=expires_at,
    )


def _keep_an_administrator(role: Role) -> None:
    """Raises LastAdministrator when nobody else could undo a mistake. Call in a transaction.

    The rows are locked together, so two who remove each other cannot both succeed.
    """
    if role.kind != Role.Kind.ADMINISTRATOR or role.place.level != Place.Level.PROVINCE:
        return
    if role.waiting:
        return
    same = Role.objects.filter(
        kind=role.kind, place=role.place, revoked_at=None, expires_at=None, waiting=False
    )
    locked = list(same.select_for_update().order_by("pk").values_list("pk", "user_id"))
    others = [user for pk, user in locked if pk != role.pk]
    if not User.objects.filter(pk__in=others, is_active=True).exclude(pk=role.user_id).exists():
        raise LastAdministrator(
            f"Đây là người quản trị cuối cùng của {role.place.name}. "
            "Hãy giao vai trò quản trị không thời hạn cho người khác trước."
        )


def refuse_taking(*, by: User, role: Role) -> None:
    """Raises RoleRefused when `by` may not take this role back. Call in a transaction."""
    if not may_grant(by, kind=role.kind, place=role.place, organisation=role.organisation):
        raise NotHersToGive("Vai trò này do cấp trên giao, bạn không thu lại được.")
    _keep_an_administrator(role)


@transaction.atomic
def revoke(*, by: User | None, role: Role) -> bool:
    """Take a role back; False when it was taken back before.

    Raises NotHersToGive (who may give a role may take it back) or LastAdministrator.
    """
    if by is not None:
        refuse_taking(by=by, role=role)
    done = Role.objects.filter(pk=role.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    if done:
        logger.info(
            "Role %s for place %s taken from user %s by %s.", role.kind, role.place_id, role.user_id, _pk(by)
        )
        follow(role.user)
        if not role.waiting:
            what = f"{role.get_kind_display()}, {role.organisation or role.place}"
            who = by or "Người vận hành"
            text = f"{who} đã thu lại vai trò của bạn: {what}. Việc học của bạn vẫn như cũ."
            tell_holder(user=role.user, text=text[:500])
    return bool(done)


def _pk(user: User | None) -> object:
    return user.pk if user else "operator"
