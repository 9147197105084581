"""What she chose to see is hers on every phone: the later choice stands, in her copy and through merges."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts import display, leaving, merging
from accounts.exporting import collect
from accounts.models import Learner
from tests.make import make_learner

pytestmark = pytest.mark.django_db
LARGE, DARK = {"text": "200"}, {"theme": "dark"}


def ago(minutes: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=minutes)


def seen(learner: Learner) -> dict[str, str] | None:
    learner.refresh_from_db()
    return display.seen_by(learner)


def test_the_later_choice_stands_whichever_comes_first(lan):
    assert display.keep(learner=lan, chosen=DARK, at=ago(5))
    assert not display.keep(learner=lan, chosen=LARGE, at=ago(9))
    assert seen(lan) == DARK
    assert display.keep(learner=lan, chosen=LARGE, at=ago(1))
    assert seen(lan) == LARGE


def test_a_clock_that_runs_ahead_does_not_win_for_ever(lan):
    display.keep(learner=lan, chosen=DARK, at=ago(-600))
    assert display.keep(learner=lan, chosen=LARGE)
    assert seen(lan) == LARGE


def test_all_taken_back_is_a_choice_too(lan):
    display.keep(learner=lan, chosen=LARGE, at=ago(5))
    display.keep(learner=lan, chosen=None, at=ago(4))
    assert seen(lan) is None
    assert not display.keep(learner=lan, chosen=LARGE, at=ago(6))  # sent late by another phone


@pytest.mark.parametrize(
    "sent",
    [
        {"text": "999"},
        {"text": 200},
        {"theme": ["dark"]},
        {"contrast": None},
        {"note": "Tôi là Lan"},
        {"words": "<b>"},
        {"simple": True},
    ],
)
def test_nothing_that_a_browser_invents_is_kept(lan, sent):
    display.keep(learner=lan, chosen={**sent, "motion": "less"})
    lan.refresh_from_db()
    assert lan.display == {"motion": "less"}


def test_every_choice_has_its_words():
    everything = {name: next(iter(values)) for name, values in display.CHOICES.items()}
    assert display.known(everything) == everything
    learner = Learner(display=everything)
    assert (display.words_of(learner) or "").count(",") == len(everything) - 1
    assert display.words_of(Learner(display={})) == "như máy"
    assert display.words_of(Learner()) is None


def test_no_choice_without_its_time(lan):
    with pytest.raises(IntegrityError, match="learner_display_has_a_time"):
        Learner.objects.filter(pk=lan.pk).update(display=LARGE)


def test_it_is_in_her_copy(lan):
    at = ago(3)
    display.keep(learner=lan, chosen=LARGE | DARK, at=at)
    lan.refresh_from_db()
    [row] = collect(lan)["records"][0]["sections"][0]["rows"]
    assert row["Cỡ chữ, màu đã chọn"] == "cỡ chữ 200 %, nền tối"
    assert datetime.datetime.fromisoformat(row["Chọn lúc"]) == at.replace(microsecond=0)


def test_who_is_leaving_may_still_choose(lan):
    leaving.leave(learner=lan, kind="erase")
    assert display.keep(learner=lan, chosen=LARGE)


@pytest.fixture
def twin(phu_thai) -> Learner:
    return make_learner("Nguyen Thi Lan", commune=phu_thai)


def merge(chi, twin, lan):
    return merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Cùng nhà")


def test_of_two_records_the_last_choice_stands_and_both_have_theirs_again(chi, lan, twin):
    display.keep(learner=lan, chosen=DARK, at=ago(9))
    display.keep(learner=twin, chosen=LARGE, at=ago(5))
    before = Learner.objects.values("display", "display_at").get(pk=lan.pk)
    merged = merge(chi, twin, lan)
    assert seen(lan) == LARGE
    merging.unmerge(by=chi, merge=merged)
    assert (seen(lan), seen(twin)) == (DARK, LARGE)
    assert Learner.objects.values("display", "display_at").get(pk=lan.pk) == before


def test_her_own_later_choice_stands(chi, lan, twin):
    display.keep(learner=twin, chosen=LARGE, at=ago(9))
    display.keep(learner=lan, chosen=DARK, at=ago(5))
    merging.unmerge(by=chi, merge=merge(chi, twin, lan))
    assert seen(lan) == DARK


def test_what_she_chose_after_the_merge_stays_hers(chi, lan, twin):
    display.keep(learner=twin, chosen=LARGE, at=ago(5))
    merged = merge(chi, twin, lan)
    assert seen(lan) == LARGE
    display.keep(learner=lan, chosen=DARK)
    merging.unmerge(by=chi, merge=merged)
    assert (seen(lan), seen(twin)) == (DARK, LARGE)


def test_who_never_chose_has_nothing_again(chi, lan, twin):
    display.keep(learner=twin, chosen=LARGE, at=ago(5))
    merging.unmerge(by=chi, merge=merge(chi, twin, lan))
    lan.refresh_from_db()
    assert (lan.display, lan.display_at) == (None, None)


def test_a_seat_and_a_look_go_over_together(chi, twin, phu_thai):
    """Both are in the journal for the same row, and both come back."""
    lan = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    Learner.objects.filter(pk=lan.pk).update(user=None, seat=None)
    display.keep(learner=twin, chosen=LARGE, at=ago(5))
    user = twin.user_id
    merged = merge(chi, twin, lan)
    lan.refresh_from_db()
    assert (lan.user_id, lan.display) == (user, LARGE)
    merging.unmerge(by=chi, merge=merged)
    lan.refresh_from_db()
    twin.refresh_from_db()
    assert (lan.user_id, lan.display, twin.user_id) == (None, None, user)
