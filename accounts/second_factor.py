"""Whose roles count only with a second factor, and where she is led until she has one.

Administrators, and officials of the whole city: what they may do reaches
everybody's data. Learners are never asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from places.models import Place

from . import at_work
from .models import Role, RoleQuerySet, User

KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
DEMANDING = Q(kind=Role.Kind.ADMINISTRATOR) | Q(
    kind__in=[Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE], place__level=Place.Level.PROVINCE
)


def _shut() -> Q:
    """Of a role: it demands a second factor, and its holder has none."""
    return DEMANDING & ~Q(Exists(Authenticator.objects.filter(user=OuterRef("user"), type__in=KINDS)))


def in_force(roles: RoleQuerySet) -> RoleQuerySet:
    """Without the roles that demand a second factor which their holder has not; no query of its own."""
    return roles.filter(~_shut())


def has_one(user: User | AnonymousUser) -> bool:
    return Authenticator.objects.filter(user_id=user.pk or 0, type__in=KINDS).exists()


def is_demanded(user: User | AnonymousUser) -> bool:
    held = Role.objects.active().filter(DEMANDING, user_id=user.pk or 0).exists()
    return held or bool(getattr(user, "is_superuser", False))


def is_missing(user: User | AnonymousUser) -> bool:
    held = Role.objects.active().filter(_shut(), user_id=user.pk or 0).exists()
    return held or (bool(getattr(user, "is_superuser", False)) and not has_one(user))


def kinds_held(user: User | AnonymousUser) -> tuple[set[str], bool]:
    """The kinds of her active roles, and whether one of them waits for a second factor. One query."""
    held = Role.objects.active().filter(user_id=user.pk or 0, user__is_active=True)
    rows = held.annotate(shut=ExpressionWrapper(_shut(), BooleanField())).values_list("kind", "shut")
    found = list(rows)
    return {kind for kind, _ in found}, any(shut for _, shut in found)


def to_set_up(request: HttpRequest) -> HttpResponse:
    """On to the set-up, and from there to what she asked for."""
    to = request.get_full_path() if request.method == "GET" else ""
    return redirect(reverse("mfa_index") + (f"?{urlencode({'next': to})}" if to else ""))


class SecondFactor:
    """Leads whoever must have a second factor from the editor's screens to its set-up.

    Our own staff screens do it themselves (`access.staff_only`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.path.startswith("/admin/"):
            return None
        user = request.user
        if user.is_authenticated and user.is_staff and (stopped := at_work.gate(request)):
            return stopped  # the editor's screens are a member of staff's too
        if request.user.is_authenticated and is_missing(request.user):
            return to_set_up(request)
        return None
