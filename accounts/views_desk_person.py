"""The person a request is about: found by an official, and her record corrected."""

from __future__ import annotations

import uuid as uuids
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import finding, looks, requesting
from .access import staff_only
from .consents import GuardianMissing
from .correcting import CorrectionRefused
from .forms_back import FindForm
from .forms_requests import CorrectForm
from .models import DataRequest, Learner, LearnerQuerySet, Role, User
from .views_desk import acts_on, request_of_hers

MANAGE = Role.Kind.OFFICIAL_MANAGE


def _reach(by: User, asked: DataRequest) -> LearnerQuerySet:
    """Whom the request may be for: of her places, and not the one who sent it."""
    found = (
        Learner.objects.standing().visible_to(by, MANAGE).exclude(user=by).exclude(pk=asked.learner_id or 0)
    )
    return cast(LearnerQuerySet, found)


@staff_only(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def find(request: HttpRequest, public_id: uuids.UUID) -> HttpResponse:
    """Search for the parent or child whom a request is made for, and say: this one."""
    by, asked = cast(User, request.user), request_of_hers(request, public_id)
    if "find" not in acts_on(asked):
        messages.error(request, "Yêu cầu này không cần tìm người khác.")
        return redirect("accounts:desk_request", public_id=public_id)
    if request.method == "POST":
        return _choose(request, by, asked)
    form = FindForm(request.GET if "q" in request.GET else None, initial={"q": asked.about_name})
    found: list[Learner] = []
    if form.is_valid():
        try:
            finding.allow(by)
        except finding.TooOften as refusal:
            form.add_error("q", str(refusal))
        else:
            found = list(finding.named(_reach(by, asked), form.cleaned_data["q"])[: finding.FOUND + 1])
    shown = found[: finding.FOUND]
    seen = [one.pk for one in shown] + ([asked.learner_id] if asked.learner_id else [])
    looks.note(by=by, learners=seen, screen="Tìm người trong yêu cầu gửi thay", why=asked.number)
    context = {
        "desk": "requests",
        "asked": asked,
        "form": form,
        "found": shown,
        "more": len(found) > len(shown),
        "searched": form.is_bound and form.is_valid(),
    }
    return render(request, "accounts/data/desk_find.html", context)


def _choose(request: HttpRequest, by: User, asked: DataRequest) -> HttpResponse:
    try:
        chosen = get_object_or_404(_reach(by, asked), public_id=request.POST.get("nguoi", ""))
    except ValidationError:  # no UUID
        chosen = get_object_or_404(Learner.objects.none())
    try:
        requesting.name_person(request=asked, by=by, learner=chosen)
    except requesting.RequestError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã ghi: yêu cầu này là cho {chosen.name}.")
    return redirect("accounts:desk_request", public_id=asked.public_id)


@staff_only(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct(request: HttpRequest, public_id: uuids.UUID) -> HttpResponse:
    """Correct name, year of birth, place or number; what stood there is kept."""
    by, asked = cast(User, request.user), request_of_hers(request, public_id)
    learner = asked.person
    if learner is None or "correct" not in acts_on(asked):
        messages.error(request, "Yêu cầu này không có hồ sơ nào để sửa.")
        return redirect("accounts:desk_request", public_id=public_id)
    looks.note(by=by, learners=[learner], screen="Sửa hồ sơ theo yêu cầu", why=asked.number)
    form = CorrectForm(request.POST if request.method == "POST" else None, about=asked, learner=learner)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            requesting.correct(
                request=asked,
                by=by,
                text=sent["text"],
                changes=form.changes(),
                seen_papers=sent.get("seen_papers", False),
            )
        except (requesting.RequestError, CorrectionRefused, GuardianMissing) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã sửa, và đã báo cho người học.")
            return redirect("accounts:desk_request", public_id=public_id)
    context = {"desk": "requests", "asked": asked, "form": form, "person": learner}
    return render(request, "accounts/data/desk_correct.html", context)
