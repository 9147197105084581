"""A Package into pages, pictures and the question bank: all of it, or nothing.

Who locks what: one import runs at a time (`turns`). Pictures and drafts are written in
one short transaction each and are shown to nobody; one more transaction makes the course
live. When any part fails, `Undo` takes the drafts back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.models import User
from courses.errors import CourseError
from quizzes.errors import Refused

from .. import authoring
from ..models import CoursePage, LessonPage, Picture
from . import bank, going_live, pictures
from .conflicts import refuse_conflicts, refuse_later
from .package import Lesson, Package
from .report import NEW, SAME, UPDATED, Line, Report, question_origin
from .standing import same_course, same_lesson
from .streams import to_html, to_stream
from .turns import one_at_a_time
from .undoing import Undo

logger = logging.getLogger(__name__)
EDITED = "đã có người sửa trên trang; giữ bản của trang (dùng --force để lấy theo gói)"


class _Kept(Exception):
    """The page was edited by a person and the package says something else."""


@dataclass
class Landing:
    package: Package
    publish: bool
    force: bool
    report: Report
    pictures: dict[str, Picture] = field(default_factory=dict)
    lessons: list[LessonPage] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)


def land(package: Package, *, publish: bool = False, force: bool = False, user: User | None = None) -> Report:
    """Bring the package in; as drafts, or live and released with `publish`.

    A page that a person edited since the last import is kept unless `force`. Revisions
    carry no user, which is how the next import knows its own; `user` signs the release.
    Importing the same package again changes nothing. Raises PackageRefused; then
    nothing was changed.
    """
    work = Landing(package, publish, force, Report(package.code))
    with one_at_a_time():
        refuse_conflicts(package)
        try:
            _bring_in(work, user)
        except ValidationError as error:
            raise refuse_later("; ".join(error.messages)) from error
        except (CourseError, Refused) as error:
            raise refuse_later(str(error)) from error
        except DatabaseError as error:
            logger.warning("Import of %s failed: %s", package.code, error)
            raise refuse_later("cơ sở dữ liệu đang bận; hãy thử lại.") from error
    _report_practice(work)
    work.report.add_left_out(package)
    return work.report


def _bring_in(work: Landing, user: User | None) -> None:
    """Pictures and drafts one by one, then everything live in one transaction."""
    package = work.package
    fresh = _new_pictures(work)
    with Undo() as undo:
        authoring.ensure_site()
        _save_pictures(work, fresh, undo)
        course = _put_course(work, undo)
        for lesson in package.lessons:
            _put_lesson(work, course, lesson, undo)
        with transaction.atomic():
            if work.publish:
                work.touched |= going_live.make_live(package, course, work.lessons, work.touched)
            bank.fill(package, course, work.report, live=work.publish, force=work.force)
            if work.publish:
                changed = bool(work.touched) or bool(work.report.changed)
                going_live.release_if_due(package, course, changed=changed, by=user)
    work.report.changed += len(work.touched) + len(fresh)


def _new_pictures(work: Landing) -> dict[str, Picture]:
    """Pictures not in the library yet, built in memory: cleaning and measuring before any transaction."""
    work.pictures = pictures.known(work.package)
    return {
        path: pictures.build(work.package, media)
        for path, media in work.package.media.items()
        if path not in work.pictures
    }


def _save_pictures(work: Landing, fresh: dict[str, Picture], undo: Undo) -> None:
    for path in work.package.media:
        if picture := fresh.get(path):
            picture.save()
            undo.picture(picture)
            before = pictures.take_over(picture, pictures.origin_of(work.package.code, path))
            undo.origin(picture, before)
            work.pictures[path] = picture
        work.report.media.append(Line(path, True, NEW if path in fresh else SAME))


def _put_course(work: Landing, undo: Undo) -> CoursePage:
    package = work.package
    old = CoursePage.objects.filter(code=package.code).first()
    cover = work.pictures.get(package.cover)
    edited = _edited(old)
    if edited and old and same_course(old, package, cover):
        return old
    try:
        with transaction.atomic():
            page, changed = authoring.put_course(
                code=package.code,
                slug=package.slug,
                title=package.title,
                summary=package.summary,
                audience=package.audience,
                competences=package.competences,
                licence=package.licence,
                cover=cover,
                final_test=vars(package.final_test) if package.final_test else None,
                anyway=edited and work.force,
            )
            if changed and edited and not work.force:
                raise _Kept
    except _Kept:
        work.report.pages.append(Line("course.yaml", False, EDITED))
        return CoursePage.objects.get(code=package.code)
    if changed:
        undo.page(old, page)
        work.touched.add(page.pk)
    return page


def _put_lesson(work: Landing, course: CoursePage, lesson: Lesson, undo: Undo) -> None:
    old = LessonPage.objects.filter(item_key=lesson.key).first()
    questions = work.package.check_questions(lesson.key)
    practices = work.package.practices_of(lesson.key)
    edited = _edited(old)
    if edited and old and same_lesson(old, lesson, questions, work.pictures, practices):
        work.lessons.append(old)
        work.report.pages.append(Line(lesson.origin, True, SAME))
        return
    try:
        with transaction.atomic():
            page, changed = authoring.put_lesson(
                course=course,
                key=lesson.key,
                slug=lesson.slug,
                title=lesson.title,
                objective=lesson.objective,
                minutes=lesson.minutes,
                competences=lesson.competences,
                blocks=to_stream(
                    lesson, questions, {path: p.pk for path, p in work.pictures.items()}, practices
                ),
                sources="".join(to_html(runs) for runs in lesson.sources),
                required=lesson.required,
                anyway=edited and work.force,
            )
            if changed and edited and not work.force:
                raise _Kept
    except _Kept:
        work.kept.add(lesson.key)
        work.lessons.append(LessonPage.objects.get(item_key=lesson.key))
        work.report.pages.append(Line(lesson.origin, False, EDITED))
        return
    if changed:
        undo.page(old, page)
        work.touched.add(page.pk)
    work.lessons.append(page)
    work.report.pages.append(Line(lesson.origin, True, (UPDATED if old else NEW) if changed else SAME))


def _edited(page: Any) -> bool:
    """The latest words on the page are a person's: imports sign no revision."""
    if page is None or page.latest_revision is None:
        return False
    return page.latest_revision.user_id is not None


def _report_practice(work: Landing) -> None:
    """Check questions and practices travel inside their lesson's page."""
    by_key = {lesson.key: lesson for lesson in work.package.lessons}
    lines = {line.origin: line for line in work.report.pages}
    for question in work.package.asked:
        if question.purpose == "practice":
            line = lines[by_key[question.lesson].origin]
            work.report.questions.append(Line(question_origin(question), line.taken, line.reason))
