"""`/quen-ma/`: coming back; `/quan-ly/giup-vao-lai/`: helping somebody back."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common import phones

from . import coming_back, finding, looks, returning, views_number
from . import messages as texts
from .access import staff_only
from .codes import MINUTES
from .devices import known_device
from .doors import NotIn
from .forms_back import (
    CodeForm,
    FindForm,
    KnownForm,
    NewPinForm,
    OwnCodeForm,
    PhoneForm,
    ReasonForm,
    VouchForm,
)
from .household import HouseholdError
from .models import HelpContact, Learner, LearnerQuerySet, OneTimeCode, Role, User
from .naming import whose
from .registering import PhoneTaken
from .sessions import current_learner
from .signing import sign_in

TAKEN = "Số này vừa có người khác dùng. Hãy nhờ cán bộ ghi một số khác."


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a code by text; without a gateway, what to do instead."""
    can = texts.can_send()
    form = PhoneForm(request.POST if request.method == "POST" and can else None)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            coming_back.ask(request, phone)
        except (NotIn, texts.CannotSend) as error:
            form.add_error("phone", str(error))
        else:
            request.session["coming_back_phone"] = phone
            return redirect("accounts:forgotten_code")
    learner = current_learner(request)
    place = learner.commune if learner else None
    context = {"form": form, "can_send": can, "place": place}
    if place:
        context["contact"] = HelpContact.objects.filter(place=place).first()
    return render(request, "accounts/back/forgotten.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Type the code, from the text or from the staff."""
    asked = request.session.get("coming_back_phone", "")
    initial = {"phone": phones.spoken(asked)} if asked else {}
    form = CodeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            coming_back.prove(request, form.cleaned_data["phone"], form.cleaned_data["code"])
        except NotIn as error:
            form.add_error("code", str(error))
        else:
            return redirect("accounts:forgotten_pin")
    context = {"form": form, "texted": bool(asked), "minutes": MINUTES}
    return render(request, "accounts/back/code.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """The number is proved for the first time: whose record it opens is not."""
    row = coming_back.proved(request)
    if row is None or not coming_back.is_stranger(request, row):
        return redirect("accounts:forgotten_pin")
    if request.method == "POST" and "moi" in request.POST:
        return _anew(request, row)
    form = KnownForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            coming_back.recognise(request, row, **form.cleaned_data)
        except NotIn as error:
            form.add_error(None, str(error))
        else:
            return redirect("accounts:forgotten_pin")
    phone = phones.spoken((row.user.phone if row.user else "") or "")
    return render(request, "accounts/back/who.html", {"form": form, "phone": phone})


def _anew(request: HttpRequest, row: OneTimeCode) -> HttpResponse:
    """The number changed hands: she signs up by it, and the former holder keeps her record."""
    if phone := coming_back.give_up(request, row):
        views_number.remember(request, phone)
        messages.success(request, "Đúng là số của bạn. Bây giờ hãy điền để đăng ký.")
    return redirect("accounts:signup")


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def new_pin(request: HttpRequest) -> HttpResponse:
    """The code was right: choose a new PIN, and be in."""
    row = coming_back.proved(request)
    if row is None:
        return redirect("accounts:forgotten")
    if coming_back.is_stranger(request, row):
        return redirect("accounts:forgotten_who")
    # Who lost her PIN has often no phone at hand: another's, unless it is known to be hers.
    strange = not known_device(request, row.user)
    sent = request.POST if request.method == "POST" else None
    form = NewPinForm(sent, row=row, initial={"borrowed": strange})
    if form.is_valid():
        try:
            user = coming_back.finish(request, row, form.cleaned_data["pin"])
        except PhoneTaken:
            form.add_error(None, TAKEN)
        except NotIn as error:
            form.add_error(None, str(error))
        else:
            return sign_in(request, user, borrowed=form.cleaned_data["borrowed"])
    login = phones.spoken(row.phone or (row.user.phone if row.user else "") or "")
    return render(request, "accounts/back/new_pin.html", {"form": form, "login": login})


@never_cache
@sensitive_post_parameters("code", "pin")
@require_http_methods(["GET", "POST"])
@whose
def own_forgotten(request: HttpRequest) -> HttpResponse:
    """Her own PIN anew: with the staff's code, or by a text where the phone is hers alone."""
    learner = current_learner(request)
    if learner is None or not learner.pin:
        return redirect("accounts:mine")
    if "gui" in request.POST:
        return _text_own(request, learner)
    form = OwnCodeForm(request.POST if request.method == "POST" else None, learner=learner)
    if form.is_valid():
        try:
            coming_back.reset_own(request, learner, **form.cleaned_data)
        except NotIn as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, "Đã đặt lại mã của riêng bạn.")
            return redirect("accounts:mine")
    context = {"form": form, "learner": learner, "can_text": coming_back.may_text_own(learner)}
    return render(request, "accounts/back/own.html", context)


def _text_own(request: HttpRequest, learner: Learner) -> HttpResponse:
    try:
        coming_back.ask_own(request, learner)
    except (coming_back.Refused, NotIn, texts.CannotSend) as refusal:
        messages.error(request, str(refusal))
    else:
        number = phones.masked((learner.user.phone or "") if learner.user else "")
        messages.success(request, f"Đã gửi mã vào số {number}. Mã dùng được trong {MINUTES} phút.")
    return redirect("accounts:own_pin_forgotten")


# --- The staff's side ------------------------------------------------------------------


def _staff(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not coming_back.may_help(user):
        raise PermissionDenied
    return user


@staff_only(Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)
@require_safe
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Find the person who stands before her."""
    by = _staff(request)
    form = FindForm(request.GET if "q" in request.GET else None)
    found: list[Learner] = []
    if form.is_valid():
        try:
            finding.allow(by)
        except finding.TooOften as refusal:
            form.add_error("q", str(refusal))
        else:
            found = _found(by, form.cleaned_data["q"])
    looks.note(by=by, learners=found, screen="Tìm người cần giúp vào lại")
    context = {"desk": "back", "form": form, "found": found, "asked": form.is_bound and form.is_valid()}
    return render(request, "accounts/back/find.html", context)


def _found(by: User, query: str) -> list[Learner]:
    reach = cast(LearnerQuerySet, Learner.objects.standing().visible_to(by).exclude(user=by))
    rows = finding.named(reach, query)[: finding.FOUND * 2]
    return [one for one in rows if coming_back.helps(by, one)][: finding.FOUND]


def _helped(by: User, learner: uuid.UUID) -> Learner:
    """The person whom this member of staff may help; 404 for anybody else, there or not."""
    one = Learner.objects.standing().select_related("user", "commune").filter(public_id=learner).first()
    if one is None or not coming_back.helps(by, one):
        raise Http404
    return one


@staff_only(Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)
@require_http_methods(["GET", "POST"])
@never_cache
def vouch(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    """Hand out a code: shown once, in this answer alone."""
    by = _staff(request)
    one = _helped(by, learner)
    form = VouchForm(request.POST if request.method == "POST" else None, by=by, learner=one)
    context = {"desk": "back", "form": form, "person": one, "minutes": MINUTES}
    if form.is_valid():
        try:
            six = coming_back.vouch(by=by, learner=one, **form.cleaned_data)
        except (coming_back.Refused, NotIn) as refusal:
            form.add_error(None, str(refusal))
        else:
            kind = form.cleaned_data["kind"]
            number = form.cleaned_data["phone"] or (one.user.phone if one.user else "") or ""
            context |= {"code": f"{six[:3]} {six[3:]}", "own": kind == coming_back.OWN}
            return render(request, "accounts/back/given.html", context | {"phone": phones.spoken(number)})
    looks.note(by=by, learners=[one], screen="Giúp vào lại")
    context["left"] = returning.open_parting(one)
    return render(request, "accounts/back/vouch.html", context)


@staff_only(Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)
@require_http_methods(["GET", "POST"])
@never_cache
def bring_home(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    """Her record left with a number that is not hers: back to the sign-in it came from."""
    by = _staff(request)
    one = _helped(by, learner)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            home = returning.bring_home(by=by, learner=one, reason=form.cleaned_data["reason"])
        except (coming_back.Refused, HouseholdError) as refusal:
            form.add_error(None, str(refusal))
        else:
            words = f"{one.name} học lại trên máy dùng số {phones.masked(home.phone or '')}."
            messages.success(request, words)
            return redirect("accounts:help_back")
    looks.note(by=by, learners=[one], screen="Đưa về máy cũ")
    context = {"desk": "back", "form": form, "person": one, "left": returning.open_parting(one)}
    return render(request, "accounts/back/bring_home.html", context)
