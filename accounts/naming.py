"""Forms of a shared sign-in say whose they are: nothing is written under another's name.

A page is made for the person who was learning then. When somebody else was chosen
meanwhile in another tab, its form changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from .models import Learner
from .sessions import current_learner, household, must_choose

FIELD = "for"  # the public id of the learner a form was made for
View = Callable[..., HttpResponse]


def to_chooser(request: HttpRequest, to: str = "") -> HttpResponse:
    return redirect(f"{reverse('accounts:who')}?{urlencode({'next': to or request.get_full_path()})}")


def of_another(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form that was made for another person than the one learning now; else None.

    A form without a name counts as another's where several people share the sign-in.
    """
    if request.method != "POST":
        return None
    learner, named = current_learner(request), request.POST.get(FIELD, "")
    if learner is None or named == str(learner.public_id):
        return None
    people = household(request)
    if not named and len(people) < 2:
        return None
    other = next((one for one in people if str(one.public_id) == named), None)
    context = {"learner": learner, "other": other, "next": _back(request)}
    return render(request, "accounts/household/of_another.html", context, status=409)


def _back(request: HttpRequest) -> str:
    """The page the form was on, when it may be read again."""
    return request.path


def whose(view: View) -> View:
    """For views of one learner's own: ask who is learning where nobody said, refuse another's form."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if must_choose(request):
            return to_chooser(request, request.get_full_path() if request.method == "GET" else "/hoc-tap/")
        return of_another(request) or view(request, *args, **kwargs)

    return guarded


def named_in(people: list[Learner], public_id: object) -> Learner | None:
    return next((one for one in people if str(one.public_id) == str(public_id)), None)
