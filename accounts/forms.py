"""What people type about themselves, and in the words they are told when it cannot be taken."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from common.text import clean_name, fold, visible
from places.fields import PlaceField

from . import consents
from .adapter import VietnamPhoneField
from .models import Learner
from .pins import check_pin

OLDEST, YOUNGEST = 120, 5  # years of age


class PinInput(forms.TextInput):
    """Shown while it is typed, as there is no second field to catch a slip; never sent back."""

    def __init__(self, autocomplete: str = "new-password") -> None:
        super().__init__(
            {"inputmode": "numeric", "autocomplete": autocomplete, "class": "pin", "maxlength": "12"}
        )

    def format_value(self, value: Any) -> None:
        return None


def borrowed_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="Đây là máy mượn",
        required=False,
        help_text="Dùng nhờ máy người khác thì đánh dấu. Xong thì bấm Thoát: máy này sẽ quên bạn.",
    )


class BorrowedForm(forms.Form):
    """The one question of a door where nothing is typed."""

    borrowed = borrowed_field()


class HiddenPinInput(PinInput):
    input_type = "password"


class NameField(forms.CharField):
    """Cleans to a name of at most 60 letters; says in Vietnamese what is wrong with another."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if not visible(text) and not self.required:
            return ""
        return clean_name(text)


