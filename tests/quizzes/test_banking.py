"""What may be put into the bank, and what the database refuses whatever the code does."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from quizzes import banking
from quizzes.errors import BadQuestion
from quizzes.models import Attempt, AttemptQuestion, PracticeAnswer, Question, QuestionRevision

from .make import CHOICES, make_course, put, quiz_of

TRUE_FALSE = [{"text": "Đúng", "correct": True}, {"text": "Sai"}]


@pytest.fixture
def course(db):
    return make_course(lessons=1, exam_per_lesson=1)


def test_a_question_gets_a_first_revision_with_ids(course):
    revision = put(course, "kns04-x1", "exam").revision
    assert revision.number == 1
    assert [choice["id"] for choice in revision.choices] == ["a", "b", "c"]
    assert [choice["correct"] for choice in revision.choices] == [False, True, False]


def test_the_same_wording_makes_no_new_revision(course):
    assert put(course, "kns04-x1", "exam").revision == put(course, "kns04-x1", "exam").revision


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Khác?"},
        {"explanation": "Khác."},
        {"choices": CHOICES[:2]},
        {"kind": "multiple"},
        {"choices": [*CHOICES[:2], {**CHOICES[2], "feedback": "Khác."}]},
    ],
)
def test_a_changed_wording_makes_a_new_revision_and_keeps_the_old(course, change):
    old = put(course, "kns04-x1", "exam").revision
    new = put(course, "kns04-x1", "exam", **change).revision
    assert (new.number, QuestionRevision.objects.get(pk=old.pk).text) == (2, "Câu kns04-x1?")


def test_moving_a_question_makes_no_new_revision(course):
    first = put(course, "kns04-x1", "exam").revision
    question = put(course, "kns04-x1", "exam", course.items.first(), position=4)
    assert (question.revision, question.position, question.item) == (first, 4, course.items.first())


def test_a_retired_question_keeps_its_revisions_and_can_come_back(course):
    question = put(course, "kns04-x1", "exam")
    banking.retire(question=question, enough=False)
    question.refresh_from_db()
    assert question.revision is None
    assert question.revisions.count() == 1
    assert put(course, "kns04-x1", "exam").revision.number == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"choices": CHOICES[1:2]}, "2–6 câu trả lời"),
        ({"choices": [*CHOICES, *({"text": str(n)} for n in range(4))]}, "2–6 câu trả lời"),
        ({"choices": []}, "2–6 câu trả lời"),
        ({"choices": [CHOICES[0], CHOICES[2]]}, "đúng một câu trả lời đúng, đang có 0"),
        ({"choices": [CHOICES[1], {"text": "x", "correct": True}]}, "đang có 2"),
        ({"kind": "multiple", "choices": [CHOICES[0], CHOICES[2]]}, "ít nhất một"),
        ({"kind": "truefalse"}, "“Đúng” và “Sai”"),
        ({"kind": "truefalse", "choices": TRUE_FALSE[::-1]}, "“Đúng” và “Sai”"),
        ({"kind": "essay"}, "Không có loại"),
        ({"text": "  "}, "phải có chữ"),
        ({"text": "a" * 2001}, "2000"),
        ({"choices": [CHOICES[1], {"text": " "}]}, "phải có chữ và không trùng"),
        ({"choices": [CHOICES[1], {"text": CHOICES[1]["text"]}]}, "không trùng"),
        ({"choices": [{**CHOICES[1], "id": "a"}, {"id": "a", "text": "x"}]}, "mã của các câu"),
        ({"purpose": "game"}, "mục đích"),
        ({"key": ""}, "mã"),
        ({"key": "k" * 61}, "mã"),
    ],
)
def test_a_bad_question_is_refused_and_changes_nothing(course, fields, message):
    before = QuestionRevision.objects.count()
    call = {"key": "kns04-x1", "purpose": "exam", **fields}
    with pytest.raises(BadQuestion, match=message):
        put(course, call.pop("key"), call.pop("purpose"), **call)
    assert QuestionRevision.objects.count() == before


@pytest.mark.parametrize("kind", ["truefalse", "multiple"])
def test_the_other_kinds_are_taken(course, kind):
    assert put(course, "kns04-x1", "exam", kind=kind, choices=TRUE_FALSE).revision.kind == kind


def test_a_changed_purpose_is_refused(course):
    put(course, "kns04-x1", "practice")
    with pytest.raises(BadQuestion, match="luyện tập"):
        put(course, "kns04-x1", "exam")


def test_the_key_of_another_course_is_refused(course):
    other = make_course(lessons=1, exam_per_lesson=1, code="KNS01")
    with pytest.raises(BadQuestion, match="khóa học khác"):
        put(course, "kns01-01-f00", "exam")
    with pytest.raises(BadQuestion, match="thuộc khóa học khác"):
        put(course, "kns04-x1", "exam", other.items.first())


def test_a_quiz_is_put_twice_and_kept_once(course):
    item = quiz_of(course).item
    assert banking.put_quiz(item=item, draw=5).draw == 5
    assert banking.put_quiz(item=item, draw=6).pk == quiz_of(course).pk


def test_a_lesson_is_no_test(course):
    with pytest.raises(BadQuestion, match="không phải bài kiểm tra"):
        banking.put_quiz(item=course.items.get(kind="lesson"))


@pytest.mark.parametrize(
    "rule",
    [
        {"draw": 0},
        {"pass_percent": 0},
        {"pass_percent": 101},
        {"attempts_per_day": 0},
        {"wait_minutes": -1},
        {"time_limit_minutes": 0},
        {"draw": "10"},
        {"draw": True},
    ],
)
def test_a_rule_out_of_range_is_refused(course, rule):
    with pytest.raises(BadQuestion, match="số nguyên từ"):
        banking.put_quiz(item=quiz_of(course).item, **rule)


# --- Held by the database, whatever the code does ---------------------------


def refused(act) -> None:
    """The database refuses, at once or when the transaction's keys are checked."""

    @transaction.atomic
    def attempt() -> None:
        act()
        connection.check_constraints()

    with pytest.raises(IntegrityError):
        attempt()


