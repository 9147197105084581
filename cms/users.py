"""The list of staff in the editor's screens: who may do what, and where.

Learners never appear here. An administrator sees and changes only staff whose
roles all lie within her own places, and no superuser, so nobody can rise by it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.usage import UsageView
from wagtail.users.views import users

from accounts.access import places_within
from accounts.models import Role, User
from accounts.roles import RoleRefused, grant, grantable, refuse, refuse_taking, revoke
from common.text import clean_name
from places.models import Place

SHORTEST = 12


def staff_visible_to(administrator: User) -> QuerySet[User]:
    """People who sign in with an e-mail address and hold no role outside her places."""
    mine = places_within(administrator, Role.Kind.ADMINISTRATOR).values("pk")
    elsewhere = Role.objects.active().filter(user=OuterRef("pk")).exclude(place__in=mine)
    staff = User.objects.filter(Q(is_staff=True) | Q(email__isnull=False))
    if not administrator.is_superuser:  # who sets the password of a superuser becomes one
        staff = staff.exclude(is_superuser=True)
    return staff.exclude(Exists(elsewhere)).prefetch_related("roles__place")


def roles_in_words(user: User) -> str:
    held = (role for role in user.roles.all() if role.revoked_at is None)
    return "; ".join(f"{role.get_kind_display()}: {role.place.name}" for role in held) or "Không có"


class StaffForm(forms.ModelForm[User]):
    """A member of staff: her address, name and password, and one role to add."""

    email = forms.EmailField(label="Thư điện tử để đăng nhập")
    name = forms.CharField(label="Họ và tên")
    password = forms.CharField(
        label="Mật khẩu",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=f"Ít nhất {SHORTEST} ký tự. Hãy đưa cho người dùng bằng cách an toàn.",
    )
    kind = forms.ChoiceField(label="Vai trò", choices=[("", "—"), *Role.Kind.choices])
    place = forms.ModelChoiceField(label="Nơi phụ trách", queryset=Place.objects.none())

    class Meta:
        model = User
        fields = ("email", "name")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs.pop("editing_self", None)
        super().__init__(*args, **kwargs)
        self.by = by
        kinds = grantable(by)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((value, label) for value, label in Role.Kind.choices if value in kinds),
        ]
        self.fields["place"].queryset = (  # type: ignore[attr-defined]
            places_within(by, Role.Kind.ADMINISTRATOR).current().order_by("level", "short_name").reverse()
        )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Thư điện tử này đã có người dùng.")
        return str(email)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password and len(password) < SHORTEST:
            raise ValidationError(f"Mật khẩu cần ít nhất {SHORTEST} ký tự.")
        if password:
            try:
                CommonPasswordValidator().validate(password)
            except ValidationError:
                raise ValidationError("Mật khẩu này quá phổ biến, hãy chọn mật khẩu khác.") from None
        return password

    def clean(self) -> dict[str, Any]:
        """What `accounts.roles` would refuse is said beside the field."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") and data.get("place"):
            user = self.instance if self.instance.pk else None
            try:
                refuse(by=self.by, user=user, kind=data["kind"], place=data["place"])
            except RoleRefused as refusal:
                self.add_error("kind", str(refusal))
        return data

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
        if self.cleaned_data["kind"] and self.cleaned_data["place"]:
            grant(by=self.by, user=user, kind=self.cleaned_data["kind"], place=self.cleaned_data["place"])
        return user


class StaffEditForm(StaffForm):
    kept = forms.ModelMultipleChoiceField(
        label="Vai trò đang giữ",
        queryset=Role.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Bỏ đánh dấu để thu lại vai trò.",
    )

    class Meta(StaffForm.Meta):
        fields = ("email", "name", "is_active")  # type: ignore[assignment]
        labels = {"is_active": "Được đăng nhập"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Mật khẩu mới"
        self.fields["password"].help_text = "Để trống nếu không đổi."
        self.fields["kind"].label = "Giao thêm vai trò"
        for name in ("password", "kind", "place"):
            self.fields[name].required = False
        held = Role.objects.active().filter(user=self.instance).select_related("place")
        kept = self.fields["kept"]
        kept.queryset = held  # type: ignore[attr-defined]
        kept.label_from_instance = lambda role: f"{role.get_kind_display()}: {role.place.name}"  # type: ignore[attr-defined]
        kept.initial = [role.pk for role in held]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "place" not in self.errors and bool(data.get("kind")) != bool(data.get("place")):
            self.add_error("place", "Hãy chọn cả vai trò và nơi phụ trách, hoặc để trống cả hai.")
        for role in self._dropped(data):
            try:
                with transaction.atomic():
                    refuse_taking(by=self.by, role=role)
            except RoleRefused as refusal:
                self.add_error("kept", str(refusal))
        if self.instance == self.by and not data.get("is_active", True):
            self.add_error("is_active", "Bạn không thể tự khóa tên của chính mình.")
        return data

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        for role in self._dropped(self.cleaned_data):
            revoke(by=self.by, role=role)
        return super().save(commit)

    def _dropped(self, data: dict[str, Any]) -> list[Role]:
        """The roles whose mark was taken away."""
        if "kept" not in data:
            return []
        held = Role.objects.active().filter(user=self.instance).select_related("place", "organisation")
        return list(held.exclude(pk__in=[role.pk for role in data["kept"]]))


class _Visible:
    """Whoever is not in the list does not exist for this screen."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def get_object(self, queryset: Any = None) -> User:
        assert isinstance(self.request.user, User)  # noqa: S101 - the admin has let her in
        return get_object_or_404(staff_visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}  # type: ignore[misc]


class StaffList(users.IndexView):
    page_title = "Cán bộ và biên tập viên"
    add_item_label = "Thêm người"
    default_ordering = "email"

    @property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", accessor=str, label="Tên", sort_key="name", get_url=self.get_edit_url),
            Column("email", label="Thư điện tử", sort_key="email"),
            Column("roles", accessor=roles_in_words, label="Vai trò"),
            BooleanColumn("is_active", label="Được đăng nhập", sort_key="is_active"),
            DateColumn("last_login", label="Lần cuối đăng nhập", sort_key="last_login"),
        ]

    def get_base_queryset(self) -> QuerySet[User]:
        return staff_visible_to(self.request.user)

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        ordering = self.ordering if isinstance(self.ordering, str) else "email"
        return queryset.order_by(ordering, "pk")


class StaffCreate(_Visible, users.CreateView):
    page_title = "Thêm người"
    success_message = "Đã thêm %(object)s."


class StaffEdit(_Visible, users.EditView):
    success_message = "Đã lưu %(object)s."
    error_message = "Chưa lưu được, hãy xem các chỗ báo lỗi."


class StaffDelete(_Visible, users.DeleteView):
    pass


class StaffHistory(_Visible, users.HistoryView):
    pass


class StaffUsage(_Visible, UsageView):
    pass


class StaffViewSet(users.UserViewSet):
    menu_label = "Cán bộ và biên tập viên"
    template_prefix = "cms/users/"
    inspect_view_enabled = False
    copy_view_enabled = False  # a copy would have nobody's address and the other's roles
    index_view_class = StaffList
    add_view_class = StaffCreate
    edit_view_class = StaffEdit
    delete_view_class = StaffDelete
    history_view_class = StaffHistory
    usage_view_class = StaffUsage

    def get_form_class(self, for_update: bool = False) -> type[StaffForm]:
        return StaffEditForm if for_update else StaffForm


def no_bulk(request: HttpRequest, action: str) -> HttpResponse:
    """Wagtail's bulk actions on users know nothing of roles."""
    raise Http404
