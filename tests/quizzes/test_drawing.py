"""Spreading a draw over lessons, decided by properties."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from quizzes.drawing import choice_order, spread

BANKS = st.lists(st.integers(0, 6), max_size=6)


@given(BANKS, st.integers(0, 20), st.randoms(use_true_random=False))
def test_a_draw_is_even_without_repeats(sizes, count, rng):
    bank = [(lesson, (lesson, n)) for lesson, size in enumerate(sizes) for n in range(size)]
    drawn = spread(bank, count, rng)
    assert len(drawn) == len(set(drawn)) == min(count, len(bank))
    taken = Counter(lesson for lesson, _ in drawn)
    for lesson, size in enumerate(sizes):
        for other in taken:
            assert taken[other] - taken[lesson] <= 1 or taken[lesson] == size


def test_the_order_is_of_chance_but_true_and_false_keep_theirs():
    orders = {tuple(choice_order("abc", kind="single", rng=random.Random(n))) for n in range(30)}
    assert len(orders) == 6
    assert {tuple(choice_order("ab", kind="truefalse", rng=random.Random(n))) for n in range(9)} == {
        ("a", "b")
    }
