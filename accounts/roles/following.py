"""Staff screens follow from the roles held, also from one that ran out."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from places.models import Place

from ..models import Role, User
from .reach import GROUPS

EDITOR_SCREENS = "/admin/"
_followers: dict[str, Callable[[User, frozenset[str]], None]] = {}


def register(room: str, follower: Callable[[User, frozenset[str]], None]) -> None:
    """Call `follower(user, kinds she holds)` in the transaction of every change of a role."""
    _followers[room] = follower


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
