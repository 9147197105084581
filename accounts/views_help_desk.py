"""Officials: what is shown of their communes on the help page, the inbox, and feedback."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from places.models import Place

from . import helping, page_words
from .access import places_within, staff_only
from .forms_help import ContactForm, MemberForm
from .models import Feedback, HelpContact, HelpMember, HelpMessage, Role, User

PER_PAGE = 30
MANAGE = Role.Kind.OFFICIAL_MANAGE


def _places(request: HttpRequest) -> Any:
    return places_within(request.user, MANAGE).current().filter(level=Place.Level.COMMUNE)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@staff_only(MANAGE)
@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages to her communes, the unanswered first."""
    state = request.GET.get("loc", HelpMessage.State.OPEN)
    rows = HelpMessage.objects.filter(place__in=_places(request)).select_related("place", "handled_by")
    if state in HelpMessage.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    communes = list(_places(request).order_by("short_name")[:200])
    context = {
        "desk": "messages",
        "page": page,
        "state": state,
        "states": [*HelpMessage.State.choices, ("tat-ca", "Tất cả")],
        "communes": communes,
    }
    return render(request, "accounts/desk/inbox.html", context)


@staff_only(MANAGE)
@require_POST
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(HelpMessage, pk=pk, place__in=_places(request))
    state = request.POST.get("state", "")
    if state in HelpMessage.State.values:
        helping.handle(by=_user(request), message=message, state=state)
        messages.success(request, f"Lời nhắn của {message.name}: {HelpMessage.State(state).label.lower()}.")
    return redirect("accounts:inbox")


@staff_only(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """The contact of a commune, and the members of the team who agreed to be shown."""
    place = get_object_or_404(_places(request), code=code)
    kept = HelpContact.objects.filter(place=place).first()
    adding = request.method == "POST" and "agreed_form" in request.POST
    changing = request.method == "POST" and not adding
    names = ("name", "phone", "hours", "address")
    initial = {name: getattr(kept, name) for name in names} if kept else None
    form = ContactForm(request.POST if changing else None, initial=initial, prefix="lienhe")
    member = MemberForm(request.POST if adding else None, prefix="nguoi")
    if changing and form.is_valid():
        helping.put_contact(by=_user(request), place=place, **form.cleaned_data)
        messages.success(request, f"Đã lưu. Người dân {place.name} thấy ngay trên trang Trợ giúp.")
        return redirect("accounts:help_contact", code=code)
    if adding and member.is_valid():
        data = {key: value for key, value in member.cleaned_data.items() if key != "agreed"}
        HelpMember.objects.create(place=place, recorded_by=_user(request), **data)
        messages.success(request, f"Đã thêm {data['name']}.")
        return redirect("accounts:help_contact", code=code)
    members = HelpMember.objects.filter(place=place, withdrawn_at=None).order_by("area", "name")
    context = {"desk": "messages", "place": place, "form": form, "member": member, "members": members}
    return render(request, "accounts/desk/help_contact.html", context)


@staff_only(MANAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(HelpMember.objects.select_related("place"), pk=pk, place__in=_places(request))
    helping.withdraw(member)
    messages.success(
        request, f"{member.name or 'Người này'} không còn hiện trên trang Trợ giúp; tên và số đã xóa."
    )
    return redirect("accounts:help_contact", code=member.place.code)


@staff_only(Role.Kind.EDITOR, MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def feedback(request: HttpRequest) -> HttpResponse:
    """What people said about pages; closed when something was done about it."""
    mine = Feedback.objects.visible_to(request.user)
    if request.method == "POST":
        pk = request.POST.get("pk", "")
        found = get_object_or_404(mine, pk=pk if pk.isdecimal() and len(pk) < 18 else 0)
        helping.close_feedback(by=_user(request), feedback=found)
        messages.success(request, "Đã đóng ý kiến.")
        return redirect("accounts:feedback_list")
    only, closed = request.GET.get("y", ""), request.GET.get("dong") == "1"
    rows = mine.filter(closed_at__isnull=not closed)
    if only in {"co", "khong"}:
        rows = rows.filter(helped=only == "co")
    page = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    query = request.GET.copy()
    query.pop("trang", None)
    words = page_words.of(one.page for one in page)
    context = {
        "desk": "feedback",
        "page": page,
        "rows": [(one, words[one.page]) for one in page],
        "only": only,
        "closed": closed,
        "query": f"{query.urlencode()}&" if query else "",
        "now": timezone.now(),
    }
    return render(request, "accounts/desk/feedback.html", context)