class BirthYearField(forms.CharField):
    """Cleans to a year of birth as a number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": "10"})

    def clean(self, value: Any) -> int:
        text = visible(unicodedata.normalize("NFKC", str(value or "")))
        if not text:
            raise ValidationError("Hãy ghi năm sinh, ví dụ 1964.", code="required")
        if not re.fullmatch(r"\d{4}", text, re.ASCII):
            raise ValidationError("Năm sinh gồm 4 chữ số, ví dụ 1964.", code="invalid")
        year, today = int(text), timezone.localdate().year
        if year > today:
            raise ValidationError(f"Năm {year} chưa tới. Hãy xem lại năm sinh.", code="future")
        if not today - OLDEST <= year <= today - YOUNGEST:
            raise ValidationError(
                f"Năm sinh phải từ {today - OLDEST} đến {today - YOUNGEST}. Hãy xem lại.", code="range"
            )
        return year


def guardian_name_field() -> NameField:
    return NameField(
        label="Họ và tên cha, mẹ hoặc người giám hộ",
        help_text="Người học dưới 16 tuổi cần có người lớn đồng ý.",
    )


def guardian_consent_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="Tôi là cha, mẹ hoặc người giám hộ của người học này, và tôi đồng ý.",
        error_messages={"required": "Người giám hộ cần đánh dấu vào ô này."},
    )


class GuardianFields(forms.Form):
    """Two more fields that appear once the year of birth says the learner is under 16."""

    learner: Learner | None = None

    def ask_guardian(self) -> None:
        """Call at the end of __init__: adds the fields when what was typed asks for them."""
        try:
            year = BirthYearField().clean(self.data.get("birth_year"))
        except ValidationError:
            return
        if self._needed(year):
            self.fields["guardian_name"] = guardian_name_field()
            self.fields["guardian_consent"] = guardian_consent_field()

    def _needed(self, year: int) -> bool:
        if self.learner is not None:
            return consents.needs_guardian(self.learner, year)
        return consents.is_child(year)


def group_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Learner.Group.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Hãy chọn nhóm của bạn.",
            "invalid_choice": "Hãy chọn một trong bốn nhóm.",
        },
    )


def _gender_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Giới tính",
        choices=Learner.Gender.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Hãy chọn Nữ, Nam hoặc Không nêu."},
    )


class SignUpForm(GuardianFields):
    """The six things we need to know, and consent to keep them."""

    name = NameField(label="Họ và tên", help_text="Tên này sẽ in trên giấy ghi nhận của bạn.")
    phone = VietnamPhoneField(label="Số điện thoại", help_text="Dùng để đăng nhập. Ví dụ: 0912 345 678.")
    commune = PlaceField(
        label="Xã, phường nơi bạn ở",
        help_text="Ghi tên xã, phường hiện nay, hoặc tên cũ trước khi sáp nhập.",
    )
    birth_year = BirthYearField(label="Năm sinh", help_text="Ví dụ: 1964.")
    group = group_field("Bạn thuộc nhóm nào?")
    pin = forms.CharField(
        label="Mã 6 số để đăng nhập",
        help_text="Bạn tự chọn 6 chữ số và ghi nhớ. Đừng dùng năm sinh, 123456 hay 111111.",
        widget=PinInput,
        error_messages={"required": "Hãy chọn mã gồm 6 chữ số."},
    )
    consent = forms.BooleanField(
        label=consents.LEARNING[consents.CURRENT].short,
        error_messages={"required": "Cần bạn đồng ý thì chúng tôi mới được lưu việc học của bạn."},
    )
    borrowed = borrowed_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_guardian()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "pin" in data:
            try:
                data["pin"] = check_pin(
                    data["pin"], birth_year=data.get("birth_year"), phone=data.get("phone", "")
                )
            except ValidationError as error:
                self.add_error("pin", error)
        return data


class NeighbourhoodField(forms.CharField):
    """A thôn or tổ dân phố, chosen from the known ones or typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=60,
            error_messages={"max_length": "Tên thôn, tổ dân phố dài quá 60 chữ cái. Hãy ghi ngắn lại."},
            **kwargs,
        )
        self.widget.attrs.update({"list": "neighbourhoods", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = visible(str(value or ""))
        if text and not any(c.isalnum() for c in text):
            raise ValidationError("Hãy ghi tên bằng chữ hoặc số, ví dụ: Thôn 1.", code="invalid")
        return str(super().clean(text))


class MoreForm(forms.Form):
    neighbourhood = NeighbourhoodField(
        label="Thôn, tổ dân phố", help_text="Ví dụ: Thôn An Thái, Tổ dân phố số 3."
    )
    gender = _gender_field()


class SignInForm(forms.Form):
    login = forms.CharField(
        label="Số điện thoại",
        max_length=254,
        widget=forms.TextInput({"autocomplete": "username", "inputmode": "tel", "spellcheck": "false"}),
        error_messages={
            "required": "Hãy ghi số điện thoại bạn đã đăng ký.",
            "max_length": "Số điện thoại này quá dài. Hãy xem lại.",
        },
    )
    password = forms.CharField(
        label="Mã 6 số",
        strip=False,
        max_length=200,
        widget=HiddenPinInput("current-password"),
        error_messages={"required": "Hãy gõ mã 6 số.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )
    borrowed = borrowed_field()

    def __init__(self, *args: Any, by_mail: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("maxlength", None)
        if by_mail:
            self._for_staff()

    def _for_staff(self) -> None:
        """The same door with a full keyboard."""
        login, password = self.fields["login"], self.fields["password"]
        login.label = "Thư điện tử"
        login.widget = forms.EmailInput({"autocomplete": "username", "spellcheck": "false"})
        login.error_messages["required"] = "Hãy ghi thư điện tử."
        password.label = "Mật khẩu"
        password.widget = forms.PasswordInput({"autocomplete": "current-password"})
        password.error_messages["required"] = "Hãy gõ mật khẩu."


class MineForm(GuardianFields):
    """Correct what we keep about a person; results already recorded keep what was true then."""

    name = NameField(label="Họ và tên")
    commune = PlaceField(label="Xã, phường nơi bạn ở")
    neighbourhood = NeighbourhoodField(label="Thôn, tổ dân phố")
    birth_year = BirthYearField(label="Năm sinh")
    group = group_field("Nhóm")
    gender = _gender_field()

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        self.learner = learner
        kwargs["initial"] = {
            "name": learner.name,
            "commune": learner.commune,
            "neighbourhood": learner.neighbourhood.name if learner.neighbourhood else "",
            "birth_year": learner.birth_year,
            "group": learner.group,
            "gender": learner.gender,
        }
        super().__init__(*args, **kwargs)
        self.ask_guardian()

    def clean(self) -> dict[str, Any]:
        """A thôn of the old commune does not move to the new one by itself."""
        data = super().clean() or self.cleaned_data
        old = self.learner.neighbourhood if self.learner else None
        if old and data.get("commune") != old.place and fold(data.get("neighbourhood", "")) == fold(old.name):
            data["neighbourhood"] = ""
        return data


class PinForm(forms.Form):
    """A new PIN, after the present one."""

    current = forms.CharField(
        label="Mã đang dùng",
        widget=HiddenPinInput("current-password"),
        error_messages={"required": "Hãy gõ mã bạn đang dùng."},
    )
    pin = forms.CharField(
        label="Mã 6 số mới",
        help_text="Bạn tự chọn 6 chữ số và ghi nhớ. Đừng dùng năm sinh, 123456 hay 111111.",
        widget=PinInput,
        error_messages={"required": "Hãy chọn mã mới gồm 6 chữ số."},
    )

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner

    def clean_pin(self) -> str:
        phone = (self.learner.user.phone or "") if self.learner.user else ""
        return check_pin(self.cleaned_data["pin"], birth_year=self.learner.birth_year, phone=phone)
