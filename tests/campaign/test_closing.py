"""A day closes when its facts are folded; later facts go to the open day."""

import datetime

import pytest

from campaign.closing import Run, close_days, runs_of
from campaign.folding import fold
from campaign.models import Book, Day, Delta, LateFact
from ledger import kinds
from ledger.models import Pending

from .ledger_maker import at, day, kept, make_fact, noon, undo


def test_days_never_fall_and_never_run_ahead():
    rows = [(1, day(3)), (2, day(2)), (3, day(4)), (4, day(9)), (5, day(3))]
    assert runs_of(rows, open_day=None, today=day(5)) == [
        Run(day(3), [1, 2]),
        Run(day(4), [3]),
        Run(day(5), [4, 5]),
    ]
    assert runs_of(rows[:1], open_day=day(4), today=day(5)) == [Run(day(4), [1])]
    assert runs_of([], open_day=day(4), today=day(5)) == []


def test_yesterday_closes_when_nothing_of_it_waits(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    with at(noon(0, 13)):
        fold()
        close_days()
    assert not Day.objects.exists()
    assert Book.now().folded_at == noon(0, 13)
    with at(noon(1)):
        close_days()
    assert list(Day.objects.values_list("day", flat=True)) == [day(0)]
    assert Book.now().open_day == day(1)


def test_a_day_stays_open_while_a_fact_of_it_waits(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    with at(noon(2)):
        close_days()
    assert Book.now().open_day == day(0)
    assert Book.now().folded_at == noon(0)
    with at(noon(2)):
        fold()
        close_days()
    assert list(Day.objects.order_by("day").values_list("day", flat=True)) == [day(0), day(1)]
    assert set(Delta.objects.values_list("day", flat=True)) == {day(0)}


def test_a_fact_that_waited_past_the_close_goes_to_the_open_day(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    with at(noon(1)):
        fold()
        close_days()
    said = kept(until=day(0))
    slow = make_fact(kinds.REGISTERED, 2, phu_thai, on=0)
    with at(noon(1, 13)):
        fold()
    assert LateFact.objects.get().fact == slow
    assert set(Delta.objects.values_list("day", "happened_on")) == {(day(0), day(0)), (day(1), day(0))}
    assert kept(until=day(0)) == said


def test_a_fact_of_a_new_day_closes_the_day_before(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    make_fact(kinds.REGISTERED, 2, phu_thai, on=3)
    with at(noon(3)):
        fold()
    assert Book.now().open_day == day(3)
    assert Day.objects.count() == 3


def test_a_retraction_of_the_next_day_does_not_reach_back(phu_thai):
    fact = make_fact(kinds.REGISTERED, 1, phu_thai, on=0)
    undo(fact, recorded=1)
    make_fact(kinds.REGISTERED, 1, phu_thai, on=1)
    with at(noon(1)):
        fold()
    key = ("registered", "", "", phu_thai.code)
    assert kept(until=day(0))[*key, day(0)] == 1
    assert {at for *_, at in kept()} == {day(1)}


def test_a_clock_that_is_ahead_does_not_carry_the_books_away(phu_thai):
    make_fact(kinds.REGISTERED, 1, phu_thai, on=400)
    with at(noon(1)):
        fold()
    assert Book.now().open_day == day(1)


@pytest.mark.django_db
def test_the_first_close_of_an_empty_ledger_opens_today():
    with at(noon(5)):
        close_days()
    assert Book.now().open_day == day(5)
    assert not Day.objects.exists()


def test_a_clock_that_falls_back_closes_nothing(phu_thai):
    with at(noon(5)):
        close_days()
    with at(noon(5) - datetime.timedelta(days=2)):
        close_days()
    assert Book.now().open_day == day(5)
    assert not Pending.objects.exists()
