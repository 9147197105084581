"""Two at once: one attempt, one step, one judgement; on both databases."""

import uuid

import pytest

from ledger.models import Fact
from quizzes import attempts
from quizzes.errors import Stale
from quizzes.models import Attempt

from ..racing import at_once
from .make import make_course, quiz_of


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_are_one_attempt(lan):
    quiz = quiz_of(make_course())
    answers = at_once(8, lambda: attempts.start(learner=lan, quiz=quiz).pk)
    assert set(answers) == {Attempt.objects.get().pk}
    assert Attempt.objects.get().questions.count() == 10


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_at_once_one_goes_on_and_the_other_gets_the_answers(lan):
    attempt = attempts.start(learner=lan, quiz=quiz_of(make_course()))
    key = attempt.questions.first().key

    def tab() -> object:
        mine = attempts.find(learner=lan, public_id=attempt.public_id)
        return attempts.answer(attempt=mine, uuid=uuid.uuid4(), seq=0, question=key, choices=["b"])

    answers = at_once(6, tab)
    assert sum(isinstance(one, Attempt) for one in answers) == 1
    refused = [one for one in answers if isinstance(one, Stale)]
    assert [one.data for one in refused] == [{"seq": 1, "answers": {key: ["b"]}}] * 5


@pytest.mark.django_db(transaction=True)
def test_handing_in_at_once_judges_once(lan):
    attempt = attempts.start(learner=lan, quiz=quiz_of(make_course(rules={"draw": 1})))
    attempts.answer(
        attempt=attempt, uuid=uuid.uuid4(), seq=0, question=attempt.questions.get().key, choices=["b"]
    )

    def tab() -> object:
        mine = attempts.find(learner=lan, public_id=attempt.public_id)
        return attempts.submit(attempt=mine, uuid=uuid.uuid4(), seq=1).passed

    answers = at_once(6, tab)
    assert answers == [True] * 6
    assert Fact.objects.filter(kind="test_passed").count() == 1
    assert attempt.steps.filter(kind="submit").count() == 1


@pytest.mark.django_db
def test_an_attempt_begun_between_the_two_looks_is_hers(lan, monkeypatch):
    """Another tab starts after this one saw nothing open: no waiting time is held against it."""
    quiz = quiz_of(make_course())
    real, begun = attempts._next_ordinal, []

    def late(**kwargs):
        monkeypatch.setattr(attempts, "_next_ordinal", real)
        begun.append(attempts.start(learner=lan, quiz=quiz))
        return real(**kwargs)

    monkeypatch.setattr(attempts, "_next_ordinal", late)
    assert attempts.start(learner=lan, quiz=quiz) == begun[0]
