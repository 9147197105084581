"""Any range of days; a day that is not one is refused with a message."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaign.periods import (
    DAY,
    Period,
    PeriodForm,
    next_month,
    this_month,
    this_week,
    until_today,
    weeks,
    whole_months,
)

D = datetime.date
days = st.dates(min_value=D(2024, 1, 1), max_value=D(2027, 12, 31))


@given(days, days)
def test_whole_months_and_loose_days_cover_each_day_once(one, two):
    period = Period(min(one, two), max(one, two))
    first, last, loose = whole_months(period)
    covered = [day for part in loose for day in days_of(part)]
    while first <= last:
        covered += days_of(Period(first, next_month(first) - DAY))
        first = next_month(first)
    assert sorted(covered) == days_of(period)
    assert sum(len(days_of(part)) for part in loose) <= 60


def days_of(period):
    return [period.first + DAY * n for n in range((period.last - period.first).days + 1)]


def test_open_ends_belong_to_the_months():
    assert whole_months(Period()) == (None, None, [])
    assert whole_months(Period(None, D(2026, 3, 31))) == (None, D(2026, 3, 1), [])
    assert whole_months(Period(None, D(2026, 3, 1))) == (
        None,
        D(2026, 2, 1),
        [Period(D(2026, 3, 1), D(2026, 3, 1))],
    )
    assert whole_months(Period(D(2026, 3, 2), None)) == (
        D(2026, 4, 1),
        None,
        [Period(D(2026, 3, 2), D(2026, 3, 31))],
    )


def test_the_period_before_has_the_same_length():
    assert Period(D(2026, 3, 8), D(2026, 3, 14)).before() == Period(D(2026, 3, 1), D(2026, 3, 7))
    assert Period(D(2026, 3, 8), D(2026, 3, 8)).before() == Period(D(2026, 3, 7), D(2026, 3, 7))
    assert Period(None, D(2026, 3, 8)).before() is None


def test_months_and_weeks():
    assert this_month(D(2026, 12, 31)) == Period(D(2026, 12, 1), D(2026, 12, 31))
    assert this_month(D(2026, 11, 22)) == Period(D(2026, 11, 1), D(2026, 11, 22))
    assert this_week(D(2026, 11, 18)) == Period(D(2026, 11, 16), D(2026, 11, 18))
    assert this_week(D(2026, 11, 22)) == Period(D(2026, 11, 16), D(2026, 11, 22))
    assert list(weeks(D(2026, 11, 11), D(2026, 11, 23))) == [D(2026, 11, 9), D(2026, 11, 16), D(2026, 11, 23)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"ky": "khoang", "tu": "31/02/2026"}, "tu"),
        ({"ky": "khoang", "tu": "2026-02-31", "den": "2026-03-01"}, "tu"),
        ({"ky": "khoang", "tu": "mot", "den": "hai"}, "den"),
        ({"ky": "khoang", "den": "9999-12-31"}, "den"),
        ({"ky": "khoang", "tu": "0001-01-01"}, "tu"),
        ({"ky": "khoang", "tu": "2026-03-02", "den": "2026-03-01"}, "den"),
        ({"ky": "khoang"}, "tu"),
        ({"ky": "nam"}, "ky"),
    ],
)
def test_a_day_that_is_none_is_refused_with_a_message(query, field):
    form = PeriodForm(query)
    assert not form.is_valid()
    assert form.errors[field]
    assert "valid" not in str(form.errors)


@pytest.mark.parametrize(
    ("query", "period", "carried"),
    [
        ({}, Period(), ""),
        ({"ky": "tat-ca"}, Period(), ""),
        (
            {"tu": "01/03/2026", "den": "2026-03-01"},
            Period(D(2026, 3, 1), D(2026, 3, 1)),
            "ky=khoang&tu=2026-03-01&den=2026-03-01&",
        ),
        ({"ky": "khoang", "den": "2026-03-01"}, Period(None, D(2026, 3, 1)), "ky=khoang&den=2026-03-01&"),
    ],
)
def test_periods_that_can_be_asked_for(query, period, carried):
    form = PeriodForm(query)
    assert form.is_valid(), form.errors
    assert form.period == period
    assert form.query == carried


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (Period(D(2026, 11, 1), D(2026, 11, 30)), Period(D(2026, 11, 1), D(2026, 11, 22))),
        (Period(None, D(2026, 12, 31)), Period(None, D(2026, 11, 22))),
        (Period(D(2026, 11, 1), D(2026, 11, 21)), Period(D(2026, 11, 1), D(2026, 11, 21))),
        (Period(D(2026, 11, 23), D(2026, 11, 30)), Period(D(2026, 11, 23), D(2026, 11, 30))),
        (Period(D(2026, 11, 1), None), Period(D(2026, 11, 1), None)),
    ],
)
def test_a_period_that_is_not_over_ends_today(asked, period):
    assert until_today(asked, D(2026, 11, 22)) == period


def test_a_period_says_itself_in_words():
    assert Period().label == "từ trước đến nay"
    assert Period(D(2026, 3, 1), D(2026, 3, 1)).label == "ngày 01/03/2026"
    assert Period(None, D(2026, 3, 1)).label == "đến hết ngày 01/03/2026"
    assert Period(D(2026, 3, 1), None).label == "từ ngày 01/03/2026 đến nay"
    assert Period(D(2026, 3, 1), D(2026, 3, 9)).label == "từ ngày 01/03/2026 đến hết ngày 09/03/2026"


@pytest.mark.parametrize("ky", ["", "tat-ca", "thang", "tuan"])
def test_days_that_were_given_win_over_a_named_period_and_are_shown(ky):
    form = PeriodForm({"ky": ky, "tu": "2026-10-01", "den": "2026-10-31"})
    assert form.is_valid(), form.errors
    assert form.period == Period(D(2026, 10, 1), D(2026, 10, 31))
    assert form.query == "ky=khoang&tu=2026-10-01&den=2026-10-31&"
    assert form["ky"].value() == "khoang"
    assert bool(form.instead_of) == (ky in ("thang", "tuan"))


def test_the_days_of_the_named_period_itself_change_nothing():
    today = timezone.localdate()
    form = PeriodForm({"ky": "thang", "tu": f"{today.replace(day=1)}", "den": f"{today}"})
    assert form.is_valid()
    assert (form.query, form["ky"].value(), form.instead_of) == ("ky=thang&", "thang", "")


def test_days_beside_a_named_period_are_checked_too():
    form = PeriodForm({"ky": "thang", "tu": "2026-10-31", "den": "2026-10-01"})
    assert not form.is_valid()
    assert form.errors["den"]
