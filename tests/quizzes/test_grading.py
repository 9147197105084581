"""Judging is pure and decided by tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import grading
from quizzes.errors import UnknownChoice

ONE = [{"id": "a", "correct": False}, {"id": "b", "correct": True}, {"id": "c", "correct": False}]
TWO = [{"id": "a", "correct": True}, {"id": "b", "correct": True}, {"id": "c", "correct": False}]


@pytest.mark.parametrize(
    ("choices", "chosen", "right"),
    [
        (ONE, ["b"], True),
        (ONE, ["a"], False),
        (ONE, [], False),
        (ONE, ["a", "b"], False),
        (TWO, ["a", "b"], True),
        (TWO, ["b", "a"], True),
        (TWO, ["a"], False),
        (TWO, ["a", "b", "c"], False),
        (TWO, [], False),
        ([{"id": "a", "correct": False}], [], False),
    ],
)
def test_an_answer_is_right_only_with_exactly_the_right_choices(choices, chosen, right):
    assert grading.is_right(choices, chosen) is right


@pytest.mark.parametrize(
    ("correct", "total", "mark", "percent", "passed"),
    [
        (8, 10, 80, 80, True),
        (7, 10, 80, 70, False),
        (0, 10, 80, 0, False),
        (10, 10, 100, 100, True),
        (2, 3, 67, 66, False),
        (2, 3, 66, 66, True),
        (1, 3, 33, 33, True),
        (1, 3, 34, 33, False),
        (0, 0, 1, 0, False),
    ],
)
def test_pass_mark_and_percentage(correct, total, mark, percent, passed):
    got = grading.score([True] * correct + [False] * (total - correct), pass_percent=mark)
    assert (got.correct, got.total, got.percent, got.passed) == (correct, total, percent, passed)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 100))
def test_the_shown_percentage_reaches_the_mark_exactly_when_passed(total, correct, mark):
    got = grading.Score(correct=min(correct, total), total=total, pass_percent=mark)
    assert got.passed == (got.percent >= mark)


def test_a_checked_answer_is_in_the_order_of_the_question_and_once():
    assert grading.checked(TWO, ["c", "a", "a"], kind="multiple") == ["a", "c"]


def test_nothing_chosen_takes_an_answer_back():
    assert grading.checked(ONE, [], kind="single") == []


@pytest.mark.parametrize("chosen", [["x"], ["a", "x"], [1], [None], [["a"]], [{"id": "a"}], [""]])
def test_an_unknown_choice_is_refused(chosen):
    with pytest.raises(UnknownChoice):
        grading.checked(TWO, chosen, kind="multiple")


@pytest.mark.parametrize("kind", ["single", "truefalse"])
def test_two_choices_where_one_is_to_be_chosen_are_refused(kind):
    with pytest.raises(UnknownChoice, match="chỉ được chọn một"):
        grading.checked(ONE, ["a", "b"], kind=kind)
