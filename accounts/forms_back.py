"""What is typed to come back, and by who helps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.text import visible

from . import coming_back, own_pin
from .adapter import VietnamPhoneField
from .forms import BirthYearField, NameField, PinInput, borrowed_field
from .models import Learner, OneTimeCode, User


class PhoneForm(forms.Form):
    phone = VietnamPhoneField(label="Số điện thoại", help_text="Số bạn dùng để đăng nhập.")


def code_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Mã dùng một lần",
        help_text=help_text,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "pin"}),
        error_messages={"required": "Hãy gõ 6 số của mã.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )


def pin_field() -> forms.CharField:
    return forms.CharField(
        label="Mã 6 số mới",
        help_text="Bạn tự chọn 6 chữ số và ghi nhớ. Đừng dùng năm sinh, 123456 hay 111111.",
        max_length=40,
        widget=PinInput,
        error_messages={"required": "Hãy chọn mã mới gồm 6 chữ số.", "max_length": "Mã phải có 6 chữ số."},
    )


class CodeForm(forms.Form):
    phone = VietnamPhoneField(label="Số điện thoại")
    code = code_field("6 số trong tin nhắn, hoặc do người giúp bạn đưa.")


class MyCodeForm(forms.Form):
    code = code_field("6 số trong tin nhắn vừa gửi.")


class KnownForm(forms.Form):
    name = NameField(label="Họ và tên đã đăng ký", help_text="Ghi đủ họ, tên đệm và tên.")
    birth_year = BirthYearField(label="Năm sinh", help_text="Ví dụ: 1964.")


class NewPinForm(forms.Form):
    pin = pin_field()
    borrowed = borrowed_field()

    def __init__(self, *args: Any, row: OneTimeCode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def clean_pin(self) -> str:
        return coming_back.check_new(self.row, self.cleaned_data["pin"])


class OwnCodeForm(forms.Form):
    code = code_field("6 số do người giúp bạn đưa, hoặc trong tin nhắn.")
    pin = pin_field()

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.fields["pin"].label = "Mã 6 số mới của riêng bạn"

    def clean_pin(self) -> str:
        return own_pin.check_new(self.learner, self.cleaned_data["pin"])


def reason_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Lý do",
        max_length=200,
        help_text=help_text,
        error_messages={"required": "Hãy ghi lý do: bạn đã nhận ra người này bằng cách nào?"},
    )


def checked_reason(typed: str) -> str:
    text = visible(typed)
    if len(text) < 5:
        raise ValidationError("Hãy ghi rõ hơn: bạn đã nhận ra người này bằng cách nào?")
    return text


class FindForm(forms.Form):
    q = forms.CharField(
        label="Họ tên hoặc số điện thoại",
        max_length=60,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Hãy gõ họ tên hoặc số điện thoại."},
    )

    def clean_q(self) -> str:
        text = visible(self.cleaned_data["q"])
        if len(text) < 2:
            raise ValidationError("Hãy gõ ít nhất 2 chữ.")
        return text


class ReasonForm(forms.Form):
    reason = reason_field("Người học sẽ đọc được. Ví dụ: người khác đã lấy hồ sơ của bà ra số riêng.")

    def clean_reason(self) -> str:
        return checked_reason(self.cleaned_data["reason"])


class VouchForm(forms.Form):
    kind = forms.ChoiceField(
        label="Người này cần gì?",
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn một việc.", "invalid_choice": "Hãy chọn một việc."},
    )
    phone = VietnamPhoneField(
        label="Số điện thoại mới", required=False, help_text="Chỉ ghi khi đổi số, hoặc khi cần số riêng."
    )
    reason = reason_field("Người học sẽ đọc được. Ví dụ: đến Ủy ban, đã xem căn cước và nhận đúng người.")

    def __init__(self, *args: Any, by: User, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = coming_back.kinds_for(by, learner)
        self.fields["kind"].choices = [(kind, coming_back.KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        return checked_reason(self.cleaned_data["reason"])
