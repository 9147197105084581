"""Releasing a course from its page: what would change, what stands in the way, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from courses import releasing
from courses.errors import CourseError, NotLive
from courses.models import Course, Edition, Item

from . import publishing
from .models import CoursePage, LessonPage


class CourseNotLive(CourseError):
    def __init__(self) -> None:
        super().__init__("Chưa phát hành được: trang khóa học chưa được xuất bản.")


class BankTooSmall(CourseError):
    """The final test draws more questions than the bank has."""

    def __init__(self, has: int, draws: int) -> None:
        super().__init__(
            f"Chưa phát hành được: bài kiểm tra rút {draws} câu nhưng ngân hàng mới có {has} câu."
        )


@dataclass(frozen=True)
class Plan:
    """What a release of the course as it is now would require."""

    page: CoursePage
    course: Course | None
    current: Edition | None
    items: Sequence[Item] = ()
    dark: Sequence[LessonPage] = ()  # required but not live
    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    rule_before: dict[str, object] = field(default_factory=dict)
    questions: int = 0

    @property
    def rule_changed(self) -> bool:
        return bool(self.current) and self.rule_before != self.page.rule

    @property
    def changes(self) -> bool:
        return not self.current or bool(self.added or self.removed) or self.rule_changed

    @property
    def bank_too_small(self) -> bool:
        return self.page.has_test and self.questions < self.page.test_draw

    @property
    def possible(self) -> bool:
        return (
            bool(self.course and self.items and self.page.live and not self.dark) and not self.bank_too_small
        )


def plan(page: CoursePage) -> Plan:
    """Compare the course page as published with its current edition: at most 6 queries."""
    course = Course.objects.select_related("current_edition").filter(code=page.code).first()
    lessons = [lesson for lesson in page.lessons() if lesson.required]
    dark = [lesson for lesson in lessons if not lesson.live or not lesson.item_key]
    if course is None:
        return Plan(page, None, None, dark=dark)
    place = {lesson.item_key: number for number, lesson in enumerate(lessons)}
    items = sorted(course.items.filter(key__in=place), key=lambda item: place[item.key])
    if page.has_test:
        items += list(course.items.filter(kind=Item.Kind.TEST))
    current = course.current_edition
    before = {item.pk: item.title for item in current.items.all()} if current else {}
    return Plan(
        page,
        course,
        current,
        items=items,
        dark=dark,
        added=[item.title for item in items if item.pk not in before],
        removed=[title for pk, title in before.items() if pk not in {item.pk for item in items}],
        rule_before=current.rule if current else {},
        questions=course.questions.filter(purpose="exam", revision__isnull=False).count(),
    )


@transaction.atomic
def release(*, page: CoursePage, by: User | None, new_paper: bool = False) -> Edition:
    """Freeze the course as its published pages are now.

    Raises CourseNotLive, NotLive (naming the lessons), NothingRequired or BankTooSmall.
    """
    planned = plan(page)
    if planned.course is None or not page.live:
        raise CourseNotLive
    if planned.dark:
        raise NotLive(planned.dark)
    if planned.bank_too_small:
        raise BankTooSmall(planned.questions, page.test_draw)
    edition = releasing.release(planned.course, planned.items, by, new_paper=new_paper, rule=page.rule)
    if not page.has_test:
        publishing.drop_test(planned.course)
    return edition
