"""Devices that signed in before: a guesser elsewhere does not lock their owner out.

The cookie holds a random value and nothing else; a row says who signed in there. A
borrowed phone gets no row.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from importlib import import_module

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Device, DeviceSession, DeviceUse, User

COOKIE = "hvs_device"
_AGE = 60 * 60 * 24 * 365
_USE, _SEEN = "device_use", "device_seen"


def _mark(request: HttpRequest) -> str:
    """The keyed mark of this browser's cookie; empty when it has none of ours."""
    value = request.COOKIES.get(COOKIE, "")
    return _mark_of(value) if re.fullmatch(r"[\w-]{32}", value, re.ASCII) else ""


def _mark_of(value: str) -> str:
    return hmac.new(settings.PIN_PEPPER.encode(), f"device\x00{value}".encode(), hashlib.sha256).hexdigest()


def known_device(request: HttpRequest, user: User | None) -> str:
    """The device's mark when this user signed in on it before, else an empty string."""
    mark = _mark(request) if user else ""
    return mark if mark and DeviceUse.objects.filter(device__mark=mark, user=user).exists() else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """She signed in here: keep a row, and which session it was."""
    value = request.COOKIES.get(COOKIE, "") if _mark(request) else secrets.token_urlsafe(24)
    today = timezone.localdate()
    device = Device(
        mark=_mark_of(value), label=label_of(request.headers.get("User-Agent", "")), seen_on=today
    )
    with transaction.atomic():
        [device] = Device.objects.bulk_create(
            [device], update_conflicts=True, unique_fields=["mark"], update_fields=["label", "seen_on"]
        )
        [use] = DeviceUse.objects.bulk_create(
            [DeviceUse(device=device, user=user, seen_on=today)],
            update_conflicts=True,
            unique_fields=["device", "user"],
            update_fields=["seen_on"],
        )
    session = getattr(request, "session", None)
    if session is not None:
        session[_USE], session[_SEEN] = use.pk, today.isoformat()
        follow(request)
    response.set_cookie(
        COOKIE,
        value,
        max_age=_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def follow(request: HttpRequest) -> None:
    """The session has a key of its own now: forgetting the device must find it."""
    use, key = request.session.get(_USE), getattr(request.session, "session_key", None)
    if use and key:
        DeviceSession.objects.bulk_create(
            [DeviceSession(key=key, use_id=use)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["use"],
        )


def see(request: HttpRequest) -> None:
    """The device is in use today; a write a day."""
    use, today = request.session.get(_USE), timezone.localdate()
    if not use or request.session.get(_SEEN) == today.isoformat():
        return
    request.session[_SEEN] = today.isoformat()
    DeviceUse.objects.filter(pk=use).update(seen_on=today)
    Device.objects.filter(uses=use).update(seen_on=today)


def devices_of(request: HttpRequest, user: User) -> list[DeviceUse]:
    """Where she is known, the last one first; `here` tells the one she holds."""
    uses = list(user.device_uses.select_related("device").order_by("-seen_on", "-pk")[:50])
    for use in uses:
        use.here = use.device.mark == _mark(request)  # type: ignore[attr-defined]
    return uses


def is_here(request: HttpRequest, use: int) -> bool:
    """Whether this row is of the device she holds."""
    return DeviceUse.objects.filter(
        pk=use, user=request.user.pk or 0, device__mark=_mark(request) or "-"
    ).exists()


def forget(*, user: User, use: int) -> bool:
    """The device no longer knows her, and its sessions end; False when there is none such of hers."""
    found = user.device_uses.filter(pk=use).first()
    if found is None:
        return False
    _end(list(found.sessions.values_list("key", flat=True)))
    found.delete()
    Device.objects.filter(pk=found.device_id, uses=None).delete()
    return True


def _end(keys: list[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()


def sign_out_elsewhere(request: HttpRequest, user: User) -> None:
    """Every session but this one ends, borrowed phones too, and only this device is known."""
    User.objects.filter(pk=user.pk).update(signed_out=F("signed_out") + 1)
    user.refresh_from_db(fields=["signed_out"])
    update_session_auth_hash(request, user)
    user.device_uses.exclude(pk=request.session.get(_USE) or 0).delete()
    Device.objects.filter(uses=None).delete()
    follow(request)


def end_everywhere(user: User) -> None:
    """Every session ends, and no device knows her any more."""
    User.objects.filter(pk=user.pk).update(signed_out=F("signed_out") + 1)
    user.device_uses.all().delete()
    Device.objects.filter(uses=None).delete()


def forget_others(request: HttpRequest, user: User) -> None:
    """Her PIN was set anew: whoever knew the old one is known nowhere; this very device stays."""
    user.device_uses.exclude(device__mark=_mark(request) or "-").delete()
    Device.objects.filter(uses=None).delete()


def label_of(agent: str) -> str:
    """What it is and with which browser, in words for somebody who does not know either."""
    kinds = (
        ("iPad", "Máy tính bảng iPad"),
        ("iPhone", "Điện thoại iPhone"),
        ("Android", "Điện thoại Android" if "Mobile" in agent else "Máy tính bảng Android"),
        ("Windows", "Máy tính Windows"),
        ("CrOS", "Máy tính Chromebook"),
        ("Macintosh", "Máy tính Mac"),
        ("Linux", "Máy tính Linux"),
    )
    browsers = (
        ("Zalo", "mở trong Zalo"),
        ("FBAN", "mở trong Facebook"),
        ("FBAV", "mở trong Facebook"),
        ("coc_coc", "Cốc Cốc"),
        ("SamsungBrowser", "Samsung Internet"),
        ("OPR/", "Opera"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    )
    kind = next((words for sign, words in kinds if sign in agent), "Máy chưa rõ loại")
    browser = next((words for sign, words in browsers if sign in agent), "")
    return f"{kind}, {browser}" if browser else kind
