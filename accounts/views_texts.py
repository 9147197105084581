"""The log of text messages, for administrators and officials of the city: which went out, and what it costs.

The text is never shown, and of a number only what its owner recognises.
"""

from __future__ import annotations

import re
from typing import cast

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import alarms, messages
from .access import staff_only
from .models import Message, Role, User

PER_PAGE = 50
# What `messages` and `common.sms` keep of an answer, in words; a carrier's body is never kept.
_ANSWERS = (
    (r"status (\d{3})", r"Nhà mạng trả lời mã \1"),
    (r"no answer: .*", "Nhà mạng không trả lời kịp"),
    (r"no connection: .*", "Không nối được với nhà mạng"),
    (r"the answer is not .*", "Nhà mạng trả lời là chưa nhận"),
    ("too late", "Quá hạn nên thôi gửi"),
    ("the worker stopped", "Máy gửi tin dừng giữa chừng"),
    ("no gateway", "Chưa nối với nhà mạng nào"),
)


class FilterForm(forms.Form):
    tinh_trang = forms.ChoiceField(
        label="Tình trạng", required=False, choices=[("", "Tất cả"), *Message.Status.choices]
    )
    loai = forms.ChoiceField(label="Loại", required=False, choices=[("", "Tất cả"), *Message.Purpose.choices])


@staff_only(Role.Kind.OFFICIAL_VIEW)
@require_safe
@never_cache
def texts(request: HttpRequest) -> HttpResponse:
    """The newest first. What is asked for wrongly asks for everything."""
    if not alarms.sees(cast(User, request.user)):
        raise PermissionDenied
    form = FilterForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Message.objects.defer("text", "user").order_by("-pk")
    for field, name in (("status", "tinh_trang"), ("purpose", "loai")):
        rows = rows.filter(**{field: asked[name]}) if asked.get(name) else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "desk": "texts",
        "form": form,
        "page": page,
        "items": [(row, in_words(row.answer)) for row in page],
        "narrowed": any(asked.values()),
        "query": "".join(f"{name}={value}&" for name, value in asked.items() if value),
        "money": messages.money_today(),
        "gateway": settings.SMS["GATEWAY"],
    }
    return render(request, "accounts/desk/texts.html", context)


def in_words(answer: str) -> str:
    """The carrier's answer as people read it; what is not known stays as it is."""
    for pattern, words in _ANSWERS:
        if found := re.fullmatch(pattern, answer):
            return found.expand(words)
    return answer
