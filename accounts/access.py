"""Permission is a place (or an organisation) and reaches everything below it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from places.models import Organisation, Place

from . import at_work
from .models import Role, RoleQuerySet, User
from .second_factor import in_force, kinds_held, to_set_up

# A role of the left also does what the roles of the right do.
INCLUDES: dict[str, frozenset[str]] = {
    Role.Kind.OFFICIAL_MANAGE: frozenset({Role.Kind.OFFICIAL_VIEW}),
    Role.Kind.ADMINISTRATOR: frozenset(
        {Role.Kind.EDITOR, Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE}
    ),
}
View = Callable[..., HttpResponse]


def roles_of(user: User | AnonymousUser, *role_kinds: str) -> RoleQuerySet:
    """Her active roles that may do what one of the kinds may; of any kind when none is named.

    A role that demands a second factor counts only once she has one.
    """
    roles = in_force(Role.objects.active().filter(user_id=user.pk or 0, user__is_active=True))
    if not role_kinds:
        return roles
    return roles.filter(kind__in=may(*role_kinds))


def may(*role_kinds: str) -> set[str]:
    """The kinds of role that may do what one of these may."""
    asked = set(role_kinds)
    return asked | {kind for kind, less in INCLUDES.items() if less & asked}


def places_within(user: User | AnonymousUser, *role_kinds: str) -> Any:
    """The places of her active roles and all below. A role for an organisation gives no place."""
    held = roles_of(user, *role_kinds).filter(organisation=None).values("place")
    return Place.objects.filter(Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held))


def organisations_within(user: User | AnonymousUser, *role_kinds: str) -> Any:
    """The organisations that her roles were given for, and those below them."""
    held = roles_of(user, *role_kinds).exclude(organisation=None).values("organisation")
    return Organisation.objects.filter(Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held))


def staff_only(*role_kinds: str) -> Callable[[View], View]:
    """Let in whoever holds one of the roles: others are asked to sign in, or refused (403).

    Who must have a second factor and has none is led to its set-up, whatever else she holds.
    Never another person of a shared sign-in, and by a number only after the PIN (`at_work`).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            held, waits = kinds_held(request.user)
            if held and (stopped := at_work.gate(request)):
                return stopped
            if waits:
                return to_set_up(request)
            if not held & (may(*role_kinds) if role_kinds else held):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.staff_only = role_kinds  # type: ignore[attr-defined]
        return guarded

    return decorate
