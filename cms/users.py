"""The list of staff in the editor's screens: who may do what, and where.

Learners never appear here. An administrator sees and changes only staff whose
roles all lie within her own places, and no superuser, so nobody can rise by it.
Roles are given and taken back, and links to a password made, at `/quan-ly/vai-tro/`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.usage import UsageView
from wagtail.users.views import users

from accounts.access import places_within
from accounts.models import Invitation, Role, User
from accounts.roles import RoleRefused
from accounts.staffing import refuse_locking
from common.text import clean_name


def staff_visible_to(administrator: User) -> QuerySet[User]:
    """Who holds a role, or is invited to one, in her places and nowhere else.

    Whose roles all ended is a learner like any other, and learners are not here.
    """
    mine = places_within(administrator, Role.Kind.ADMINISTRATOR).values("pk")
    held = Role.objects.active().filter(user=OuterRef("pk"))
    invited = Invitation.objects.standing().filter(user=OuterRef("pk"), expires_at__gt=timezone.now())
    new = Q(Exists(invited), password__startswith=UNUSABLE_PASSWORD_PREFIX)
    elsewhere = held.exclude(place__in=mine)
    if administrator.is_superuser:
        staff = User.objects.filter(Q(Exists(held)) | new | Q(is_superuser=True))
    else:
        staff = User.objects.filter(Q(Exists(held)) | new, is_superuser=False)
    return staff.exclude(Exists(elsewhere)).prefetch_related("roles__place")


def roles_in_words(user: User) -> str:
    held = (role for role in user.roles.all() if role.revoked_at is None and not role.waiting)
    return "; ".join(f"{role.get_kind_display()}: {role.place.name}" for role in held) or "Không có"


class StaffForm(forms.ModelForm[User]):
    """Her name, and whether she is let in. How she signs in and what she may do are changed elsewhere.

    A password or an address typed here would be a way to become somebody else.
    """

    name = forms.CharField(label="Họ và tên")

    class Meta:
        model = User
        fields = ("name", "is_active")
        labels: ClassVar[dict[str, str]] = {"is_active": "Được đăng nhập"}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs.pop("editing_self", None)
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_is_active(self) -> bool:
        wanted = bool(self.cleaned_data["is_active"])
        if self.initial["is_active"] and not wanted:
            try:
                with transaction.atomic():
                    refuse_locking(by=self.by, user=self.instance)
            except RoleRefused as refusal:
                raise ValidationError(str(refusal)) from None
        return wanted

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Asked again under the locks: two who lock each other cannot both succeed."""
        user: User = super().save(commit=False)
        if "is_active" in self.changed_data and not user.is_active:
            refuse_locking(by=self.by, user=user)
        user.save(update_fields=["name", "is_active"])
        return user


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
    """People come by an invitation to a role: with its place, its end, and her own password."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("accounts:role_grant")

    post = get


class StaffEdit(_Visible, users.EditView):
    template_name = "cms/admin/staff.html"
    success_message = "Đã lưu %(object)s."
    error_message = "Chưa lưu được, hãy xem các chỗ báo lỗi."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = Role.objects.active().filter(user=self.object).select_related("place", "organisation")
        return {**super().get_context_data(**kwargs), "roles": held}


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
        return StaffForm


def no_bulk(request: HttpRequest, action: str) -> HttpResponse:
    """Wagtail's bulk actions on users know nothing of roles."""
    raise Http404
