"""What we keep about a person, shown to her and corrected by her."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common.phones import spoken

from . import consents, devices, noticing, oidc
from . import messages as texts
from .access import roles_of
from .correcting import change_pin, correct
from .doors import NotIn
from .forms import MineForm, PinForm
from .merged_doors import merged_only, words_of
from .models import Consent, Identity, User
from .own_pin import own_pin_required
from .sessions import current_learner, forget_learner
from .signing import next_url


@never_cache
@require_http_methods(["GET", "POST"])
@own_pin_required
def mine(request: HttpRequest) -> HttpResponse:
    learner = current_learner(request)
    if learner is None and (canonical := merged_only(_user(request))):
        return render(request, "accounts/merged_away.html", {"words": words_of(canonical)})
    if learner is None:
        notices = noticing.shown(request, _user(request), None)
        roles = roles_of(_user(request)).select_related("place", "organisation").order_by("pk")
        return render(request, "accounts/mine_staff.html", {"notices": notices, "roles": roles})
    form = MineForm(request.POST if request.method == "POST" else None, learner=learner)
    if request.method == "POST" and form.is_valid():
        correct(learner=learner, **form.cleaned_data)
        forget_learner(request)
        messages.success(request, "Đã lưu thông tin của bạn.")
        return redirect("accounts:mine")
    standing = consents.standing(learner, Consent.Purpose.LEARNING)
    context = {
        "form": form,
        "learner": learner,
        "notices": noticing.shown(request, _user(request), learner),
        "phone": spoken(phone) if (phone := getattr(request.user, "phone", "")) else "",
        "provable": phone and not _user(request).phone_verified_at and texts.can_send(),
        "consent": standing,
        "words": consents.words_of(standing) if standing else None,
        "waiting": learner.data_requests.open().filter(erase_at=None).count(),
        "identity": Identity.objects.filter(learner=learner).first(),
        "provider": oidc.name(),
        "neighbourhoods": learner.commune.neighbourhoods.order_by("name")[:200],
    }
    return render(request, "accounts/mine.html", context)


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """She has seen the notices that were on the page she looked at."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdecimal() and len(newest) < 18:
        noticing.put_away(request, _user(request), current_learner(request), up_to=int(newest))
    return redirect(next_url(request) or "accounts:mine")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - behind login_required
    return request.user


@never_cache
@login_required
@sensitive_post_parameters("current", "pin")
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    learner = current_learner(request)
    if learner is None:
        return redirect("accounts:mine")
    form = PinForm(request.POST if request.method == "POST" else None, learner=learner)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_pin(request, current=form.cleaned_data["current"], pin=form.cleaned_data["pin"])
        except NotIn as error:
            form.add_error("current", str(error))
        else:
            update_session_auth_hash(request, user)
            devices.follow(request)
            messages.success(request, "Đã đổi mã 6 số. Lần sau hãy đăng nhập bằng mã mới.")
            return redirect("accounts:mine")
    login = getattr(request.user, "phone", "") or ""
    return render(request, "accounts/pin.html", {"form": form, "login": login})
