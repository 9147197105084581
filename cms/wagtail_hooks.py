"""The editor's screens: refusals said politely, the release button, our name on the door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.views.pages.bulk_actions.move import MoveBulkAction
from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
from wagtail.admin.widgets.button import Button
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.wagtail_hooks import DocumentsSummaryItem
from wagtail.models import Page

from courses.errors import CourseError

from . import guarding
from .admin_api import PagesAPI
from .admin_views import may_release, release_course
from .aloud import screens as aloud
from .bank import QuestionViewSet
from .dashboard import CoursesPanel, say_when_a_release_waits
from .designs import DesignViewSet, paper_sample
from .film_desk import FilmViewSet, PictureDeleteView, UploadedDeleteView
from .holders import why_kept
from .models import CoursePage, LessonPage, Picture

LABELS = {"explorer": "Trang", "images": "Hình ảnh", "settings": "Cài đặt"}
HIDDEN = {"documents", "reports", "help", "snippets"}


def _refused(request: HttpRequest, pages: list[Page], what: str) -> HttpResponse | None:
    """A message and the way back when one of the pages may not go; None when all may."""
    try:
        guarding.must_not_be_required(pages, what)
    except guarding.PageRequired as refusal:
        return _back(request, pages[0], refusal)
    return None


def _back(request: HttpRequest, page: Page, refusal: CourseError) -> HttpResponse:
    messages.error(request, str(refusal))
    parent = page.get_parent() or page
    return redirect("wagtailadmin_explore", parent.pk)


@hooks.register("before_delete_page")
def before_delete(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refused(request, [page], "xóa")


@hooks.register("before_unpublish_page")
def before_unpublish(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refused(request, [page], "gỡ")


@hooks.register("before_move_page")
def before_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    try:
        guarding.may_move(page, destination)
    except guarding.OtherCourse as refusal:
        return _back(request, page, refusal)
    return None


@hooks.register("before_copy_page")
def before_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """An alias would be a second page of one item. Our form does not offer it."""
    return _back(request, page, guarding.NoAlias(page)) if request.POST.get("alias") else None


@hooks.register("before_bulk_action")
def before_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    why = [why_kept(one) for one in objects if isinstance(one, Picture)] if action_type == "delete" else []
    if any(why):
        messages.error(request, " ".join(filter(None, why)))
        return redirect("wagtailimages:index")
    pages = [one for one in objects if isinstance(one, Page)]
    if not pages:
        return None
    if action_type in {"delete", "unpublish"}:
        return _refused(request, pages, "xóa" if action_type == "delete" else "gỡ")
    if action_type == "move" and request.method == "POST":
        return _bulk_move(request, pages)
    return None


def _bulk_move(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    destination = Page.objects.get(pk=request.POST["chooser"])  # checked by Wagtail's form
    for page in pages:
        try:
            guarding.may_move(page, destination)
        except guarding.OtherCourse as refusal:
            return _back(request, page, refusal)
    return None


@hooks.register("register_bulk_action", order=100)
class MoveSomewhere(MoveBulkAction):
    """Wagtail's own cannot draw its form again around a place that is no page: HTTP 500."""

    def form_invalid(self, form: Form) -> HttpResponse:
        chosen = form.data.get("chooser")
        if chosen and not (chosen.isascii() and chosen.isdecimal()):
            messages.error(self.request, "Không tìm thấy nơi chuyển tới. Các trang vẫn ở chỗ cũ.")
            return redirect(self.next_url)
        response: HttpResponse = super().form_invalid(form)
        return response


@hooks.register("register_bulk_action", order=100)
class PublishWhole(PublishBulkAction):
    """Wagtail's own lets what a page refuses pass for a fault of the machine: HTTP 500."""

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ValidationError as refusal:
            messages.error(self.request, "Chưa xuất bản trang nào. " + " ".join(refusal.messages))
            return redirect(self.next_url)
        return response


@hooks.register("construct_admin_api")
def admin_api(router: WagtailAPIRouter) -> None:
    router.register_endpoint("pages", PagesAPI)


# --- releasing --------------------------------------------------------------


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("khoa-hoc/<int:pk>/phat-hanh/", release_course, name="cms_release"),
        path("bai-hoc/<int:pk>/tieng-doc/", aloud.lesson_audio, name="cms_lesson_audio"),
        path("khoa-hoc/<int:pk>/tieng-doc/", aloud.course_audio, name="cms_course_audio"),
        path("images/<int:image_id>/delete/", PictureDeleteView.as_view()),  # before Wagtail's own
        path("images/multiple/<int:image_id>/delete/", UploadedDeleteView.as_view()),
        path("mau-giay/<int:pk>/xem/", paper_sample, name="cms_paper_sample"),
    ]


@hooks.register("register_page_header_buttons")
def release_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.specific_class is CoursePage and may_release(user):
        yield Button(
            "Phát hành khóa học", reverse("cms_release", args=[page.pk]), icon_name="success", priority=5
        )


@hooks.register("register_page_header_buttons")
def audio_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    kind = page.specific_class
    if kind is LessonPage and page.permissions_for_user(user).can_edit():
        old = aloud.standing(LessonPage.objects.get(pk=page.pk)).state == "old"
        url = reverse("cms_lesson_audio", args=[page.pk])
        yield Button("Tiếng đọc (đã cũ)" if old else "Tiếng đọc", url, icon_name="media", priority=6)
    elif kind is CoursePage and page.permissions_for_user(user).can_edit():
        url = reverse("cms_course_audio", args=[page.pk])
        yield Button("Tiếng đọc các bài", url, icon_name="media", priority=6)


class ReleaseMenuItem(ActionMenuItem):
    name = "action-release"
    label = "Phát hành khóa học…"
    icon_name = "success"
    order = 90

    def is_shown(self, context: dict[str, Any]) -> bool:
        page = context.get("page")
        return (
            context["view"] == "edit"
            and isinstance(page, CoursePage)
            and may_release(context["request"].user)
        )

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("cms_release", args=[context["page"].pk])


@hooks.register("register_page_action_menu_item")
def release_menu_item() -> ReleaseMenuItem:
    return ReleaseMenuItem()


# --- the look of the place ---------------------------------------------------


@hooks.register("register_admin_viewset")
def question_bank() -> QuestionViewSet:
    return QuestionViewSet()


@hooks.register("register_admin_viewset")
def paper_designs() -> DesignViewSet:
    return DesignViewSet()


@hooks.register("register_admin_viewset")
def films() -> FilmViewSet:
    return FilmViewSet()


@hooks.register("construct_main_menu")
def hide_unused(request: HttpRequest, menu_items: list[Any]) -> None:
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN]
    for item in menu_items:
        item.label = LABELS.get(item.name, item.label)


@hooks.register("construct_homepage_panels")
def courses_first(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(CoursesPanel())


@hooks.register("after_publish_page")
def release_waits(request: HttpRequest, page: Page) -> None:
    say_when_a_release_waits(request, page)


@hooks.register("after_publish_page")
def audio_is_old(request: HttpRequest, page: Page) -> None:
    aloud.say_when_old(request, page)


@hooks.register("before_edit_page")
def audio_was_old(request: HttpRequest, page: Page) -> None:
    if request.method == "GET":
        aloud.say_when_old(request, page)


@hooks.register("construct_homepage_summary_items")
def hide_documents(request: HttpRequest, summary_items: list[Any]) -> None:
    summary_items[:] = [item for item in summary_items if not isinstance(item, DocumentsSummaryItem)]


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("cms/admin.css"))
