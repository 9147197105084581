"""Letting a proven person in and out, and where she goes then."""

from __future__ import annotations

from allauth.account.internal import flows
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from . import unsent
from .access import roles_of
from .devices import remember_device
from .models import Learner, Role, User
from .second_factor import is_missing
from .sessions import MARKER, WHO

STAFF_HOURS = 12
BORROWED = "borrowed"
# What somebody left at the doors of this browser; whoever signs in next does not inherit it.
WAITING = ("identity", "coming_back", "coming_back_phone", "own_number", "signup_filled", "asked_code")


def next_url(request: HttpRequest) -> str:
    """Where the person wanted to go, when that is on this very site; else an empty string."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else ""


def with_next(name: str, url: str) -> str:
    return reverse(name) + (f"?{urlencode({'next': url})}" if url else "")


def landing(user: User) -> str:
    """Where somebody goes who asked for nothing: each role to its own desk."""
    if (user.email or user.is_staff) and is_missing(user):
        return reverse("mfa_index")
    works = user.email or user.is_staff  # a trainer may sign in with her number alone
    kinds = set(roles_of(user).values_list("kind", flat=True)) if works else set()
    if kinds & {Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE, Role.Kind.ADMINISTRATOR}:
        return "/quan-ly/"
    if Role.Kind.EDITOR in kinds:
        return "/admin/"
    if kinds and not user.learners.exists():
        return "/du-lieu-cua-toi/"  # a trainer has no desk yet, and nothing of her own to learn
    return str(resolve_url(settings.LOGIN_REDIRECT_URL))


def sign_in(
    request: HttpRequest,
    user: User,
    *,
    to: str = "",
    signup: bool = False,
    known: bool = False,
    borrowed: bool = False,
) -> HttpResponse:
    """Through allauth's stages (a second factor asks there), then on to `to`.

    The device is remembered; staff sessions end after half a day. `known`: the
    caller knows which person of the sign-in it is, and chooses her afterwards.
    `borrowed`: the phone is somebody else's, and forgets her.
    """
    people = Learner.objects.standing().filter(user=user)
    to = to or (reverse("accounts:unsent") if unsent.waits_for(request, people) else landing(user))
    if not known and people.count() > 1:  # nothing may be recorded before she says who she is
        to = f"{reverse('accounts:who')}?{urlencode({'next': to})}"
    if request.user.is_authenticated:
        sign_out(
            request
        )  # else the second step would take her for the one who is in, or a card's limits stay
    before = request.session.session_key
    request.session[BORROWED] = borrowed  # outlives the second factor
    response = flows.login.perform_password_login(
        request,
        {"email": user.email} if user.email else {},
        Login(user=user, redirect_url=to, signup=signup),
    )
    return let_in(request, response, user, before=before)


def let_in(request: HttpRequest, response: HttpResponse, user: User, *, before: str | None) -> HttpResponse:
    """What follows a sign-in; nothing while the second factor is still asked for.

    `before`: the session's key before this response. A sign-in gives it another, so whoever
    was in already, perhaps by a card, and proved nothing now stays as she was.
    """
    if request.user.is_authenticated and request.session.session_key != before:
        for name in WAITING:
            request.session.pop(name, None)
        request.session.set_expiry(None)  # what waited at the doors was to end soon
        if request.session.get(BORROWED):
            request.session.set_expiry(0)  # with the browser
            return response
        remember_device(request, response, user)
        if user.is_staff:
            request.session.set_expiry(STAFF_HOURS * 3600)
    return response


def renew(request: HttpRequest) -> None:
    """Something was proved here: from now on under a session key that nobody could plant before."""
    if request.user.is_authenticated:
        sign_out(request)
    else:
        request.session.cycle_key()


def sign_out(request: HttpRequest) -> None:
    flows.logout.logout(request, show_message=False)


def wipe(response: HttpResponse) -> None:
    """Leave no page of hers on a borrowed phone; that its owner is known there stays.

    Never "storage": it would delete what everybody on this phone did without network.
    """
    response["Clear-Site-Data"] = '"cache"'
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, MARKER, WHO):
        response.delete_cookie(name, samesite="Lax")
