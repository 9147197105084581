"""What people type about roles and invitations."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from common.text import fold, visible
from places.models import Organisation, Place

from . import offering
from .access import organisations_within, places_within
from .adapter import VietnamPhoneField
from .forms import HiddenPinInput, NameField
from .forms_back import pin_field
from .inviting import check_secret
from .models import Role, User
from .passwords import LONGEST, SHORTEST, check_password
from .roles import RoleRefused, grantable, opens, refuse

YEARS = 5


def end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The moment after the last day on which a role holds."""
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()))


def last_day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(moment - datetime.timedelta(seconds=1)) if moment else None


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UntilField(forms.DateField):
    """The last day, today or later, at most five years ahead; empty means no end."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y"])
        kwargs.setdefault("error_messages", {"invalid": "Hãy ghi ngày như 31/12/2026."})
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        today = timezone.localdate()
        if day and day < today:
            raise ValidationError("Ngày này đã qua. Hãy chọn hôm nay hoặc một ngày sau.")
        if day and day > today + datetime.timedelta(days=365 * YEARS):
            raise ValidationError(f"Nhiều nhất là {YEARS} năm kể từ hôm nay.")
        return day


def places_of(by: User) -> Any:
    """The places of today she may give roles for, the city first."""
    if by.is_superuser:
        held = Place.objects.all()
    else:
        manage = Role.Kind.OFFICIAL_MANAGE
        ours = organisations_within(by, manage).values("place")
        held = Place.objects.filter(Q(pk__in=places_within(by, manage).values("pk")) | Q(pk__in=ours))
    return held.current().order_by("-level", "short_name")


def find_organisation(place: Place, typed: str) -> Organisation | None:
    """By its name in this place, with or without marks. Raises ValidationError."""
    wanted = fold(visible(typed))
    if not wanted:
        return None
    for organisation in place.organisations.select_related("parent"):
        if fold(organisation.name) == wanted:
            return organisation
    raise ValidationError(f"Ở {place.name} chưa có tổ chức tên “{visible(typed)[:60]}”.")


class GrantForm(forms.Form):
    """One role for one person; who is not known yet is invited by e-mail, or by her number."""

    email = forms.EmailField(
        label="Thư điện tử",
        max_length=254,
        required=False,
        help_text="Người này sẽ đăng nhập bằng địa chỉ này. Không có thì để trống.",
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "invalid": "Địa chỉ này chưa đúng. Ví dụ: chi@haiphong.gov.vn.",
            "max_length": "Địa chỉ này quá dài. Hãy xem lại.",
        },
    )
    phone = VietnamPhoneField(
        label="Số điện thoại",
        required=False,
        help_text="Khi không có thư điện tử: chỉ cho người hướng dẫn và cán bộ xem số liệu.",
    )
    name = NameField(label="Họ và tên")
    kind = forms.ChoiceField(
        label="Vai trò",
        error_messages={
            "required": "Hãy chọn vai trò.",
            "invalid_choice": "Bạn không giao được vai trò này.",
        },
    )
    place = forms.ModelChoiceField(
        label="Nơi phụ trách",
        queryset=Place.objects.none(),
        empty_label="Hãy chọn",
        error_messages={
            "required": "Hãy chọn nơi phụ trách.",
            "invalid_choice": "Bạn không giao được vai trò cho nơi này.",
        },
    )
    organisation = forms.CharField(
        label="Chỉ trong một tổ chức",
        required=False,
        max_length=200,
        help_text="Tên trường, hội, doanh nghiệp hoặc tổ công nghệ số ở nơi đó. Để trống nếu cho cả nơi.",
    )
    until = UntilField(label="Đến hết ngày", help_text="Để trống nếu không có hạn.")

    def __init__(self, *args: Any, by: User, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.person = by, person
        if person is not None:
            del self.fields["email"], self.fields["phone"], self.fields["name"]
        else:
            self.fields["phone"].widget.attrs["autocomplete"] = "off"
        kinds = [kind for kind in grantable(by) if person is None or opens(person, kind)]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "Hãy chọn"),
            *((value, label) for value, label in Role.Kind.choices if value in kinds),
        ]
        places = places_of(by)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        if places.count() == 1:
            self.fields["place"].initial = places[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.person is None and not (self.errors.keys() & {"email", "phone"}):
            if data["email"]:
                data["phone"] = ""  # with both she is invited by the one that opens more
            elif not data["phone"]:
                self.add_error("email", "Hãy ghi thư điện tử, hoặc số điện thoại của người nhận việc.")
        place, kind = data.get("place"), data.get("kind")
        if not place or not kind:
            return data
        try:
            data["organisation"] = find_organisation(place, data.get("organisation", ""))
        except ValidationError as error:
            self.add_error("organisation", error)
            return data
        data["expires_at"] = end_of(data.get("until"))
        where = {"kind": kind, "place": place, "organisation": data["organisation"]}
        user = self.person or User.objects.filter(email=data.get("email", "").lower() or None).first()
        try:
            if data.get("phone"):
                offering.refuse(by=self.by, phone=data["phone"], **where)
            else:
                refuse(by=self.by, user=user, **where)
        except RoleRefused as refusal:
            self.add_error(None, str(refusal))
        return data


class FindForm(forms.Form):
    """Whose role, of which kind, where, and whether it still holds."""

    class State:
        HELD, PAST, WAITING = "", "da-het", "chua-nhan"

    q = forms.CharField(label="Tên, thư điện tử hoặc số điện thoại", required=False, max_length=100)
    vai_tro = forms.ChoiceField(
        label="Vai trò", required=False, choices=[("", "Mọi vai trò"), *Role.Kind.choices]
    )
    noi = forms.ModelChoiceField(
        label="Nơi",
        queryset=Place.objects.none(),
        required=False,
        empty_label="Mọi nơi",
        to_field_name="code",
    )
    tinh_trang = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[
            (State.HELD, "Đang giữ, kể cả chưa nhận lời mời"),
            (State.WAITING, "Chưa nhận lời mời"),
            (State.PAST, "Đã thu lại, đã hết hạn"),
        ],
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["noi"].queryset = places_of(by)  # type: ignore[attr-defined]


class UntilForm(forms.Form):
    until = UntilField(label="Đến hết ngày", help_text="Để trống nếu không có hạn.")


class SureForm(forms.Form):
    sure = forms.BooleanField(error_messages={"required": "Hãy đánh dấu vào ô này để xác nhận."})

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = words


class ClearFactorForm(forms.Form):
    """Why, and that it is meant."""

    reason = forms.CharField(
        label="Lý do",
        max_length=200,
        help_text="Người này sẽ đọc được. Ví dụ: chị Chi mất điện thoại, đã gặp tận mặt.",
        error_messages={"required": "Hãy ghi lý do: bạn đã nhận ra người này bằng cách nào?"},
    )
    sure = forms.BooleanField(
        label="Tôi đã gặp tận mặt hoặc nhận đúng giọng. Tôi hiểu: từ bây giờ ai biết mật khẩu của người này "
        "là đăng nhập được, cho đến khi người này cài lại.",
        error_messages={"required": "Hãy đánh dấu vào ô này để xác nhận."},
    )

    def clean_reason(self) -> str:
        return long_enough(self.cleaned_data["reason"])


class PasswordForm(forms.Form):
    """Her own password, chosen by nobody else."""

    password = forms.CharField(
        label="Mật khẩu bạn chọn",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=f"Ít nhất {SHORTEST} ký tự. Một câu ngắn dễ nhớ là tốt nhất.",
        error_messages={
            "required": "Hãy chọn mật khẩu.",
            "max_length": f"Mật khẩu dài nhất là {LONGEST} ký tự.",
        },
    )
    again = forms.CharField(
        label="Gõ lại mật khẩu",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={
            "required": "Hãy gõ lại mật khẩu.",
            "max_length": f"Mật khẩu dài nhất là {LONGEST} ký tự.",
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        return check_password(self.cleaned_data["password"], user=self.user)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", "Hai lần gõ chưa giống nhau. Hãy gõ lại.")
        return data


class PinForm(PasswordForm):
    """The 6 digits of who signs in by her number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = pin_field()
        del self.fields["again"]

    def clean_password(self) -> str:
        return check_secret(self.cleaned_data["password"], user=self.user)


