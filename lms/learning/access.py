"""Who may see a learner's pages: she alone, signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.cards import by_card
from accounts.merged_doors import merged_only, words_of
from accounts.models import Learner, User
from accounts.naming import of_another, to_chooser
from accounts.sessions import current_learner, must_choose
from accounts.signing import BORROWED

P = ParamSpec("P")


def learner_required(
    view: Callable[Concatenate[HttpRequest, Learner, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Pass the learner to the view; others are asked to sign in, staff without one are told why.

    On a shared sign-in nobody gets here before saying who is learning, and no form of another person.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if must_choose(request):
            return to_chooser(request)
        learner = current_learner(request)
        if learner is None:
            return no_learner(request)
        if refusal := of_another(request):
            return refusal
        return view(request, learner, *args, **kwargs)

    return guarded


def no_learner(request: HttpRequest, **context: Any) -> HttpResponse:
    canonical = merged_only(cast(User, request.user)) if request.user.is_authenticated else None
    if canonical:
        return render(request, "accounts/merged_away.html", {"words": words_of(canonical)}, status=403)
    return render(request, "lms/learning/no_learner.html", context, status=403)


def may_show(request: HttpRequest) -> bool:
    """Handing a paper on from this phone is offered: not by card, nor on a phone she borrowed."""
    return not by_card(request) and not request.session.get(BORROWED)


def origin(request: HttpRequest) -> str:
    """What the address of a paper that she shows begins with."""
    return f"{request.scheme}://{request.get_host()}"
