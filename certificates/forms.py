"""What people type about papers."""

from __future__ import annotations

from typing import Any

from django import forms

from common.text import visible
from courses.models import Course

from . import serials
from .issuing import REASON_LETTERS


class CheckForm(forms.Form):
    """The number of a paper, typed from it."""

    so = forms.CharField(
        label="Số giấy",
        max_length=400,
        help_text="In ở góc dưới bên trái của giấy, ví dụ 7Q3XK-MR2TD-H. Chữ hoa hay chữ thường đều được.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "serial",
            }
        ),
        error_messages={
            "required": "Bạn chưa gõ số giấy.",
            "max_length": "Số giấy chỉ có 11 chữ và số. Bạn xem lại trên giấy rồi gõ lại.",
        },
    )

    def clean_so(self) -> str:
        try:
            return serials.parse(self.cleaned_data["so"])
        except serials.BadSerial as refusal:
            raise forms.ValidationError(str(refusal)) from None


class SearchForm(forms.Form):
    """What an official looks for among the papers of her places."""

    class State:
        LIVE, REVOKED = "con", "thu-hoi"

    q = forms.CharField(label="Tên người học hoặc số giấy", required=False, max_length=100)
    khoa = forms.ModelChoiceField(
        Course.objects.order_by("code"), label="Khóa học", required=False, empty_label="Mọi khóa học"
    )
    tinh_trang = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[("", "Mọi giấy"), (State.LIVE, "Còn hiệu lực"), (State.REVOKED, "Đã thu hồi")],
    )


class ReasonForm(forms.Form):
    """Why a paper is revoked or issued again, and that it is meant."""

    reason = forms.CharField(
        label="Lý do",
        max_length=REASON_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Hãy ghi lý do.",
            "max_length": f"Lý do chỉ ghi được nhiều nhất {REASON_LETTERS} chữ cái. Hãy ghi ngắn lại.",
        },
        help_text="Ai mở trang kiểm tra giấy cũng đọc được lý do này. Đừng ghi điều riêng tư của người học.",
    )
    sure = forms.BooleanField(error_messages={"required": "Hãy đánh dấu vào ô này để xác nhận."})

    def __init__(self, *args: Any, sure: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = sure

    def clean_reason(self) -> str:
        reason = visible(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError("Hãy ghi lý do.")
        return reason
