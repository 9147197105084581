"""What people type about help and about pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.text import visible
from places.fields import PlaceField

from .adapter import VietnamPhoneField
from .forms import NameField

LETTERS = 1000


class WordsField(forms.CharField):
    """Some lines of text, without what cannot be seen."""

    widget = forms.Textarea({"rows": 4})

    def __init__(self, **kwargs: Any) -> None:
        errors = {"max_length": f"Chỉ ghi được nhiều nhất {LETTERS} chữ. Hãy ghi ngắn lại."}
        errors["required"] = "Hãy ghi điều bạn muốn nói."
        super().__init__(max_length=LETTERS, error_messages=errors, **kwargs)

    def clean(self, value: Any) -> str:
        text = "\n".join(visible(line) for line in str(value or "").splitlines())
        return str(super().clean(text.strip()))


class Trap(forms.Form):
    """A field that people do not see: who fills it in is a machine."""

    trang_web = forms.CharField(required=False, widget=forms.HiddenInput())

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("trang_web"))


class WhereForm(forms.Form):
    xa = PlaceField(
        label="Xã, phường nơi bạn ở", help_text="Ghi tên hiện nay hoặc tên cũ trước khi sáp nhập."
    )


class MessageForm(Trap):
    name = NameField(label="Họ và tên")
    phone = VietnamPhoneField(
        label="Số điện thoại",
        required=False,
        help_text="Để cán bộ gọi lại. Không ghi thì sẽ không ai gọi được.",
    )
    text = WordsField(label="Bạn cần giúp việc gì?", help_text="Đừng ghi mật khẩu, mã 6 số hay số căn cước.")


class FeedbackForm(Trap):
    page = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput())
    helped = forms.ChoiceField(
        label="Trang này có giúp bạn không?",
        choices=[("co", "Có"), ("khong", "Không")],
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn Có hoặc Không.", "invalid_choice": "Hãy chọn Có hoặc Không."},
    )
    text = WordsField(label="Bạn muốn nói thêm điều gì?", required=False)

    def clean_page(self) -> str:
        return safe_path(self.cleaned_data["page"])

    @property
    def did_help(self) -> bool:
        return bool(self.cleaned_data["helped"] == "co")


# Pages that anybody may open, with what comes after; and pages of which only the first part is kept.
# What no list names is told to nobody: addresses of invitations, papers and people are secrets.
_OPEN = re.compile(r"/(khoa-hoc|thong-ke|tro-giup)/([\w-]+/){0,3}", re.ASCII)
_FIRST = re.compile(
    r"(/(tim|dang-ky|dang-nhap|giay|hoc-tap|kiem-tra|ai-dang-hoc|du-lieu-cua-toi|quan-ly|gop-y)/).*", re.ASCII
)


def safe_path(typed: str) -> str:
    """The page somebody speaks of, as far as it may be told to others; the home page for anything else."""
    path = visible(typed)[:300].partition("?")[0].partition("#")[0]
    first = _FIRST.fullmatch(path)
    return first[1] if first else path if _OPEN.fullmatch(path) else "/"


class ContactForm(forms.Form):
    name = forms.CharField(label="Tên người hoặc bộ phận trả lời", max_length=100)
    phone = forms.CharField(
        label="Số điện thoại",
        max_length=16,
        required=False,
        help_text="Máy bàn cũng được. Ví dụ 0225 3 123 456.",
    )
    hours = forms.CharField(label="Giờ làm việc", max_length=200, required=False)
    address = forms.CharField(label="Địa chỉ", max_length=200, required=False)

    def clean_phone(self) -> str:
        phone = visible(self.cleaned_data["phone"])
        if phone and not re.fullmatch(r"\+?[\d .-]{3,16}", phone, re.ASCII):
            raise ValidationError("Số điện thoại chỉ gồm các chữ số.")
        return phone


class MemberForm(forms.Form):
    name = NameField(label="Họ và tên")
    phone = VietnamPhoneField(label="Số điện thoại")
    area = forms.CharField(label="Thôn, tổ dân phố", max_length=100, required=False)
    agreed = forms.BooleanField(
        label="Người này đã đồng ý cho hiện tên và số điện thoại ở trang Trợ giúp, biết rằng có thể rút lại.",
        error_messages={"required": "Chỉ được hiện người đã đồng ý."},
    )
