"""Merging and erasing at the same moment as others: one wins, nothing is lost or doubled."""

from __future__ import annotations

import uuid

import pytest

from accounts import merging
from accounts.erasing import erase
from accounts.models import Learner, Merge
from campaign.folding import fold
from campaign.models import First
from campaign.verifying import verify
from courses import progress
from courses.models import ItemDone
from ledger.models import Fact
from tests.make import make_course, make_learner
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


def settled() -> list:
    fold()
    return verify()[1].lines


def test_two_officials_merge_the_same_pair_both_ways(chi, lan, phu_thai):
    twin = make_learner("Nguyen Thi Lan", commune=phu_thai)
    answers = together(
        lambda: merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người"),
        lambda: merging.merge(by=chi, duplicate=lan, canonical=twin, reason="Một người"),
    )
    assert Merge.objects.filter(undone_at=None).count() == 1
    assert sorted(isinstance(answer, merging.MergeRefused) for answer in answers) == [False, True]
    assert settled() == []


def test_two_officials_undo_the_same_merge(chi, lan, phu_thai):
    twin = make_learner("Nguyen Thi Lan", commune=phu_thai)
    done = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    answers = together(*[lambda: merging.unmerge(by=chi, merge=done)] * 2)
    assert sorted(isinstance(answer, merging.AlreadyUndone) for answer in answers) == [False, True]
    assert settled() == []


def test_erasing_while_her_facts_are_folded(chi, lan):
    course = make_course(lessons=3)
    for item in course.items.all():
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=lan, item=item)
    pk = lan.pk
    answers = together(
        lambda: fold(batch=1),
        lambda: erase(learner=lan, by=chi, reason="asked"),
        lambda: fold(batch=1),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert not Learner.objects.filter(pk=pk).exists()
    assert not Fact.objects.filter(person=pk).exists()
    assert settled() == []
    assert not First.objects.filter(person=pk).exists()


def test_a_lesson_finished_while_the_record_is_merged(chi, lan, phu_thai):
    twin = make_learner("Nguyen Thi Lan", commune=phu_thai)
    course = make_course(lessons=2)
    first, second = course.items.order_by("position")
    progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=twin, item=first)
    answers = together(
        lambda: merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người"),
        lambda: progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=twin, item=second),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert ItemDone.objects.count() == 2
    assert settled() == []
    merging.unmerge(by=chi, merge=Merge.objects.get())
    assert settled() == []
