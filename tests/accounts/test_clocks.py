"""The terms of the law, over weekends, Tết, swapped days and years nobody announced yet."""

import datetime

import pytest

from accounts import clocks

D = datetime.date


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (D(2026, 11, 9), D(2026, 11, 11)),  # a Monday
        (D(2026, 11, 12), D(2026, 11, 16)),  # a Thursday: over the weekend
        (D(2026, 11, 6), D(2026, 11, 10)),  # a Friday
        (D(2026, 11, 7), D(2026, 11, 10)),  # a Saturday
        (D(2026, 11, 23), D(2026, 11, 26)),  # Culture Day on the 24th is a day off
        (D(2027, 11, 23), D(2027, 11, 26)),
        (D(2026, 2, 13), D(2026, 2, 24)),  # the Friday before Tết: 16-20 are off
        (D(2026, 2, 17), D(2026, 2, 24)),  # mùng 1
        (D(2026, 4, 24), D(2026, 4, 29)),  # Giỗ Tổ on a Sunday is made up for on Monday
        (D(2026, 4, 29), D(2026, 5, 5)),  # 30 April and 1 May
        (D(2026, 1, 8), D(2026, 1, 10)),  # Saturday the 10th is worked
        (D(2026, 8, 20), D(2026, 8, 22)),  # and Saturday the 22nd of August
        (D(2026, 8, 28), D(2026, 9, 4)),  # National Day
        (D(2026, 12, 31), D(2027, 1, 5)),  # over the year
        (D(2027, 4, 15), D(2027, 4, 20)),  # Giỗ Tổ
    ],
)
def test_two_working_days(asked, last):
    assert clocks.answer_by(asked) == last


def test_fifteen_days_and_twenty_with_others():
    assert clocks.done_by(D(2026, 2, 20)) == D(2026, 3, 7)
    assert clocks.done_by(D(2026, 2, 20), third_party=True) == D(2026, 3, 12)


def test_what_is_not_confirmed_never_gives_more_time():
    """Of Tết 2027 only the days that any arrangement has are counted."""
    assert clocks.answer_by(D(2027, 2, 4)) == D(2027, 2, 9)
    assert "chưa được công bố" in clocks.vietnam().warning(D(2027, 2, 4))


def test_a_year_without_holidays_is_told_and_has_the_days_of_the_law():
    assert clocks.vietnam().warning(D(2026, 10, 1)) == ""
    assert "Chưa có lịch nghỉ lễ năm 2031" in clocks.vietnam().warning(D(2031, 1, 1))
    assert clocks.answer_by(D(2031, 1, 3)) == D(2031, 1, 7)
    assert clocks.answer_by(D(2031, 4, 29)) == D(2031, 5, 5)  # 30 April and 1 May, then a weekend
    assert clocks.answer_by(D(2031, 9, 1)) == D(2031, 9, 4)
    assert clocks.answer_by(D(2031, 11, 21)) == D(2031, 11, 26)  # a Friday; the 24th is a Monday


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (D(2026, 11, 20), D(2026, 11, 25)),  # as if the 23rd were worked
        (D(2026, 11, 26), D(2026, 11, 28)),  # as if Saturday the 28th were worked instead
        (D(2026, 11, 27), D(2026, 11, 30)),
    ],
)
def test_of_a_swap_nobody_decided_the_earlier_term_counts(asked, last):
    assert clocks.answer_by(asked) == last
    assert "23/11, 28/11 chưa được xác nhận" in clocks.vietnam().warning(asked)


@pytest.mark.parametrize("year", clocks.written())
def test_each_year_names_its_sources_and_stays_in_itself(year):
    said = clocks.written()[year]
    assert said["sources"]
    assert {day.year for day in [*said["days_off"], *said["working"]]} == {year}
    assert all(day.weekday() >= 5 for day in said["working"])


@pytest.mark.parametrize(("day", "words"), [(1, "Quá hạn 2 ngày"), (3, "Hết hạn hôm nay"), (7, "Còn 4 ngày")])
def test_what_is_left_in_words(day, words):
    assert clocks.left(D(2026, 11, 3), D(2026, 11, day)) == words
