"""The page of a lesson: read by everybody, the same bytes for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField
from wagtail.url_routing import RouteResult

from courses.errors import ItemRequired
from courses.releasing import required_among

from .. import versions
from ..blocks import LessonBlocks
from ..blocks.fields import PatientBlockField, say_it_above
from ..competences import CompetencesField, named
from .base import BasePage, BasePageForm
from .courses import CoursePage


@dataclass(frozen=True)
class Part:
    """A block of the body as the template shows it; `key` and `number` for check questions and practices."""

    block: Any
    key: str = ""
    number: int = 0


COSTS = ("first", "alone", "more", "words_only")
# What comes along with the lessons of a course, in the same query: what they cost, and their recordings.
BESIDE = (*(f"weight__{name}" for name in COSTS), "audio")


def _questions(parts: list[Part]) -> int:
    """How many check questions there are: with two, the lesson may be known already."""
    return sum(part.block.block_type == "question" for part in parts)


NO_CODE = "Khóa học chứa bài này chưa có mã, nên bài chưa xuất bản được. Hãy đặt mã cho khóa học trước."


def _without_code(path: str) -> bool:
    """Whether the course page at this place of the tree has no code yet."""
    return CoursePage.objects.filter(path=path).filter(models.Q(code=None) | models.Q(code="")).exists()


class LessonPageForm(BasePageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if old := self.fields.get("body"):
            self.fields["body"] = PatientBlockField(
                old.block, required=old.required, label=old.label, help_text=old.help_text
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        say_it_above(self, "body")
        if "action-publish" in self.data and _without_code(self.parent_page.path):
            self.add_error(None, NO_CODE)
        return cleaned


class LessonPage(BasePage):
    """`question_keys` maps the id of each question block to its key in the question bank.

    Both keys belong to the published page: no revision brings them back, no copy takes them along.
    """

    item_key = models.CharField(max_length=60, unique=True, null=True, blank=True, editable=False)
    question_keys = models.JSONField(default=dict, blank=True, editable=False)
    objective = models.CharField(
        "mục tiêu", max_length=300, help_text="Học xong bài này làm được gì? Một câu, bắt đầu bằng động từ."
    )
    minutes = models.PositiveSmallIntegerField(
        "số phút", default=5, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    required = models.BooleanField(
        "bắt buộc trong khóa học",
        default=True,
        help_text="Bỏ dấu chọn: lần phát hành sau, khóa học không đòi bài này nữa.",
    )
    competences = CompetencesField("năng lực số", help_text="Theo Thông tư 02/2025/TT-BGDĐT.")
    body = StreamField(LessonBlocks(), verbose_name="nội dung")
    sources = RichTextField("nguồn tham khảo", features=["bold", "link"], blank=True)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = LessonPageForm
    template = "cms/lesson.html"
    parent_page_types = ["cms.CoursePage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["item_key", "question_keys", "source_digest"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("objective"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("required")]),
        FieldPanel("body"),
        FieldPanel("sources"),
        FieldPanel("competences"),
    ]

    class Meta:
        verbose_name = "bài học"
        verbose_name_plural = "bài học"

    def with_content_json(self, content: dict[str, Any]) -> LessonPage:
        page: LessonPage = super().with_content_json(content)
        page.item_key, page.question_keys = self.item_key, self.question_keys
        return page

    def take_keys(self) -> None:
        """The keys as they stand, and nobody else changes them before this transaction ends."""
        locked = LessonPage.objects.select_for_update().only("item_key", "question_keys").filter(pk=self.pk)
        if row := locked.first():
            self.item_key, self.question_keys = row.item_key, row.question_keys

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A page read before somebody else's first publication must not wipe out its keys."""
        if self.pk and kwargs.get("update_fields") is None:
            self.take_keys()
        super().save(*args, **kwargs)

    def words(self) -> str:
        body: StreamValue = self.body
        return " ".join([self.objective, *body.stream_block.get_searchable_content(body)])

    def must_not_be_required(self) -> None:
        """Raises ItemRequired."""
        if item := required_among([self.item_key]).first():
            raise ItemRequired(item)

    def must_be_fit_to_be_live(self) -> None:
        """Its key is made of the code of its course, when it is published."""
        if _without_code(self.path[: -self.steplen]):
            raise ValidationError({"title": NO_CODE})

    def parts(self) -> list[Part]:
        """The blocks in order; check questions and practices numbered, each kind apart, with their keys."""
        parts, numbers = [], {"question": 0, "practice": 0}
        for block in self.body:
            if (kind := block.block_type) not in numbers:
                parts.append(Part(block))
                continue
            numbers[kind] += 1
            draft = f"{'nhap' if kind == 'question' else 'nhap-thu'}-{numbers[kind]}"
            parts.append(Part(block, self.question_keys.get(block.id) or draft, numbers[kind]))
        return parts

    def course_page(self) -> CoursePage:
        page: CoursePage = CoursePage.objects.defer("plain").get(pk=self.get_parent().pk)
        return page

    def competence_names(self) -> list[tuple[str, str]]:
        return named(self.competences)

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Its other forms are below its address: see `cms.versions`."""
        if self.live and len(path_components) == 1 and path_components[0] in versions.TEMPLATES:
            return RouteResult(self, kwargs={"version": path_components[0]})
        return super().route(request, path_components)

    def get_template(self, request: HttpRequest, *args: Any, version: str = "", **kwargs: Any) -> str:
        return versions.TEMPLATES.get(version) or str(super().get_template(request, *args, **kwargs))

    def get_context(
        self, request: HttpRequest, *args: Any, version: str = "", **kwargs: Any
    ) -> dict[str, Any]:
        course = self.course_page()
        lessons = list(
            course.live_lessons()
            .select_related("weight", "audio")
            .only("pk", "title", "slug", "path", *BESIDE)
        )
        place = next((index for index, lesson in enumerate(lessons) if lesson.pk == self.pk), len(lessons))
        url = course.path_of_site()
        return {
            **super().get_context(request, *args, **kwargs),
            "course": course,
            "number": place + 1,
            "total": max(len(lessons), place + 1),
            "previous": lessons[place - 1] if place else None,
            "next": lessons[place + 1] if place + 1 < len(lessons) else None,
            "course_url": url,
            "crumbs": [("/", "Trang chủ"), ("/khoa-hoc/", "Khóa học"), (url, course.title)],
            "end": f"{version}/" if version == versions.WORDS else "",
            "weight": getattr(lessons[place], "weight", None) if place < len(lessons) else None,
            **self._body(version, lessons[place] if place < len(lessons) else self),
        }

    def _body(self, version: str, live: LessonPage) -> dict[str, Any]:
        """What the lesson says, in this form of it; `live` knows its recording without a query."""
        from ..aloud.reading import text_of
        from ..aloud.recordings import recording_of

        parts = self.parts()
        knowable = _questions(parts) >= 2
        if version == versions.WORDS:  # other sentences than the recording's: it is told where to hear that
            heard = recording_of(live, text_of(self))
            return {"read": text_of(self, versions.told), "heard": heard, "knowable": knowable}
        if version != versions.PAPER:
            text = text_of(self)
            return {"read": text, "recording": recording_of(live, text), "knowable": knowable}
        said = {"parts": parts, "page": self}
        path = self.path_of_site()
        return {
            "body": versions.for_paper(render_to_string("cms/handout/body.html", said)),
            "answers": [part for part in parts if part.number and part.block.block_type == "question"],
            "qr": versions.qr_of(path),
            "address": settings.SITE_URL + path,
            "crumbs": [("/", "Trang chủ"), (path, self.title)],
        }
