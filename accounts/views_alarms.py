"""Alarms, for administrators and officials of the city: what happened, what to do, what was done."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import alarms, staffing
from .access import staff_only
from .doors import mark
from .models import Alarm, OneTimeCode, Role, User

PER_PAGE = 30
HALF = staffing.HALF


class HandledForm(forms.Form):
    note = forms.CharField(
        label="Đã làm gì?",
        max_length=alarms.NOTE_LETTERS,
        widget=forms.Textarea({"rows": 3}),
        help_text="Vài câu cho người sau đọc. Đừng ghi tên người học, số điện thoại hay mã.",
        error_messages={
            "required": "Hãy ghi vài chữ: đã hỏi ai, đã làm gì.",
            "max_length": f"Chỉ ghi được nhiều nhất {alarms.NOTE_LETTERS} chữ. Hãy ghi ngắn lại.",
        },
    )


def _city(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not alarms.sees(user):
        raise PermissionDenied
    return user


@staff_only(Role.Kind.OFFICIAL_VIEW)
@require_safe
@never_cache
def alarms_list(request: HttpRequest) -> HttpResponse:
    """What waits, the newest first; what was handled on a page of its own."""
    rows = alarms.raised(_city(request))
    ended = request.GET.get("xem") == "xong"
    rows = rows.exclude(handled_at=None) if ended else rows.filter(handled_at=None)
    page = Paginator(rows.order_by("-raised_at", "-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "desk": "alarms",
        "page": page,
        "items": [(row, *said(row)) for row in page],
        "ended": ended,
        "query": "xem=xong&" if ended else "",
    }
    return render(request, "accounts/desk/alarms.html", context)


@staff_only(Role.Kind.OFFICIAL_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """One alarm; whoever may act says what was done."""
    by = _city(request)
    found = get_object_or_404(alarms.raised(by), pk=pk)
    handles = alarms.may_handle(by)
    if request.method == "POST" and not handles:
        raise PermissionDenied
    form = HandledForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            alarms.handle(alarm=found, by=by, note=form.cleaned_data["note"])
        except alarms.BadNote as refusal:
            form.add_error("note", str(refusal))
        except alarms.AlreadyHandled as refusal:
            messages.error(request, str(refusal))
            return redirect("accounts:alarm", pk=pk)
        else:
            messages.success(request, "Đã ghi cách xử lý.")
            return redirect("accounts:alarms")
    words, happened, who = said(found)
    context = {"desk": "alarms", "alarm": found, "form": form, "handles": handles}
    context |= {"words": words, "happened": happened, "who": who}
    return render(request, "accounts/desk/alarm.html", context)


def said(row: Alarm) -> tuple[alarms.Words, str, str]:
    """The words of an alarm, what happened with its number, and which colleague it is about."""
    words = alarms.words(row)
    return words, words.happened.format(n=f"{row.number:,}".replace(",", ".")), _who(row)


def _who(row: Alarm) -> str:
    """The colleagues it is about: found by their marks, as no alarm keeps a name."""
    if row.kind == "factor":
        return _whom(row)
    if row.kind != "issued":
        return ""
    codes = OneTimeCode.objects.filter(made_at__date=row.day, issued_by__isnull=False)
    for user in User.objects.filter(pk__in=codes.values("issued_by")):
        if mark("issued", user.pk) == row.mark:
            return str(user)
    return ""


def _whom(row: Alarm) -> str:
    """Whose second factor was cleared, and by whom; who was erased since is not found."""
    staff = list(User.objects.filter(roles__isnull=False).distinct())
    known = {mark("factor", user.pk)[:HALF]: user for user in staff}
    whose, by = known.get(row.mark[:HALF]), known.get(row.mark[HALF:])
    return f"{whose or 'Người đã nghỉ việc'}, do {by or 'người đã nghỉ việc'} bỏ"
