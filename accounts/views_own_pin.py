"""`/ma-rieng/`: the PIN of one's own, asked, set and changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import coming_back, own_pin
from .doors import NotIn
from .forms_own_pin import NewOwnPinForm, OwnPinForm
from .models import Learner
from .naming import whose
from .sessions import current_learner, household
from .signing import next_url


@never_cache
@sensitive_post_parameters("pin", "current")
@require_http_methods(["GET", "POST"])
@whose
def ask(request: HttpRequest) -> HttpResponse:
    """Type it; the first time, set it."""
    learner = current_learner(request)
    if learner is None:
        return redirect("accounts:mine")
    to = next_url(request) or "/hoc-tap/"
    if own_pin.confirmed(request, learner):
        return HttpResponseRedirect(to)
    if not learner.pin:
        return _set(request, learner, to)
    form = OwnPinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            own_pin.check(request, learner, form.cleaned_data["pin"])
        except NotIn as error:
            form.add_error("pin", str(error))
        else:
            return HttpResponseRedirect(to)
    context = {
        "form": form,
        "learner": learner,
        "next": to,
        "can_text": coming_back.may_text_own(learner),
        "lost": request.method == "GET" and request.GET.get("cho") == "1",
        "kept": request.method == "GET" and request.GET.get("cho") == "2",
    }
    return render(request, "accounts/own_pin/ask.html", context)


def _set(request: HttpRequest, learner: Learner, to: str) -> HttpResponse:
    form = NewOwnPinForm(request.POST if request.method == "POST" else None, learner=learner)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            own_pin.set_first(request, learner, sign_in_pin=sent["current"], pin=sent["pin"])
        except NotIn as error:
            form.add_error("current", str(error))
        except own_pin.Shared as error:
            form.add_error("pin", str(error))
        except own_pin.AlreadySet:
            return own_pin.to_confirm(request, to)
        else:
            messages.success(request, "Đã đặt mã của riêng bạn. Hãy ghi nhớ, đừng cho ai biết.")
            return HttpResponseRedirect(to)
    return render(request, "accounts/own_pin/set.html", {"form": form, "learner": learner, "next": to})


@never_cache
@sensitive_post_parameters("pin", "current")
@require_http_methods(["GET", "POST"])
@whose
def change(request: HttpRequest) -> HttpResponse:
    """Another one; without one yet, the first, where several share the phone."""
    learner = current_learner(request)
    if learner is None:
        return redirect("accounts:mine")
    if not learner.pin and len(household(request)) < 2 and not own_pin.due(learner):
        return redirect("accounts:mine")
    if not learner.pin:
        return _set(request, learner, "/du-lieu-cua-toi/")
    form = NewOwnPinForm(request.POST if request.method == "POST" else None, learner=learner)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            own_pin.change(request, learner, current=sent["current"], pin=sent["pin"])
        except NotIn as error:
            form.add_error("current", str(error))
        except own_pin.Shared as error:
            form.add_error("pin", str(error))
        else:
            messages.success(request, "Đã đổi mã của riêng bạn.")
            return redirect("accounts:mine")
    context = {"form": form, "learner": learner, "next": "", "changing": True}
    return render(request, "accounts/own_pin/set.html", context)
