"""The page of a course: what it teaches, its lessons, its final test and paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from courses.models import Course
from quizzes import banking
from quizzes.errors import BankTooSmall

from .. import competences
from ..competences import CompetencesField
from .base import BasePage, BasePageForm
from .pictures import Picture

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .lessons import LessonPage
    from .weights import Weighing

_code = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9-]*\Z", "Mã khóa học chỉ gồm chữ không dấu, chữ số và gạch nối."
)


def _between(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


def cost_of(weights: list[Weighing | None]) -> tuple[int, int] | tuple[None, None]:
    """Bytes of all these lessons, and those of it that they share, loaded once. None while one is unknown."""
    known = [weight for weight in weights if weight]
    if not known or len(known) < len(weights):
        return None, None
    shared = max(weight.first - weight.alone for weight in known)
    return sum(weight.alone for weight in known) + shared, shared


class CoursePageForm(BasePageForm):
    """A code is asked for when publishing; a copy has none until then."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "action-publish" in self.data and cleaned.get("has_test") and cleaned.get("test_draw"):
            self._enough_questions(cleaned["test_draw"])
        return cleaned

    def _enough_questions(self, draw: int) -> None:
        """The test of a released course is open: it may not ask for more than the bank has."""
        if course := self.instance.course():
            try:
                banking.must_suffice(course, draw=draw)
            except BankTooSmall as refusal:
                self.add_error("test_draw", str(refusal))


class CoursePage(BasePage):
    code = models.CharField(
        "mã khóa học",
        max_length=40,
        unique=True,
        null=True,
        blank=True,
        validators=[_code],
        help_text="Ví dụ: KNS04. Đã xuất bản thì không đổi được nữa.",
    )
    summary = models.TextField(
        "tóm tắt", max_length=400, help_text="Một hai câu, hiện trong danh mục khóa học."
    )
    audience = models.CharField("dành cho ai", max_length=200, blank=True)
    competences = CompetencesField("năng lực số", help_text="Theo Thông tư 02/2025/TT-BGDĐT.")
    licence = models.CharField("giấy phép nội dung", max_length=40, blank=True, default="CC-BY-4.0")
    cover = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="tranh bìa"
    )
    has_test = models.BooleanField(
        "có bài kiểm tra cuối khóa", default=True, help_text="Bỏ dấu chọn: học hết các bài là hoàn thành."
    )
    test_draw = models.PositiveSmallIntegerField("số câu rút ra", default=10, validators=_between(1, 50))
    pass_percent = models.PositiveSmallIntegerField(
        "đạt từ (%)",
        default=80,
        validators=_between(1, 100),
        help_text="Đổi số này rồi phải phát hành lại khóa học.",
    )
    attempts_per_day = models.PositiveSmallIntegerField(
        "số lần thử trong một ngày", default=3, validators=_between(1, 20)
    )
    wait_minutes = models.PositiveSmallIntegerField(
        "chờ giữa hai lần thử (phút)", default=10, validators=_between(0, 1440)
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        "thời gian làm bài (phút)", default=30, validators=_between(1, 240)
    )
    source_digest = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = CoursePageForm
    template = "cms/course.html"
    parent_page_types = ["cms.CourseIndexPage"]
    subpage_types = ["cms.LessonPage"]
    exclude_fields_in_copy = ["code", "source_digest"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("code"),
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("cover"),
        FieldPanel("competences"),
        FieldPanel("licence"),
    ]
    test_panels = [
        FieldPanel("has_test"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("test_draw"), FieldPanel("pass_percent")]),
                FieldRowPanel([FieldPanel("attempts_per_day"), FieldPanel("wait_minutes")]),
                FieldPanel("time_limit_minutes"),
            ],
            heading="Cách làm bài",
        ),
    ]

    lesson_count = 0
    total_minutes = 0
    cost: int | None = None

    class Meta:
        verbose_name = "khóa học"
        verbose_name_plural = "khóa học"

    def words(self) -> str:
        return f"{self.summary} {self.audience}"

    def clean(self) -> None:
        super().clean()
        old = (
            CoursePage.objects.filter(pk=self.pk).values_list("code", flat=True).first() if self.pk else None
        )
        if old and self.code != old and Course.objects.filter(code=old).exists():
            raise ValidationError({"code": f"Khóa học đã xuất bản với mã {old}; mã này không đổi được nữa."})
        # Keys of lessons and tests are made of the code in small letters.
        if self.code and not old and Course.objects.filter(code__iexact=self.code).exists():
            raise ValidationError({"code": f"Mã {self.code} đã có khóa học khác dùng."})
        # Of a course whose page is gone, too: its results stay, and so does its address.
        if self.code and Course.objects.filter(slug=self.slug).exclude(code=self.code).exists():
            raise ValidationError({"slug": f"Địa chỉ “{self.slug}” đã có khóa học khác dùng."})

    def must_be_fit_to_be_live(self) -> None:
        if not self.code:
            raise ValidationError({"code": "Khóa học chưa có mã nên chưa xuất bản được. Hãy đặt mã trước."})

    @property
    def rule(self) -> dict[str, object]:
        """The pass rule that a release freezes."""
        return {"required": "all", "pass_percent": self.pass_percent}

    def course(self) -> Course | None:
        return Course.objects.filter(code=self.code).first() if self.code else None

    def lessons(self) -> QuerySet[LessonPage]:
        """Its lessons in order, live or not, without their bodies."""
        from .lessons import LessonPage

        return LessonPage.objects.child_of(self).order_by("path").defer_streamfields().defer("plain")

    def live_lessons(self) -> QuerySet[LessonPage]:
        return self.lessons().filter(live=True)

    def first_lesson(self) -> LessonPage | None:
        return self.live_lessons().select_related("weight").first()

    def competence_names(self) -> list[tuple[str, str]]:
        return competences.named(self.competences)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        lessons = list(self.live_lessons().select_related("weight"))
        cost, shared = cost_of([getattr(lesson, "weight", None) for lesson in lessons])
        return {
            **super().get_context(request, *args, **kwargs),
            "lessons": lessons,
            "cost": cost,
            "shared": shared,
            "minutes": sum(lesson.minutes for lesson in lessons),
            "crumbs": [("/", "Trang chủ"), (self.path_of_site().rsplit("/", 2)[0] + "/", "Khóa học")],
        }
