"""What a stamp takes from whom, and what happens to a fact that meets another."""

import datetime
import uuid

import pytest
from django.db import IntegrityError
from django.utils import timezone

from ledger import draining, kinds
from ledger.models import Fact, Pending
from ledger.recording import (
    Stamp,
    UuidReused,
    clamp,
    digest_of,
    record,
    record_all,
    retract,
    server_uuid,
)
from places.models import Organisation
from tests.make import make_learner, make_role

from .test_recording import lesson


def of_one(learner, **fields):
    return {
        "actor": "user:1",
        "uuid": uuid.uuid4(),
        "kind": kinds.LESSON_DONE,
        "channel": "online",
        "asserted_by": "client",
        "course": "KNS04",
        "item": "kns04-01",
        **fields,
    }


# --- The stamp --------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "band"), [(1959, 1950), (1960, 1960), (1964, 1960), (1969, 1960), (1970, 1970)]
)
def test_ten_years_of_birth_are_one_band(hai_phong, year, band):
    assert Stamp.of(make_learner(birth_year=year, with_user=False)).birth_band == band


def test_somebody_elses_role_leaves_nobody_out(lan, binh):
    assert Stamp.of(lan).left_out == ""


def test_a_role_given_back_leaves_nobody_out(lan, phu_thai):
    make_role(lan.user, "trainer", phu_thai, revoked_at=timezone.now())
    assert Stamp.of(lan).left_out == ""


def test_who_has_no_sign_in_is_nobodys_colleague(phu_thai, binh, django_assert_num_queries):
    learner = make_learner(with_user=False, commune=phu_thai)
    with django_assert_num_queries(0):
        assert Stamp.of(learner).left_out == ""


def test_a_fact_says_who_she_was(lan, phu_thai):
    lan.organisation = Organisation.objects.create(name="Hội Phụ nữ", kind="association", place=phu_thai)
    fact, _ = lesson(lan)
    fact.refresh_from_db()
    assert (fact.person, fact.commune, fact.organisation) == (lan.pk, phu_thai, lan.organisation)
    assert (fact.group, fact.gender, fact.birth_band, fact.left_out) == ("citizen", "female", 1960, "")
    assert Stamp.on(fact) == Stamp.of(lan)


# --- Times ------------------------------------------------------------------


def test_a_time_is_clamped_only_beyond_its_limits():
    now = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
    second = datetime.timedelta(seconds=1)
    assert clamp(now + second, earliest=None, now=now) == (now, True)
    assert clamp(now, earliest=None, now=now) == (now, False)
    assert clamp(now - second, earliest=None, now=now) == (now - second, False)
    assert clamp(now - second, earliest=now, now=now) == (now, True)


def test_both_days_of_a_fact_are_local(lan):
    fact, _ = lesson(lan, happened_at=datetime.datetime(2026, 3, 1, 17, 0, tzinfo=datetime.UTC))
    assert fact.happened_on == datetime.date(2026, 3, 2)
    assert fact.recorded_on == timezone.localdate(fact.recorded_at)
    assert not fact.clamped


# --- Meeting another fact ---------------------------------------------------


def test_the_same_payload_has_the_same_digest_in_any_order():
    assert digest_of({"a": 1, "b": "ế"}) == digest_of({"b": "ế", "a": 1})
    assert digest_of(["a", "b"]) != digest_of(["b", "a"])
    assert digest_of(["a", 1]) != digest_of(["a", 2])


def test_a_servers_uuid_is_the_same_for_the_same_news_only():
    assert server_uuid("completed", 7, "KNS04") == server_uuid("completed", 7, "KNS04")
    assert server_uuid("completed", 7, "KNS04") != server_uuid("completed", 8, "KNS04")


def test_another_actors_uuid_is_another_fact(lan):
    key = uuid.uuid4()
    first, _ = lesson(lan, uuid=key)
    other, new = lesson(lan, uuid=key, actor="user:2", item="kns04-02")
    assert new
    assert other.pk != first.pk


