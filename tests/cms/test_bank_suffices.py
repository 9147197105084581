"""The bank of a released course's test never falls below what the test draws: here draw 2 of 2."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from cms import authoring, release
from quizzes import banking
from quizzes.errors import BankTooSmall
from quizzes.models import Question, Quiz
from tests.quizzes.test_races import at_once

from .conftest import put_bank, put_course, put_lesson
from .test_editor import editor  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def exam(khoa):
    return Question.objects.get(key="kns04-f00")


def test_taking_the_last_needed_question_away_is_refused_and_says_how_many(editor, exam):  # noqa: F811
    response = editor.post(reverse("ngan-hang:delete", args=[exam.pk]))
    said = " ".join(str(message) for message in get_messages(response.wsgi_request))
    assert "Chưa bỏ được câu này" in said
    assert "rút 2 câu" in said
    assert "còn 1 câu" in said
    exam.refresh_from_db()
    assert exam.revision is not None


def test_no_bulk_action_takes_questions_away(editor, exam):  # noqa: F811
    url = reverse("wagtail_bulk_action", args=["quizzes", "question", "delete"])
    response = editor.post(f"{url}?id={exam.pk}&next=/admin/")
    assert response.status_code == 404
    exam.refresh_from_db()
    assert exam.revision is not None


def test_a_spare_question_goes(khoa, exam):
    put_bank(khoa, 3)
    banking.retire(question=exam)
    assert exam.revision is None


def test_a_course_not_released_keeps_no_bank(db):
    authoring.ensure_site()
    course = put_course()
    authoring.make_live([course, put_lesson(course, 1)])
    put_bank(course)
    banking.retire(question=Question.objects.get(key="kns04-f00"))


def test_a_test_that_no_edition_asks_for_keeps_no_bank(khoa, exam):
    page, _ = authoring.put_course(
        code="KNS04", slug=khoa.slug, title=khoa.title, summary=khoa.summary, final_test=None
    )
    authoring.make_live([page])
    release.release(page=page, by=None)
    exam.refresh_from_db()
    banking.retire(question=exam)


def test_a_practice_question_goes_with_its_lesson(bai):
    banking.retire(question=Question.objects.get(key="kns04-01-c1"))


def course_form(khoa, **fields):
    return {
        "title": khoa.title,
        "slug": khoa.slug,
        "code": "KNS04",
        "summary": khoa.summary,
        "licence": khoa.licence,
        "has_test": "on",
        "test_draw": "3",
        "pass_percent": "80",
        "attempts_per_day": "3",
        "wait_minutes": "10",
        "time_limit_minutes": "30",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **fields,
    }


def test_a_page_that_draws_more_than_the_bank_has_is_not_published(editor, khoa):  # noqa: F811
    url = reverse("wagtailadmin_pages:edit", args=[khoa.pk])
    response = editor.post(url, course_form(khoa, title="Tên mới", **{"action-publish": "1"}))
    assert "chỉ còn 2 câu" in response.context["form"].errors["test_draw"][0]
    assert "Tên mới" in response.content.decode()
    assert Quiz.objects.get().draw == 2


def test_a_draft_may_draw_more_and_publishing_waits_for_the_questions(editor, khoa):  # noqa: F811
    url = reverse("wagtailadmin_pages:edit", args=[khoa.pk])
    assert editor.post(url, course_form(khoa)).status_code == 302
    put_bank(khoa, 3)
    assert editor.post(url, course_form(khoa, **{"action-publish": "1"})).status_code == 302
    assert Quiz.objects.get().draw == 3


@pytest.mark.django_db(transaction=True)
def test_two_editors_cannot_take_the_one_spare_question_twice(transactional_db, request):
    khoa = request.getfixturevalue("khoa")
    put_bank(khoa, 3)
    keys = iter(["kns04-f00", "kns04-f01"])
    answers = at_once(2, lambda: banking.retire(question=Question.objects.get(key=next(keys))))
    assert sorted(type(answer) for answer in answers if answer)[:1] == [BankTooSmall]
    assert Question.objects.filter(purpose="exam", revision__isnull=False).count() == 2
