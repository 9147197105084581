"""The editor's first screen: every course, whether it waits to be released, and the question bank."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from . import release
from .admin_views import may_release
from .models import CoursePage, LessonPage


class CoursesPanel(Component):
    """About six queries for each course; a city has a dozen."""

    name = "courses"
    template_name = "cms/admin/courses_panel.html"
    order = 50

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = parent_context["request"]
        pages = CoursePage.objects.defer("plain").order_by("path")
        return {
            "plans": [(page, _said(release.plan(page))) for page in pages],
            "may_release": may_release(request.user),
        }


def _said(plan: release.Plan) -> str:
    """The release state in a few words."""
    if not plan.current:
        return "chưa phát hành lần nào"
    return "có thay đổi chưa phát hành" if plan.changes else f"đã phát hành bản {plan.current.number}"


def say_when_a_release_waits(request: HttpRequest, page: Page) -> None:
    """After a publication that changed what a released course requires: nobody learns it until released."""
    lesson = page.specific
    if not isinstance(lesson, CoursePage | LessonPage):
        return
    course = lesson if isinstance(lesson, CoursePage) else lesson.course_page()
    plan = release.plan(course)
    if plan.current and plan.changes:
        text = f"Khóa học “{course.title}” có thay đổi chưa phát hành: người học vẫn học theo bản cũ."
        link = (
            [messages.button(reverse("cms_release", args=[course.pk]), "Phát hành")]
            if may_release(request.user)
            else None
        )
        messages.warning(request, format_html("{}", text), buttons=link)