def test_the_same_actors_other_uuid_is_another_fact(lan):
    lesson(lan)
    two = uuid.uuid4()
    lesson(lan, uuid=two, item="kns04-02")
    with pytest.raises(UuidReused):
        lesson(lan, uuid=two)
    assert Fact.objects.count() == 2


@pytest.mark.parametrize("fields", [{"kind": kinds.TEST_PASSED}, {"course": "KNS01"}, {"item": "x"}])
def test_every_part_of_the_news_is_its_payload(lan, fields):
    key = uuid.uuid4()
    lesson(lan, uuid=key)
    with pytest.raises(UuidReused):
        lesson(lan, uuid=key, **fields)


def test_several_facts_at_once_are_each_announced(lan):
    record_all(stamp=Stamp.of(lan), facts=[of_one(lan), of_one(lan, item="kns04-02")])
    assert Fact.objects.count() == 2
    assert Pending.objects.filter(reader="campaign").count() == 2
    assert set(Fact.objects.values_list("assisted", "clamped")) == {(False, False)}


def test_several_facts_of_which_one_is_known_add_the_others(lan):
    known = of_one(lan)
    record(stamp=Stamp.of(lan), **known)
    record_all(stamp=Stamp.of(lan), facts=[known, of_one(lan, item="kns04-02")])
    assert list(Fact.objects.order_by("pk").values_list("item", flat=True)) == ["kns04-01", "kns04-02"]
    assert Pending.objects.filter(reader="campaign").count() == 2


def test_several_facts_of_which_one_is_another_payload_are_refused(lan):
    known = of_one(lan)
    record(stamp=Stamp.of(lan), **known)
    with pytest.raises(UuidReused):
        record_all(stamp=Stamp.of(lan), facts=[{**known, "item": "x"}])


def test_a_fact_that_cannot_be_written_for_another_reason_is_an_error(lan):
    with pytest.raises(IntegrityError):
        lesson(lan, actor=None)


# --- Undoing ----------------------------------------------------------------


def test_an_undoing_has_its_own_time_reason_and_actor(lan):
    fact, _ = lesson(lan, happened_at=timezone.now() - datetime.timedelta(days=40))
    undoing, _ = retract(actor="user:9", fact=fact, reason="nhầm người", kind="unmerged")
    undoing.refresh_from_db()
    assert (undoing.actor, undoing.reason, undoing.kind) == ("user:9", "nhầm người", "unmerged")
    assert undoing.happened_at == undoing.recorded_at > fact.recorded_at
    assert undoing.happened_on == undoing.recorded_on == timezone.localdate()
    assert (undoing.course, undoing.item, undoing.channel) == (fact.course, fact.item, fact.channel)
    assert undoing.uuid == server_uuid("retract", fact.pk)


# --- Draining ---------------------------------------------------------------


def test_a_batch_gives_its_own_facts_in_the_order_of_recording(lan):
    facts = [lesson(lan, item=f"kns04-{number:02}")[0] for number in range(3)]
    batch = draining.Batch([facts[2].pk, facts[0].pk])
    assert list(batch.facts()) == [facts[0], facts[2]]


def test_draining_goes_on_until_a_batch_is_not_full(lan):
    for number in range(4):
        lesson(lan, item=f"kns04-{number:02}")
    sizes = []
    assert draining.drain("campaign", lambda batch: sizes.append(len(batch.ids)), batch=2) == 4
    assert sizes == [2, 2]
    assert draining.drain("campaign", lambda batch: sizes.append(0), batch=2) == 0
    assert sizes == [2, 2]


def test_a_drainer_that_must_be_alone_waits_its_turn(lan, monkeypatch):
    lesson(lan)
    monkeypatch.setattr(draining, "hold_alone", lambda reader: False)
    assert draining.drain("campaign", lambda batch: None, alone=True) == 0
    assert Pending.objects.filter(reader="campaign").exists()
    assert draining.drain("campaign", lambda batch: None) == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_alone_is_told_so():
    from django.db import transaction

    with transaction.atomic():
        assert draining.hold_alone("campaign") is True
        assert draining.hold_alone("campaign", wait=True) is True
