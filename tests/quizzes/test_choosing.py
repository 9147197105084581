"""Which questions a refresher asks: pure."""

import random

from hypothesis import given
from hypothesis import strategies as some

from quizzes.choosing import ASKED, Past, choose

LIVE = [(f"l{lesson}-c{number}", lesson) for lesson in (1, 2, 3) for number in (1, 2, 3)]


def chosen(past=None, live=LIVE, **more):
    return choose(live, past or Past(), rng=random.Random(7), **more)


def test_nothing_wrong_asks_some_of_every_lesson():
    found = chosen()
    assert len(found) == ASKED
    assert {key[:2] for key in found} == {"l1", "l2", "l3"}


def test_what_was_forgotten_comes_first_then_wrong_then_once_wrong_then_the_lessons_of_the_test():
    past = Past(forgotten=["l3-c3"], wrong=["l1-c2"], once_wrong=["l2-c1"], lessons={2})
    assert chosen(past) == ["l3-c3", "l1-c2", "l2-c1", "l2-c2", "l2-c3"]


def test_a_question_that_is_gone_is_not_asked():
    assert "old" not in chosen(Past(wrong=["old", "l1-c1"]))
    assert chosen(Past(wrong=["old", "l1-c1"]))[0] == "l1-c1"


def test_the_same_chance_asks_the_same():
    assert chosen() == chosen()


def test_a_course_with_two_questions_asks_two():
    assert sorted(chosen(live=LIVE[:2])) == ["l1-c1", "l1-c2"]
    assert chosen(live=[]) == []


keys = some.lists(some.sampled_from([key for key, _ in LIVE] + ["gone"]), unique=True)


@given(keys, keys, keys, some.sets(some.sampled_from([1, 2, 3, 9])), some.integers(0, 12))
def test_never_one_twice_never_too_many_and_wrong_ones_before_others(forgotten, wrong, once, lessons, count):
    past = Past(forgotten=forgotten, wrong=wrong, once_wrong=once, lessons=lessons)
    found = chosen(past, count=count)
    live = [key for key, _ in LIVE]
    assert len(found) == len(set(found)) == min(count, len(live))
    assert set(found) <= set(live)
    slips = [key for key in dict.fromkeys([*forgotten, *wrong, *once]) if key in live]
    assert found[: len(slips)] == slips[:count]
