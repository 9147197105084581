"""A PIN of one's own on a shared phone: guards what another person of the household must not touch.

Asked once she has something to guard (a paper) and several people share the sign-in;
one that was set is asked even when the others left, so that nobody gets in by taking
the others off. Remembered for 15 minutes, for that person and that PIN only.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from . import acting, people
from .devices import known_device
from .doors import WrongSecret, claim, enter_as, mark, note_address, note_pin, refuse_crowd
from .models import Learner, Parting, SlowDown, User
from .naming import whose
from .pins import check_pin, digits_of
from .sessions import current_learner, household, is_left

MINUTES = 15
_SESSION = "own_pin"
_TESTS = "own_pin_tests"
View = Callable[..., HttpResponse]


class AlreadySet(Exception):
    """Another tab set one a moment ago."""


class Shared(Exception):
    """It is the PIN of the sign-in, which the household knows."""

    def __init__(self) -> None:
        super().__init__("Đây là mã đăng nhập cả nhà đều biết. Hãy chọn 6 số khác.")


def needed(learner: Learner, request: HttpRequest | None = None) -> bool:
    """Whether her own PIN stands between the household and her things. At most a few queries.

    With the request of somebody of her household whoever shares her sign-in is known already.
    """
    return bool(learner.pin) or (_is_shared(learner, request) and people.is_guarded(learner))


def _is_shared(learner: Learner, request: HttpRequest | None) -> bool:
    """Others learn on her sign-in, or left it and may be back: taking them off opens nothing."""
    here = household(request) if request else []
    if learner in here:
        return len(here) > 1 or is_left(request)
    others = Learner.objects.standing().filter(user=learner.user_id or 0).exclude(pk=learner.pk)
    return others.exists() or Parting.objects.filter(user=learner.user_id or 0, ended_at=None).exists()


def due(learner: Learner, request: HttpRequest | None = None) -> bool:
    """Whether she should set one now: several share the phone, and she has something to guard."""
    return not learner.pin and needed(learner, request)


def confirmed(request: HttpRequest, learner: Learner) -> bool:
    """No own PIN is needed, or it was typed in this session in the last 15 minutes."""
    if not needed(learner, request):
        return True
    kept = request.session.get(_SESSION) or {}
    return bool(
        learner.pin
        and kept.get("learner") == learner.pk
        and kept.get("pin") == _mark(learner)
        and 0 <= time.time() - float(kept.get("at", 0)) < MINUTES * 60
    )


def remember(request: HttpRequest, learner: Learner) -> None:
    request.session[_SESSION] = {"learner": learner.pk, "pin": _mark(learner), "at": time.time()}


def confirmed_for(request: HttpRequest, learner: Learner, *, thing: object, until: datetime.datetime) -> bool:
    """As `confirmed`; what was confirmed once in this session lasts for this one thing until then.

    A final test takes longer than a quarter of an hour, and may be sent from a queue at its end.
    """
    if not needed(learner):
        return True
    kept = request.session.get(_TESTS) or {}
    name, now = str(thing), time.time()
    one = kept.get(name) or {}
    if one.get("pin") == _mark(learner) and now < float(one.get("until", 0)):
        return True
    if not confirmed(request, learner):
        return False
    live = {key: each for key, each in kept.items() if now < float(each["until"])}
    request.session[_TESTS] = live | {name: {"pin": _mark(learner), "until": until.timestamp()}}
    return True


def forget(request: HttpRequest) -> None:
    """Somebody else learns now."""
    request.session.pop(_SESSION, None)
    request.session.pop(_TESTS, None)


def _mark(learner: Learner) -> str:
    """Of the stored hash: a PIN that was changed elsewhere is asked anew."""
    return mark("own-pin-session", learner.pk, learner.pin)


def own_pin_required(view: View) -> View:
    """For what is hers alone: data, correction, deletion, the paper with the whole name.

    Asks who is learning, refuses another's form (`naming.whose`), then her own PIN.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        learner = current_learner(request)
        if learner is not None and not confirmed(request, learner):
            return to_confirm(request)
        return view(request, *args, **kwargs)

    return whose(guarded)


def to_confirm(request: HttpRequest, to: str = "", *, kept: bool = False) -> HttpResponse:
    """Ask for the PIN, then come back. What a form had sent is lost: it may hold a PIN.

    `kept`: the caller kept it, and the page says so.
    """
    to = to or (request.get_full_path() if request.method in {"GET", "HEAD"} else request.path)
    asked = {"next": to} | ({"cho": "2" if kept else "1"} if request.method == "POST" else {})
    return redirect(f"{reverse('accounts:own_pin')}?{urlencode(asked)}")


def check(request: HttpRequest, learner: Learner, pin: str) -> None:
    """She typed her own PIN: remember it. Guarded like the door; raises NotIn, TooMany."""
    device = known_device(request, learner.user)
    if not device:
        refuse_crowd(request)
    key = mark("own-pin", learner.pk, device)
    claim(key)
    if not learner.pin or not check_password(digits_of(pin), learner.pin):
        note_address(request)
        note_pin(pin, account=f"learner:{learner.pk}")
        raise WrongSecret("Mã của riêng bạn chưa đúng. Đây không phải mã đăng nhập dùng chung. Hãy thử lại.")
    SlowDown.objects.filter(key=key).delete()
    remember(request, learner)


def prove_sign_in(request: HttpRequest, pin: str) -> None:
    """She who holds the phone knows the PIN of its sign-in. Guarded like the door; raises NotIn, TooMany."""
    user = cast(User, request.user)
    enter_as(request, user, pin)


def set_first(request: HttpRequest, learner: Learner, *, sign_in_pin: str, pin: str) -> None:
    """Her first own PIN, for whoever knows that of the sign-in. Raises NotIn, TooMany, Shared, AlreadySet."""
    user = cast(User, request.user)
    enter_as(request, user, sign_in_pin)
    if digits_of(sign_in_pin) == pin:
        raise Shared
    hashed = make_password(pin)
    with transaction.atomic():
        acting.hold(learner)
        if not Learner.objects.filter(pk=learner.pk, user=user, pin="").update(pin=hashed):
            raise AlreadySet
    learner.pin = hashed
    remember(request, learner)


def change(request: HttpRequest, learner: Learner, *, current: str, pin: str) -> None:
    """Another own PIN after the present one. Raises NotIn, TooMany, Shared."""
    check(request, learner, current)
    if learner.user and learner.user.check_password(pin):
        raise Shared
    replace(learner, make_password(pin))
    remember(request, learner)


@transaction.atomic
def replace(learner: Learner, hashed: str) -> None:
    acting.hold(learner)
    Learner.objects.filter(pk=learner.pk).update(pin=hashed)
    learner.pin = hashed


def check_new(learner: Learner, pin: str) -> str:
    """The rules of `pins`. That it is not the sign-in's is said only to who proved to know one."""
    phone = (learner.user.phone or "") if learner.user else ""
    return check_pin(pin, birth_year=learner.birth_year, phone=phone)
