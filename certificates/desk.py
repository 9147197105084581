"""Officials: the papers of their places; those who manage revoke them and issue them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import looks
from accounts.access import staff_only
from accounts.models import Role, User

from . import issuing, serials
from .errors import NotCompleted, PaperError
from .forms import ReasonForm, SearchForm
from .models import Paper, PaperQuerySet

PER_PAGE = 50


@staff_only(Role.Kind.OFFICIAL_VIEW)
@require_safe
@never_cache
def papers(request: HttpRequest) -> HttpResponse:
    """All papers of her places, newest first; by name, number, course or state."""
    form = SearchForm(request.GET or None)
    rows = Paper.objects.visible_to(request.user).select_related("learner__commune", "course")
    if form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    page = Paginator(rows.order_by("-issued_at", "-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    looks.note(by=request.user, learners=[row.learner_id for row in page], screen="Danh sách giấy đã cấp")
    query = request.GET.copy()
    query.pop("trang", None)
    context = {
        "desk": "papers",
        "form": form,
        "page": page,
        "query": f"{query.urlencode()}&" if query else "",
    }
    return render(request, "certificates/desk/papers.html", context)


@staff_only(Role.Kind.OFFICIAL_VIEW)
@require_safe
@never_cache
def paper(request: HttpRequest, serial: str) -> HttpResponse:
    """One paper with its history."""
    found = _access(Paper.objects.visible_to(request.user), serial)
    looks.note(by=request.user, learners=[found.learner_id], screen="Một giấy đã cấp")
    manages = Paper.objects.managed_by(request.user).filter(pk=found.pk).exists()
    context = {
        "desk": "papers",
        "paper": found,
        "successor": getattr(found, "replaced_by", None),
        "manages": manages,
    }
    return render(request, "certificates/desk/paper.html", context)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def revoke(request: HttpRequest, serial: str) -> HttpResponse:
    """Ask for the reason, say what will happen, do it."""
    found = _access(Paper.objects.managed_by(request.user), serial)
    if not found.is_live:
        messages.info(request, "Giấy này đã được thu hồi trước đó.")
        return redirect("certificates:manage_paper", serial=found.serial)

    def act(reason: str) -> Paper:
        return issuing.revoke(paper=found, by=cast(User, request.user), reason=reason)

    sure = "Tôi hiểu: giấy hết hiệu lực ngay, và không lấy lại được."
    return _with_reason(request, found, act, sure=sure, screen="revoke", done="Đã thu hồi giấy.")


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def reissue(request: HttpRequest, serial: str) -> HttpResponse:
    """A new paper with the learner's present name; the old one is revoked."""
    found = _access(Paper.objects.managed_by(request.user), serial)
    if successor := getattr(found, "replaced_by", None):
        messages.info(request, f"Giấy {found.number} đã được cấp lại. Đây là giấy mới.")
        return redirect("certificates:manage_paper", serial=successor.serial)
    if not issuing.may_reissue(found):
        messages.error(request, str(NotCompleted()))
        return redirect("certificates:manage_paper", serial=found.serial)

    def act(reason: str) -> Paper:
        return issuing.reissue(paper=found, by=cast(User, request.user), reason=reason)

    sure = "Tôi hiểu: giấy cũ hết hiệu lực, giấy mới có số mới."
    if not found.is_live:
        sure = "Tôi hiểu: giấy này vẫn bị thu hồi, giấy mới có số mới."
    return _with_reason(request, found, act, sure=sure, screen="reissue", done="Đã cấp giấy mới.")


def _with_reason(
    request: HttpRequest, found: Paper, act: Callable[[str], Paper], *, sure: str, screen: str, done: str
) -> HttpResponse:
    looks.note(by=request.user, learners=[found.learner_id], screen="Thu hồi hoặc cấp lại giấy")
    form = ReasonForm(request.POST or None, sure=sure)
    if request.method == "POST" and form.is_valid():
        try:
            answer = act(form.cleaned_data["reason"])
        except PaperError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("certificates:manage_paper", serial=answer.serial)
    context = {"desk": "papers", "paper": found, "form": form}
    return render(request, f"certificates/desk/{screen}.html", context)


def _access(papers: PaperQuerySet, typed: str) -> Paper:
    """The paper among those she may reach; another commune's looks like none."""
    try:
        serial = serials.parse(typed)
    except serials.BadSerial as refusal:
        raise Http404 from refusal
    related = (
        "learner__commune",
        "learner__user",
        "course",
        "edition",
        "issued_by",
        "revoked_by",
        "replaces",
    )
    return get_object_or_404(papers.select_related(*related, "replaced_by"), serial=serial)


def _filtered(rows: PaperQuerySet, wanted: dict[str, Any]) -> PaperQuerySet:
    if wanted["q"].strip():
        rows = rows.found(wanted["q"])
    if wanted["khoa"]:
        rows = rows.filter(course=wanted["khoa"])
    if wanted["tinh_trang"]:
        rows = rows.filter(revoked_at__isnull=wanted["tinh_trang"] == SearchForm.State.LIVE)
    return rows
