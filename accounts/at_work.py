"""In whose hands a staff screen is, where several people learn with one sign-in.

A role belongs to the sign-in's own person: seat 1. The others of the household never get to the
screens it opens, whatever they know: not while one of them is learning, and by a number (a PIN
that a household may share) only after the PIN was typed in this session, as seat 1. With an
e-mail address nobody learns (`household.refuse_working`) and the password was asked at the door.
Should somebody be there all the same, it is asked again once she learned, or when nobody sits first.
"""

from __future__ import annotations

import time
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .models import HOUSEHOLD, Learner, Role, User
from .sessions import STEPPED_ASIDE, WORK, current_learner, household

HOURS = 12  # as long as a session of staff


def is_hers(request: HttpRequest) -> bool:
    """Seat 1 is learning, or nobody learns with this sign-in; by e-mail also before anybody is chosen."""
    people = household(request)
    chosen = current_learner(request)
    if chosen is None:
        return not people or bool(getattr(request.user, "email", ""))
    return chosen.seat == 1 or _lost_her_seat(request)


def _lost_her_seat(request: HttpRequest) -> bool:
    """By e-mail, and who sat first was erased or merged away: the password alone says that it is she."""
    people = household(request)
    return bool(people and getattr(request.user, "email", "")) and all(one.seat != 1 for one in people)


def is_proved(request: HttpRequest) -> bool:
    """The PIN (or password) was typed in this session, where that is asked."""
    by_mail = bool(getattr(request.user, "email", ""))
    if by_mail and not household(request):
        return True
    if by_mail and not request.session.get(STEPPED_ASIDE) and not _lost_her_seat(request):
        return True
    kept = request.session.get(WORK) or {}
    return bool(
        kept.get("mark") == _mark(request) and 0 <= time.time() - float(kept.get("at", 0)) < HOURS * 3600
    )


def remember(request: HttpRequest) -> None:
    """She typed what is asked, as the sign-in's own person."""
    if request.user.is_authenticated and is_hers(request):
        request.session[WORK] = {"mark": _mark(request), "at": time.time()}


def entered(request: HttpRequest) -> None:
    """The PIN was typed at the door: enough for her who learns alone and has no PIN beside it."""
    people = household(request)
    if not people or (len(people) == 1 and not people[0].pin):
        remember(request)


def as_staff(request: HttpRequest) -> User | AnonymousUser:
    """Who asks, for pages that show more to staff: nobody while another person of hers is learning."""
    user = request.user
    if not user.is_authenticated or not user.is_staff or (is_hers(request) and is_proved(request)):
        return user
    return AnonymousUser()


def gate(request: HttpRequest) -> HttpResponse | None:
    """What stands before a staff screen: None when it is she and that is proved."""
    asked = urlencode({"next": _back_to(request)})
    if not is_hers(request):
        if current_learner(request) is None:
            _say_lost(request)
            return redirect(f"{reverse('accounts:who')}?{asked}")
        return not_hers(request)
    if not is_proved(request):
        _say_lost(request)
        return redirect(f"{reverse('account_reauthenticate')}?{asked}")
    return None


def _back_to(request: HttpRequest) -> str:
    """Where she was: a form that she sent is on the page before, its own address may take no GET."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or not before.path:
        return request.path
    return f"{before.path}?{before.query}" if before.query else before.path


def _say_lost(request: HttpRequest) -> None:
    if request.method not in {"GET", "HEAD"}:
        messages.warning(request, "Việc bạn vừa gửi chưa được lưu. Hãy xác nhận, rồi gửi lại.")


def not_hers(request: HttpRequest) -> HttpResponse:
    """403 in words: whose page it is, and how she gets there."""
    holder = next((one for one in household(request) if one.seat == 1), None)
    context = {"holder": holder, "learner": current_learner(request), "to": request.path}
    return render(request, "accounts/not_hers.html", context, status=403)


def works_by_number(user: User | int) -> bool:
    """A sign-in without e-mail that holds a role: nobody else may learn with it."""
    pk = user if isinstance(user, int) else user.pk
    return Role.objects.active().filter(user=pk, user__email=None).exists()


def seats(user: User | int) -> range:
    """Those that somebody may be given: never the first of a sign-in with a role, whose it is."""
    return range(2 if Role.objects.active().filter(user=user).exists() else 1, HOUSEHOLD + 1)


def others_on(user: User) -> bool:
    """Whether more than one person learns with it."""
    return Learner.objects.standing().filter(user=user).count() > 1


def _mark(request: HttpRequest) -> str:
    """Of what is asked: her own PIN if she has one, else that of the sign-in. A new one is asked anew."""
    user, learner = cast(User, request.user), current_learner(request)
    secret = (learner.pin if learner and not user.email else "") or user.password
    return salted_hmac("accounts.at_work", f"{user.pk}:{secret}").hexdigest()
