"""Whatever a network does to what one phone sends for two people, the end is that of the orderly run."""

from __future__ import annotations

import copy
import datetime
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Learner
from courses.models import ItemDone
from ledger.models import Fact, Receipt
from lms.api_learning import _answers
from quizzes import attempts
from quizzes.models import Attempt, PracticeAnswer, QuestionRevision

from ..quizzes.make import quiz_of
from .queueing import action, post

LESSONS = ["kns04-01", "kns04-02", "kns04-03"]
CHECKS = [f"{lesson}-c1" for lesson in LESSONS]
FATES = ["sent", "sent", "lost", "late", "arrives", "twice", "unheard"]

act = st.one_of(
    st.tuples(st.just("lesson_done"), st.integers(0, 1), st.sampled_from(LESSONS)),
    st.tuples(
        st.just("check_answer"), st.integers(0, 1), st.sampled_from(CHECKS[:2]), st.sampled_from("abc")
    ),
    st.tuples(st.just("test_answer"), st.just(0), st.integers(0, 2), st.sampled_from("abc")),
)
fate = st.tuples(st.sampled_from(FATES), st.integers(0, 12), st.integers(1, 4))


class Phone:
    """What waits on it, oldest first; what it gave up and is still on its way."""

    def __init__(self, client: Client, people: list[Learner], attempt: Attempt, acts: list[Any]) -> None:
        self.client = client
        self.on_its_way: list[list[dict[str, Any]]] = []
        keys = [one.key for one in attempt.questions.all()]
        begun = timezone.now() - datetime.timedelta(hours=1)
        self.waits = []
        for minute, (kind, person, subject, *choices) in enumerate(acts):
            data: dict[str, Any] = {"choices": choices} if choices else {}
            if kind == "test_answer":
                data |= {"question": keys[subject], "seq": 0}
                subject = attempt.public_id
            at = (begun + datetime.timedelta(minutes=minute)).isoformat()
            self.waits.append(action(people[person], kind, subject, data, at=at))

    def batch(self, start: int, size: int) -> list[dict[str, Any]]:
        """Some of what waits; of one test only its oldest answer."""
        oldest = next((one for one in self.waits if one["kind"] == "test_answer"), None)
        free = [one for one in self.waits if one["kind"] != "test_answer" or one is oldest]
        start = start % len(free)
        return (free[start:] + free[:start])[:size]

    def round(self, fate: str, start: int, size: int) -> None:
        if fate == "arrives" and self.on_its_way:
            post(self.client, *self.on_its_way.pop(start % len(self.on_its_way)))
        if fate in {"arrives", "lost"} or not self.waits:
            return
        batch = self.batch(start, size)
        if fate == "late":
            self.on_its_way.append(copy.deepcopy(batch))
            return
        answers = post(self.client, *batch)
        if fate == "twice":
            answers = post(self.client, *batch)
        if fate != "unheard":
            for sent, answer in zip(batch, answers, strict=True):
                self.hear(sent, answer)

    def hear(self, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        if answer["status"] in {"accepted", "repeat"}:
            self.waits.remove(sent)
            return
        assert answer["data"]["code"] == "stale", answer
        sent |= {"uuid": str(uuid.uuid4()), "data": {**sent["data"], "seq": answer["data"]["seq"]}}

    def end(self) -> None:
        """The network is well again; what was given up comes last."""
        for _ in range(3 * len(self.waits)):
            self.round("sent", 0, 4)
        assert self.waits == []
        while self.on_its_way:
            post(self.client, *self.on_its_way.pop())


def end_of(people: list[Learner], attempt: Attempt) -> dict[str, Any]:
    attempt.refresh_from_db()
    names = "learner__name"
    return {
        "done": Counter(ItemDone.objects.values_list(names, "item__key")),
        "facts": Counter(Fact.objects.values_list("kind", "person", "item")),
        "checks": Counter(
            (name, key, tuple(chosen), at)
            for name, key, chosen, at in PracticeAnswer.objects.values_list(
                names, "question__key", "choices", "answered_at"
            )
        ),
        "shown": [_answers(one, CHECKS) for one in people],
        "test": attempts.current_answers(attempt),
        "steps": [(one.question_id, one.choices) for one in attempt.steps.order_by("seq")],
        "receipts": Receipt.objects.count(),
    }


@pytest.mark.django_db
@settings(
    max_examples=30,
    phases=[Phase.generate],  # to make a failing example smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(act, min_size=6, max_size=12), fates=st.lists(fate, min_size=6, max_size=24))
def test_the_end_is_that_of_the_orderly_run(lan, minh, lan_in, course, acts, fates):
    QuestionRevision.objects.update(created_at=timezone.now() - datetime.timedelta(days=30))
    people = [lan, minh]
    with transaction.atomic():
        attempt = attempts.start(learner=lan, quiz=quiz_of(course))
        phone = Phone(lan_in, people, attempt, acts)
        orderly = copy.copy(phone)
        orderly.waits, orderly.on_its_way = copy.deepcopy(phone.waits), []
        with transaction.atomic():
            orderly.end()
            expected = end_of(people, attempt)
            transaction.set_rollback(True)
        for one in fates:
            phone.round(*one)
        phone.end()
        assert end_of(people, attempt) == expected
        transaction.set_rollback(True)
