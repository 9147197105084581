"""What people ask about their data, and what was answered."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from places.models import Place

from ..personal import LAW, YEARS_2, Personal
from .people import Learner, User
from .roles import Role


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> DataRequestQuerySet:
        """Of the people of the places and organisations she manages, and of all below.

        What waits follows the person who asked for herself when she moves: whoever looks after
        her now can carry it out. What is closed, or asked for another, stays where it was sent.
        """
        from ..access import organisations_within, places_within

        manage = Role.Kind.OFFICIAL_MANAGE
        places = places_within(user, manage)
        follows = Q(relation="", learner__isnull=False, state__in=DataRequest.OPEN)
        stays = ~Q(relation="") | Q(learner=None) | ~Q(state__in=DataRequest.OPEN)
        return self.filter(
            follows & Q(learner__commune__in=places)
            | stays & Q(place__in=places)
            | Q(learner__organisation__in=organisations_within(user, manage))
        )

    def open(self) -> DataRequestQuerySet:
        return self.filter(state__in=DataRequest.OPEN)

    def by_term(self) -> DataRequestQuerySet:
        """The nearest term first, so those that are late come on top."""
        return self.order_by(DataRequest.TERM, "pk")


class DataRequest(models.Model):
    """A request of a person about her data, or of her for a parent or a child, with its terms."""

    personal = Personal(
        what="Yêu cầu của người học về dữ liệu, yêu cầu thay cha mẹ hoặc con, và câu trả lời",
        why="Trả lời đúng hạn và chứng minh đã trả lời",
        basis=LAW,
        keep=YEARS_2,
    )

    class Kind(models.TextChoices):
        CORRECT = "correct", "Sửa thông tin sai"
        COPY = "copy", "Xin bản sao dữ liệu"
        OBJECT = "object", "Phản đối việc hiện tên hoặc dùng dữ liệu"
        LOOKS = "looks", "Hỏi về người đã xem dữ liệu"
        ERASE = "erase", "Xóa dữ liệu"
        WITHDRAW = "withdraw", "Rút đồng ý và xóa dữ liệu"
        OTHER = "other", "Việc khác"

    class State(models.TextChoices):
        NEW = "new", "Chưa trả lời"
        ANSWERED = "answered", "Đã trả lời, đang làm"
        DONE = "done", "Đã làm xong"
        REFUSED = "refused", "Không làm, có lý do"
        CANCELLED = "cancelled", "Người gửi đã rút lại"

    class Relation(models.TextChoices):
        SELF = "", "Cho chính tôi"
        PARENT = "parent", "Cho cha hoặc mẹ tôi"
        CHILD = "child", "Cho con tôi"
        WARD = "ward", "Cho người tôi giám hộ"

    OPEN = (State.NEW, State.ANSWERED)
    TERM = Case(When(answered_at=None, then=F("answer_by")), default=F("done_by"))  # that runs now
    ERASING = (Kind.ERASE, Kind.WITHDRAW)
    BY_DOING = (*ERASING, Kind.OBJECT)  # done only by the button that does it, or refused
    CORRECTING = (Kind.CORRECT, Kind.OTHER)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        Learner, models.SET_NULL, null=True, related_name="data_requests", help_text="who asked"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", help_text="commune as of then")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.NEW)
    text = models.CharField(max_length=1000, blank=True)
    relation = models.CharField(max_length=6, choices=Relation, blank=True, default="")
    about_name = models.CharField(max_length=100, blank=True, help_text="of the person asked for")
    about = models.ForeignKey(
        Learner,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests_about",
        help_text="her record, once an official has found it",
    )
    third_party = models.BooleanField(default=False, help_text="somebody else holds a copy: 20 days")
    made_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateField()
    done_by = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    erase_at = models.DateTimeField(
        null=True, blank=True, help_text="the machine carries it out then, unless undone"
    )
    erase_tries = models.PositiveIntegerField(default=0, help_text="how often the machine failed to")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(erase_at__isnull=False, state__in=["new", "answered"]),
                name="request_one_erasing_each",
            ),
            models.CheckConstraint(
                condition=Q(relation="", about_name="")
                | ~Q(relation="") & ~Q(about_name="")
                | Q(learner=None),
                name="request_for_somebody_named",
            ),
            models.CheckConstraint(condition=Q(about=None) | ~Q(relation=""), name="request_about_another"),
        ]
        indexes = [models.Index(fields=["place", "state"], name="request_desk")]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def person(self) -> Learner | None:
        """Whose record it is about: her own, or that of the other person, once it was found."""
        return self.about if self.relation else self.learner

    @property
    def history(self) -> list[dict[str, object]]:
        """What was asked, answered and done, with the words of each step, for her copy."""
        return [
            {"Lúc": step.at, "Việc": step.get_state_display(), "Lời": step.text} for step in self.steps.all()
        ]

    @property
    def number(self) -> str:
        """What people say on the telephone: `YC-0042`."""
        return f"YC-{self.pk:04d}"


class DataRequestStep(models.Model):
    """What happened to a request: asked, answered, done; never changed."""

    personal = Personal(
        what="Từng bước trả lời một yêu cầu, cán bộ nào trả lời",
        why="Chứng minh đã trả lời, đúng hạn hay muộn",
        basis=LAW,
        keep=YEARS_2,
    )

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", help_text="empty: the person, or the machine"
    )
    state = models.CharField(max_length=9, choices=DataRequest.State)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Objection(models.Model):
    """She does not want her name on public pages; taken back, never deleted."""

    personal = Personal(
        what="Người học không muốn hiện tên trên trang công khai, từ ngày nào đến ngày nào",
        why="Làm theo ý người học và chứng minh đã làm",
        basis=LAW,
        keep="Đến khi người học xin xóa",
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="objections")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", help_text="an official, at her request"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(ended_at=None), name="objection_one_standing"
            )
        ]
