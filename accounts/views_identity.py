"""Signing in by the state's identity, and saying once whose it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import throttles

from . import identities, oidc, own_pin
from .adapter import VietnamPhoneField
from .doors import NotIn, TooMany, WrongSecret, address_of, enter
from .forms import HiddenPinInput, borrowed_field
from .merging import canonical_of
from .models import Identity, Learner, User
from .sessions import choose, current_learner, forget_learner
from .signing import BORROWED, let_in, next_url, sign_in

STARTS_AN_HOUR = 600  # from one address: a hall, and its slips
_PIN_WORDS = {"required": "Hãy gõ mã 6 số.", "max_length": "Mã này quá dài. Hãy xem lại."}


class LinkForm(forms.Form):
    """Her phone number and the PIN of its sign-in; on a shared phone also who she is, and her own PIN."""

    phone = VietnamPhoneField(label="Số điện thoại", help_text="Số bạn đã dùng khi đăng ký học ở đây.")
    pin = forms.CharField(
        label="Mã 6 số", max_length=40, widget=HiddenPinInput("current-password"), error_messages=_PIN_WORDS
    )
    borrowed = borrowed_field()


class WhoForm(forms.Form):
    learner = forms.ChoiceField(
        label="Bạn là ai?",
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn tên của bạn.", "invalid_choice": "Hãy chọn tên của bạn."},
    )
    own = forms.CharField(
        label="Mã 6 số của riêng bạn",
        help_text="Chỉ cần khi bạn đã đặt mã riêng.",
        required=False,
        max_length=40,
        widget=HiddenPinInput("off"),
        error_messages=_PIN_WORDS,
    )

    def __init__(self, *args: object, learners: list[Learner], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["learner"].choices = [(str(one.pk), one.name) for one in learners]  # type: ignore[attr-defined]


@never_cache
@require_GET
def identity(request: HttpRequest) -> HttpResponse:
    """On to the provider, when there is one."""
    if not oidc.is_on():
        raise Http404
    address = address_of(request)
    if not throttles.allowed(f"identity:{address}", limit=STARTS_AN_HOUR, seconds=3600):
        raise TooMany
    request.session[identities.ON_BORROWED] = bool(request.GET.get("borrowed"))
    try:
        there = oidc.start(request, to=next_url(request))
    except oidc.ProviderDown:
        return _down(request)
    return _on_to(request, there["Location"])


def _on_to(request: HttpRequest, there: str) -> HttpResponse:
    """A page that goes on by itself, and a link for browsers that do not.

    No redirect: the button is a form, and `form-action` binds all that a form leads to. Whose
    hosts the provider sends her on to is not ours to know.
    """
    response = render(request, "accounts/identity_on.html", {"provider": oidc.name(), "there": there})
    response["Refresh"] = f"0;url={there}"
    return response


@never_cache
@require_GET
def identity_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    if not oidc.is_on() or provider_id != oidc.PROVIDER:
        raise Http404
    before, borrowed = request.session.session_key, bool(request.session.get(identities.ON_BORROWED))
    try:
        response = oidc.finish(request)
    except oidc.ProviderDown:
        return _down(request)
    except (oidc.Cancelled, oidc.OldTab):
        messages.info(
            request, f"Bạn chưa đăng nhập bằng {oidc.name()}. Bạn có thể thử lại, hoặc dùng mã 6 số."
        )
        return redirect("accounts:signin")
    if request.session.session_key != before or not request.user.is_authenticated:
        request.session[BORROWED] = borrowed  # also through the second factor
    if isinstance(request.user, User) and request.session.session_key != before:
        _as_herself(request, request.user)
        return let_in(request, response, request.user, before=before)
    return response


def _as_herself(request: HttpRequest, user: User) -> None:
    linked = Identity.objects.filter(account__user=user, account__provider=oidc.PROVIDER)
    uid = next(
        (m["uid"] for m in request.session.get("account_authentication_methods", []) if "uid" in m), ""
    )
    if found := linked.filter(account__uid=uid).select_related("learner").first():
        _choose(request, canonical_of(found.learner))


def _choose(request: HttpRequest, learner: Learner) -> None:
    """An identity is of one person: on a shared phone she is the one who learns now."""
    forget_learner(request)
    choose(request, learner)


def _down(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/identity_down.html", {"provider": oidc.name()}, status=503)


@never_cache
@sensitive_post_parameters("pin", "own")
@require_http_methods(["GET", "POST"])
def identity_link(request: HttpRequest) -> HttpResponse:
    """The first time: whose identity is it? Nothing is linked without her PIN."""
    waiting = identities.held(request)
    if waiting is None:
        return redirect("accounts:signin")
    if "user" in waiting:
        return _who(request, waiting)
    initial = {"borrowed": waiting.get("borrowed")}
    form = LinkForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            user = enter(request, login=form.cleaned_data["phone"], secret=form.cleaned_data["pin"])
        except (NotIn, ValidationError) as error:
            form.add_error("pin" if isinstance(error, WrongSecret) else "phone", str(error))
        else:
            return _proven(request, user, {**waiting, "borrowed": form.cleaned_data["borrowed"]})
    return _link_page(request, form)


def _link_page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context = {"form": form, "provider": oidc.name(), "who": isinstance(form, WhoForm)}
    return render(request, "accounts/identity_link.html", context)


def _proven(request: HttpRequest, user: User, waiting: dict[str, Any]) -> HttpResponse:
    learners = list(Learner.objects.standing().filter(user=user).order_by("seat"))
    if len(learners) == 1 and not learners[0].pin:
        return _link(request, learners[0], waiting)
    request.session[identities.HELD] = {**waiting, "user": user.pk}
    return redirect("accounts:identity_link")


def _who(request: HttpRequest, waiting: dict[str, Any]) -> HttpResponse:
    """The phone is shared: which of its people, proved by her own PIN where she has one."""
    learners = list(
        Learner.objects.standing().filter(user=waiting["user"], user__is_active=True).order_by("seat")
    )
    form = WhoForm(request.POST if request.method == "POST" else None, learners=learners)
    if form.is_valid():
        learner = next(one for one in learners if str(one.pk) == form.cleaned_data["learner"])
        try:
            _check_own(request, learner, form.cleaned_data["own"])
        except NotIn as error:
            form.add_error("own", str(error))
        else:
            return _link(request, learner, waiting)
    return _link_page(request, form)


def _check_own(request: HttpRequest, learner: Learner, pin: str) -> None:
    """Her own PIN where she has one; where she must have one first, that is said. Raises NotIn, TooMany."""
    if learner.pin:
        own_pin.check(request, learner, pin)
    elif own_pin.needed(learner):
        raise NotIn(
            "Bạn đã có giấy ghi nhận và nhiều người học chung số này. Hãy đăng nhập bằng số điện thoại, "
            "đặt mã của riêng bạn ở “Dữ liệu của tôi”, rồi nối lại."
        )


def _link(request: HttpRequest, learner: Learner, waiting: dict[str, Any]) -> HttpResponse:
    assert learner.user is not None  # noqa: S101 - she was found by her sign-in
    identities.forget(request)
    try:
        identities.link(learner=learner, provider=waiting["provider"], uid=waiting["uid"])
    except identities.AlreadyLinked as error:
        messages.error(request, str(error))
        return redirect("accounts:signin")
    response = sign_in(request, learner.user, to=waiting["to"], known=True, borrowed=waiting["borrowed"])
    if request.user.is_authenticated:
        _choose(request, learner)
        messages.success(request, f"Từ nay bạn đăng nhập được bằng {oidc.name()}.")
    return response


@require_POST
@own_pin.own_pin_required
def identity_unlink(request: HttpRequest) -> HttpResponse:
    learner = current_learner(request)
    if learner and identities.unlink(learner=learner):
        messages.success(request, "Đã bỏ nối. Bạn vẫn đăng nhập bằng số điện thoại và mã 6 số.")
    return redirect("accounts:mine")
