"""The front page and the catalogue."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Sum
from django.db.models.functions import Length, Substr
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel

from .. import competences
from .base import BasePage
from .courses import CoursePage
from .lessons import LessonPage


class HomePage(BasePage):
    lead = models.TextField(
        "lời chào",
        blank=True,
        help_text="Một hai câu dưới tiêu đề lớn, nói với người chưa biết gì về trang này.",
    )

    template = "cms/home.html"
    max_count = 1
    subpage_types = ["cms.CourseIndexPage"]
    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "trang chủ"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        cards = course_cards()
        return {
            **super().get_context(request, *args, **kwargs),
            "cards": cards,
            "first_lesson": cards[0].first_lesson() if cards else None,
        }


class CourseIndexPage(BasePage):
    intro = models.TextField("lời giới thiệu", blank=True)

    template = "cms/catalogue.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.CoursePage"]
    content_panels = [*BasePage.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = "danh mục khóa học"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        cards = course_cards()
        chosen = request.GET.get("linh-vuc", "")
        shown = [card for card in cards if chosen in {code.split(".")[0] for code in card.competences}]
        used = {code.split(".")[0] for card in cards for code in card.competences}
        return {
            **super().get_context(request, *args, **kwargs),
            "cards": shown if chosen in used else cards,
            "chosen": chosen if chosen in used else "",
            "domains": [(code, name) for code, name, _ in competences.domains() if code in used],
            "any_course": bool(cards),
        }


def course_cards() -> list[CoursePage]:
    """Every live course in the order of the tree, with its live lessons counted: three queries."""
    totals = {
        row["parent"]: row
        for row in LessonPage.objects.live()
        .annotate(parent=Substr("path", 1, Length("path") - BasePage.steplen))
        .order_by()
        .values("parent")
        .annotate(
            lessons=Count("pk"),
            minutes=Sum("minutes"),
            weighed=Count("weight"),
            alone=Sum("weight__alone"),
            shared=Max(F("weight__first") - F("weight__alone")),
        )
    }
    cards = list(CoursePage.objects.live().select_related("cover").defer("plain").order_by("path"))
    for card in cards:
        total = totals.get(card.path, {"lessons": 0, "minutes": 0, "weighed": 0})
        card.lesson_count, card.total_minutes = total["lessons"], total["minutes"]
        if total["lessons"] and total["weighed"] == total["lessons"]:
            card.cost = total["alone"] + total["shared"]
    return cards
