"""The gate of the screens about one's own data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from .models import Learner
from .own_pin import own_pin_required
from .sessions import current_learner

View = Callable[..., HttpResponse]


def own_data(view: Callable[Concatenate[HttpRequest, Learner, ...], HttpResponse]) -> View:
    """For the person who is learning in this request, behind her own PIN: `view(request, learner, …)`.

    Staff who do not learn are sent away.
    """

    @never_cache
    @own_pin_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        learner = current_learner(request)
        if learner is None:
            return redirect("accounts:mine")
        return view(request, learner, *args, **kwargs)

    return guarded
