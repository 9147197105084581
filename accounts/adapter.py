"""What allauth asks of us: phone numbers live on the user, and its English stays silent."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from common import phones

from . import codes, messages
from .models import Message, User


class VietnamPhoneField(forms.CharField):
    """Cleans any usual spelling to `+84912345678`."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "tel", "autocomplete": "tel"})
        self.widget.input_type = "tel"

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if not text.strip() and not self.required:
            return ""
        return phones.normalise(text[:100])


class AccountAdapter(DefaultAccountAdapter):
    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The screens say what happened; allauth's own words would be English."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people sign up at /dang-ky/, not through allauth's form

    def get_login_stages(self) -> list[str]:
        """Only the second factor: no code is sent by SMS or e-mail, and staff have no phone number."""
        return [stage for stage in super().get_login_stages() if ".mfa." in stage]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in, or confirmed that it is she, in the last quarter of an hour is not asked again."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not any(
            time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records
        )

    def phone_form_field(self, **kwargs: Any) -> VietnamPhoneField:
        return VietnamPhoneField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone = phones.normalise(phone)
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        User.objects.filter(pk=user.pk, phone=phone).update(phone_verified_at=timezone.now())

    def get_user_by_phone(self, phone: str) -> User | None:
        try:
            return User.objects.filter(phone=phones.normalise(phone)).first()
        except ValidationError:
            return None

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._text(phone, codes.words(code), Message.Purpose.CODE, user if user and user.pk else None)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._text(phone, "Hoc Vu So: so nay chua dang ky. Hay dang ky hoc, mien phi.")

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._text(phone, "Hoc Vu So: so nay da dang ky. Hay dang nhap bang ma 6 so cua ban.")

    def _text(self, phone: str, text: str, purpose: str = Message.Purpose.NOTICE, user: Any = None) -> None:
        """Raises `messages.CannotSend`, also without a gateway."""
        messages.send(to=phones.normalise(phone), text=text, purpose=purpose, user=user)
