"""Learner cards: coming in by one, one's own, and printing those of others."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.text import fold
from places.models import Place

from . import card_paper, cards, doors, looks, trust, unsent
from . import messages as texts
from .access import places_within, roles_of, staff_only
from .devices import known_device
from .forms import HiddenPinInput, borrowed_field
from .models import Card, Learner, LearnerQuerySet, Role, User
from .own_pin import own_pin_required
from .sessions import choose, current_learner, forget_learner
from .signing import next_url, sign_in

PER_PAGE = 40  # five sheets
MOST = 200  # printed at once
STAFF = (Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)


class NumberForm(forms.Form):
    number = forms.CharField(
        label="Số thẻ",
        max_length=100,
        help_text="16 chữ số in trên thẻ, ví dụ 1234 5678 9012 3456.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "serial"}),
        error_messages={"required": "Hãy gõ số thẻ.", "max_length": "Số thẻ chỉ có 16 chữ số."},
    )


class SignInPinForm(forms.Form):
    pin = forms.CharField(
        label="Mã 6 số để đăng nhập",
        widget=HiddenPinInput("current-password"),
        error_messages={"required": "Hãy gõ mã 6 số."},
    )
    borrowed = borrowed_field()


@never_cache
@sensitive_post_parameters("token", "number")
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """A scanned card (its script posts the fragment) or a typed number: "Bạn là Hoa P.?"."""
    token = request.POST.get("token", "")[:100]
    form = NumberForm(request.POST if request.method == "POST" and not token else None)
    if token or (request.method == "POST" and form.is_valid()):
        typed = "" if token else form.cleaned_data["number"]
        try:
            found = cards.find(request, token=token, typed=typed)
        except cards.NoCard as error:
            if token:
                return render(request, "accounts/card.html", {"form": NumberForm(), "wrong": str(error)})
            form.add_error("number", str(error))
        else:
            context = {"name": cards.shown_name(found.learner), "token": token, "number": typed}
            return render(request, "accounts/card_confirm.html", context)
    return render(request, "accounts/card.html", {"form": form})


@never_cache
@sensitive_post_parameters("token", "number")
@require_POST
def card_enter(request: HttpRequest) -> HttpResponse:
    """She said that it is her."""
    token, typed = request.POST.get("token", "")[:100], request.POST.get("number", "")[:100]
    try:
        card = cards.find(request, token=token, typed=typed)
        cards.enter(request, card)
    except cards.NoCard as error:
        return render(request, "accounts/card.html", {"form": NumberForm(), "wrong": str(error)})
    hers = Learner.objects.filter(pk=card.learner_id)
    return redirect("accounts:unsent" if unsent.waits_for(request, hers) else "/hoc-tap/")


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def card_pin(request: HttpRequest) -> HttpResponse:
    """What a card does not open: the PIN of the sign-in opens it, as at the door."""
    learner = current_learner(request)
    if learner is None or not cards.by_card(request):
        return redirect(next_url(request) or "/hoc-tap/")
    me = cast(User, request.user)
    strange = not known_device(request, me)  # a hall's, as cards are for halls
    form = SignInPinForm(request.POST if request.method == "POST" else None, initial={"borrowed": strange})
    if request.method == "POST" and form.is_valid():
        try:
            user = doors.enter_as(request, me, form.cleaned_data["pin"])
        except doors.NotIn as error:
            form.add_error("pin", str(error))
        else:
            to = next_url(request) or "/hoc-tap/"
            response = sign_in(request, user, to=to, borrowed=form.cleaned_data["borrowed"])
            forget_learner(request)
            choose(request, learner)
            return response
    context = {"form": form, "next": next_url(request), "learner": learner}
    return render(request, "accounts/card_pin.html", context)


# --- one's own ------------------------------------------------------------------


@never_cache
@login_required
@own_pin_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Her card: make it, see it, replace it."""
    learner = current_learner(request)
    if learner is None:
        return redirect("accounts:mine")
    standing = Card.objects.filter(learner=learner, ended_at=None).first()
    if request.method == "POST" and request.POST.get("moi") and not request.POST.get("chac"):
        messages.error(request, "Thẻ cũ vẫn dùng được. Muốn bỏ, hãy đánh dấu vào ô “Tôi muốn bỏ thẻ cũ”.")
        return redirect("accounts:own_card")
    if request.method == "POST":
        act = cards.replace if request.POST.get("moi") else cards.card_of
        try:
            act(learner, by=cast(User, request.user))
        except cards.CannotHave as error:
            messages.error(request, str(error))
        else:
            done = "Đã làm thẻ mới. Thẻ cũ không dùng được nữa." if request.POST.get("moi") else "Đã làm thẻ."
            messages.success(request, done)
        return redirect("accounts:own_card")
    prints = standing.prints.select_related("by").order_by("-at")[:20] if standing else []
    context: dict[str, Any] = {"learner": learner, "card": standing, "prints": prints}
    context["may"] = cards.may_have(learner)
    if standing:
        context["number"] = cards.grouped(cards.number(standing))
    return render(request, "accounts/own_card.html", context)


