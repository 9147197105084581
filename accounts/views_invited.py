"""The door of somebody who was invited: she sets her own password, once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common.phones import spoken

from . import at_work, inviting, offering, roles
from .doors import note_address, refuse_crowd
from .forms_roles import PasswordForm, PinForm
from .models import Invitation, User
from .signing import landing, sign_in


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = inviting.find(token)
        choose = PasswordForm if invitation.user.email else PinForm
        form = choose(request.POST if request.method == "POST" else None, user=invitation.user)
        if request.method == "POST" and form.is_valid():
            user = inviting.accept(invitation=invitation, password=form.cleaned_data["password"])
            return sign_in(request, user)
    except inviting.Gone as gone:
        if gone.why == "in_already" and gone.invitation and gone.invitation.user_id == request.user.pk:
            return _answer(request, gone.invitation)
        return _gone(request, gone)
    user = invitation.user
    context = {
        "form": form,
        "invitation": invitation,
        "roles": inviting.opened(invitation),
        "login": user.email or spoken(user.phone or ""),
        "button": "Đặt mật khẩu và vào" if user.email else "Đặt mã và vào",
    }
    return render(request, "accounts/invited.html", context)


def _answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """She is in: she takes the role, or does not want it."""
    waiting = roles.offers(invitation.user, invitation.invited_by)
    if not waiting:
        return _gone(request, inviting.Gone(inviting.why_nothing_waits(invitation), invitation))
    if request.method == "POST":
        if request.POST.get("act") == "yes" and _is_shared_number(invitation.user):
            messages.error(request, str(offering.SharedNumber()))
            return redirect("accounts:who")
        try:
            taken = inviting.take(invitation=invitation, yes=request.POST.get("act") == "yes")
        except inviting.Gone as gone:
            return _gone(request, gone)
        messages.success(
            request, "Bạn đã nhận vai trò." if taken else "Bạn đã từ chối. Không có gì thay đổi."
        )
        return redirect(landing(invitation.user))
    return render(request, "accounts/invited_in.html", {"invitation": invitation, "roles": waiting})


def _is_shared_number(user: User) -> bool:
    """Others learn with it and would come to what the role opens (`at_work`)."""
    return not user.email and at_work.others_on(user)


def _gone(request: HttpRequest, gone: inviting.Gone) -> HttpResponse:
    """Unknown links count as guesses; of the others the holder is told what to do.

    A link that exists cannot be guessed: whoever has it is not kept waiting for a crowd.
    """
    if gone.why == "unknown":
        refuse_crowd(request)
        note_address(request)
    context = {"why": gone.why, "invitation": gone.invitation}
    return render(
        request, "accounts/invited_gone.html", context, status=404 if gone.why == "unknown" else 410
    )
