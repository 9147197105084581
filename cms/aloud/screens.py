"""The editor's screens: a lesson's recording, and those of a course at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.models import Page

from .. import guarding
from ..models import CoursePage, LessonAudio, LessonPage
from . import recordings
from .forms import AudioForm
from .reading import text_of


@dataclass(frozen=True)
class Standing:
    """A lesson and how its recording stands: none, good, old."""

    page: LessonPage
    audio: LessonAudio | None

    @property
    def state(self) -> str:
        if self.audio is None:
            return "none"
        return "old" if self.audio.text_digest != text_of(self.page).digest else "good"


def standing(page: LessonPage) -> Standing:
    return Standing(page, LessonAudio.objects.filter(page=page).first())


def say_when_old(request: HttpRequest, page: Page) -> None:
    """On a lesson's own screen, and after a publication that changed what was read."""
    if page.specific_class is LessonPage and standing(LessonPage.objects.get(pk=page.pk)).state == "old":
        text = f"Tiếng đọc của bài “{page.title}” đã cũ: người học không nghe được bản này nữa."
        link = messages.button(reverse("cms_lesson_audio", args=[page.pk]), "Mở tiếng đọc")
        messages.warning(request, format_html("{}", text), buttons=[link])


def _may_edit(request: HttpRequest, page: Page) -> None:
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def lesson_audio(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be read, the recording there is, and a form for another."""
    page = get_object_or_404(LessonPage, pk=pk)
    _may_edit(request, page)
    may_change = guarding.may_change_at_once(request.user, page)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    if request.method == "POST" and "remove" in request.POST:
        recordings.remove(page=page)
        messages.success(request, f"Đã bỏ tiếng đọc của bài “{page.title}”.")
        return redirect("cms_lesson_audio", pk)
    text = text_of(page)
    form = AudioForm(request.POST or None, request.FILES or None, text=text)
    if request.method == "POST" and form.is_valid():
        _keep(page, form)
        messages.success(request, f"Đã nhận tiếng đọc của bài “{page.title}”.")
        return redirect("cms_lesson_audio", pk)
    shown = {"page": page, "form": form, "text": text, "standing": standing(page), "may_change": may_change}
    return render(request, "cms/admin/lesson_audio.html", shown)


def _keep(page: LessonPage, form: AudioForm) -> None:
    said = form.cleaned_data
    recordings.put(
        page=page,
        sound=said["sound"],
        text_digest=said["text"],
        marks=said.get("starts"),
        credit=said["credit"],
    )


@require_safe
def course_audio(request: HttpRequest, pk: int) -> HttpResponse:
    """Every lesson of a course: read aloud, out of date, or not."""
    page = get_object_or_404(CoursePage, pk=pk)
    _may_edit(request, page)
    rows = [standing(lesson) for lesson in page.lessons()]
    return render(request, "cms/admin/course_audio.html", {"page": page, "rows": rows})
