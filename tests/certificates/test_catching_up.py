"""What a request missed, the worker issues; once, and once only."""

import pytest

from certificates import catching_up, issuing, tasks
from certificates.models import Paper
from courses import progress, releasing
from ledger import kinds
from ledger.models import Fact, Pending
from ledger.recording import retract
from tests.make import make_course, make_item, make_learner

from .make import complete, make_paper


def pending():
    return Pending.objects.filter(reader="certificates")


def completion():
    return Fact.objects.get(kind=kinds.COURSE_COMPLETED)


def test_a_completion_waits_for_the_worker_who_issues_it(lan):
    course = make_course()
    complete(lan, course)
    assert pending().get().fact.kind == kinds.COURSE_COMPLETED
    assert tasks.issue() == 1
    assert Paper.objects.get().learner == lan
    assert not pending().exists()
    assert tasks.issue() == 0


def test_what_the_request_issued_is_not_issued_again(lan):
    paper = make_paper(lan)
    catching_up.catch_up()
    assert Paper.objects.get() == paper
    assert Fact.objects.filter(kind=kinds.PAPER_ISSUED).count() == 1


def test_a_retracted_completion_revokes_its_papers_with_the_reason(lan):
    paper = make_paper(lan)
    other = make_paper(lan, make_course("KNS01"))
    catching_up.catch_up()
    fact = Fact.objects.get(kind=kinds.COURSE_COMPLETED, course=paper.course.code)
    retract(actor="user:7", fact=fact, reason="Tệp nhập có dòng sai")
    catching_up.catch_up()
    paper.refresh_from_db()
    assert (paper.is_live, paper.reason, paper.revoked_by) == (False, "Tệp nhập có dòng sai", None)
    assert list(Paper.objects.live()) == [other]
    assert Fact.objects.get(kind=kinds.PAPER_REVOKED).actor == "server"


def test_a_retraction_without_a_reason_still_gives_one(lan):
    make_paper(lan)
    retract(actor="server", fact=completion(), reason="")
    catching_up.catch_up()
    assert Paper.objects.get().reason == catching_up.RETRACTED


def test_completed_and_retracted_before_the_worker_came_leaves_nothing(lan):
    complete(lan, make_course())
    retract(actor="server", fact=completion(), reason="Nhầm")
    assert catching_up.catch_up() == 2
    assert not Paper.objects.exists()


def test_an_erased_person_is_passed_over(lan):
    complete(lan, make_course())
    Fact.objects.update(person=987_654_321)
    lan.delete()
    assert catching_up.catch_up() == 1
    assert not Paper.objects.exists()
    assert not pending().exists()


def test_a_failure_leaves_the_work_pending(lan, monkeypatch):
    complete(lan, make_course())
    with monkeypatch.context() as broken:
        broken.setattr(issuing, "_write", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            catching_up.catch_up()
    assert pending().count() == 1
    catching_up.catch_up()
    assert Paper.objects.count() == 1


def test_a_later_edition_that_asks_for_a_paper_is_swept(lan):
    course = make_course(lessons=1)
    make_paper(lan, course)
    hoa = make_learner("Hoa")
    make_paper(hoa, course)
    make_item(course, 2)
    releasing.release(course, course.items.all(), None, new_paper=True)
    catching_up.catch_up()
    assert Paper.objects.count() == 2
    progress.choose_edition(lan, course)
    complete(lan, course)
    assert catching_up.sweep() == 1
    assert list(Paper.objects.filter(learner=lan).order_by("pk").values_list("series", flat=True)) == [1, 2]
    assert catching_up.sweep() == 0


def test_a_revoked_paper_of_a_later_edition_is_not_swept_again(lan, chi):
    course = make_course(lessons=1)
    make_item(course, 2)
    releasing.release(course, course.items.all(), None, new_paper=True)
    issuing.revoke(paper=make_paper(lan, course), by=chi, reason="Sai")
    assert catching_up.sweep() == 0


def test_a_retracted_completion_does_not_stand_in_the_way(lan, monkeypatch):
    monkeypatch.setattr(catching_up, "_SWEEP", 1)
    course = make_course()
    first, second = lan, make_learner("Trần Văn Hai")
    for learner in (first, second):
        complete(learner, course)
    catching_up.catch_up()
    fact = Fact.objects.get(kind=kinds.COURSE_COMPLETED, person=first.pk)
    retract(actor="server", fact=fact, reason="")
    catching_up.catch_up()
    edition = releasing.release(course=course, items=[make_item(course, 9)], by=None, new_paper=True)
    course.enrolments.update(finished_edition=edition, edition=edition)
    catching_up.catch_up()
    assert Paper.objects.filter(learner=second, edition=edition).exists()