class TakeForm(forms.Form):
    """What opens her sign-in, typed once more before she takes a role."""

    password = forms.CharField(strip=False, max_length=200)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_mail = bool(getattr(user, "email", None))
        word = "Mật khẩu" if by_mail else "Mã 6 số"
        field = self.fields["password"]
        field.label = f"{word} bạn dùng để đăng nhập"
        field.error_messages = {"required": f"Hãy gõ {word.lower()}.", "max_length": "Mã này quá dài."}
        hidden = forms.PasswordInput({"autocomplete": "current-password"})
        field.widget = hidden if by_mail else HiddenPinInput("current-password")


class ReasonForm(forms.Form):
    """Why: the person will read it."""

    reason = forms.CharField(
        label="Lý do",
        max_length=200,
        help_text="Người này sẽ đọc được. Ví dụ: anh Bình gọi điện, đã nhận đúng giọng.",
        error_messages={"required": "Hãy ghi lý do: bạn đã nhận ra người này bằng cách nào?"},
    )

    def clean_reason(self) -> str:
        return long_enough(self.cleaned_data["reason"])


def long_enough(reason: str) -> str:
    """Some words; ValidationError otherwise."""
    text = visible(reason)
    if len(text) < 5:
        raise ValidationError("Hãy ghi rõ hơn: bạn đã nhận ra người này bằng cách nào?")
    return text