@never_cache
@login_required
@own_pin_required
@require_safe
def own_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Her card as a picture or to print."""
    learner = current_learner(request)
    standing = get_object_or_404(
        Card.objects.select_related("learner__commune"), learner=learner, ended_at=None
    )
    if kind == "png":
        return _file(card_paper.picture(standing), "image/png", "the-hoc.png")
    return _file(card_paper.sheet([standing]), "application/pdf", "the-hoc.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


# --- staff ----------------------------------------------------------------------


def _people(request: HttpRequest) -> LearnerQuerySet:
    """Whom she may make cards for: people with a phone to sign in by."""
    found = _reach(request).filter(user__isnull=False, user__email=None, user__is_active=True)
    found = found.exclude(user__is_staff=True, seat=1)  # as `cards.may_have`
    return cast(LearnerQuerySet, found)


def _reach(request: HttpRequest) -> LearnerQuerySet:
    """An official: the people of her place. A trainer: who stands before her in an open class."""
    by = cast(User, request.user)
    places = Learner.objects.visible_to(by, Role.Kind.OFFICIAL_MANAGE).exclude(user=by).values("pk")
    return Learner.objects.filter(Q(pk__in=places) | Q(pk__in=trust.vouched(by)))


@staff_only(*STAFF)
@require_safe
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Choose whose cards to print."""
    q, code = request.GET.get("q", "")[:100], request.GET.get("noi", "")[:5]
    places = (
        places_within(request.user, Role.Kind.OFFICIAL_MANAGE).current().filter(level=Place.Level.COMMUNE)
    )
    rows = _people(request)
    if code:
        rows = rows.filter(commune__code=code)
    if q.strip():
        rows = rows.filter(pk__in=_named(rows, q))
    page = Paginator(rows.select_related("commune").order_by("name", "pk"), PER_PAGE).get_page(
        request.GET.get("trang")
    )
    looks.note(by=request.user, learners=page.object_list, screen="Danh sách để in thẻ")
    standing = Card.objects.filter(learner__in=[one.pk for one in page.object_list], ended_at=None)
    query = request.GET.copy()
    query.pop("trang", None)
    context = {
        "desk": "cards",
        "trainer": not roles_of(request.user, Role.Kind.OFFICIAL_MANAGE).exists(),
        "page": page,
        "q": q,
        "code": code,
        "places": places.order_by("short_name") if places.count() > 1 else [],
        "query": f"{query.urlencode()}&" if query else "",
        "having": set(standing.values_list("learner", flat=True)),
        "without": _reach(request).filter(user=None).count(),
    }
    return render(request, "accounts/desk/cards.html", context)


def _named(rows: LearnerQuerySet, typed: str) -> list[int]:
    """Names that hold every word typed, with or without marks; the first 1,000."""
    words = fold(typed).split()
    found = []
    for pk, name in rows.values_list("pk", "name").iterator():
        folded = fold(name)
        if all(word in folded for word in words):
            found.append(pk)
        if len(found) >= 1000:
            break
    return found


@staff_only(*STAFF)
@require_POST
def print_cards(request: HttpRequest) -> HttpResponse:
    """The sheet with the cards of those chosen; every print is written down."""
    chosen = [pk for pk in request.POST.getlist("nguoi")[:MOST] if pk.isdecimal() and len(pk) < 18]
    rows = _people(request).filter(pk__in=chosen).select_related("user", "commune").order_by("name", "pk")
    found = cards.to_print(rows, by=cast(User, request.user))
    if not found:
        messages.error(request, "Bạn chưa chọn ai. Hãy đánh dấu những người cần in thẻ.")
        return redirect("accounts:cards")
    looks.note(by=request.user, learners=rows, screen="In thẻ học")
    return _file(card_paper.sheet(found), "application/pdf", "the-hoc.pdf")


@staff_only(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def replace_card(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost card: the old one is dead at once, a new one is made."""
    learner = get_object_or_404(_people(request).select_related("user", "commune"), pk=pk)
    looks.note(by=request.user, learners=[learner], screen="Thay thẻ học bị mất")
    if request.method == "POST":
        cards.replace(learner, by=cast(User, request.user))
        texts.tell(
            learner=learner,
            text=f"{request.user} đã làm thẻ học mới cho bạn lúc {timezone.localtime():%H:%M %d/%m/%Y}. "
            "Thẻ cũ không dùng được nữa.",
        )
        messages.success(request, f"Thẻ cũ của {learner.name} đã hết dùng. Hãy in thẻ mới.")
        return redirect("accounts:cards")
    context: dict[str, Any] = {"desk": "cards", "learner": learner}
    context["card"] = Card.objects.filter(learner=learner, ended_at=None).first()
    return render(request, "accounts/desk/card_replace.html", context)
