"""What each fact does to each figure, and what undoing it or its late arrival corrects."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.folding import fold
from campaign.models import Delta, First, Standing
from campaign.verifying import verify
from ledger import draining, kinds
from ledger.models import Pending

from .ledger_maker import at, day, kept, make_fact, noon, total, undo


def fold_all(batch=5000):
    with at(noon(60)):
        return fold(batch=batch)


@pytest.fixture(autouse=True)
def _recount(db):
    """Whatever a test of this file does, the recount agrees at the end."""
    yield
    run, verdict = verify()
    assert verdict.lines == []
    assert run.difference == 0


def test_a_person_counts_once_and_each_lesson_counts(phu_thai, hai_phong):
    for number in range(3):
        make_fact(kinds.LESSON_DONE, 1, phu_thai, on=number, item=f"a-{number}", course="A")
    assert fold_all() == 3
    assert total("learning", phu_thai) == 1
    assert total("lessons", phu_thai) == 3
    assert total("learning", hai_phong) == 1
    assert total("lessons", hai_phong) == 3
    assert First.objects.get(measure="learning").happened_on == day(0)
    assert not Pending.objects.filter(reader="campaign").exists()


def test_presence_at_a_class_registers_and_counts_as_learning(phu_thai):
    make_fact(kinds.ATTENDED, 1, phu_thai)
    fold_all()
    assert (total("registered", phu_thai), total("learning", phu_thai)) == (1, 1)
    assert total("lessons", phu_thai) == 0


def test_a_late_arrival_moves_the_person_to_where_she_learned_first(phu_thai, cam_giang, hai_phong):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, on=5, item="a")
    fold_all()
    make_fact(kinds.LESSON_DONE, 1, cam_giang, on=2, recorded=6, item="b")
    fold_all()
    assert (total("learning", phu_thai), total("learning", cam_giang)) == (0, 1)
    assert total("learning", hai_phong) == 1
    rows = Delta.objects.filter(measure="learning", place__level="commune")
    assert {*rows.values_list("day", "happened_on", "place__code", "value")} == {
        (day(5), day(5), "10750", 1),
        (day(6), day(2), "10888", 1),
        (day(6), day(5), "10750", -1),
    }


def test_moving_house_does_not_rewrite_history(phu_thai, cam_giang):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, on=1, item="a")
    make_fact(kinds.LESSON_DONE, 1, cam_giang, on=4, item="b")
    fold_all()
    assert (total("learning", phu_thai), total("learning", cam_giang)) == (1, 0)
    assert (total("lessons", phu_thai), total("lessons", cam_giang)) == (1, 1)


def test_on_one_day_the_fact_recorded_first_decides(phu_thai, cam_giang):
    make_fact(kinds.REGISTERED, 1, cam_giang, on=1)
    make_fact(kinds.REGISTERED, 1, phu_thai, on=1)
    fold_all(batch=1)
    assert (total("registered", cam_giang), total("registered", phu_thai)) == (1, 0)


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_a_retraction_gives_the_place_to_her_next_fact(phu_thai, cam_giang, batch):
    first = make_fact(kinds.LESSON_DONE, 1, phu_thai, on=1, item="a")
    make_fact(kinds.LESSON_DONE, 1, cam_giang, on=3, item="b")
    make_fact(kinds.LESSON_DONE, 1, phu_thai, on=4, item="c")
    undo(first, recorded=5)
    fold_all(batch)
    assert (total("learning", phu_thai), total("learning", cam_giang)) == (0, 1)
    assert (total("lessons", phu_thai), total("lessons", cam_giang)) == (1, 1)
    assert First.objects.get(measure="learning").happened_on == day(3)


@pytest.mark.parametrize("batch", [1, 5000])
def test_retracting_everything_leaves_nothing(phu_thai, batch):
    started = make_fact(kinds.COURSE_STARTED, 1, phu_thai, course="A")
    done = make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=1, course="A")
    undo(done, recorded=2)
    undo(started, recorded=3)
    fold_all(batch)
    assert kept() == {}
    assert not First.objects.exists()
    assert not Standing.objects.exclude(value=0).exists()


def test_a_retracted_completion_leaves_the_start(phu_thai):
    make_fact(kinds.COURSE_STARTED, 1, phu_thai, course="A")
    done = make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=1, course="A")
    fold_all()
    assert (total("finished", phu_thai), total("finished", phu_thai, course="A")) == (1, 1)
    undo(done, recorded=2)
    fold_all()
    assert total("started", phu_thai) == 1
    assert [total(key, phu_thai) for key in ("completed", "people_completed", "finished")] == [0, 0, 0]


def test_the_rate_counts_in_the_commune_of_the_start(phu_thai, cam_giang):
    make_fact(kinds.COURSE_STARTED, 1, phu_thai, course="A")
    make_fact(kinds.COURSE_COMPLETED, 1, cam_giang, on=9, course="A")
    fold_all()
    assert (total("finished", phu_thai), total("finished", cam_giang)) == (1, 0)
    assert (total("people_completed", phu_thai), total("people_completed", cam_giang)) == (0, 1)
    assert First.objects.get(measure="finished", course="").happened_on == day(9)


def test_finishing_waits_for_a_start_that_happened_later(phu_thai):
    make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=3, course="A")
    fold_all()
    assert total("finished", phu_thai) == 0
    make_fact(kinds.COURSE_STARTED, 1, phu_thai, on=6, course="A")
    fold_all()
    assert First.objects.get(measure="finished", course="A").happened_on == day(6)


def test_courses_are_counted_apart_and_together(phu_thai):
    for course in ("A", "B"):
        make_fact(kinds.COURSE_STARTED, 1, phu_thai, course=course)
    make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=2, course="B")
    fold_all()
    assert total("started", phu_thai) == 1
    assert [total("started", phu_thai, course=c) for c in "AB"] == [1, 1]
    assert [total("finished", phu_thai, course=c) for c in ("", "A", "B")] == [1, 0, 1]
    assert total("completed", phu_thai) == 1


def test_staff_and_test_accounts_are_counted_apart(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, left_out="staff")
    make_fact(kinds.REGISTERED, 2, phu_thai, left_out="test")
    make_fact(kinds.REGISTERED, 3, phu_thai)
    fold_all()
    assert [total("registered", phu_thai, part=part) for part in ("", "staff", "test")] == [1, 1, 1]


def test_the_share_that_only_devices_assert_is_known(phu_thai):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, item="a", asserted_by="client")
    make_fact(kinds.LESSON_DONE, 2, phu_thai, item="a", asserted_by="trainer")
    fold_all()
    assert [total("lessons", phu_thai, part=part) for part in ("", "client")] == [2, 1]
    assert total("learning", phu_thai, part="client") == 1


def test_an_earlier_fact_by_a_trainer_takes_the_person_out_of_the_devices_share(phu_thai):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, on=4, item="a", asserted_by="client")
    fold_all()
    make_fact(kinds.ATTENDED, 1, phu_thai, on=1, recorded=5, asserted_by="trainer")
    fold_all()
    assert total("learning", phu_thai, part="client") == 0
    assert total("learning", phu_thai) == 1


def test_a_revoked_paper_is_taken_off_where_it_was_counted(phu_thai, cam_giang):
    make_fact(kinds.PAPER_ISSUED, 1, phu_thai, course="A", item="S1")
    make_fact(kinds.PAPER_REVOKED, 1, cam_giang, on=4, course="A", item="S1", left_out="staff")
    fold_all()
    assert (total("papers", phu_thai), total("papers", cam_giang)) == (0, 0)
    assert Delta.objects.get(measure="papers", value=-1, place=phu_thai).happened_on == day(4)
    assert not Delta.objects.filter(part="staff").exists()


def test_a_revocation_without_a_paper_counts_nothing(phu_thai):
    make_fact(kinds.PAPER_REVOKED, 1, phu_thai, course="A", item="S1")
    fold_all()
    assert kept() == {}


def test_a_paper_can_be_issued_again(phu_thai):
    make_fact(kinds.PAPER_ISSUED, 1, phu_thai, course="A", item="S1")
    make_fact(kinds.PAPER_REVOKED, 1, phu_thai, on=1, course="A", item="S1")
    make_fact(kinds.PAPER_ISSUED, 1, phu_thai, on=1, course="A", item="S2")
    fold_all(batch=2)
    assert total("papers", phu_thai) == 1


def test_months_and_all_time_stand_beside_the_days(phu_thai, hai_phong):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    make_fact(kinds.REGISTERED, 2, phu_thai, on=35, recorded=36)
    fold_all()
    rows = Standing.objects.filter(place=hai_phong, measure="registered").order_by("span", "starts_on")
    assert [(row.span, row.starts_on.month, row.value) for row in rows] == [
        ("ever", 1, 2),
        ("month", 3, 1),
        ("month", 4, 1),
    ]


def test_one_lesson_costs_few_queries(phu_thai):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, item="a", asserted_by="client")
    fold_all()
    make_fact(kinds.LESSON_DONE, 2, phu_thai, on=0, item="a", asserted_by="client")
    with CaptureQueriesContext(connection) as queries:
        fold_all()
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 15


def test_pending_facts_are_not_counted_by_the_recount(phu_thai):
    make_fact(kinds.LESSON_DONE, 1, phu_thai, item="a")
    assert kept() == {}


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_what_was_recorded_later_is_not_known_earlier(phu_thai, cam_giang, batch):
    """Nor when it waits in the same batch, or as another reader's pending fact."""
    make_fact(kinds.REGISTERED, 1, phu_thai, on=1)
    make_fact(kinds.COURSE_COMPLETED, 2, phu_thai, on=1, course="A")
    make_fact(kinds.REGISTERED, 1, cam_giang, on=0, recorded=2)
    make_fact(kinds.COURSE_COMPLETED, 2, cam_giang, on=0, recorded=2, course="B")
    with at(noon(2)):
        fold(batch=batch)
    before, now = kept(until=day(1)), kept()
    for measure in ("registered", "people_completed"):
        assert before[measure, "", "", phu_thai.code, day(1)] == 1
        assert (measure, "", "", cam_giang.code, day(0)) not in before
        assert now[measure, "", "", cam_giang.code, day(0)] == 1
        assert (measure, "", "", phu_thai.code, day(1)) not in now


def test_folding_leaves_it_to_the_one_who_is_at_it(phu_thai, monkeypatch):
    make_fact(kinds.REGISTERED, 1, phu_thai)
    with monkeypatch.context() as busy:
        busy.setattr(draining, "hold_alone", lambda reader: False)
        assert fold_all() == 0
    assert Pending.objects.filter(reader="campaign").count() == 1
    assert fold_all() == 1


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_a_retraction_does_not_reach_forward(phu_thai, cam_giang, batch):
    """What is recorded on a later day does not take its place before that day."""
    fact = make_fact(kinds.REGISTERED, 1, phu_thai)
    with at(noon(0)):
        fold()
    undo(fact, recorded=1)
    make_fact(kinds.REGISTERED, 1, cam_giang, on=0, recorded=2)
    with at(noon(2)):
        fold(batch=batch)
    assert not kept(until=day(1))
    assert kept()["registered", "", "", cam_giang.code, day(0)] == 1
