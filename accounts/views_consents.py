"""What a person agreed to, purpose by purpose, and her name on public pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from . import consents, objecting
from .forms_requests import GuardianForm
from .models import Consent, Learner
from .owning import own_data
from .people import announce_consent

Purpose = Consent.Purpose
_DONE = {
    "withdraw": "Đã ghi: bạn không nhận tin nhắn nhắc học nữa.",
    "hide": "Từ bây giờ trang giấy công khai chỉ hiện chữ cái đầu của tên bạn.",
    "show": "Từ bây giờ trang giấy công khai lại hiện đủ tên bạn.",
}
_GIVEN = {
    Purpose.LEARNING: "Đã ghi: bạn đồng ý để lưu việc học.",
    Purpose.REMINDERS: "Đã ghi: bạn đồng ý nhận tin nhắn nhắc học.",
}
Guardians = dict[str, GuardianForm]


@require_http_methods(["GET", "HEAD", "POST"])
@own_data
def agreed(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Each purpose with its words, given and withdrawn by a press of its own."""
    act = request.POST.get("act", "")
    asked = request.POST.get("purpose", Purpose.REMINDERS) if act == "give" else ""
    guardians = _guardians(request, learner, asked)
    if asked in Purpose.values:
        form = guardians.get(asked)
        if form is None or form.is_valid():
            _give(learner, asked, form.cleaned_data["guardian_name"] if form else "")
            messages.success(request, _GIVEN[Purpose(asked)])
            return redirect("accounts:agreed")
    elif act in _DONE:
        _do(learner, act)
        messages.success(request, _DONE[act])
        return redirect("accounts:agreed")
    return render(request, "accounts/data/agreed.html", _context(learner, guardians))


def _guardians(request: HttpRequest, learner: Learner, asked: str) -> Guardians:
    """A form for each purpose, of a child; the one that was sent is filled in."""
    if not consents.is_child(learner.birth_year):
        return {}
    return {
        purpose: GuardianForm(request.POST if asked == purpose else None, prefix=purpose, learner=learner)
        for purpose in Purpose.values
    }


def _context(learner: Learner, guardians: Guardians) -> dict[str, Any]:
    standing = {purpose: consents.standing(learner, purpose) for purpose in Purpose.values}
    history = learner.consents.order_by("-given_at", "-pk")[:50]
    context: dict[str, Any] = {
        "learner": learner,
        "history": [(consent, consents.words_of(consent)) for consent in history],
        "child": bool(guardians),
    }
    for purpose, held in standing.items():
        now = consents.current(purpose)
        context[purpose] = {
            "held": held,
            "words": consents.WORDS[purpose][now],
            "renew": held is not None
            and (held.version != now or (bool(guardians) and not held.guardian_name)),
            "guardian": guardians.get(purpose),
        }
    return context


def _give(learner: Learner, purpose: str, guardian_name: str) -> None:
    given = consents.give(learner=learner, purpose=purpose, guardian_name=guardian_name)
    if purpose == Purpose.LEARNING:
        announce_consent(given)


def _do(learner: Learner, act: str) -> None:
    if act == "withdraw":
        consents.withdraw(learner=learner, purpose=Purpose.REMINDERS)
    elif act == "hide":
        objecting.hide_name(learner=learner)
    else:
        objecting.show_name(learner=learner)
