"""The door of somebody who was invited: she sets her own password, once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common.phones import spoken

from . import at_work, inviting, roles, views_offers
from .doors import note_address, refuse_crowd
from .forms_roles import PasswordForm, PinForm, TakeForm
from .models import Invitation, User
from .seating import SharedNumber
from .sessions import forget_learner
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
    except SharedNumber as refusal:
        form.add_error(None, str(refusal))
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
    """She is in: she takes the role, or does not want it. A phone left open takes none: the PIN is asked."""
    user = invitation.user
    waiting = roles.offers(user, invitation.invited_by)
    if not waiting:
        return _gone(request, inviting.Gone(inviting.why_nothing_waits(invitation), invitation))
    yes = request.POST.get("act") == "yes"
    form = None if user.email else TakeForm(request.POST if yes else None, user=user)
    if request.method == "POST" and (
        form is None or not yes or (form.is_valid() and views_offers.proved(request, form))
    ):
        return _answered(request, invitation, yes)
    context = {"invitation": invitation, "roles": waiting, "form": form}
    return render(request, "accounts/invited_in.html", context)


def _answered(request: HttpRequest, invitation: Invitation, yes: bool) -> HttpResponse:
    user = invitation.user
    try:
        taken = inviting.take(invitation=invitation, yes=yes)
    except inviting.Gone as gone:
        return _gone(request, gone)
    except SharedNumber as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:who")
    if taken and not user.email:
        forget_learner(request)  # she sits first now
        at_work.entered(request)
    messages.success(request, "Bạn đã nhận vai trò." if taken else "Bạn đã từ chối. Không có gì thay đổi.")
    return redirect(landing(User.objects.get(pk=user.pk)))


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
