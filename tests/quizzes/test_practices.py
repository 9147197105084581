"""A practice in the bank: frozen like a check question, its steps kept like answers, never scored."""

import copy

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Fact
from quizzes import banking
from quizzes.errors import BadQuestion, NotFound, UnknownChoice
from quizzes.models import PracticeAnswer, Question, QuestionRevision
from quizzes.practising import answer_check

from .make import make_course
from .test_pretending import GOOD

KEY = "kns04-01-t1"


@pytest.fixture
def course(db):
    return make_course(lessons=1, exam_per_lesson=1)


def put(course, **fields):
    return banking.put_practice(
        **{"course": course, "key": KEY, "title": "Cuộc gọi lạ", "screens": GOOD, **fields}
    )


def test_it_is_practice_with_its_screens_and_acts(course):
    revision = put(course, intro="Đây là chỗ để tập.")
    assert (revision.kind, revision.purpose, revision.text) == ("practice", "practice", "Cuộc gọi lạ")
    assert revision.explanation == "Đây là chỗ để tập."
    assert QuestionRevision.objects.get(pk=revision.pk).screens == GOOD
    assert len(revision.choices) == 7


def test_the_same_again_is_the_same_revision(course):
    assert put(course) == put(course)
    assert QuestionRevision.objects.filter(question__key=KEY).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[0].update(say="Khác"),
        lambda s: s[4].update(signs=["Đòi mã", "Giục"]),
        lambda s: s[0]["parts"][0].update(who="Ai đó"),
    ],
)
def test_any_word_that_changes_makes_one_more(course, change):
    put(course)
    screens = copy.deepcopy(GOOD)
    change(screens)
    assert put(course, screens=screens).number == 2
    assert QuestionRevision.objects.get(question__key=KEY, number=1).screens == GOOD


def test_faulty_screens_are_refused_and_nothing_is_kept(course):
    lost = {"ending": "tricked", "signs": ["a"]}
    with pytest.raises(BadQuestion, match="kết thúc tốt"):
        put(course, screens=[one | lost if one.get("ending") else one for one in GOOD])
    assert not Question.objects.filter(key=KEY).exists()


def test_a_question_of_the_final_test_never_becomes_one(course):
    with pytest.raises(BadQuestion):
        put(course, key="kns04-01-f00")


def test_the_database_refuses_one_for_a_test(course):
    exam = QuestionRevision.objects.filter(purpose="exam").first()
    with pytest.raises(IntegrityError, match=r"pretends|CHECK"), transaction.atomic():
        QuestionRevision.objects.filter(pk=exam.pk).update(kind="practice")


def test_questions_are_not_put_as_practices(course):
    with pytest.raises(BadQuestion, match="practice"):
        banking.put_question(
            course=course, key="x", purpose="practice", kind="practice", text="A?",
            choices=[{"text": "a", "correct": True}, {"text": "b"}],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "right"),
    [("chuong-reo.2", True), ("chuong-reo.1", False), ("ho-doi-ma.2", True), ("go-so.2", False)],
)
def test_a_step_is_kept_and_is_no_fact(lan, course, act, right):
    put(course)
    facts = Fact.objects.count()
    kept = answer_check(learner=lan, question=KEY, choices=[act])
    assert (kept.choices, kept.correct) == ([act], right)
    assert Fact.objects.count() == facts


@pytest.mark.parametrize("acts", [["chuong-reo.9"], ["chuong-reo.1", "chuong-reo.2"]])
def test_what_cannot_be_done_is_no_step(lan, course, acts):
    put(course)
    with pytest.raises(UnknownChoice):
        answer_check(learner=lan, question=KEY, choices=acts)
    assert not PracticeAnswer.objects.exists()


def test_a_step_on_screens_that_changed_since_is_kept_as_it_was_seen(lan, course):
    """A lesson kept on a phone for weeks still shows them."""
    put(course)
    screens = copy.deepcopy(GOOD)
    del screens[0]["parts"][1]
    put(course, screens=[screens[0], screens[3]])
    kept = answer_check(learner=lan, question=KEY, choices=["ho-doi-ma.1"])
    assert (kept.revision.number, kept.correct) == (1, False)
    assert answer_check(learner=lan, question=KEY, choices=["chuong-reo.1"]).revision.number == 2


def test_a_retired_practice_takes_no_steps(lan, course):
    banking.retire(question=put(course).question)
    with pytest.raises(NotFound):
        answer_check(learner=lan, question=KEY, choices=["chuong-reo.1"])
