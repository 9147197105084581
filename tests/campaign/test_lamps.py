"""A commune's lamps: its own number and its own next goal."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaign.lamps import lamps_of


@pytest.mark.parametrize(
    ("lit", "drawn", "words"),
    [
        (0, 0, "0 trong 10 ngọn"),
        (-3, 0, "0 trong 10 ngọn"),
        (1, 1, "1 trong 10 ngọn"),
        (9, 9, "9 trong 10 ngọn"),
        (10, 5, "10 trong 20 ngọn"),
        (20, 4, "20 trong 50 ngọn"),
        (99, 9, "99 trong 100 ngọn"),
        (1234, 6, "1.234 trong 2.000 ngọn"),
    ],
)
def test_lamps(lit, drawn, words):
    found = lamps_of(lit)
    assert (found.drawn, found.words) == (drawn, words)


@given(some.integers(0, 10**9))
def test_the_goal_is_a_round_number_above(lit):
    found = lamps_of(lit)
    assert lit < found.goal
    assert str(found.goal).strip("0") in {"1", "2", "5"}
    assert 0 <= found.drawn < 10
    assert lit < 10 or found.drawn >= 4
