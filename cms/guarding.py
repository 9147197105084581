"""A lesson of the current edition stays where it is: not deleted, unpublished or moved away.

The editor's screens refuse politely (`wagtail_hooks`); these checks also stop code.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from wagtail.models import Page

from courses.errors import CourseError
from courses.models import Item
from courses.releasing import required_among

from .models import LessonPage


class PageRequired(CourseError):
    """The page is, or holds, a lesson of the current edition of a course."""

    def __init__(self, items: list[Item], what: str) -> None:
        names = ", ".join(f"“{item.title}”" for item in items[:3])
        more = f" và {len(items) - 3} bài khác" if len(items) > 3 else ""
        super().__init__(
            f"Không {what} được: {names}{more} đang nằm trong bản phát hành hiện tại của khóa học. "
            "Hãy bỏ bài khỏi khóa học rồi phát hành bản mới trước."
        )


class OtherCourse(CourseError):
    def __init__(self, page: Page) -> None:
        super().__init__(
            f"Không chuyển được “{page.title}” sang khóa học khác, vì kết quả học đã gắn với khóa học này. "
            "Hãy sao chép bài sang khóa học kia."
        )


class NoAlias(CourseError):
    def __init__(self, page: Page) -> None:
        super().__init__(f"“{page.title}” không có trang bí danh được. Hãy sao chép thành trang riêng.")


def required_under(pages: Iterable[Page]) -> list[Item]:
    """The required items of these pages and everything below them: one query."""
    below = Q(pk=None)
    for page in pages:
        below |= Q(path__startswith=page.path)
    lessons = LessonPage.objects.filter(below, item_key__isnull=False)
    return list(required_among(lessons.values("item_key")).order_by("course", "position"))


def must_not_be_required(pages: Iterable[Page], what: str) -> None:
    """Raises PageRequired; `what` completes "Không … được" ("xóa", "gỡ")."""
    if items := required_under(pages):
        raise PageRequired(items, what)


def may_move(page: Page, parent: Page) -> None:
    """Raises OtherCourse for a lesson that already has results to its name."""
    lesson = LessonPage.objects.filter(pk=page.pk, item_key__isnull=False).first()
    if lesson and lesson.get_parent().pk != parent.pk:
        raise OtherCourse(lesson)


def may_change_at_once(user: AbstractBaseUser | AnonymousUser, page: Page) -> bool:
    """What shows at once (a recording, a film) is a publication, and a locked page keeps what it has."""
    may = page.permissions_for_user(user)
    return bool(may.can_publish() and not may.page_locked())
