"""A form that came when the sign-in had ended: what was filled in comes back after the sign-in.

It travels in a signed cookie of the browser that sent it, so nothing is kept here for whoever is
not signed in, and every door leads back to it (number, card, two steps, the state's identity). It is
shown to the learner whose form it was and to nobody else, and is sent again only by a press of hers.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from .models import LearnerQuerySet
from .naming import FIELD
from .sessions import WHO

COOKIE = "hvs_unsent"
SECONDS = 1800
MOST_LETTERS = 3600  # browsers refuse a cookie of more than 4,096 with its name and its rules
MOST_TYPED = 20_000  # letters: what repeats packs small, and is unpacked at every request
# Only from here: what staff type at work is about others, and stays out of a cookie.
LEARNERS = (
    *("/hoc-tap/", "/on-lai/", "/kiem-tra/", "/giay/", "/dang-ky/"),
    *("/du-lieu-cua-toi/", "/ai-dang-hoc/", "/ma-rieng/", "/gop-y/", "/tro-giup/"),
)
# What asks something first (with `next`) has not taken the form.
_DOORS = ("accounts:own_pin", "accounts:card_pin", "accounts:who", "account_reauthenticate", "mfa_index")
_REFUSED = frozenset({403, 409, 429, *range(500, 600)})
LOST = "chua-gui"  # in the sign-in page's address: something was not taken, and is not kept
# Never carried; every name that a view calls sensitive is here (a test looks).
SECRETS = frozenset(
    {"pin", "password", "current", "own", "again", "code", "credential", "token", "number", "card"}
)
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field's name


@dataclasses.dataclass(frozen=True)
class Unsent:
    """owner: the public id of the learner whose form it was. path: where it goes. page: where it was."""

    owner: str
    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    asks_again: bool  # a secret was left out


def of(request: HttpRequest) -> Unsent | None:
    """What the form says, without secrets; None when nothing is left, or it is not a learner's."""
    owner = _whose(request)
    if not _is_id(owner) or request.FILES or not request.path.startswith(LEARNERS):
        return None
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != _TOKEN]
    fields = tuple((name, str(value)) for name, value in sent if name not in SECRETS)
    if all(name in {FIELD, "next"} for name, _ in fields):
        return None
    return Unsent(owner, request.get_full_path(), _page(request), fields, len(fields) < len(sent))


def _whose(request: HttpRequest) -> str:
    return request.POST.get(FIELD) or request.COOKIES.get(WHO, "")


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _page(request: HttpRequest) -> str:
    came = urlsplit(request.headers.get("Referer", ""))
    same = came.netloc == request.get_host() and came.path.startswith("/") and came.path[:2] != "//"
    return came.path if same else request.path


def read(request: HttpRequest) -> Unsent | None:
    """What this browser carries, while it is ours and not too old."""
    try:
        owner, path, page, fields, asks = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS
        )
    except signing.BadSignature:
        return None
    return Unsent(owner, path, page, tuple((name, value) for name, value in fields), asks)


def _keep(response: HttpResponse, unsent: Unsent | None) -> bool:
    if unsent is None:
        return False
    if sum(len(name) + len(value) for name, value in unsent.fields) > MOST_TYPED:
        return False
    value = signing.dumps(dataclasses.astuple(unsent), salt=COOKIE, compress=True)
    if len(value) > MOST_LETTERS:
        return False
    response.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return True


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def to_signin(request: HttpRequest) -> HttpResponse:
    """The sign-in page, with the form on its way; or with a word that it was not taken."""
    found = of(request)
    response = redirect(f"{reverse('accounts:signin')}?{urlencode({'next': reverse('accounts:unsent')})}")
    if not _keep(response, found):
        asked = {"next": request.get_full_path(), LOST: "1"}
        response = redirect(f"{reverse('accounts:signin')}?{urlencode(asked)}")
    return response


def again(request: HttpRequest) -> HttpResponse | None:
    """For a form with an old token, as after a sign-in in another tab: it may be sent once more.

    Only where the browser says itself that the form was on a page of ours (`Origin`): a form of
    another site never gets as far as a button here. And only a form that says itself whose it is:
    the browser knows who is learning now, which may be another person than who typed.
    """
    origins = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    if request.headers.get("Origin") not in origins or not request.COOKIES:
        return None
    if not request.POST.get(FIELD):
        return None
    if not request.user.is_authenticated:
        return to_signin(request) if of(request) else None
    response = redirect("accounts:unsent")
    return response if _keep(response, of(request)) else None


class CarryUnsent:
    """Where a form is answered with the way to the sign-in page, it is carried along.

    Once its own view answered it, the browser forgets it. Where something is asked first, the way
    leads back to it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or COOKIE in response.cookies:
            return response
        if _leads_to_signin(request, response):
            return to_signin(request)
        kept = read(request) if COOKIE in request.COOKIES else None
        if kept and kept.path == request.get_full_path():
            _follow(request, response, kept)
        return response


def _follow(request: HttpRequest, response: HttpResponse, kept: Unsent) -> None:
    """A form of hers came to where the kept one goes: that one again, or one written anew."""
    if _whose(request) != kept.owner:
        return
    if door := _door(response):
        sent = of(request)
        if sent and (sent.fields == kept.fields or _keep(response, sent)):
            response["Location"] = f"{door}?{urlencode({'next': reverse('accounts:unsent')})}"
    elif response.status_code not in _REFUSED:
        forget(response)


def _door(response: HttpResponse) -> str:
    """Where she must prove something before the form is looked at; empty when it was answered."""
    if response.status_code != 302:
        return ""
    to = urlsplit(response["Location"])
    asked = parse_qs(to.query)
    taken = "next" not in asked or asked.get("cho") == ["2"]  # its view kept what was sent (`own_pin`)
    return "" if taken or to.path not in {reverse(name) for name in _DOORS} else to.path


def waits_for(request: HttpRequest, people: LearnerQuerySet) -> bool:
    """A form of one of these waits in this browser; who else comes in leaves it to her. At most one query."""
    kept = read(request)
    return kept is not None and people.filter(public_id=kept.owner).exists()


def _leads_to_signin(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 302:
        return False
    to = urlsplit(response["Location"])
    return to.path == settings.LOGIN_URL and parse_qs(to.query).get("next") == [request.get_full_path()]
