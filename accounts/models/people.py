"""Ways to sign in (User) and people (Learner): several may share a phone."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from places.models import Neighbourhood, Organisation, Place

from ..personal import CONSENT, UNTIL_ERASED, Personal

HOUSEHOLD = 8  # learners on one sign-in


class UserManager(BaseUserManager["User"]):
    def waiting(self) -> models.QuerySet[User]:
        """Staff who were invited and have not set a password."""
        return self.filter(email__isnull=False, password__startswith=UNUSABLE_PASSWORD_PREFIX)

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


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A way to sign in: a phone number with a PIN, or an e-mail address with a password."""

    personal = Personal(
        what="Số điện thoại hoặc thư điện tử, tên, dấu mã hóa của mã 6 số, lần đăng nhập cuối",
        why="Đăng nhập",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    email = models.EmailField("thư điện tử", unique=True, null=True, blank=True)
    phone = models.CharField(
        "số điện thoại", max_length=16, unique=True, null=True, blank=True, help_text="E.164: +84912345678"
    )
    phone_lost_at = models.DateTimeField(
        null=True, blank=True, help_text="when somebody else proved that the number is hers now"
    )
    signed_out = models.PositiveIntegerField(
        default=0, help_text="how often she ended all her sessions; each one carries the number"
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
                condition=Q(email__isnull=False) | Q(phone__isnull=False) | Q(phone_lost_at__isnull=False),
                name="user_has_email_or_phone",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or ""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Of the password and of how often all sessions were ended: another number ends them all."""
        own = str(super()._get_session_auth_hash(secret=secret))  # type: ignore[misc]
        return f"{own}.{self.signed_out}" if self.signed_out else own

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[-1] if self.name else ""


class LearnerQuerySet(models.QuerySet["Learner"]):
    def with_work(self) -> LearnerQuerySet:
        """Each with `works`: whether the sign-in holds a role; what she does is then left out of figures."""
        from .roles import Role

        return self.annotate(
            works=models.Exists(Role.objects.active().filter(user_id=models.OuterRef("user_id")))
        )

    def standing(self) -> LearnerQuerySet:
        """Without the records that were merged into another: nobody learns as one of them."""
        from .merges import Merge

        merged = Merge.objects.filter(duplicate=models.OuterRef("pk"), undone_at=None)
        return self.filter(~models.Exists(merged))

    def visible_to(self, user: User | AnonymousUser, *only: str) -> LearnerQuerySet:
        """Oneself, and the people of the places and organisations one may work with.

        `only`: by roles of these kinds, where not everybody who may see may also act.
        """
        from ..access import organisations_within, places_within
        from .roles import Role

        kinds = only or (Role.Kind.TRAINER, Role.Kind.OFFICIAL_MANAGE)
        return self.filter(
            Q(user_id=user.pk or 0)
            | Q(commune__in=places_within(user, *kinds))
            | Q(organisation__in=organisations_within(user, *kinds))
        )


class Learner(models.Model):
    """A person who learns. May have no sign-in, may share one with others on a phone."""

    personal = Personal(
        what="Họ tên, năm sinh, giới tính nếu nêu, nhóm, xã/phường, thôn, tổ chức, màu và hình đã chọn, "
        "cỡ chữ và cách xem đã chọn",
        why="Nhớ việc học, in tên lên giấy ghi nhận, đếm số người học của từng nơi",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

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

    class Colour(models.TextChoices):
        SEA = "sea", "Xanh biển"
        FLAME = "flame", "Đỏ phượng"
        LAMP = "lamp", "Vàng đèn"
        LEAF = "leaf", "Xanh lá"
        CLAY = "clay", "Nâu đất"
        PLUM = "plum", "Tím sim"
        ROSE = "rose", "Hồng sen"
        INK = "ink", "Đen mực"

    class Picture(models.TextChoices):
        LAMP = "lamp", "Đèn dầu"
        BOAT = "boat", "Thuyền"
        FLOWER = "flower", "Hoa phượng"
        FISH = "fish", "Cá"
        BIRD = "bird", "Chim hải âu"
        TREE = "tree", "Cây đa"
        HAT = "hat", "Nón lá"
        DRUM = "drum", "Trống"

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
    seat = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 8: her place on the sign-in she shares; empty without one"
    )
    colour = models.CharField(max_length=8, choices=Colour, blank=True)
    picture = models.CharField(max_length=8, choices=Picture, blank=True)
    pin = models.CharField(
        max_length=128, blank=True, help_text="her own, hashed; empty: that of the sign-in is hers"
    )
    is_test = models.BooleanField(default=False, help_text="left out of every figure")
    name_hidden = models.BooleanField(default=False, help_text="initials on public pages: she objects")
    leaving_at = models.DateTimeField(
        null=True, blank=True, help_text="she is erased then; until then nothing more is recorded"
    )
    display = models.JSONField(
        null=True,
        blank=True,
        help_text="what she chose to see (`accounts.display`); empty: nothing, or taken back",
    )
    display_at = models.DateTimeField(null=True, blank=True, help_text="when she chose; empty: she never did")
    created_at = models.DateTimeField(default=timezone.now)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "seat"], name="learner_seat_once"),
            models.CheckConstraint(
                condition=Q(user=None, seat=None) | Q(user__isnull=False, seat__range=(1, HOUSEHOLD)),
                name="learner_sits_on_her_sign_in",
            ),
            models.CheckConstraint(
                condition=Q(display__isnull=True) | Q(display_at__isnull=False),
                name="learner_display_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def given_name(self) -> str:
        """What she is called: the last word of a Vietnamese name."""
        return self.name.split()[-1] if self.name.split() else self.name

    @property
    def face_colour(self) -> str:
        """Her colour, or the one of her seat until she chooses."""
        return self.colour or self.Colour.values[((self.seat or 1) - 1) % len(self.Colour.values)]

    @property
    def face_picture(self) -> str:
        return self.picture or self.Picture.values[((self.seat or 1) - 1) % len(self.Picture.values)]
