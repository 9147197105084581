"""Fifty at once: one paper, one fact, one revocation; on both databases."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from certificates import catching_up, issuing
from certificates.models import Paper
from ledger import kinds
from ledger.models import Fact
from tests.make import make_course

from .make import complete, make_paper


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """The answers or refusals of so many threads that set off together."""
    gate, answers = threading.Barrier(count), []

    def run() -> None:
        try:
            gate.wait()
            answers.append(act())
        except Exception as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def count(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


@pytest.mark.django_db(transaction=True)
def test_fifty_requests_issue_one_paper(lan):
    course = make_course()
    complete(lan, course)
    answers = at_once(50, lambda: issuing.issue(learner=lan, course=course))
    assert answers == [Paper.objects.get()] * 50
    assert count(kinds.PAPER_ISSUED) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_and_requests_issue_one_paper(lan):
    course = make_course()
    complete(lan, course)
    turn = iter(range(8))

    def act() -> object:
        if next(turn) % 2:
            return catching_up.catch_up()
        return issuing.issue(learner=lan, course=course)

    answers = at_once(8, act)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert Paper.objects.count() == count(kinds.PAPER_ISSUED) == 1


@pytest.mark.django_db(transaction=True)
def test_revoking_at_once_is_one_revocation(lan, chi):
    paper = make_paper(lan)
    reasons = iter(f"Lý do {number}" for number in range(8))

    def act() -> object:
        mine = Paper.objects.get(pk=paper.pk)
        return issuing.revoke(paper=mine, by=chi, reason=next(reasons)).reason

    answers = at_once(8, act)
    assert set(answers) == {Paper.objects.get().reason}
    assert count(kinds.PAPER_REVOKED) == 1


@pytest.mark.django_db(transaction=True)
def test_issuing_again_at_once_is_one_new_paper(lan, chi):
    paper = make_paper(lan)

    def act() -> object:
        return issuing.reissue(paper=Paper.objects.get(pk=paper.pk), by=chi, reason="Sai tên")

    answers = at_once(8, act)
    assert answers == [Paper.objects.live().get()] * 8
    assert Paper.objects.count() == count(kinds.PAPER_ISSUED) == 2
    assert count(kinds.PAPER_REVOKED) == 1


@pytest.mark.django_db(transaction=True)
def test_revoking_and_issuing_again_at_once_agree(lan, chi):
    paper = make_paper(lan)
    turn = iter(range(8))

    def act() -> object:
        verb = issuing.revoke if next(turn) % 2 else issuing.reissue
        return verb(paper=Paper.objects.get(pk=paper.pk), by=chi, reason="Sai tên")

    answers = at_once(8, act)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert Paper.objects.live().count() == 1
    assert count(kinds.PAPER_ISSUED) - count(kinds.PAPER_REVOKED) == 1