def test_a_used_question_cannot_change_its_purpose(course):
    question = put(course, "kns04-x1", "practice")
    refused(lambda: Question.objects.filter(pk=question.pk).update(purpose="exam"))
    refused(lambda: Question.objects.filter(pk=question.pk).update(purpose="exam", ref="exam:kns04-x1"))
    question.purpose = "exam"
    refused(question.save)


def test_a_revision_cannot_have_another_purpose_than_its_question(course):
    revision = put(course, "kns04-x1", "practice").revision
    refused(lambda: QuestionRevision.objects.filter(pk=revision.pk).update(purpose="exam"))
    refused(
        lambda: QuestionRevision.objects.filter(pk=revision.pk).update(purpose="exam", ref="exam:kns04-x1/1")
    )


def test_a_question_cannot_borrow_the_revision_of_another(course):
    exam, practice = put(course, "kns04-x1", "exam"), put(course, "kns04-x2", "practice")
    refused(lambda: Question.objects.filter(pk=exam.pk).update(revision=practice.revision))


def test_an_unknown_purpose_is_refused(course):
    refused(lambda: Question.objects.create(course=course, key="kns04-x1", purpose="game"))


def test_a_test_cannot_draw_a_practice_question(course, lan):
    now = timezone.now()
    attempt = Attempt.objects.create(
        learner=lan,
        quiz=quiz_of(course),
        edition=course.current_edition,
        day=now.date(),
        ordinal=1,
        day_limit=3,
        started_at=now,
        deadline=now,
        total=1,
        pass_percent=80,
    )
    practice, exam = put(course, "kns04-x1", "practice").revision, put(course, "kns04-x2", "exam").revision
    refused(
        lambda: AttemptQuestion.objects.create(attempt=attempt, position=1, revision=practice, order=["a"])
    )
    AttemptQuestion.objects.create(attempt=attempt, position=1, revision=exam, order=["a"])


def test_a_practice_answer_cannot_be_to_an_exam_question(course, lan):
    question = put(course, "kns04-x2", "exam")
    refused(
        lambda: PracticeAnswer.objects.create(
            learner=lan,
            question=question,
            revision=question.revision,
            choices=["a"],
            correct=False,
            answered_at=timezone.now(),
        )
    )
