"""Fifty at once: one paper, one fact, one revocation; on both databases."""

import threading

import pytest

from certificates import catching_up, issuing
from certificates.models import Paper
from ledger import kinds
from ledger.models import Fact
from ledger.recording import retract
from tests.make import make_course
from tests.racing import at_once, together

from .make import complete, make_paper


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


# --- Issuing while the completion is taken back -------------------------------


def take_back(reason="Nhầm"):
    retract(actor="server", fact=Fact.objects.get(kind=kinds.COURSE_COMPLETED, undoes=None), reason=reason)
    catching_up.catch_up()


@pytest.mark.django_db(transaction=True)
def test_a_completion_taken_back_before_the_paper_is_written_leaves_none(lan, monkeypatch):
    """Retracted and drained after the completion was read, before the paper is written."""
    course, real = make_course(), issuing._existing
    complete(lan, course)

    def late(completion):
        monkeypatch.setattr(issuing, "_existing", real)
        found = real(completion)
        take_back()
        return found

    monkeypatch.setattr(issuing, "_existing", late)
    assert issuing.issue(learner=lan, course=course) is None
    assert not Paper.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [False, True])
def test_a_completion_taken_back_while_a_paper_is_written_revokes_it(lan, chi, monkeypatch, again):
    """The retraction waits for the paper, or its drain would find none to revoke."""
    course, real = make_course(), issuing._pinned
    complete(lan, course)
    first = issuing.issue(learner=lan, course=course) if again else None
    writing, drained = threading.Event(), threading.Event()

    def slowly(*args):
        writing.set()
        drained.wait(2)
        return real(*args)

    def write():
        if first:
            return issuing.reissue(paper=first, by=chi, reason="Sai tên")
        return issuing.issue(learner=lan, course=course)

    def retract_it():
        assert writing.wait(20)
        take_back()
        drained.set()

    monkeypatch.setattr(issuing, "_pinned", slowly)
    answers = together(write, retract_it)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert not Paper.objects.live().exists()
    assert count(kinds.PAPER_ISSUED) == count(kinds.PAPER_REVOKED) == 1 + again
