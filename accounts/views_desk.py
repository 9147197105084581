"""The officer's desk: requests of the people of her places, with their terms."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import clocks, looks, requesting
from . import messages as texts
from .access import staff_only
from .erasing import EraseRefused
from .forms_requests import DeskForm, EraseForm, ReopenForm
from .models import DataRequest, Role, User

PER_PAGE = 50
_DONE = {
    "answer": "Đã gửi câu trả lời.",
    "finish": "Đã ghi là làm xong.",
    "refuse": "Đã ghi lý do không làm.",
    "hide_name": "Đã ẩn tên trên các trang công khai.",
    "erase": "Đã xóa dữ liệu của người gửi.",
    "reopen": "Đã mở lại yêu cầu. Người gửi được báo.",
}

_FORMS = {"erase": "erase", "reopen": "again"}  # of the acts that have one of their own


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """What waits comes first, the nearest term on top; what is closed on a page of its own."""
    closed = request.GET.get("xem") == "xong"
    rows = DataRequest.objects.visible_to(request.user).select_related("learner", "place")
    if closed:
        rows = rows.exclude(state__in=DataRequest.OPEN).order_by("-closed_at", "-pk")
    else:
        rows = rows.open().by_term()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    seen = [pk for row in page for pk in (row.learner_id, row.about_id) if pk]
    looks.note(by=request.user, learners=seen, screen="Danh sách yêu cầu về dữ liệu")
    today = timezone.localdate()
    items = [(row, *_term(row)) for row in page]
    context = {
        "desk": "requests",
        "page": page,
        "items": items,
        "closed": closed,
        "query": "xem=xong&" if closed else "",
        "warning": clocks.vietnam().warning(today),
        "today": today,
    }
    return render(request, "accounts/data/desk.html", context)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def desk_request(request: HttpRequest, public_id: uuids.UUID) -> HttpResponse:
    """One request: its words, its history, and what can be done."""
    found = request_of_hers(request, public_id)
    seen = [pk for pk in (found.learner_id, found.about_id) if pk]
    looks.note(by=request.user, learners=seen, screen="Một yêu cầu về dữ liệu")
    act, acts = request.POST.get("act", ""), acts_on(found)
    forms: dict[str, Any] = {
        name: kind(request.POST if act and name == _FORMS.get(act, "form") else None, about=found)
        for name, kind in (("form", DeskForm), ("erase", EraseForm), ("again", ReopenForm))
    }
    sent = forms[_FORMS.get(act, "form")]
    if act in _DONE and act in acts and sent.is_valid():
        try:
            _verb(act)(request=found, by=cast(User, request.user), **_words(act, sent.cleaned_data))
        except (requesting.RequestError, EraseRefused) as refusal:
            sent.add_error(None, str(refusal))
        else:
            messages.success(request, _DONE[act])
            return redirect("accounts:desk_request", public_id=found.public_id)
    last, term, late = _term(found)
    context = {
        "desk": "requests",
        "asked": found,
        **forms,
        "told": texts.can_send(),
        "steps": found.steps.select_related("by"),
        "corrections": found.corrections.select_related("by"),
        "last": last,
        "term": term,
        "late": late,
        "acts": acts,
        "overdue": found.done_by < timezone.localdate(),
    }
    return render(request, "accounts/data/desk_request.html", context)


def request_of_hers(request: HttpRequest, public_id: uuids.UUID) -> DataRequest:
    """Another commune's looks like none."""
    related = ("learner__user", "learner__commune", "about__user", "about__commune", "place")
    visible = DataRequest.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(visible, public_id=public_id)


def _term(row: DataRequest) -> tuple[Any, str, bool]:
    """The term that runs now: its last day, what is left in words, whether it is over."""
    if not row.is_open:
        return row.done_by, "", False
    last = row.done_by if row.answered_at else row.answer_by
    today = timezone.localdate()
    return last, clocks.left(today, last), last < today


def acts_on(row: DataRequest) -> set[str]:
    """What the buttons and links offer; the verbs refuse the rest."""
    if not row.is_open:
        return {"reopen"} if requesting.may_reopen(row) else set()
    if row.erase_at:
        return {"erase"} if row.erase_at <= timezone.now() else set()
    acts = {"answer", "refuse"} | (set() if row.kind in DataRequest.BY_DOING else {"finish"})
    if row.person is None:
        return acts | ({"find"} if row.relation else set())
    acts |= {"find"} if row.relation else set()
    acts |= {"correct"} if row.kind in DataRequest.CORRECTING else set()
    acts |= {"hide_name"} if row.kind == DataRequest.Kind.OBJECT else set()
    return acts | ({"erase"} if row.kind in DataRequest.ERASING else set())


def _verb(act: str) -> Callable[..., None]:
    verb: Callable[..., None] = getattr(requesting, act)
    return verb


def _words(act: str, data: dict[str, Any]) -> dict[str, Any]:
    """What each verb takes of its form."""
    if act == "erase":
        return {"reason": data["reason"], "seen_papers": data.get("seen_papers", False)}
    taken = {"text": data["text"]}
    if act == "answer":
        taken["third_party"] = data["third_party"]
    if act in {"finish", "hide_name"}:
        taken["seen_papers"] = data.get("seen_papers", False)
    return taken
