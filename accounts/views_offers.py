"""A role offered to a phone number: the giver's page of it, and the door of her who has the link."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common.phones import masked, spoken
from common.text import fold

from . import at_work, inviting, offering, own_pin, roles
from .access import staff_only
from .doors import NotIn, note_address, refuse_crowd
from .forms_roles import FindForm, TakeForm
from .models import NumberOffer, Role, User
from .seating import SharedNumber
from .sessions import forget_learner, household
from .signing import landing

SHOWN = 50


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def offers_shown(by: User, wanted: dict[str, Any]) -> list[NumberOffer]:
    """What waits in her places, newest first, narrowed as the list of roles is."""
    if wanted.get("tinh_trang") == FindForm.State.PAST:
        return []
    rows = NumberOffer.objects.visible_to(by).standing().select_related("place", "organisation")
    if wanted.get("vai_tro"):
        rows = rows.filter(kind=wanted["vai_tro"])
    if wanted.get("noi"):
        rows = rows.filter(place=wanted["noi"])
    found = list(rows.order_by("-pk"))
    return [one for one in found if _holds(one, wanted.get("q") or "")][:SHOWN]


def _holds(offer: NumberOffer, typed: str) -> bool:
    digits = "".join(c for c in typed if c.isdecimal()).removeprefix("0")
    by_name = all(word in fold(offer.name) for word in fold(typed).split())
    return by_name or (len(digits) > 5 and digits in offer.phone)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer; its link and another one for its giver alone."""
    by = _user(request)
    rows = NumberOffer.objects.visible_to(by).select_related("place", "organisation", "invited_by")
    found = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        return _acted(request, found)
    mine = found.invited_by_id == by.pk
    waits = found.used_at is None and found.ended_at is None
    may = roles.may_grant(by, kind=found.kind, place=found.place, organisation=found.organisation)
    context = {
        "desk": "roles",
        "offer": found,
        "phone": spoken(found.phone),
        "mine": mine,
        "waits": waits,
        "may": may,
        "link": offering.link(found) if mine and may and waits and not found.ran_out else "",
    }
    return render(request, "accounts/desk/offer.html", context)


def _acted(request: HttpRequest, found: NumberOffer) -> HttpResponse:
    by, pk = _user(request), found.pk
    try:
        if request.POST.get("act") == "renew":
            pk = offering.renew(by=by, offer=found).pk
            messages.success(request, "Đã làm liên kết mới. Liên kết cũ không mở được nữa.")
        else:
            offering.call_back(by=by, offer=found)
            messages.success(request, "Đã thu lại lời mời. Liên kết không mở được nữa.")
    except (inviting.InvitationRefused, roles.RoleRefused) as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:offer", pk=pk)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def offered(request: HttpRequest, token: str) -> HttpResponse:
    """The link. Who is not in signs in or up first; another number than the invited one gets nothing."""
    try:
        found = offering.find(token)
        hers = request.user.is_authenticated and offering.is_for(found, request.user)
        form = TakeForm(request.POST if request.method == "POST" and hers else None, user=request.user)
        if form.is_bound and request.POST.get("act") == "no":
            offering.decline(user=_user(request), offer=found)
            messages.success(request, "Bạn đã từ chối. Không có gì thay đổi.")
            return redirect(landing(_user(request)))
        if form.is_valid() and proved(request, form) and (taken := _taken(request, found, form)):
            return taken
    except offering.Gone as gone:
        return _gone(request, gone)
    context = {
        "offer": found,
        "hers": hers,
        "form": form,
        "phone": masked(found.phone),
        "last": timezone.localtime(found.expires_at),
        "others": max(len(household(request)) - 1, 0) if hers else 0,
    }
    return render(request, "accounts/offered.html", context)


def proved(request: HttpRequest, form: TakeForm) -> bool:
    """A phone left open takes no role: she types what opens her sign-in."""
    try:
        own_pin.prove_sign_in(request, form.cleaned_data["password"])
    except NotIn as error:
        form.add_error("password", str(error))
        return False
    return True


def _taken(request: HttpRequest, found: NumberOffer, form: TakeForm) -> HttpResponse | None:
    try:
        offering.accept(user=_user(request), offer=found)
    except SharedNumber as refusal:
        form.add_error(None, str(refusal))
        return None
    except roles.RoleRefused:
        raise offering.Gone("lapsed", found) from None
    forget_learner(request)  # she sits first now
    at_work.entered(request)
    messages.success(request, "Bạn đã nhận vai trò.")
    return redirect(landing(User.objects.get(pk=_user(request).pk)))


def _gone(request: HttpRequest, gone: offering.Gone) -> HttpResponse:
    """As of other links: an unknown one counts as a guess."""
    if gone.why == "unknown":
        refuse_crowd(request)
        note_address(request)
    context = {"why": gone.why, "offer": gone.offer}
    status = 404 if gone.why == "unknown" else 410
    return render(request, "accounts/offered_gone.html", context, status=status)
