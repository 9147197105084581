"""`/dang-ky/so-cua-toi/`: a number that somebody else used before is proved to be hers now."""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common import phones

from . import codes
from . import messages as texts
from .doors import NotIn
from .forms_back import CodeForm, PhoneForm
from .models import OneTimeCode

MINUTES = 15
_SESSION = "own_number"


def is_proved(request: HttpRequest, phone: str) -> bool:
    """She proved in this browser, in the last 15 minutes, that she holds this number."""
    kept = request.session.get(_SESSION) or {}
    fresh = 0 <= time.time() - float(kept.get("at", 0)) < MINUTES * 60
    return fresh and kept.get("phone") == phone


def forget(request: HttpRequest) -> None:
    request.session.pop(_SESSION, None)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def own_number(request: HttpRequest) -> HttpResponse:
    """A text goes to the number; the code of it proves. Only where texts can be sent."""
    if request.user.is_authenticated:
        return redirect("accounts:mine")
    if "code" in request.POST:
        return _prove(request)
    if not texts.can_send():
        raise Http404
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            codes.text(request, purpose=OneTimeCode.Purpose.OWN_NUMBER, phone=phone)
        except (NotIn, texts.CannotSend) as error:
            form.add_error("phone", str(error))
        else:
            asked = CodeForm(initial={"phone": phones.spoken(phone)})
            return render(request, "accounts/back/own_number.html", {"form": asked, "sent": True})
    return render(request, "accounts/back/own_number.html", {"form": form, "sent": False})


def _prove(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            codes.use(
                request,
                purpose=OneTimeCode.Purpose.OWN_NUMBER,
                code=form.cleaned_data["code"],
                phone=phone,
            )
        except NotIn as error:
            form.add_error("code", str(error))
        else:
            request.session[_SESSION] = {"phone": phone, "at": time.time()}
            messages.success(request, "Đúng là số của bạn. Bây giờ hãy điền để đăng ký.")
            return redirect("accounts:signup")
    return render(request, "accounts/back/own_number.html", {"form": form, "sent": True})
