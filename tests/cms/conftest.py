"""A course of two lessons, written as an importer writes it."""

from __future__ import annotations

from typing import Any

import pytest

from cms import authoring, publishing, release
from cms.models import CoursePage, LessonPage
from quizzes import banking

QUESTION = {
    "type": "question",
    "value": {
        "kind": "single",
        "text": "Người lạ hỏi mã 6 số. Bạn làm gì?",
        "choices": [
            {"text": "Cúp máy", "correct": True, "feedback": "Đúng. Mã là chìa khóa."},
            {"text": "Đọc mã", "correct": False, "feedback": "Chưa đúng."},
        ],
        "explanation": "Không ai có quyền hỏi mã.",
    },
}


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def put_course(code: str = "KNS04", **fields: Any) -> CoursePage:
    page, _ = authoring.put_course(
        **{
            "code": code,
            "slug": "an-toan-tren-mang",
            "title": "An toàn trên mạng",
            "summary": "Biết cách tránh lừa đảo.",
            "final_test": {"draw": 2, "pass_percent": 80},
            **fields,
        }
    )
    return page


def put_lesson(course: CoursePage, number: int, **fields: Any) -> LessonPage:
    key = f"{course.code.lower()}-{number:02d}"
    page, _ = authoring.put_lesson(
        **{
            "course": course,
            "key": key,
            "slug": f"bai-{number}",
            "title": f"Bài {number}",
            "objective": "Nhận ra dấu hiệu lừa đảo.",
            "minutes": 6,
            "blocks": [paragraph(f"Nội dung bài {number}"), {**QUESTION, "id": f"{key}-c1"}],
            **fields,
        }
    )
    return page


def put_bank(course: CoursePage, count: int = 2) -> None:
    for number in range(count):
        banking.put_question(
            course=publishing.course_of(course),
            key=f"{course.code.lower()}-f{number:02d}",
            purpose="exam",
            kind="single",
            text=f"Câu kiểm tra {number}",
            choices=[
                {"id": "a", "text": "Một", "correct": True},
                {"id": "b", "text": "Hai", "correct": False},
            ],
            explanation="Vì thế.",
        )


@pytest.fixture
def khoa(db) -> CoursePage:
    """An toàn trên mạng: two lessons, live and released."""
    authoring.ensure_site()
    course = put_course()
    authoring.make_live([course, put_lesson(course, 1), put_lesson(course, 2)])
    put_bank(course)
    release.release(page=course, by=None)
    return course


@pytest.fixture
def bai(khoa) -> LessonPage:
    return LessonPage.objects.get(item_key="kns04-01")


def edit(page, **fields: Any):
    """Publish a change as an editor would."""
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.full_clean()
    draft.save_revision().publish()
    page.refresh_from_db()
    return page
