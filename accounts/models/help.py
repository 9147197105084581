"""Help nearby: the commune's contact, the people of its digital team, and messages to them."""

from __future__ import annotations

import functools
import operator

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.phones import spoken
from places.models import Place

from ..personal import CONSENT, OFFICE, YEAR_1, Personal
from .people import User
from .roles import Role


class HelpContact(models.Model):
    """Whom to ask in a commune; kept by its officials, shown to everybody."""

    personal = Personal(
        what="Tên, số điện thoại làm việc của người trả lời ở xã, phường",
        why="Người dân biết hỏi ai",
        basis=OFFICE,
        keep="Đến khi cán bộ sửa hoặc xóa",
    )

    place = models.OneToOneField(Place, models.PROTECT, related_name="help_contact")
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=16, blank=True, help_text="as it is called: 02253 123 456")
    hours = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")


class HelpMember(models.Model):
    """A member of the community digital team who agreed to be shown, until she withdraws."""

    personal = Personal(
        what="Tên, số điện thoại của thành viên tổ công nghệ số đã đồng ý được hiện; ngày đồng ý, ngày rút",
        why="Người dân tìm được người giúp gần nhà",
        basis=CONSENT,
        keep="Tên và số xóa ngay khi rút; ngày đồng ý giữ làm chứng",
    )

    place = models.ForeignKey(Place, models.PROTECT, related_name="help_members")
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    area = models.CharField(max_length=100, blank=True, help_text="thôn, tổ dân phố")
    agreed_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(name="", phone=""), name="withdrawn_member_has_no_name"
            )
        ]

    @property
    def spoken_phone(self) -> str:
        return spoken(self.phone) if self.phone else ""


class HelpMessage(models.Model):
    """What somebody wrote to a commune; no account is needed. Deleted after 12 months."""

    personal = Personal(
        what="Tên, số điện thoại (nếu ghi) và lời nhắn của người cần giúp",
        why="Cán bộ xã, phường trả lời",
        basis=CONSENT,
        keep=YEAR_1,
    )

    class State(models.TextChoices):
        OPEN = "open", "Chưa trả lời"
        ANSWERED = "answered", "Đã trả lời"
        CLOSED = "closed", "Đã đóng"

    place = models.ForeignKey(Place, models.PROTECT, related_name="help_messages")
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["place", "state", "-at"], name="help_inbox")]

    @property
    def spoken_phone(self) -> str:
        return spoken(self.phone) if self.phone else ""


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: User | AnonymousUser) -> FeedbackQuerySet:
        """Editors and officials of the city: all; others: of the pages of their own communes."""
        from ..access import places_within, roles_of

        if roles_of(user, Role.Kind.EDITOR).exists():
            return self
        kind = Role.Kind.OFFICIAL_MANAGE
        places = places_within(user, kind)
        if places.filter(level=Place.Level.PROVINCE).exists():
            return self
        codes = places.current().communes().values_list("code", flat=True)
        pages = [
            Q(page__startswith=f"/{part}/{code}/") for code in codes for part in ("thong-ke", "tro-giup/nhan")
        ]
        return self.filter(functools.reduce(operator.or_, pages, Q(pk__in=[])))


class Feedback(models.Model):
    """What somebody said of a page of the site: whether it helped, and why. Deleted after 12 months."""

    personal = Personal(
        what="Ý kiến về một trang; không hỏi tên, không hỏi số điện thoại",
        why="Sửa bài và trang cho dễ hiểu",
        basis=CONSENT,
        keep=YEAR_1,
    )

    page = models.CharField(max_length=300, help_text="path of the page")
    helped = models.BooleanField()
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["closed_at", "-at"], name="feedback_open")]
