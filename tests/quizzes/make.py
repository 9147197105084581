"""A course with lessons, a released edition, check questions and a bank for the final test."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from courses.models import Course, Edition, EditionItem, Item, ItemRevision
from quizzes import banking
from quizzes.models import Question

CHOICES = [
    {"text": "Nghe máy, chuyển tiền", "feedback": "Chưa đúng."},
    {"text": "Cúp máy, tự gọi hỏi công an xã", "correct": True, "feedback": "Đúng."},
    {"text": "Đọc mã 6 số", "feedback": "Chưa đúng."},
]


def make_course(
    *, lessons: int = 3, exam_per_lesson: int = 8, code: str = "KNS04", rules: dict[str, Any] | None = None
) -> Course:
    """A released course whose required items are its lessons and its final test."""
    now = timezone.now() - timezone.timedelta(days=30)
    low = code.lower()
    course = Course.objects.create(code=code, slug=f"an-toan-{low}", title="An toàn trên mạng")
    items = [_lesson(course, low, number, now) for number in range(1, lessons + 1)]
    test = Item.objects.create(
        course=course, key=f"{low}-test", kind="test", title="Bài kiểm tra cuối khóa", position=lessons + 1
    )
    edition = Edition.objects.create(course=course, number=1, title=course.title, released_at=now)
    EditionItem.objects.bulk_create(
        EditionItem(edition=edition, item=item, position=item.position) for item in [*items, test]
    )
    course.current_edition = edition
    course.save()
    banking.put_quiz(item=test, **(rules or {}))
    for item in items:
        put(course, f"{item.key}-c1", "practice", item)
        for number in range(exam_per_lesson):
            put(course, f"{item.key}-f{number:02}", "exam", item)
    return course


def _lesson(course: Course, low: str, number: int, at: Any) -> Item:
    item = Item.objects.create(
        course=course,
        key=f"{low}-{number:02}",
        slug=f"bai-{number}",
        title=f"Bài {number}",
        position=number,
        url=f"/khoa-hoc/{course.slug}/bai-{number}/",
    )
    item.revision = ItemRevision.objects.create(
        item=item, number=1, title=item.title, html="<p>Nội dung</p>", digest="d", published_at=at
    )
    item.save()
    return item


def put(course: Course, key: str, purpose: str, item: Item | None = None, **fields: Any) -> Question:
    wording = {"kind": "single", "text": f"Câu {key}?", "choices": CHOICES, "explanation": "Vì sao."}
    return banking.put_question(
        course=course, key=key, purpose=purpose, item=item, **{**wording, **fields}
    ).question


def quiz_of(course: Course) -> Any:
    return course.items.get(kind="test").quiz
