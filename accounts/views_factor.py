"""The second step of signing in, and its set-up: an app's code, passkeys, recovery codes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as webauthn_flows
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import at_work
from .forms_factor import (
    AddKeyForm,
    CodeForm,
    ConfirmCodeForm,
    ConfirmKeyForm,
    ConfirmPasswordForm,
    KeyForm,
    TotpForm,
)
from .models import Role, User
from .second_factor import KINDS, has_one, is_demanded
from .sessions import current_learner
from .signing import let_in, next_url

Type = Authenticator.Type
STAFF_PAGES = ("/quan-ly/", "/admin/")
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Only who has a role sees these screens; to a learner they do not exist."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = _user(request)
        if not user.is_superuser and not Role.objects.active().filter(user=user).exists():
            raise Http404
        if current_learner(request) and not at_work.is_hers(request):
            return at_work.not_hers(request)
        return view(request, *args, **kwargs)

    return guarded


def fresh(view: View) -> View:
    """Whoever signed in or confirmed long ago confirms first that it is she."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_reauthentication_required(request, app="allauth.mfa"):
            to = request.get_full_path() if request.method == "GET" else reverse("mfa_index")
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': to})}")
        return view(request, *args, **kwargs)

    return guarded


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="accounts:signin")
def code(request: HttpRequest) -> HttpResponse:
    """The password was right; now the code, or the passkey."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user = stage.login.user
    form, key = _two_forms(request, user, CodeForm, KeyForm)
    for one in (form, key):
        if one.is_bound and one.is_valid():
            one.save()
            before = request.session.session_key
            return let_in(request, stage.exit(), user, before=before)
    return render(request, "accounts/code.html", {"form": form, **_key_context(user, key)})


def _two_forms(request: HttpRequest, user: User, by_code: Any, by_key: Any) -> tuple[Any, Any]:
    """A form for what is typed and one for what a passkey answered; only the posted one is bound."""
    data = request.POST if request.method == "POST" else None
    key = "credential" in request.POST
    return by_code(None if key else data, user=user), by_key(data if key else None, user=user)


def _key_context(user: User, key: Any) -> dict[str, Any]:
    """What the script needs to ask for a passkey, when she has one."""
    if not Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists():
        return {}
    return {"key": key, "options": webauthn.begin_authentication(user)}


@for_staff
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What she has, and what is still missing."""
    user = _user(request)
    found = list(Authenticator.objects.filter(user=user).order_by("pk"))
    recovery = next((one for one in found if one.type == Type.RECOVERY_CODES), None)
    context = {
        "totp": next((one for one in found if one.type == Type.TOTP), None),
        "keys": [one for one in found if one.type == Type.WEBAUTHN],
        "recovery_left": len(recovery.wrap().get_unused_codes()) if recovery else 0,
        "demanded": is_demanded(user),
        "has_one": any(one.type in KINDS for one in found),
        "next": next_url(request),
    }
    return render(request, "accounts/factor/index.html", context)


@for_staff
@fresh
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
        return redirect("mfa_index")
    form = TotpForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        totp_flows.activate_totp(request, form)
        messages.success(request, "Đã bật mã xác thực. Lần sau đăng nhập, bạn gõ thêm mã trong ứng dụng.")
        return _to_recovery(request)
    url = get_adapter().build_totp_url(user, form.secret)
    picture = base64.b64encode(get_adapter().build_totp_svg(url).encode()).decode()
    secret = " ".join(form.secret[i : i + 4] for i in range(0, len(form.secret), 4))
    context = {"form": form, "picture": picture, "url": url, "secret": secret, "next": next_url(request)}
    return render(request, "accounts/factor/totp.html", context)


def _to_recovery(request: HttpRequest) -> HttpResponse:
    to = next_url(request)
    return redirect(reverse("mfa_view_recovery_codes") + (f"?{urlencode({'next': to})}" if to else ""))


@for_staff
@fresh
@require_POST
def totp_remove(request: HttpRequest) -> HttpResponse:
    return _remove(request, get_object_or_404(Authenticator, user=_user(request), type=Type.TOTP))


@for_staff
@fresh
@require_POST
def key_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, get_object_or_404(Authenticator, user=_user(request), type=Type.WEBAUTHN, pk=pk))


def _remove(request: HttpRequest, factor: Authenticator) -> HttpResponse:
    """The last one stays where a role demands one."""
    user = _user(request)
    others = Authenticator.objects.filter(user=user, type__in=KINDS).exclude(pk=factor.pk)
    if is_demanded(user) and not others.exists():
        messages.error(
            request, "Công việc của bạn cần đăng nhập hai bước. Hãy thêm cách khác rồi mới bỏ cách này."
        )
    else:
        delete_and_cleanup(request, factor)
        messages.success(request, "Đã bỏ.")
    return redirect("mfa_index")


@for_staff
@fresh
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def key_add(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = AddKeyForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        webauthn_flows.add_authenticator(request, name=name, credential=credential)
        messages.success(request, "Đã thêm khóa. Lần sau đăng nhập, bạn dùng được khóa này.")
        return _to_recovery(request)
    options = webauthn_flows.begin_registration(request, user, passwordless=False)
    context = {"form": form, "options": options, "next": next_url(request)}
    return render(request, "accounts/factor/key.html", context)


@for_staff
@fresh
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """Ten codes for the day the phone is lost; new ones end the old."""
    user = _user(request)
    if not has_one(user):
        return redirect("mfa_index")
    if request.method == "POST":
        generate_recovery_codes(request)
        messages.success(request, "Đã tạo mã dự phòng mới. Các mã cũ không dùng được nữa.")
        return redirect("mfa_view_recovery_codes")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    if "tep" in request.GET:
        return _codes_file(user, codes)
    context = {"codes": codes, "next": next_url(request)}
    return render(request, "accounts/factor/recovery.html", context)


def _codes_file(user: User, codes: list[str]) -> HttpResponse:
    """To keep, or to print: plain text that opens everywhere, with a mark for old text editors."""
    lines = [
        "Học Vụ Số: mã dự phòng để đăng nhập hai bước",
        f"Của: {user.email or user.name}. Lập lúc {timezone.localtime():%H:%M %d/%m/%Y}.",
        "Mỗi mã dùng một lần. Cất nơi chỉ bạn mở được; đừng gửi cho ai.",
        "",
        *codes,
        "",
    ]
    text = "\ufeff" + "\r\n".join(lines)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ma-du-phong-hoc-vu-so.txt"'
    return response


@for_staff
@sensitive_post_parameters("code", "password", "credential")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """That it is still she: by her second factor, or by her password while she has none."""
    user = _user(request)
    by_code = ConfirmCodeForm if has_one(user) else ConfirmPasswordForm
    form, key = _two_forms(request, user, by_code, ConfirmKeyForm)
    if isinstance(form, ConfirmPasswordForm):
        form.of(current_learner(request))
    for one in (form, key):
        if one.is_bound and one.is_valid():
            one.save()
            at_work.remember(request)
            return redirect(next_url(request) or "mfa_index")
    to = next_url(request)
    context = {"form": form, "next": to, "work": to.startswith(STAFF_PAGES), **_key_context(user, key)}
    return render(request, "accounts/factor/confirm.html", context)
