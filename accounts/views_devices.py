"""`/du-lieu-cua-toi/thiet-bi/`: where one is signed in, and being forgotten there."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import devices as known
from .models import User
from .retention import DAYS_90
from .signing import BORROWED, sign_out


@require_safe
@never_cache
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    uses = known.devices_of(request, cast(User, request.user))
    borrowed = bool(request.session.get(BORROWED))
    context = {"uses": uses, "borrowed": borrowed, "days": DAYS_90}
    return render(request, "accounts/devices.html", context)


@require_POST
@login_required
def forget(request: HttpRequest, use: int) -> HttpResponse:
    """Another's device looks like none."""
    here = known.is_here(request, use)
    if not known.forget(user=cast(User, request.user), use=use):
        raise Http404
    if here:
        sign_out(request)
        return redirect("accounts:signout")
    messages.success(request, "Đã quên máy đó. Ai đang mở ở máy đó sẽ phải đăng nhập lại.")
    return redirect("accounts:devices")


@require_POST
@login_required
def elsewhere(request: HttpRequest) -> HttpResponse:
    known.sign_out_elsewhere(request, cast(User, request.user))
    messages.success(request, "Đã thoát khỏi mọi máy khác. Chỉ máy này còn đăng nhập.")
    return redirect("accounts:devices")
