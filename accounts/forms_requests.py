"""What people and officials type about requests for data."""

from __future__ import annotations

from typing import Any

from django import forms

from .forms import HiddenPinInput, NameField
from .models import DataRequest

Kind, Relation = DataRequest.Kind, DataRequest.Relation
_ASKED = (Kind.CORRECT, Kind.LOOKS, Kind.OBJECT, Kind.COPY, Kind.ERASE, Kind.OTHER)


class AskForm(forms.Form):
    """A request to the officer, for oneself or for a parent, a child, a ward."""

    kind = forms.ChoiceField(
        label="Bạn cần việc gì?",
        choices=[(kind.value, kind.label) for kind in _ASKED],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Hãy chọn một việc.",
            "invalid_choice": "Hãy chọn một việc trong danh sách.",
        },
    )
    relation = forms.ChoiceField(
        label="Cho ai?",
        choices=Relation.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Hãy chọn một trong bốn dòng."},
    )
    about_name = NameField(
        label="Họ và tên người đó",
        required=False,
        help_text="Chỉ ghi khi gửi thay người khác. Cán bộ sẽ hẹn gặp để xem giấy tờ; không chụp, không giữ.",
    )
    text = forms.CharField(
        label="Kể rõ thêm",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Đừng ghi số căn cước hay mật khẩu.",
        error_messages={"max_length": "Phần kể thêm dài quá 1.000 chữ cái. Hãy viết gọn lại."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        relation, name = data.get("relation"), data.get("about_name")
        if relation and not name and "about_name" not in self.errors:
            self.add_error("about_name", "Hãy ghi họ và tên người mà bạn gửi thay.")
        if not relation:
            data["about_name"] = ""
        if data.get("kind") in (Kind.OTHER, Kind.CORRECT) and not data.get("text"):
            self.add_error("text", "Hãy kể vài câu để cán bộ biết cần làm gì.")
        return data


class LeaveForm(forms.Form):
    """Sure, and the PIN where nothing else proved who sits there."""

    sure = forms.BooleanField(
        label="Tôi đã đọc và muốn xóa dữ liệu của tôi.",
        error_messages={"required": "Hãy đánh dấu vào ô này nếu bạn chắc chắn."},
    )
    pin = forms.CharField(
        label="Mã 6 số để đăng nhập",
        strip=False,
        max_length=200,
        widget=HiddenPinInput("current-password"),
        error_messages={"required": "Hãy gõ mã 6 số.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )

    def __init__(self, *args: Any, ask_pin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_pin:
            del self.fields["pin"]


class DeskForm(forms.Form):
    """An official's answer."""

    text = forms.CharField(
        label="Trả lời cho người gửi",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Người gửi đọc nguyên văn câu này trên trang của họ.",
        error_messages={
            "required": "Hãy ghi vài câu: người gửi sẽ đọc những câu này.",
            "max_length": "Câu trả lời dài quá 1.000 chữ cái. Hãy viết gọn lại.",
        },
    )
    third_party = forms.BooleanField(
        label="Cần bên khác cùng làm (hạn 20 ngày thay cho 15 ngày)", required=False
    )
    seen_papers = forms.BooleanField(
        label="Tôi đã gặp trực tiếp và xem giấy tờ chứng minh quan hệ (không chụp, không giữ)", required=False
    )

    def __init__(self, *args: Any, about: DataRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not about.relation:
            del self.fields["seen_papers"]
