"""From a page that went live to what learners point at: items, their revisions, check questions."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import get_random_string

from courses import releasing
from courses.errors import ItemRequired
from courses.models import Course, Item
from quizzes import banking
from quizzes.models import Question

from .models import CoursePage, LessonPage
from .models.lessons import Part

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def publish_lesson(page: LessonPage) -> None:
    """Make the item of a live lesson say what the page says; nothing new when nothing changed.

    A lesson copied along with its course waits until the copy has a code of its own.
    """
    course_page = page.course_page()
    if not course_page.code:
        return
    course = course_of(course_page)
    give_keys(page, course)
    siblings = list(course_page.lessons().values_list("pk", flat=True))
    releasing.publish_item(
        course=course,
        key=page.item_key or "",
        title=page.title,
        slug=page.slug,
        url=page.path_of_site(),
        html=frozen(render_to_string("cms/lesson_body.html", {"parts": page.parts(), "page": page})),
        at=page.last_published_at,
        position=siblings.index(page.pk) + 1,
    )
    put_questions(page, course, Item.objects.get(key=page.item_key))


def frozen(html: str) -> str:
    """The text without the release's marks on static files: the next release changes no lesson."""
    return re.sub(rf"({re.escape(settings.STATIC_URL)}[\w/.-]+)\.[0-9a-f]{{12}}(\.\w+)", r"\1\2", html)


def give_keys(page: LessonPage, course: Course) -> None:
    """The first publication gives the lesson its key, and every new question block its own.

    Two at once agree: the second waits for the first and takes what it gave.
    """
    page.take_keys()
    before = (page.item_key, dict(page.question_keys))
    stem = course.code.lower()
    if not page.item_key:
        page.item_key = f"{stem}-{get_random_string(8, _LETTERS)}"
    for block in page.body:
        if block.block_type in {"question", "practice"} and block.id not in page.question_keys:
            # An imported lesson's key may be as long as a question's may: 60.
            page.question_keys[block.id] = f"{page.item_key[:53]}-{get_random_string(6, _LETTERS)}"
    if before != (page.item_key, page.question_keys):
        LessonPage.objects.filter(pk=page.pk).update(item_key=page.item_key, question_keys=page.question_keys)


def put_questions(page: LessonPage, course: Course, item: Item) -> None:
    """The page's check questions and practices into the bank; those no longer on the page are retired."""
    kept = set()
    for part in page.parts():
        if not part.number:
            continue
        kept.add(part.key)
        if part.block.block_type == "practice":
            put_practice(part, course, item)
        else:
            put_question(part, course, item)
    gone = Question.objects.filter(item=item, purpose=Question.Purpose.PRACTICE, revision__isnull=False)
    for question in gone.exclude(key__in=kept):
        banking.retire(question=question)


def put_question(part: Part, course: Course, item: Item) -> None:
    value = part.block.value
    banking.put_question(
        course=course,
        key=part.key,
        purpose=Question.Purpose.PRACTICE,
        kind=value["kind"],
        text=value["text"],
        choices=value.options(),
        explanation=value["explanation"] or "",
        item=item,
        position=part.number,
    )


def put_practice(part: Part, course: Course, item: Item) -> None:
    value = part.block.value
    banking.put_practice(
        course=course,
        key=part.key,
        title=value["title"],
        intro=value["intro"] or "",
        screens=value.screens(),
        item=item,
        position=part.number,
    )


def course_of(page: CoursePage) -> Course:
    """The course of this page, made with its first published lesson or with the page itself."""
    course, _ = Course.objects.get_or_create(
        code=page.code, defaults={"slug": page.slug, "title": page.title}
    )
    return course


@transaction.atomic
def publish_course(page: CoursePage) -> None:
    """Title, address and final test as the page says; the addresses of its lessons follow."""
    if not page.code:
        return
    course = course_of(page)
    course.title, course.slug = page.title, page.slug
    course.save(update_fields=["title", "slug"])
    sync_lessons(page, course)
    for lesson in LessonPage.objects.child_of(page).live().filter(item_key=None):
        publish_lesson(lesson)
    if page.has_test:
        banking.put_quiz(
            item=releasing.put_test(course=course),
            draw=page.test_draw,
            pass_percent=page.pass_percent,
            attempts_per_day=page.attempts_per_day,
            wait_minutes=page.wait_minutes,
            time_limit_minutes=page.time_limit_minutes,
        )
    else:
        drop_test(course)


def drop_test(course: Course) -> None:
    """The final test goes as soon as no current edition asks for it: see `release`."""
    test = course.items.filter(kind=Item.Kind.TEST).exclude(url="").first()
    if test:
        try:
            releasing.withdraw_item(test)
        except ItemRequired:
            return


def sync_lessons(page: CoursePage, course: Course) -> None:
    """Order and addresses of the live lessons as the tree has them now: two queries."""
    places = {
        lesson.item_key: (place, lesson)
        for place, lesson in enumerate(page.lessons().only("pk", "item_key", "slug", "url_path", "live"), 1)
        if lesson.item_key
    }
    items = list(course.items.filter(key__in=places).exclude(url=""))
    for item in items:
        item.position, lesson = places[item.key]
        item.url = lesson.path_of_site()
    Item.objects.bulk_update(items, ["position", "url"])


def withdraw_lesson(page: LessonPage) -> None:
    """The page is no longer live. Raises ItemRequired while the current edition requires it."""
    item = Item.objects.filter(key=page.item_key).first() if page.item_key else None
    if item:
        releasing.withdraw_item(item)
