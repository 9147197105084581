"""Who is learning in this request, and the cookie that says somebody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from . import devices
from .models import Learner, Parting

MARKER = "hvs_in"
WHO = "hvs_who"  # whose name an action done without network is kept under
NOBODY = "-"
CARD = "card"  # the session was opened by a learner card (`accounts.cards`)
_CHOSEN = "learner"  # which person of a shared sign-in is learning
# Kept for `at_work`: the PIN was typed for work; somebody else of the household learned in this session.
WORK, STEPPED_ASIDE = "at_work", "stepped_aside"


def household(request: HttpRequest) -> list[Learner]:
    """The people of this sign-in by seat. One query, kept for the request."""
    if not hasattr(request, "_household"):
        request._household = _find(request)  # type: ignore[attr-defined]
    return cast("list[Learner]", request._household)  # type: ignore[attr-defined]


def is_left(request: HttpRequest | None) -> bool:
    """Somebody was taken off this sign-in, or went, and may still be back."""
    return request is not None and any(learner.has_parting for learner in household(request))  # type: ignore[attr-defined]


def current_learner(request: HttpRequest) -> Learner | None:
    """The person learning in this request.

    None when nobody is signed in, when the sign-in has no learner, and while
    several share it and nobody said who is learning (`must_choose`).
    """
    people = household(request)
    if len(people) == 1:
        return people[0]
    chosen = request.session.get(_CHOSEN) if people else None
    return next((learner for learner in people if learner.pk == chosen), None)


def must_choose(request: HttpRequest) -> bool:
    """Several people share this sign-in, and nobody said yet who is learning."""
    return len(household(request)) > 1 and current_learner(request) is None


def choose(request: HttpRequest, learner: Learner) -> None:
    """She is learning now."""
    request.session[_CHOSEN] = learner.pk
    if learner.seat != 1:
        request.session.pop(WORK, None)
        request.session[STEPPED_ASIDE] = True


def _find(request: HttpRequest) -> list[Learner]:
    if not request.user.is_authenticated:
        return []
    return list(
        Learner.objects.standing()
        .filter(user_id=request.user.pk)
        .annotate(has_parting=Exists(Parting.objects.filter(user=OuterRef("user_id"), ended_at=None)))
        .select_related("commune", "neighbourhood", "organisation")
        .order_by("seat")
    )


def forget_learner(request: HttpRequest) -> None:
    """Read the people again at the next `current_learner` of this request."""
    if hasattr(request, "_household"):
        del request._household


class MarkerCookie:
    """Keeps the cookies `hvs_in=1` and `hvs_who` exactly while somebody is signed in.

    Public pages are the same for everyone and never look at the session; their
    script asks for the learner's state only when this cookie is there. `hvs_who` is
    the random public id of who is learning ("-" while nobody said): what she does
    without network is kept under it. Neither says a name, so that script may read
    them. The middleware looks at the session only when the view did: it never adds
    `Vary: Cookie` of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.session.accessed:
            return response
        inside = _signed_in(request)
        if inside:
            devices.see(request)
        if inside and MARKER not in request.COOKIES:
            _set(request, response, MARKER, "1")
        if inside and (who := _who(request)) != request.COOKIES.get(WHO):
            _set(request, response, WHO, who)
        if not inside:
            for name in (MARKER, WHO):
                if name in request.COOKIES:
                    response.delete_cookie(name, samesite="Lax")
        return response


def _who(request: HttpRequest) -> str:
    """The public id to keep in the cookie; asks the database only when it may have changed."""
    known = request.COOKIES.get(WHO)
    if known and not request.session.modified and not hasattr(request, "_household"):
        return known
    learner = current_learner(request)
    return str(learner.public_id) if learner else NOBODY


def _set(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_age(request), samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _age(request: HttpRequest) -> int | None:
    """As long as the session; on a borrowed phone until the browser closes."""
    if request.session.get_expire_at_browser_close():
        return None
    return int(request.session.get_expiry_age())


def _signed_in(request: HttpRequest) -> bool:
    """No query: the session was read already, and so perhaps was the user."""
    if SESSION_KEY not in request.session:
        return False
    return not hasattr(request, "_cached_user") or request.user.is_authenticated
