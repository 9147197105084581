"""A number is proved by a code that is texted to it.

`/dang-ky/so-cua-toi/`: the end of a sign-up where texts can be sent; or somebody else used it
before, now it is hers. `/du-lieu-cua-toi/so/`: the one she signs in by, so that later a text alone
helps her back.
"""

from __future__ import annotations

import time
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common import phones
from places.codes import PlaceError, by_code

from . import codes
from . import messages as texts
from .doors import NotIn
from .forms_back import CodeForm, MyCodeForm, PhoneForm
from .models import Learner, OneTimeCode, User
from .owning import own_data
from .registering import PhoneTaken, register
from .signing import renew, sign_in, with_next

MINUTES = 15
_SESSION, _FILLED = "own_number", "signup_filled"
_KEPT = ("name", "birth_year", "group", "guardian_name", "borrowed")  # of a sign-up that waits for the proof


def is_proved(request: HttpRequest, phone: str) -> bool:
    """She proved in this browser, in the last 15 minutes, that she holds this number."""
    kept = request.session.get(_SESSION) or {}
    fresh = 0 <= time.time() - float(kept.get("at", 0)) < MINUTES * 60
    return fresh and kept.get("phone") == phone


def remember(request: HttpRequest, phone: str) -> None:
    """She holds this number: for 15 minutes a sign-up takes it over."""
    request.session[_SESSION] = {"phone": phone, "at": time.time()}


def forget(request: HttpRequest) -> None:
    request.session.pop(_SESSION, None)
    request.session.pop(_FILLED, None)


def keep(request: HttpRequest, data: dict[str, Any], *, to: str = "") -> None:
    """What she filled in at sign-up waits here for 15 minutes, while she proves her number.

    Of her PIN the hash alone, as her sign-in would keep it; `to`: where she wanted to go.
    """
    filled = {name: data[name] for name in _KEPT if name in data}
    filled |= {"phone": data["phone"], "commune": data["commune"].code}
    kept = {"at": time.time(), "filled": filled, "pin": make_password(data["pin"]), "to": to}
    request.session[_FILLED] = kept
    request.session.set_expiry(MINUTES * 60)


def filled(request: HttpRequest) -> dict[str, Any]:
    """For the sign-up form, once the number is proved: the phone may have gone to other hands meanwhile."""
    kept = _filled(request).get("filled")
    if not kept or not is_proved(request, kept["phone"]):
        return {}
    return kept | {"phone": phones.spoken(kept["phone"])}


