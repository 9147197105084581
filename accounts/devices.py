"""Devices that signed in before, by a signed cookie: a guesser elsewhere does not lock their owner out."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import User

COOKIE = "hvs_device"
_SALT = "accounts.devices"
_AGE = 60 * 60 * 24 * 365
_MOST = 20  # sign-ins a shared phone is remembered for


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    """The device's random name and the sign-ins that succeeded on it."""
    try:
        name, users = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
        return str(name), [int(pk) for pk in users]
    except (signing.BadSignature, TypeError, ValueError):
        return "", []


def known_device(request: HttpRequest, user: User) -> str:
    """The device's name when this user signed in on it before, else an empty string."""
    name, users = _read(request)
    return name if user.pk in users else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    name, users = _read(request)
    users = [user.pk, *(pk for pk in users if pk != user.pk)][:_MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps([name or secrets.token_urlsafe(12), users], salt=_SALT),
        max_age=_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
