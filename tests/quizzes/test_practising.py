"""Check questions of a lesson: kept, never scored."""

import pytest

from ledger.models import Fact
from quizzes import banking
from quizzes.errors import NotFound, UnknownChoice
from quizzes.models import PracticeAnswer, Question
from quizzes.practising import answer_check

from .make import make_course


@pytest.fixture
def course(db):
    return make_course(lessons=1, exam_per_lesson=1)


@pytest.mark.parametrize(("choices", "correct"), [(["b"], True), (["a"], False), ([], False)])
def test_an_answer_is_kept_and_is_no_fact(lan, course, choices, correct):
    facts = Fact.objects.count()
    assert answer_check(learner=lan, question="kns04-01-c1", choices=choices).correct is correct
    assert Fact.objects.count() == facts


@pytest.mark.parametrize("key", ["kns04-01-f00", "nothing", ""])
def test_an_exam_question_looks_like_none(lan, course, key):
    with pytest.raises(NotFound):
        answer_check(learner=lan, question=key, choices=["a"])


def test_a_retired_question_is_refused(lan, course):
    banking.retire(question=Question.objects.get(key="kns04-01-c1"))
    with pytest.raises(NotFound):
        answer_check(learner=lan, question="kns04-01-c1", choices=["a"])


def test_an_unknown_choice_is_refused(lan, course):
    with pytest.raises(UnknownChoice):
        answer_check(learner=lan, question="kns04-01-c1", choices=["z"])
    assert not PracticeAnswer.objects.exists()
