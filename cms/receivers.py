"""What follows when Wagtail publishes, moves or deletes a page.

Receivers, because pages change through the editor, through code and through their parents.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from courses.models import Course

from . import guarding, publishing, weighing
from .aloud import recordings
from .holders import lessons_with
from .models import CourseIndexPage, CoursePage, Film, LessonAudio, LessonPage, Picture, Weighing, films

AT_ONCE = 3  # lessons that one request weighs


def connect() -> None:
    page_published.connect(on_lesson_published, sender=LessonPage)
    page_published.connect(on_course_published, sender=CoursePage)
    page_published.connect(on_index_published, sender=CourseIndexPage)
    page_unpublished.connect(on_lesson_gone, sender=LessonPage)
    pre_delete.connect(before_lesson_deleted, sender=LessonPage)
    post_delete.connect(on_lesson_gone, sender=LessonPage)
    post_save.connect(on_audio, sender=LessonAudio)
    post_delete.connect(on_audio, sender=LessonAudio)
    post_delete.connect(recordings.on_gone, sender=LessonAudio)
    for shown in (Film, Picture):
        post_save.connect(on_shown, sender=shown)
        pre_delete.connect(on_shown, sender=shown)
    post_delete.connect(films.on_gone, sender=Film)
    pre_page_move.connect(before_move)
    post_page_move.connect(on_moved)


def on_lesson_published(instance: LessonPage, **kwargs: Any) -> None:
    publishing.publish_lesson(instance)
    # After the commit: rendering and packing would hold the write lock. What is missed here, a task weighs.
    transaction.on_commit(lambda: weigh_live(instance.pk), robust=True)


def weigh_live(pk: int) -> None:
    if page := LessonPage.objects.live().filter(pk=pk).first():
        weighing.keep(page)


def on_audio(instance: LessonAudio, **kwargs: Any) -> None:
    """A recording came or went."""
    _changed([instance.page_id])


def on_shown(instance: Film | Picture, created: bool = False, **kwargs: Any) -> None:
    """A film or picture changed, or goes."""
    if not created:
        _changed([page.pk for page in lessons_with(instance)])


def _changed(pages: list[int]) -> None:
    """Lessons that cost something else now are weighed again: a few at once, all others by the task."""
    Weighing.objects.filter(page__in=pages).update(stamp="")
    for pk in pages[:AT_ONCE]:
        transaction.on_commit(partial(weigh_again, pk), robust=True)


def weigh_again(pk: int) -> None:
    if page := LessonPage.objects.live().filter(pk=pk).first():
        weighing.forget(page)
        weighing.keep(page)


def on_course_published(instance: CoursePage, **kwargs: Any) -> None:
    publishing.publish_course(instance)


def on_index_published(instance: CourseIndexPage, **kwargs: Any) -> None:
    sync_below(instance)


def on_lesson_gone(instance: LessonPage, **kwargs: Any) -> None:
    publishing.withdraw_lesson(instance)


def before_lesson_deleted(instance: LessonPage, **kwargs: Any) -> None:
    instance.must_not_be_required()


def before_move(instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    guarding.may_move(instance, parent_page_after)


def on_moved(instance: Page, **kwargs: Any) -> None:
    """A new place in the row, or new addresses below."""
    sync_below(instance)
    if CoursePage.objects.filter(pk=instance.get_parent().pk).exists():
        sync_below(instance.get_parent())


def sync_below(page: Page) -> None:
    for course_page in CoursePage.objects.filter(path__startswith=page.path, code__isnull=False):
        if course := Course.objects.filter(code=course_page.code).first():
            publishing.sync_lessons(course_page, course)
