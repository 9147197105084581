"""Setting, typing and changing a PIN of one's own."""

from __future__ import annotations

from typing import Any

from django import forms

from . import own_pin
from .forms import HiddenPinInput, PinInput
from .models import Learner


class OwnPinForm(forms.Form):
    pin = forms.CharField(
        label="Mã 6 số của riêng bạn",
        max_length=40,
        widget=HiddenPinInput("off"),
        error_messages={"required": "Hãy gõ mã của riêng bạn.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )


class NewOwnPinForm(forms.Form):
    """The PIN that proves who asks, then a new one of her own."""

    current = forms.CharField(
        label="Mã 6 số để đăng nhập",
        help_text="Mã cả nhà đang dùng để đăng nhập trên máy này.",
        max_length=40,
        widget=HiddenPinInput("off"),
        error_messages={"required": "Hãy gõ mã đăng nhập.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )
    pin = forms.CharField(
        label="Mã 6 số mới của riêng bạn",
        help_text="Chỉ mình bạn biết. Đừng dùng năm sinh, 123456 hay 111111.",
        max_length=40,
        widget=PinInput("off"),
        error_messages={
            "required": "Hãy chọn mã mới gồm 6 chữ số.",
            "max_length": "Mã phải có đúng 6 chữ số.",
        },
    )

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        if learner.pin:
            self.fields["current"].label = "Mã của riêng bạn đang dùng"
            self.fields["current"].help_text = ""

    def clean_pin(self) -> str:
        return own_pin.check_new(self.learner, self.cleaned_data["pin"])
