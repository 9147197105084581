"""Making an imported course live and released, inside the importer's last transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User

from .. import authoring, release
from ..models import BasePage, CoursePage, LessonPage
from .package import Package

DROPPED = "dropped"


def make_live(
    package: Package, course: CoursePage, lessons: Sequence[LessonPage], touched: set[int]
) -> set[int]:
    """Publish what this or an earlier import wrote; the ids of the pages that changed.

    A person's draft is never published here, and a page that a person took off the
    site stays off.
    """
    moved = _put_in_order(course, lessons)
    due = [page for page in (course, *lessons) if page.pk in touched or _waits(page)]
    published = authoring.make_live(due)
    course.refresh_from_db()
    return moved | {page.pk for page in published} | _stop_requiring(package, course)


def _waits(page: BasePage) -> bool:
    """Only an import's own draft is waiting."""
    if not page.has_unpublished_changes or page.latest_revision is None:
        return False
    return page.latest_revision.user_id is None and (page.live or page.first_published_at is None)


def _put_in_order(course: CoursePage, lessons: Sequence[LessonPage]) -> set[int]:
    """The tree in the package's order, other lessons after; nothing moves when it is so already."""
    wanted = [lesson.pk for lesson in lessons]
    now = [pk for pk in course.lessons().values_list("pk", flat=True) if pk in set(wanted)]
    if now == wanted:
        return set()
    others = [pk for pk in course.lessons().values_list("pk", flat=True) if pk not in set(wanted)]
    for pk in [*wanted, *others]:
        parent = CoursePage.objects.get(pk=course.pk)
        LessonPage.objects.get(pk=pk).move(parent, pos="last-child")
    for lesson in lessons:
        lesson.refresh_from_db()
    return {course.pk}


def _stop_requiring(package: Package, course: CoursePage) -> set[int]:
    """Lessons of an earlier package that this one has no more: required no longer, live until released."""
    dropped = set()
    for lesson in _dropped(package, course).filter(required=True):
        lesson.required, lesson.source_digest = False, DROPPED  # a package that has it again is news
        lesson.save_revision(clean=False).publish()
        dropped.add(lesson.pk)
    return dropped


def _dropped(package: Package, course: CoursePage) -> QuerySet[LessonPage]:
    kept = [lesson.key for lesson in package.lessons]
    imported = LessonPage.objects.child_of(course).live().exclude(source_digest="").exclude(item_key__in=kept)
    return imported.filter(latest_revision__user=None)


def release_if_due(package: Package, course: CoursePage, *, changed: bool, by: User | None) -> None:
    """Release when the import changed something or nothing was released yet, then take off what was dropped.

    An editor's unreleased changes are hers to release: an import that changes nothing releases nothing.
    """
    row = course.course()
    if course.live and (changed or row is None or row.current_edition_id is None):
        release.release(page=course, by=by)
    for lesson in _dropped(package, course).filter(required=False):
        lesson.unpublish()
