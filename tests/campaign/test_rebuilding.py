"""A rebuild writes the next book beside the one that is read, and can be killed anywhere."""

import datetime

import pytest

from campaign import rebuilding
from campaign.folding import DEAD_AFTER, fold
from campaign.models import Book, Delta, First, Standing
from campaign.rebuilding import RebuildRefused, rebuild
from campaign.verifying import verify
from ledger import kinds
from ledger.models import Pending

from .ledger_maker import at, kept, make_fact, noon, total


@pytest.fixture
def folded(phu_thai):
    for number in range(5):
        make_fact(kinds.LESSON_DONE, number, phu_thai, on=number, item="a")
    with at(noon(9)):
        fold()
    return phu_thai


def test_the_same_figures_in_a_new_book_and_the_old_one_is_gone(folded):
    before = kept()
    with at(noon(9)):
        assert rebuild(batch=2) == 5
    assert kept() == before
    assert Book.now().number == 2
    for model in (Delta, First, Standing):
        assert set(model.objects.values_list("book", flat=True)) == {2}


def test_it_repairs_a_figure_that_was_changed_by_hand(folded):
    Delta.objects.filter(measure="lessons").update(value=7)
    run, verdict = verify()
    assert run.difference > 0
    assert {line[0] for line in verdict.lines} == {"lessons"}
    with at(noon(9)):
        rebuild()
    assert verify()[0].difference == 0


def test_folding_waits_for_it_and_then_goes_on(folded, monkeypatch):
    waiting = make_fact(kinds.LESSON_DONE, 9, folded, on=9, item="a")
    real, tried = rebuilding._write, []

    def write(*args):
        tried.append(fold())
        real(*args)

    monkeypatch.setattr(rebuilding, "_write", write)
    with at(noon(9)):
        rebuild(batch=2)
        assert set(tried) == {0}
        assert Pending.objects.get(reader="campaign").fact == waiting
        assert fold() == 1
    assert total("lessons", folded) == 6
    assert verify()[0].difference == 0


def test_two_rebuilds_at_once_are_refused(folded):
    with at(noon(9)):
        rebuilding._begin()
        with pytest.raises(RebuildRefused):
            rebuild()


def test_a_dead_rebuild_does_not_stop_the_counting(folded):
    with at(noon(9)):
        number = rebuilding._begin()
    make_fact(kinds.LESSON_DONE, 9, folded, on=9, item="a")
    with at(noon(9) + DEAD_AFTER * 2):
        assert fold() == 1
        with pytest.raises(RebuildRefused):
            rebuilding._beat(number)
        rebuild()
    assert verify()[0].difference == 0
    assert total("lessons", folded) == 6


def test_five_minutes_without_a_beat_are_death(folded):
    with at(noon(9)):
        rebuilding._begin()
    make_fact(kinds.LESSON_DONE, 9, folded, on=9, item="a")
    with at(noon(9) + datetime.timedelta(minutes=5, microseconds=-1)):
        assert fold() == 0
    with at(noon(9) + datetime.timedelta(minutes=5)):
        assert fold() == 1


def test_what_a_dead_rebuild_wrote_is_thrown_away(folded, monkeypatch):
    def die(number):
        raise KeyboardInterrupt

    monkeypatch.setattr(rebuilding, "_switch", die)
    with at(noon(9)), pytest.raises(KeyboardInterrupt):
        rebuild()
    monkeypatch.undo()
    assert set(Delta.objects.values_list("book", flat=True)) == {1, 2}
    before = kept()
    with at(noon(9) + DEAD_AFTER * 2):
        rebuild()
    assert kept() == before
    assert set(Delta.objects.values_list("book", flat=True)) == {3}
