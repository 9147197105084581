"""Who is learning in this request, and the cookie that says somebody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from .models import Learner

MARKER = "hvs_in"
_CHOSEN = "learner"  # which person of a shared sign-in is learning


def current_learner(request: HttpRequest) -> Learner | None:
    """The person learning in this request, or None. One query, kept for the request."""
    if not hasattr(request, "_current_learner"):
        request._current_learner = _find(request)  # type: ignore[attr-defined]
    return cast("Learner | None", request._current_learner)  # type: ignore[attr-defined]


def _find(request: HttpRequest) -> Learner | None:
    if not request.user.is_authenticated:
        return None
    learners = list(
        Learner.objects.standing()
        .filter(user_id=request.user.pk)
        .select_related("commune", "neighbourhood", "organisation")
        .order_by("pk")[:20]
    )
    chosen = request.session.get(_CHOSEN)
    for learner in learners:
        if learner.pk == chosen:
            return learner
    return learners[0] if learners else None


def forget_learner(request: HttpRequest) -> None:
    """Read the learner again at the next `current_learner` of this request."""
    if hasattr(request, "_current_learner"):
        del request._current_learner


class MarkerCookie:
    """Keeps the cookie `hvs_in=1` exactly while somebody is signed in.

    Public pages are the same for everyone and never look at the session; their
    script asks for the learner's state only when this cookie is there. It says
    nothing about whom, so that script may read it. The middleware looks at the
    session only when the view did: it never adds `Vary: Cookie` of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.session.accessed:
            return response
        inside = _signed_in(request)
        if inside and MARKER not in request.COOKIES:
            response.set_cookie(
                MARKER,
                "1",
                max_age=request.session.get_expiry_age(),
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        elif not inside and MARKER in request.COOKIES:
            response.delete_cookie(MARKER, samesite="Lax")
        return response


def _signed_in(request: HttpRequest) -> bool:
    """No query: the session was read already, and so perhaps was the user."""
    if SESSION_KEY not in request.session:
        return False
    return not hasattr(request, "_cached_user") or request.user.is_authenticated
