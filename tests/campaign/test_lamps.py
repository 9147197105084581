"""A commune's lamps: its own number and its own next goal."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaign.lamps import lamps_of
from lms.templatetags.ui import MOST_LAMPS


@pytest.mark.parametrize(
    ("lit", "drawn", "of", "words"),
    [
        (0, 0, 10, "0 trong 10 ngọn"),
        (-3, 0, 10, "0 trong 10 ngọn"),
        (1, 1, 10, "1 trong 10 ngọn"),
        (9, 9, 10, "9 trong 10 ngọn"),
        (10, 10, 10, "10 trong 10 ngọn"),
        (11, 10, 11, "11 trong 20 ngọn"),
        (19, 10, 11, "19 trong 20 ngọn"),
        (20, 11, 11, "20 trong 20 ngọn"),
        (21, 11, 12, "21 trong 50 ngọn"),
        (50, 12, 12, "50 trong 50 ngọn"),
        (99, 12, 13, "99 trong 100 ngọn"),
        (1234, 16, 17, "1.234 trong 2.000 ngọn"),
        (100_000, 22, 22, "100.000 trong 100.000 ngọn"),
    ],
)
def test_lamps(lit, drawn, of, words):
    found = lamps_of(lit)
    assert (found.drawn, found.of, found.words) == (drawn, of, words)


@given(some.integers(0, 10**6))
def test_the_goal_is_a_round_number_not_passed_yet(lit):
    found = lamps_of(lit)
    assert lit <= found.goal
    assert str(found.goal).strip("0") in {"1", "2", "5"}
    assert 0 <= found.drawn <= found.of
    assert (found.drawn == found.of) == (lit == found.goal), (
        "the row is full when a goal is reached, and only then"
    )


@given(some.integers(0, 10**6), some.integers(1, 10**5))
def test_no_lamp_goes_out_because_somebody_learned(lit, more):
    assert lamps_of(lit).drawn <= lamps_of(lit + more).drawn
    assert lamps_of(lit).drawn <= lamps_of(lit + 1).drawn


def test_the_row_stays_a_row_of_lamps_for_any_commune():
    """Above 24 it would be a bar: reached with half a million lessons of one commune."""
    assert lamps_of(499_999).of <= MOST_LAMPS
