"""The gate of the screens about one's own data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from .models import Learner
from .naming import whose
from .sessions import current_learner

View = Callable[..., HttpResponse]


def own_data(view: Callable[Concatenate[HttpRequest, Learner, ...], HttpResponse]) -> View:
    """For the person who is learning in this request: `view(request, learner, …)`; staff are sent away."""

    @never_cache
    @whose
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        learner = current_learner(request)
        if learner is None:
            return redirect("accounts:mine")
        return view(request, learner, *args, **kwargs)

    return guarded
