"""A person asks for something about her data, reads what became of it, leaves or stays."""

from __future__ import annotations

import uuid as uuids
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from . import erasing, leaving, own_pin, requesting
from .doors import NotIn, enter_as
from .forms_requests import AskForm, LeaveForm
from .models import DataRequest, Learner, User
from .owning import own_data


@require_http_methods(["GET", "HEAD", "POST"])
@own_data
def requests(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Her requests with their answers, and the form for a new one."""
    form = AskForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": request.GET.get("viec", ""), "relation": "minh"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked = requesting.ask(learner=learner, **form.cleaned_data)
        except requesting.RequestError as refusal:
            form.add_error(None, str(refusal))
        else:
            day = f"{asked.answer_by:%d/%m/%Y}"
            messages.success(request, f"Đã gửi yêu cầu {asked.number}. Cán bộ trả lời chậm nhất ngày {day}.")
            return redirect("accounts:requests")
    sent = learner.data_requests.prefetch_related("steps").order_by("-made_at", "-pk")[:30]
    return render(request, "accounts/data/requests.html", {"form": form, "sent": sent, "learner": learner})


@require_POST
@own_data
def request_cancel(request: HttpRequest, learner: Learner, public_id: uuids.UUID) -> HttpResponse:
    """She takes a request back. Leaving is undone by staying."""
    found = get_object_or_404(learner.data_requests.filter(erase_at=None), public_id=public_id)
    try:
        requesting.cancel(request=found)
    except requesting.RequestError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã rút lại yêu cầu {found.number}.")
    return redirect("accounts:requests")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("pin")
@own_data
def leave(request: HttpRequest, learner: Learner) -> HttpResponse:
    """What goes, what remains and why; then, with the PIN, it is set for three days from now."""
    withdraw = request.GET.get("viec") == "rut"
    ask_pin = not own_pin.needed(learner) and cast(User, request.user).has_usable_password()
    form = LeaveForm(request.POST if request.method == "POST" else None, ask_pin=ask_pin)
    if request.method == "POST" and not learner.leaving_at and form.is_valid():
        try:
            if ask_pin:
                user = cast(User, request.user)
                enter_as(request, user, form.cleaned_data["pin"])
        except NotIn as error:
            form.add_error("pin", str(error))
        else:
            kinds = DataRequest.Kind
            leaving.leave(learner=learner, kind=kinds.WITHDRAW if withdraw else kinds.ERASE)
            return redirect("accounts:leave")
    context = {
        "form": form,
        "learner": learner,
        "withdraw": withdraw,
        "days": leaving.UNDO.days,
        "stays": erasing.why_it_stays(learner),
    }
    return render(request, "accounts/data/leave.html", context)


@require_POST
@own_data
def stay(request: HttpRequest, learner: Learner) -> HttpResponse:
    if leaving.stay(learner=learner):
        messages.success(request, "Bạn ở lại. Việc học và giấy của bạn còn nguyên.")
    return redirect("accounts:mine")