def _filled(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(_FILLED) or {}
    fresh = 0 <= time.time() - float(kept.get("at", 0)) < MINUTES * 60
    return dict(kept) if fresh else {}


def _waits(request: HttpRequest, phone: str) -> bool:
    """A sign-up with this number waits in this browser for its proof."""
    return _filled(request).get("filled", {}).get("phone") == phone


def welcome(request: HttpRequest, learner: Learner, *, to: str, borrowed: bool) -> HttpResponse:
    """She signed up just now: in, and on to what may still be asked."""
    forget(request)
    user = cast(User, learner.user)
    return sign_in(request, user, to=with_next("accounts:more", to), signup=True, borrowed=borrowed)


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
        return render(request, "accounts/back/own_number.html", {"cannot": True})
    initial = {"phone": phones.spoken(_filled(request).get("filled", {}).get("phone", ""))}
    form = PhoneForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        if not texts.arrives(phone) and (done := _sign_up(request, phone, proved=False)):
            return done
        try:
            _text(request, phone)
        except (NotIn, texts.CannotSend) as error:
            if "again" in request.POST:
                return _code_page(request, phone, error=str(error))
            form.add_error("phone", str(error))
        else:
            return _code_page(request, phone)
    return render(request, "accounts/back/own_number.html", {"form": form, "sent": False})


def ask_code(request: HttpRequest, phone: str) -> HttpResponse:
    """A sign-up waits: the code that comes to its number proves whose it is."""
    try:
        _text(request, phone)
    except (NotIn, texts.CannotSend) as error:
        return _code_page(request, phone, error=str(error))
    return _code_page(request, phone)


def _text(request: HttpRequest, phone: str) -> None:
    """A number of nobody needs no proof but for a sign-up: the same answer, and no stranger is texted."""
    needless = not _waits(request, phone) and not User.objects.filter(phone=phone).exists()
    codes.text(request, purpose=OneTimeCode.Purpose.OWN_NUMBER, phone=phone, nobody=needless)


def _code_page(request: HttpRequest, phone: str, *, error: str = "") -> HttpResponse:
    form = CodeForm(initial={"phone": phones.spoken(phone)})
    context = {"form": form, "sent": True, "error": error, "signing_up": _waits(request, phone)}
    return render(request, "accounts/back/own_number.html", context)


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
            renew(request)
            return _sign_up(request, phone, proved=True) or _look_again(request, phone)
    signing_up = _waits(request, str(form.cleaned_data.get("phone", "")))
    context = {"form": form, "sent": True, "signing_up": signing_up}
    return render(request, "accounts/back/own_number.html", context)


def _sign_up(request: HttpRequest, phone: str, *, proved: bool) -> HttpResponse | None:
    """The sign-up that waited for the proof; None without one, or where somebody uses the number.

    Not `proved`: no text comes to her, and without a carrier she would have come in so.
    """
    kept = _filled(request)
    if not _waits(request, phone) or User.objects.filter(phone=phone).exists():
        return None
    given = {**kept["filled"], "hashed": kept["pin"]}
    borrowed = given.pop("borrowed", False)
    try:
        given["commune"] = by_code(given["commune"])
        learner = register(**given, proved=proved)
    except (PlaceError, PhoneTaken):  # the commune ended, or another was quicker: she looks again
        return None
    return welcome(request, learner, to=kept["to"], borrowed=borrowed)


def _look_again(request: HttpRequest, phone: str) -> HttpResponse:
    """Whoever used this number loses it by the next sign-up: she looks at all of it once more."""
    remember(request, phone)
    messages.success(request, "Đúng là số của bạn. Hãy xem lại rồi chọn mã 6 số để đăng ký.")
    return redirect("accounts:signup")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@own_data
def my_number(request: HttpRequest, learner: Learner) -> HttpResponse:
    """She is in, and proves the number she signs in by."""
    user = learner.user
    if user is None or not user.phone or user.phone_verified_at or user.email:
        return redirect("accounts:mine")
    if "code" in request.POST:
        return _prove_mine(request, user)
    if not texts.can_send():
        return redirect("accounts:mine")
    sent, error = False, ""
    if request.method == "POST":
        try:
            codes.text(request, purpose=OneTimeCode.Purpose.OWN_NUMBER, user=user, phone=user.phone)
            sent = True
        except (NotIn, texts.CannotSend) as refusal:
            # A moment ago one was sent: the place to type it must be there.
            sent, error = isinstance(refusal, codes.TooSoon), str(refusal)
    return _my_number_page(request, user, MyCodeForm(), sent=sent, error=error)


def _prove_mine(request: HttpRequest, user: User) -> HttpResponse:
    form = MyCodeForm(request.POST)
    if form.is_valid():
        try:
            row = codes.use(
                request,
                purpose=OneTimeCode.Purpose.OWN_NUMBER,
                code=form.cleaned_data["code"],
                user=user,
                phone=user.phone or "",
            )
        except NotIn as error:
            form.add_error("code", str(error))
        else:
            User.objects.filter(pk=user.pk, phone=row.phone).update(phone_verified_at=timezone.now())
            messages.success(request, "Đã biết chắc số này là của bạn. Quên mã thì chỉ cần tin nhắn.")
            return redirect("accounts:mine")
    return _my_number_page(request, user, form, sent=True)


def _my_number_page(
    request: HttpRequest, user: User, form: MyCodeForm, *, sent: bool, error: str = ""
) -> HttpResponse:
    context = {"form": form, "sent": sent, "phone": phones.spoken(user.phone or ""), "error": error}
    return render(request, "accounts/back/my_number.html", context)
