"""What is typed for the second step: the code of an app, a recovery code, a passkey's answer."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.core.exceptions import ValidationError

from .doors import Wait, claim, mark
from .forms import HiddenPinInput
from .models import Learner, SlowDown, User
from .pins import digits_of

USED_SECONDS = 180  # longer than a code may be right, with the tolerance of one step on each side
WRONG_KEY = "Khóa này chưa dùng được. Hãy thử lại, hoặc dùng mã 6 số."


def code_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Mã xác thực",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "pin"}),
        help_text=help_text,
        error_messages={"required": "Hãy gõ mã xác thực.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )


class CodeForm(AuthenticateForm):
    """A code of the app on her phone, or one of her recovery codes; tries are slowed down like a PIN's."""

    code = code_field(
        "Gồm 6 chữ số, xem trong ứng dụng xác thực trên điện thoại. Mất điện thoại thì gõ một mã dự phòng."
    )

    def clean_code(self) -> str:
        key = mark("code", self.user.pk)
        try:
            claim(key)
        except Wait as wait:
            raise ValidationError(str(wait)) from None
        self.cleaned_data["code"] = digits_of(self.cleaned_data["code"])
        used = "code-used:" + mark("used", self.user.pk, self.cleaned_data["code"])
        try:
            if cache.get(used):
                raise ValidationError("used")
            code = str(super().clean_code())
        except ValidationError:
            raise ValidationError("Mã xác thực chưa đúng. Hãy xem mã mới rồi gõ lại.") from None
        cache.set(used, True, USED_SECONDS)
        SlowDown.objects.filter(key=key).delete()
        return code


class ConfirmCodeForm(CodeForm):
    """The same for somebody who is in: that it is still she."""

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=True)


class ConfirmPasswordForm(forms.Form):
    """Who has no second factor yet gives her password again."""

    password = forms.CharField(
        label="Mật khẩu",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "Hãy gõ mật khẩu.", "max_length": "Mật khẩu này quá dài. Hãy xem lại."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.known, self.word = user.password, "Mật khẩu" if user.email else "Mã 6 số"
        field = self.fields["password"]
        field.label = self.word
        field.error_messages["required"] = f"Hãy gõ {self.word.lower()}."
        if not user.email:
            field.widget = HiddenPinInput("current-password")

    def of(self, learner: Learner | None) -> None:
        """Who has a PIN of her own beside the household's types that one."""
        if learner and learner.pin and not self.user.email:
            self.known = learner.pin
            self.fields["password"].label = "Mã của riêng bạn"

    def clean_password(self) -> str:
        key = mark("confirm", self.user.pk)
        try:
            claim(key)
        except Wait as wait:
            raise ValidationError(str(wait)) from None
        secret = str(self.cleaned_data["password"])
        if not check_password(secret if self.user.email else digits_of(secret), self.known):
            raise ValidationError(f"{self.word} chưa đúng. Hãy thử lần nữa.")
        SlowDown.objects.filter(key=key).delete()
        return secret

    def save(self) -> None:
        reauthenticate_by_password(context.request)


class TotpForm(ActivateTOTPForm):
    code = code_field("Gõ 6 chữ số mà ứng dụng vừa hiện ra.")

    def clean_code(self) -> str:
        self.cleaned_data["code"] = digits_of(self.cleaned_data["code"])
        try:
            return str(super().clean_code())
        except ValidationError:
            raise ValidationError("Mã chưa đúng. Hãy xem mã mới trong ứng dụng rồi gõ lại.") from None


def _credential() -> forms.JSONField:
    words = {"required": WRONG_KEY, "invalid": WRONG_KEY}
    return forms.JSONField(widget=forms.HiddenInput, error_messages=words)


class KeyForm(AuthenticateWebAuthnForm):
    """What a passkey answered; posted by the script."""

    credential = _credential()

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
            raise ValidationError(WRONG_KEY) from None


class ConfirmKeyForm(KeyForm):
    reauthenticated = True


class AddKeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label="Tên của khóa",
        required=False,
        max_length=60,
        help_text="Để bạn nhận ra nó, ví dụ: điện thoại của tôi.",
        error_messages={"max_length": "Tên này dài quá 60 chữ."},
    )
    credential = _credential()

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
            raise ValidationError(WRONG_KEY) from None
