"""What a page says now, in the words of a package: for comparing and for export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.models import Page

from common.text import nfc

from ..models import CoursePage, LessonPage, Picture
from .markdown import sayable, steady
from .package import FinalTest, Lesson, Package, Practice, Question
from .streams import from_html, from_stream, practices_of, questions_of

TEST_FIELDS = {
    "draw": "test_draw",
    "pass_percent": "pass_percent",
    "attempts_per_day": "attempts_per_day",
    "wait_minutes": "wait_minutes",
    "time_limit_minutes": "time_limit_minutes",
}


def final_test_of(page: CoursePage) -> FinalTest | None:
    if not page.has_test:
        return None
    return FinalTest(**{name: getattr(page, theirs) for name, theirs in TEST_FIELDS.items()})


def address_of(pk: int) -> str:
    """The address of a page for a link inside the site; empty when there is none any more."""
    page = Page.objects.filter(pk=pk).only("url_path").first()
    return "/" + page.url_path.split("/", 2)[2] if page else ""


def lesson_of(page: LessonPage, *, stem: str, names: Mapping[int, str]) -> Lesson:
    """The lesson as it stands; `names` gives the media path of each picture by id."""

    def media_of(picture: Any) -> str:
        return names.get(picture.pk, "")

    return Lesson(
        stem=stem,
        key=page.item_key or "",
        slug=page.slug,
        title=nfc(page.title),
        objective=" ".join(nfc(page.objective).split()),
        minutes=page.minutes,
        competences=tuple(page.competences or ()),
        blocks=steady(from_stream(page.body, media_of, address_of, page.question_keys)),
        required=page.required,
        sources=tuple(sayable(runs) for runs in from_html(page.sources, address_of)),
    )


def same_lesson(
    page: LessonPage,
    lesson: Lesson,
    questions: Sequence[Question],
    pictures: Mapping[str, Picture],
    practices: Sequence[Practice] = (),
) -> bool:
    """The page's latest draft says exactly what the package's lesson says."""
    latest = page.get_latest_revision_as_object()
    names = {picture.pk: path for path, picture in pictures.items()}
    standing = lesson_of(latest, stem=lesson.stem, names=names)
    asked = questions_of(latest, questions[0].origin if questions else "")
    played = practices_of(latest, practices[0].origin if practices else "", names)
    # In the file the order of the practices says nothing: the lesson does.
    same = sorted(played, key=_key_of) == sorted(practices, key=_key_of)
    return standing == lesson and asked == list(questions) and same


def _key_of(practice: Practice) -> str:
    return practice.key


def same_course(page: CoursePage, package: Package, cover: Picture | None) -> bool:
    """The course page's latest draft says exactly what course.yaml says."""
    latest = page.get_latest_revision_as_object()
    standing = (
        latest.title,
        latest.summary,
        latest.audience,
        latest.licence,
        tuple(latest.competences or ()),
        latest.cover_id,
        final_test_of(latest),
    )
    return standing == (
        package.title,
        package.summary,
        package.audience,
        package.licence,
        package.competences,
        cover.pk if cover else None,
        package.final_test,
    )
