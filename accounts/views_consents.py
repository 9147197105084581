"""What a person agreed to, purpose by purpose, and her name on public pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from . import consents, objecting
from .models import Consent, Learner
from .owning import own_data

Purpose = Consent.Purpose
_DONE = {
    "give": "Đã ghi: bạn đồng ý nhận tin nhắn nhắc học.",
    "withdraw": "Đã ghi: bạn không nhận tin nhắn nhắc học nữa.",
    "hide": "Từ bây giờ trang giấy công khai chỉ hiện chữ cái đầu của tên bạn.",
    "show": "Từ bây giờ trang giấy công khai lại hiện đủ tên bạn.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@own_data
def agreed(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Each purpose with its words, given and withdrawn by a press of its own."""
    act = request.POST.get("act", "")
    if request.method == "POST" and act in _DONE:
        try:
            _do(learner, act)
        except consents.GuardianMissing as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _DONE[act])
        return redirect("accounts:agreed")
    history = learner.consents.order_by("-given_at", "-pk")[:50]
    reminders = consents.standing(learner, Purpose.REMINDERS)
    context = {
        "learner": learner,
        "learning": consents.standing(learner, Purpose.LEARNING),
        "learning_words": consents.LEARNING[consents.current(Purpose.LEARNING)],
        "reminders": reminders,
        "reminders_words": consents.REMINDERS[consents.current(Purpose.REMINDERS)],
        "renew": bool(reminders and reminders.version != consents.current(Purpose.REMINDERS)),
        "history": [(consent, consents.words_of(consent)) for consent in history],
    }
    return render(request, "accounts/data/agreed.html", context)


def _do(learner: Learner, act: str) -> None:
    if act == "give":
        consents.give(learner=learner, purpose=Purpose.REMINDERS)
    elif act == "withdraw":
        consents.withdraw(learner=learner, purpose=Purpose.REMINDERS)
    elif act == "hide":
        objecting.hide_name(learner=learner)
    else:
        objecting.show_name(learner=learner)
