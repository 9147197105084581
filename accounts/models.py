"""Ways to sign in (User), people (Learner), what they may do (Role) and agreed to (Consent)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from places.models import Neighbourhood, Organisation, Place


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> User:
        user = self.model(email=(email or "").lower() or None, phone=phone or None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str, **extra: Any) -> User:
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A way to sign in: a phone number with a PIN, or an e-mail address with a password."""

    email = models.EmailField("thư điện tử", unique=True, null=True, blank=True)
    phone = models.CharField(
        "số điện thoại", max_length=16, unique=True, null=True, blank=True, help_text="E.164: +84912345678"
    )
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField("họ và tên", max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "người dùng"
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_has_email_or_phone"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or ""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[-1] if self.name else ""


class LearnerQuerySet(models.QuerySet["Learner"]):
    def visible_to(self, user: User | AnonymousUser) -> LearnerQuerySet:
        """Oneself, and the people of the places and organisations one may work with."""
        from .access import places_within, roles_of

        kinds = (Role.Kind.TRAINER, Role.Kind.OFFICIAL_MANAGE)
        organisations = roles_of(user, *kinds).exclude(organisation=None).values("organisation")
        return self.filter(
            Q(user_id=user.pk or 0)
            | Q(commune__in=places_within(user, *kinds))
            | Q(organisation__in=organisations)
        )


class Learner(models.Model):
    """A person who learns. May have no sign-in, may share one with others on a phone."""

    class Group(models.TextChoices):
        """The four groups of Decision 757/QĐ-BKHCN."""

        CITIZEN = "citizen", "Người dân"
        PUPIL = "pupil", "Học sinh, sinh viên"
        OFFICIAL = "official", "Cán bộ, công chức, viên chức"
        WORKER = "worker", "Người lao động trong doanh nghiệp"

    class Gender(models.TextChoices):
        FEMALE = "female", "Nữ"
        MALE = "male", "Nam"
        UNSTATED = "unstated", "Không nêu"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="learners")
    name = models.CharField(max_length=100)
    commune = models.ForeignKey(Place, models.PROTECT, related_name="learners")
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.SET_NULL, null=True, blank=True, related_name="learners"
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="learners"
    )
    birth_year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=8, choices=Group)
    gender = models.CharField(max_length=8, choices=Gender, default=Gender.UNSTATED)
    is_test = models.BooleanField(default=False, help_text="left out of every figure")
    created_at = models.DateTimeField(default=timezone.now)

    objects = LearnerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(models.QuerySet["Role"]):
    def active(self) -> RoleQuerySet:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


class Role(models.Model):
    """Permission for a place (or an organisation) and everything below it."""

    class Kind(models.TextChoices):
        TRAINER = "trainer", "Người hướng dẫn"
        OFFICIAL_VIEW = "official_view", "Cán bộ xem số liệu"
        OFFICIAL_MANAGE = "official_manage", "Cán bộ quản lý"
        EDITOR = "editor", "Biên tập viên"
        ADMINISTRATOR = "administrator", "Quản trị"

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=16, choices=Kind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="roles")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="roles"
    )
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two, as SQLite cannot hold NULLs equal in one.
            models.UniqueConstraint(
                fields=["user", "kind", "place"],
                condition=Q(revoked_at=None, organisation=None),
                name="role_once_while_held",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "place", "organisation"],
                condition=Q(revoked_at=None, organisation__isnull=False),
                name="role_once_while_held_for_organisation",
            ),
        ]


class Consent(models.Model):
    """What a person agreed to, in which words; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        LEARNING = "learning", "Lưu việc học và ghi nhận kết quả"

    class Channel(models.TextChoices):
        ONLINE = "online", "Trên mạng"
        CLASS = "class", "Tại lớp"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    version = models.PositiveSmallIntegerField(help_text="version of the words shown")
    channel = models.CharField(max_length=6, choices=Channel)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    guardian_name = models.CharField(
        max_length=100, blank=True, help_text="who consented with a learner under 16"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "purpose"], condition=Q(withdrawn_at=None), name="consent_one_standing"
            )
        ]


class SlowDown(models.Model):
    """Wrong tries at one door: of an account from unknown devices, or from one known device.

    A row and not a cache entry: what guards a PIN must not be forgotten.
    """

    key = models.CharField(max_length=64, unique=True, help_text="HMAC of the account and the device")
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField()
    open_at = models.DateTimeField(help_text="no try is taken before")


class TriedPin(models.Model):
    """That a wrong PIN was tried on an account on a day: both as keyed marks, never the PIN."""

    day = models.DateField()
    pin_mark = models.CharField(max_length=64)
    account_mark = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "pin_mark", "account_mark"], name="tried_pin_once_a_day")
        ]


class PinAlarm(models.Model):
    """One PIN was tried over many accounts on a day."""

    day = models.DateField()
    pin_mark = models.CharField(max_length=64)
    accounts = models.PositiveIntegerField(help_text="accounts tried when the alarm was raised")
    raised_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "pin_mark"], name="pin_alarm_once_a_day")]
