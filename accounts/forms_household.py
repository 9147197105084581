"""Forms about the people of one sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.text import fold
from places.fields import PlaceField

from . import consents
from .adapter import VietnamPhoneField
from .forms import BirthYearField, GuardianFields, HiddenPinInput, NameField, PinInput, group_field
from .models import Learner
from .pins import check_pin


class FaceSelect(forms.RadioSelect):
    """Radio buttons with what they stand for drawn beside the word."""

    template_name = "accounts/household/face_select.html"


def _colour_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Màu", choices=Learner.Colour.choices, widget=FaceSelect({"of": "colour"}))


def _picture_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Hình", choices=Learner.Picture.choices, widget=FaceSelect({"of": "picture"})
    )


class LookForm(forms.Form):
    picture = _picture_field()
    colour = _colour_field()


class AddForm(GuardianFields):
    """One more person. `uuid` is made with the page, so that pressing twice adds one."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    name = NameField(label="Họ và tên")
    birth_year = BirthYearField(label="Năm sinh")
    group = group_field("Nhóm")
    commune = PlaceField(label="Xã, phường nơi người này ở")
    picture = _picture_field()
    colour = _colour_field()
    consent = forms.BooleanField(
        label=consents.LEARNING[consents.CURRENT].short,
        help_text="Người được thêm tự đọc, hoặc nghe đọc, rồi mới đánh dấu.",
        error_messages={"required": "Cần người này đồng ý thì chúng tôi mới được lưu việc học."},
    )

    def __init__(self, *args: Any, people: list[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.ask_guardian()

    def clean_name(self) -> str:
        """Two cards of one name could not be told apart by who reads them aloud."""
        name = str(self.cleaned_data["name"])
        here = self.data.get("uuid")
        if any(fold(one.name) == fold(name) and str(one.public_id) != here for one in self.people):
            raise ValidationError(
                "Máy này đã có người tên như vậy. Hãy ghi thêm tên lót, hoặc tên gọi ở nhà."
            )
        return name


class UnlinkForm(forms.Form):
    """Who takes somebody off a phone knows what opens it: a phone left lying is not enough."""

    current = forms.CharField(
        label="Mã 6 số để đăng nhập máy này",
        help_text="Hỏi lại để không ai cầm máy mà cho người khác rời máy.",
        max_length=200,
        widget=HiddenPinInput("off"),
        error_messages={"required": "Hãy gõ mã đăng nhập.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )


class LeaveForm(forms.Form):
    """Her own number and a PIN of her own; who has none here shows that she may by the sign-in's."""

    current = forms.CharField(
        label="Mã 6 số để đăng nhập máy này",
        help_text="Mã cả nhà đang dùng. Hỏi lại để không ai lấy kết quả học của người khác.",
        max_length=40,
        widget=HiddenPinInput("off"),
        error_messages={"required": "Hãy gõ mã đăng nhập.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )

    phone = VietnamPhoneField(label="Số điện thoại của riêng bạn")
    pin = forms.CharField(
        label="Mã 6 số mới",
        help_text="Bạn tự chọn 6 chữ số và ghi nhớ. Đừng dùng năm sinh, 123456 hay 111111.",
        widget=PinInput,
        error_messages={"required": "Hãy chọn mã gồm 6 chữ số."},
    )

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        if learner.pin:  # she typed her own
            del self.fields["current"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "pin" in data:
            try:
                data["pin"] = check_pin(
                    data["pin"], birth_year=self.learner.birth_year, phone=data.get("phone", "")
                )
            except ValidationError as error:
                self.add_error("pin", error)
        return data
