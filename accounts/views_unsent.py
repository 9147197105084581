"""`/chua-gui/`: the form that was sent when the sign-in had ended, to be sent again or dropped."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import unsent as carrying
from .naming import to_chooser
from .sessions import current_learner, must_choose


@never_cache
@require_http_methods(["GET", "POST"])
def unsent(request: HttpRequest) -> HttpResponse:
    """GET shows that it waits, and sends nothing; POST drops it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if must_choose(request):
        return to_chooser(request, request.path)
    kept, learner = carrying.read(request), current_learner(request)
    hers = kept if kept and learner and kept.owner == str(learner.public_id) else None
    if request.method == "POST":
        response: HttpResponse = redirect(hers.page if hers else "/hoc-tap/")
    else:
        context = {"unsent": hers, "of_another": bool(kept and not hers), "learner": learner}
        response = render(request, "accounts/unsent.html", context)
    if request.method == "POST" or not hers:
        carrying.forget(response)
    return response
