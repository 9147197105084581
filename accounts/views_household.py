"""`/ai-dang-hoc/`: who is learning, and who learns on this sign-in."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common.phones import masked, spoken

from . import consents, household, oidc, own_pin, returning
from .doors import NotIn
from .forms_household import AddForm, LeaveForm, LookForm, UnlinkForm
from .household import HouseholdError
from .models import HOUSEHOLD, Identity, Learner, User
from .naming import named_in
from .registering import PhoneTaken
from .sessions import choose, current_learner, forget_learner
from .sessions import household as people_of
from .signing import next_url, sign_out


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - behind login_required
    return request.user


def _one(request: HttpRequest, public_id: uuid.UUID) -> Learner:
    """One of this sign-in's people; another's looks like none."""
    learner = named_in(people_of(request), public_id)
    if learner is None:
        raise Http404
    return learner


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Choose who is learning now."""
    people = people_of(request)
    if not people:
        return redirect("accounts:mine")
    to = next_url(request) or "/hoc-tap/"
    if request.method == "POST":
        learner = named_in(people, request.POST.get("learner", ""))
        if learner is None:
            raise Http404
        if learner != current_learner(request):
            own_pin.forget(request)
        choose(request, learner)
        return HttpResponseRedirect(to)
    context = {
        "people": people,
        "learner": current_learner(request),
        "next": to,
        "full": len(people) >= HOUSEHOLD,
        "most": HOUSEHOLD,
        "gone": household.gone(_user(request)),
        "left": returning.open_parting(people[0]) if len(people) == 1 else None,
    }
    return render(request, "accounts/household/who.html", context)


def _refusal(request: HttpRequest) -> str:
    """Why nobody may come onto this sign-in, before she fills in the form."""
    try:
        household.refuse_working(_user(request))
    except HouseholdError as refusal:
        return str(refusal)
    return ""


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    people = people_of(request)
    if not people:
        return redirect("accounts:mine")
    if request.method != "POST" and (refusal := _refusal(request)):
        messages.error(request, refusal)
        return redirect("accounts:who")
    used = {one.face_picture for one in people}, {one.face_colour for one in people}
    initial = {
        "uuid": uuid.uuid4(),
        "commune": (current_learner(request) or people[0]).commune,
        "picture": next((one for one in Learner.Picture.values if one not in used[0]), ""),
        "colour": next((one for one in Learner.Colour.values if one not in used[1]), ""),
    }
    form = AddForm(request.POST if request.method == "POST" else None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if "consent" not in key}
        try:
            learner = household.add(user=_user(request), **data)
        except HouseholdError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã thêm {learner.name}. Bấm vào tên người đang học.")
            return redirect("accounts:who")
    full = len(people) >= HOUSEHOLD
    words = consents.LEARNING[consents.CURRENT]
    context = {"form": form, "words": words, "full": full, "most": HOUSEHOLD}
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, "accounts/household/add.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    """Her colour and picture; from here she is taken off, or leaves with her record."""
    one = _one(request, learner)
    form = LookForm(
        request.POST if request.method == "POST" else None,
        initial={"picture": one.face_picture, "colour": one.face_colour},
    )
    if request.method == "POST" and form.is_valid():
        household.look(learner=one, **form.cleaned_data)
        messages.success(request, f"Đã đổi hình của {one.name}.")
        return redirect("accounts:who")
    context = {"form": form, "person": one, "alone": len(people_of(request)) < 2}
    return render(request, "accounts/household/person.html", context)


@never_cache
@login_required
@sensitive_post_parameters("current")
@require_http_methods(["GET", "POST"])
def unlink(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    one = _one(request, learner)
    error = ""
    form = UnlinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            own_pin.prove_sign_in(request, form.cleaned_data["current"])
            household.unlink(user=_user(request), learner=one)
        except NotIn as wrong:
            form.add_error("current", str(wrong))
        except HouseholdError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{one.name} không còn học trên máy này. Kết quả học vẫn còn nguyên.")
            return redirect("accounts:who")
    context = {"person": one, "form": form, "error": error, "days": household.UNDO_DAYS}
    return render(request, "accounts/household/unlink.html", context, status=409 if error else 200)


@require_POST
@login_required
def bring_back(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    """Undo: whoever was taken off here, and nobody else."""
    found = Learner.objects.filter(public_id=learner, partings__user=_user(request)).first()
    if found is None:
        raise Http404
    try:
        household.bring_back(user=_user(request), learner=found)
    except HouseholdError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.name} lại học được trên máy này.")
    return redirect("accounts:who")


def _as_herself(request: HttpRequest, one: Learner) -> HttpResponse:
    """She leaves as herself: nobody takes another's record along."""
    if current_learner(request) == one:
        return own_pin.to_confirm(request)
    messages.info(request, f"Việc này của {one.name}: hãy bấm tên {one.given_name} trước.")
    return redirect(f"{reverse('accounts:who')}?{urlencode({'next': request.path})}")


@never_cache
@login_required
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, learner: uuid.UUID) -> HttpResponse:
    """She goes on with a number and a PIN of her own; her record goes with her."""
    one = _one(request, learner)
    if current_learner(request) != one or (one.pin and not own_pin.confirmed(request, one)):
        return _as_herself(request, one)
    form = LeaveForm(request.POST if request.method == "POST" else None, learner=one)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            if not one.pin:
                own_pin.prove_sign_in(request, sent["current"])
            own = household.leave(user=_user(request), learner=one, phone=sent["phone"], pin=sent["pin"])
        except NotIn as error:
            form.add_error("current", str(error))
        except PhoneTaken:
            own = sent["phone"] == _user(request).phone
            words = "Đây là số cả nhà đang dùng chung. Hãy ghi số khác, của riêng bạn."
            other = "Số này đã có người dùng. Hãy ghi số khác, hoặc hỏi cán bộ xã, phường."
            form.add_error("phone", words if own else other)
        except HouseholdError as refusal:
            form.add_error(None, str(refusal))
        else:
            forget_learner(request)
            context = {"person": one, "phone": spoken(own.phone or ""), "days": household.LEAVE_DAYS}
            return render(request, "accounts/household/left.html", context)
    context = {"form": form, "person": one, "days": household.LEAVE_DAYS}
    return render(request, "accounts/household/leave.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@own_pin.own_pin_required
def go_back(request: HttpRequest) -> HttpResponse:
    """She left with her record, and wants to learn on the shared phone again."""
    one = current_learner(request)
    parting = returning.open_parting(one) if one else None
    if one is None or parting is None:
        return redirect("accounts:who")
    error = ""
    if request.method == "POST":
        try:
            home = returning.go_back(learner=one)
        except HouseholdError as refusal:
            error = str(refusal)
        else:
            sign_out(request)
            context = {"person": one, "phone": masked(home.phone or "")}
            return render(request, "accounts/household/returned.html", context)
    context = {
        "person": one,
        "phone": masked(parting.user.phone or ""),
        "own": masked(_user(request).phone or ""),
        "linked": oidc.name() if Identity.objects.filter(learner=one).exists() else "",
        "error": error,
    }
    return render(request, "accounts/household/go_back.html", context, status=409 if error else 200)
