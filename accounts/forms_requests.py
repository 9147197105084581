"""What people and officials type about requests for data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.phones import spoken
from common.text import fold
from places.fields import PlaceField, Typed

from . import consents, correcting
from .adapter import VietnamPhoneField
from .forms import (
    BirthYearField,
    HiddenPinInput,
    NameField,
    guardian_consent_field,
    guardian_name_field,
)
from .models import DataRequest, Erasure, Learner

Kind, Relation = DataRequest.Kind, DataRequest.Relation
_SELF = "minh"  # an empty value would be taken for no answer
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
        choices=[(value or _SELF, words) for value, words in Relation.choices],
        initial=_SELF,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Hãy chọn một trong bốn dòng."},
    )
    about_name = NameField(
        label="Họ và tên người được thay",
        required=False,
        help_text="Cần khi gửi thay người khác. Cán bộ sẽ hẹn gặp để xem giấy tờ; không chụp, không giữ.",
    )
    text = forms.CharField(
        label="Kể rõ thêm",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Đừng ghi số căn cước hay mật khẩu.",
        error_messages={"max_length": "Phần kể thêm dài quá 1.000 chữ cái. Hãy viết gọn lại."},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            data["relation"] = data.get("relation") or _SELF
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("relation") == _SELF:
            data["relation"] = Relation.SELF.value
        relation, name = data.get("relation"), data.get("about_name")
        if relation and not name and "about_name" not in self.errors:
            self.add_error("about_name", "Hãy ghi họ và tên người mà bạn gửi thay.")
        if not relation:
            data["about_name"] = ""
        if data.get("kind") in (Kind.OTHER, Kind.CORRECT) and not data.get("text"):
            self.add_error("text", "Hãy kể vài câu để cán bộ biết cần làm gì.")
        return data


class GuardianForm(forms.Form):
    """The guardian of a child agrees to one purpose: her name, typed each time, and a mark."""

    guardian_name = guardian_name_field()
    guardian_consent = guardian_consent_field()

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.fields["guardian_name"].widget.attrs["autocomplete"] = "off"  # not the child's own

    def clean_guardian_name(self) -> str:
        name: str = self.cleaned_data["guardian_name"]
        if fold(name) == fold(self.learner.name):
            raise ValidationError("Đây là tên người học. Hãy ghi tên cha, mẹ hoặc người giám hộ.")
        return name


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


def _answer_field(words: str) -> forms.CharField:
    return forms.CharField(
        label=words,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Người gửi đọc nguyên văn câu này trên trang của họ.",
        error_messages={
            "required": "Hãy ghi vài câu: người gửi sẽ đọc những câu này.",
            "max_length": "Câu trả lời dài quá 1.000 chữ cái. Hãy viết gọn lại.",
        },
    )


def _seen_papers() -> forms.BooleanField:
    return forms.BooleanField(
        label="Tôi đã gặp trực tiếp và xem giấy tờ chứng minh quan hệ (không chụp, không giữ)",
        required=False,
    )


class DeskForm(forms.Form):
    """An official's answer."""

    text = _answer_field("Trả lời cho người gửi")
    third_party = forms.BooleanField(
        label="Cần bên khác cùng làm (hạn 20 ngày thay cho 15 ngày)", required=False
    )
    seen_papers = _seen_papers()

    def __init__(self, *args: Any, about: DataRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not about.relation:
            del self.fields["seen_papers"]


class ReopenForm(forms.Form):
    """Why what was closed waits again."""

    prefix = "lai"
    text = _answer_field("Vì sao mở lại")

    def __init__(self, *args: Any, about: DataRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class EraseForm(forms.Form):
    """An official erases: why, chosen from a list, and nothing in words."""

    prefix = "xoa"
    reason = forms.ChoiceField(
        label="Lý do xóa",
        choices=[each for each in Erasure.Reason.choices if each[0] != Erasure.Reason.HERSELF],
        widget=forms.RadioSelect,
        help_text="Lý do được giữ lại làm chứng, nên chỉ chọn trong danh sách, không ghi chữ.",
        error_messages={
            "required": "Hãy chọn lý do xóa.",
            "invalid_choice": "Hãy chọn một lý do trong danh sách.",
        },
    )
    seen_papers = _seen_papers()

    def __init__(self, *args: Any, about: DataRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not about.relation:
            del self.fields["seen_papers"]


class CorrectForm(forms.Form):
    """What an official corrects in a record, at a request; what is right stays as it stands."""

    name = NameField(label="Họ và tên")
    birth_year = BirthYearField(label="Năm sinh")
    commune = PlaceField(label="Xã, phường nơi ở")
    phone = VietnamPhoneField(label="Số điện thoại để đăng nhập", required=False)
    met = forms.BooleanField(
        label="Tôi đã gặp người này, hoặc gọi số đang dùng và đúng người này nghe",
        required=False,
        help_text="Chỉ cần khi sửa số điện thoại.",
    )
    seen_papers = _seen_papers()
    text = _answer_field("Viết cho người gửi")

    def __init__(self, *args: Any, about: DataRequest, learner: Learner, **kwargs: Any) -> None:
        phone = spoken(learner.user.phone) if learner.user and learner.user.phone else ""
        kwargs["initial"] = {
            "name": learner.name,
            "birth_year": learner.birth_year,
            "commune": Typed.of(learner.commune),
            "phone": phone,
        }
        super().__init__(*args, **kwargs)
        self.learner = learner
        # The browser must not offer the official's own name, year and number.
        for name in ("name", "birth_year", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if not correcting.may_change_phone(learner):
            del self.fields["phone"], self.fields["met"]
        if not about.relation:
            del self.fields["seen_papers"]

    def clean_birth_year(self) -> int:
        year: int = self.cleaned_data["birth_year"]
        if consents.needs_guardian(self.learner, year):
            raise ValidationError(
                "Theo năm này người học chưa đủ 16 tuổi: cần cha, mẹ hoặc người giám hộ đồng ý. "
                "Hãy nhờ họ cùng sửa ở trang Dữ liệu của tôi."
            )
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        held = self.learner.user.phone if self.learner.user else ""
        if data.get("phone") and data["phone"] != held and not data.get("met"):
            self.add_error("met", "Muốn sửa số điện thoại, phải biết chắc đúng là người này.")
        return data

    def changes(self) -> correcting.Changes:
        data = self.cleaned_data
        return correcting.Changes(
            name=data["name"],
            birth_year=data["birth_year"],
            commune=data["commune"],
            phone=data.get("phone", ""),
        )
