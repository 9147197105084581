"""Granting and taking back roles, with who did it; staff screens follow from the roles held."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from places.models import Organisation, Place

from .models import Role, User

logger = logging.getLogger(__name__)

EDITORS, ADMINISTRATORS = "Editors", "Administrators"
EDITOR_SCREENS = "/admin/"
GROUPS = {Role.Kind.EDITOR: EDITORS, Role.Kind.ADMINISTRATOR: ADMINISTRATORS}
_followers: dict[str, Callable[[User, frozenset[str]], None]] = {}


class RoleRefused(Exception):
    """The role cannot be granted; the message is in Vietnamese."""


def register(room: str, follower: Callable[[User, frozenset[str]], None]) -> None:
    """Call `follower(user, kinds she holds)` in the transaction of every change of a role."""
    _followers[room] = follower


@transaction.atomic
def grant(
    *,
    by: User | None,
    user: User,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
) -> Role:
    """Give a role for a place and all below it; the same role twice is the one that stands.

    `by` is None only for the operator's commands. Raises RoleRefused.
    """
    if kind not in Role.Kind.values:
        raise RoleRefused(f"Không có vai trò “{kind}”.")
    if place.valid_to is not None:
        raise RoleRefused(f"{place.name} đã hết hiệu lực, không giao việc cho nơi này được nữa.")
    must_fit(kind, place)
    now = timezone.now()
    held = {"user": user, "kind": kind, "place": place, "organisation": organisation, "revoked_at": None}
    Role.objects.filter(**held, expires_at__lte=now).update(revoked_at=now)
    try:
        with transaction.atomic():
            role = Role.objects.create(**held, granted_by=by, expires_at=expires_at)
    except IntegrityError:
        role = Role.objects.get(**held)
    else:
        logger.info("Role %s for place %s granted to user %s by %s.", kind, place.pk, user.pk, _pk(by))
    follow(user)
    return role


def must_fit(kind: str, place: Place) -> None:
    """Raises RoleRefused for a role whose screens are the whole site's and a place that is less.

    The editor's screens know one site, no communes.
    """
    if kind in GROUPS and place.level != Place.Level.PROVINCE:
        raise RoleRefused(
            f"Vai trò “{Role.Kind(kind).label}” có quyền trên cả trang nên chỉ giao cho tỉnh, thành phố, "
            f"không giao cho {place.name}."
        )


@transaction.atomic
def revoke(*, by: User | None, role: Role) -> bool:
    """Take a role back; False when it was taken back before."""
    done = Role.objects.filter(pk=role.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    if done:
        logger.info(
            "Role %s for place %s taken from user %s by %s.", role.kind, role.place_id, role.user_id, _pk(by)
        )
        follow(role.user)
    return bool(done)


def _pk(user: User | None) -> object:
    return user.pk if user else "operator"


def follow(user: User) -> None:
    """Bring `is_staff` and the groups of Wagtail in line with the roles held today."""
    held = list(Role.objects.active().filter(user=user).values_list("kind", "place__level"))
    kinds = frozenset(kind for kind, level in held if kind not in GROUPS or level == Place.Level.PROVINCE)
    user.is_staff = bool(held)
    user.save(update_fields=["is_staff"])
    ours = ensure_groups()
    wanted = [ours[GROUPS[Role.Kind(kind)]] for kind in kinds if kind in GROUPS]
    user.groups.remove(*(group for group in ours.values() if group not in wanted))
    user.groups.add(*wanted)
    for follower in _followers.values():
        follower(user, kinds)


def ensure_groups() -> dict[str, Group]:
    """The two groups, able to enter the admin; rooms above add what their screens need."""
    enter = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin").first()
    groups = {}
    for name in GROUPS.values():
        groups[name], _ = Group.objects.get_or_create(name=name)
        if enter:
            groups[name].permissions.add(enter)
    return groups


def sweep() -> int:
    """Staff whose last role ran out lose what came with it; returns how many rows were looked at."""
    now = timezone.now()
    users = User.objects.filter(roles__expires_at__lte=now, roles__revoked_at=None, is_staff=True).distinct()
    for user in users:
        end_expired(user)
    return len(users)


def end_expired(user: User) -> bool:
    """What came with her roles that ran out goes; whether any had. One query when none had."""
    now = timezone.now()
    expired = user.roles.filter(expires_at__lte=now, revoked_at=None)
    if not expired.exists():
        return False
    with transaction.atomic():
        expired.update(revoked_at=now)
        follow(user)
    return True


class EndExpiredRoles:
    """A middleware: rights in the editor's screens end with the role, not with the next `sweep`.

    Those screens go by `is_staff` and groups; everywhere else `accounts.access` asks for
    the roles held today. One query a request below /admin/.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(EDITOR_SCREENS) and isinstance(request.user, User):
            user = request.user
            if user.is_staff and end_expired(user):
                request.user = User.objects.get(pk=user.pk)  # without the rights read before
        return self.get_response(request)
