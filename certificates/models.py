"""Papers: issued once from a completion, checked in public, revoked with a reason."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.access import places_within, roles_of
from accounts.consents import is_child
from accounts.models import Learner, Role, User
from accounts.personal import CONSENT, UNTIL_ERASED, Personal
from common.text import fold
from courses.models import Course, Edition
from ledger.models import Fact

from . import serials


class DesignQuerySet(models.QuerySet["Design"]):
    def for_course(self, course: Course) -> Design | None:
        """The course's own design in use, else the one for all courses."""
        fitting = self.filter(Q(course=course) | Q(course=None), active=True)
        return fitting.order_by(F("course").asc(nulls_last=True)).first()


class Design(models.Model):
    """What a new paper says beside the learner's own data. Papers already issued keep theirs."""

    issuer = models.CharField(
        "đơn vị ghi nhận", max_length=200, help_text="In trên giấy, ví dụ: Học Vụ Số thành phố Hải Phòng."
    )
    city = models.CharField(
        "địa danh", max_length=100, help_text="Đứng trước ngày tháng, ví dụ: Hải Phòng, ngày 21 tháng 11 …"
    )
    signature = models.CharField(
        "dòng dưới tên đơn vị",
        max_length=200,
        blank=True,
        help_text="Không bắt buộc. Giấy không có chữ ký hay con dấu; đừng ghi tên người ký.",
    )
    course = models.ForeignKey(
        Course,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="paper_designs",
        verbose_name="khóa học",
        help_text="Để trống: dùng cho mọi khóa học.",
    )
    active = models.BooleanField("đang dùng", default=True)

    objects = DesignQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu giấy ghi nhận"
        verbose_name_plural = "mẫu giấy ghi nhận"
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(active=True),
                name="design_one_in_use_per_course",
                violation_error_message="Khóa học này đã có một mẫu đang dùng.",
            ),
            models.UniqueConstraint(
                fields=["active"],
                condition=Q(active=True, course=None),
                name="design_one_in_use_for_all",
                violation_error_message="Đã có một mẫu đang dùng cho mọi khóa học.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} ({self.course or 'mọi khóa học'})"


class ErasedPaper(models.Model):
    """The number of a paper whose holder was erased: the sheet may still be in somebody's hand."""

    serial = models.CharField(max_length=11, unique=True)
    erased_on = models.DateField()

    def __str__(self) -> str:
        return self.serial

    @property
    def number(self) -> str:
        return serials.grouped(self.serial)


class PaperQuerySet(models.QuerySet["Paper"]):
    def live(self) -> PaperQuerySet:
        return self.filter(revoked_at=None)

    def live_of(self, learner: Learner) -> PaperQuerySet:
        """What she can show today, the newest first."""
        return self.live().filter(learner=learner).order_by("-issued_at", "-pk")

    def found(self, query: str) -> PaperQuerySet:
        """By number, or by any part of the name, with or without accents."""
        try:
            return self.filter(serial=serials.parse(query))
        except serials.BadSerial:
            return self.filter(folded__contains=fold(query))

    def visible_to(self, user: User | AnonymousUser) -> PaperQuerySet:
        """The papers of the people whom an official may see; nobody else's, not even one's own."""
        return self._of_staff(user, Role.Kind.OFFICIAL_VIEW)

    def managed_by(self, user: User | AnonymousUser) -> PaperQuerySet:
        """The papers that she may revoke and issue again."""
        return self._of_staff(user, Role.Kind.OFFICIAL_MANAGE)

    def _of_staff(self, user: User | AnonymousUser, kind: str) -> PaperQuerySet:
        organisations = roles_of(user, kind).exclude(organisation=None).values("organisation")
        return self.filter(
            Q(learner__commune__in=places_within(user, kind)) | Q(learner__organisation__in=organisations)
        )


class Paper(models.Model):
    """A "Giấy ghi nhận hoàn thành khóa học" with everything it says pinned when issued."""

    personal = Personal(
        what="Họ tên lúc cấp, khóa học, kết quả, số giấy, lý do thu hồi",
        why="Cấp giấy ghi nhận và cho người khác kiểm tra",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    serial = models.CharField(
        max_length=11, unique=True, help_text="10 Crockford base32 characters and a check character"
    )
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="papers")
    course = models.ForeignKey(Course, models.PROTECT, related_name="papers")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="papers")
    series = models.PositiveIntegerField(
        default=1, help_text="number of the last edition that asked for a new paper"
    )
    fact = models.OneToOneField(Fact, models.PROTECT, related_name="+", help_text="of its issue")
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200, editable=False, help_text="common.text.fold of the name")
    initials_only = models.BooleanField(default=False, help_text="under 16, by year, when it was issued")
    course_title = models.CharField(max_length=255)
    score_percent = models.PositiveSmallIntegerField(null=True, blank=True, help_text="rounded down")
    issuer = models.CharField(max_length=200)
    place_name = models.CharField(max_length=100, help_text="stands before the date")
    signature = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="who issued it again"
    )
    replaces = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="replaced_by"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course", "series"],
                condition=Q(revoked_at=None),
                name="paper_once_per_course",
            ),
            # The machine issues one per series for ever; after a revocation only staff issue again.
            models.UniqueConstraint(
                fields=["learner", "course", "series"],
                condition=Q(replaces=None),
                name="paper_issued_by_machine_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, reason="") | (Q(revoked_at__isnull=False) & ~Q(reason="")),
                name="paper_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(score_percent=None) | Q(score_percent__lte=100), name="paper_score_is_percent"
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at"]),
            # Few are: what was typed then is searched when somebody is erased.
            models.Index(fields=["revoked_at"], condition=Q(revoked_at__isnull=False), name="paper_revoked"),
        ]

    def __str__(self) -> str:
        return self.serial

    def get_absolute_url(self) -> str:
        return reverse("certificates:paper", args=[self.serial])

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None

    @property
    def number(self) -> str:
        """The serial as printed: ABCDE-FGHJK-M."""
        return serials.grouped(self.serial)

    @property
    def shows_initials(self) -> bool:
        """The year of birth may have been corrected since the issue."""
        return self.initials_only or is_child(self.learner.birth_year)

    @property
    def public_name(self) -> str:
        """What strangers may read: the name, or initials for a child now or then, and if she objects."""
        if not (self.shows_initials or self.learner.name_hidden):
            return self.name
        return " ".join(f"{word[0].upper()}." for word in self.name.split())
