"""A fact is written once, carries who she was then, and is undone only by another fact."""

import datetime
import uuid

import pytest
from django.utils import timezone

from accounts.models import Consent
from accounts.people import announce_consent
from ledger import kinds, readers
from ledger.models import Fact, Pending
from ledger.recording import NotUndoable, Stamp, UuidReused, clamp, record, retract
from tests.make import make_learner, make_role


def lesson(learner, **fields):
    values = {
        "actor": "user:1",
        "uuid": uuid.uuid4(),
        "kind": kinds.LESSON_DONE,
        "stamp": Stamp.of(learner),
        "channel": "online",
        "asserted_by": "client",
        "course": "KNS04",
        "item": "kns04-01",
    }
    return record(**{**values, **fields})


def test_a_repeat_returns_the_first_fact(lan):
    key = uuid.uuid4()
    first, new = lesson(lan, uuid=key)
    again, new_again = lesson(lan, uuid=key)
    assert (new, new_again) == (True, False)
    assert again.pk == first.pk
    assert Pending.objects.filter(fact=first, reader="campaign").count() == 1


def test_the_same_uuid_with_another_payload_is_refused(lan):
    key = uuid.uuid4()
    lesson(lan, uuid=key)
    with pytest.raises(UuidReused):
        lesson(lan, uuid=key, item="kns04-02")


def test_a_time_in_the_future_is_clamped_to_now_and_flagged(lan):
    fact, _ = lesson(lan, happened_at=timezone.now() + datetime.timedelta(days=2))
    assert fact.clamped
    assert fact.happened_at == fact.recorded_at


def test_a_time_before_the_publication_is_clamped_to_it():
    now = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
    earliest = now - datetime.timedelta(days=1)
    assert clamp(earliest - datetime.timedelta(hours=1), earliest=earliest, now=now) == (earliest, True)
    assert clamp(earliest, earliest=earliest, now=now) == (earliest, False)
    assert clamp(now, earliest=earliest, now=now) == (now, False)
    assert clamp(None, earliest=earliest, now=now) == (now, False)
    assert clamp(earliest, earliest=now + datetime.timedelta(hours=1), now=now) == (now, True)


def test_the_day_is_the_local_one(lan):
    before_midnight = datetime.datetime(2026, 3, 1, 16, 59, tzinfo=datetime.UTC)
    fact, _ = lesson(lan, happened_at=before_midnight)
    assert fact.happened_on == datetime.date(2026, 3, 1)
    fact, _ = lesson(lan, happened_at=before_midnight + datetime.timedelta(minutes=1))
    assert fact.happened_on == datetime.date(2026, 3, 2)


def test_staff_and_test_accounts_are_stamped_as_left_out(lan, phu_thai):
    assert Stamp.of(lan).left_out == ""
    make_role(lan.user, "trainer", phu_thai)
    assert Stamp.of(lan).left_out == "staff"
    assert Stamp.of(make_learner(is_test=True)).left_out == "test"


def test_the_family_of_a_trainer_counts(lan, phu_thai):
    make_role(lan.user, "trainer", phu_thai)
    family = make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)
    assert Stamp.of(family).left_out == ""


def test_a_retraction_points_at_its_fact_and_keeps_its_stamp(lan, cam_giang):
    fact, _ = lesson(lan)
    lan.commune = cam_giang
    undoing, new = retract(actor="user:9", fact=fact, reason="nhầm người")
    assert new
    assert (undoing.undoes, undoing.commune, undoing.kind) == (fact, fact.commune, "retracted")
    assert Stamp.on(undoing) == Stamp.on(fact)
    assert Pending.objects.filter(fact=undoing, reader="campaign").exists()
    again, new = retract(actor="user:9", fact=fact, reason="nhầm người")
    assert (again.pk, new) == (undoing.pk, False)


def test_a_retraction_cannot_be_retracted(lan):
    fact, _ = lesson(lan)
    undoing, _ = retract(actor="user:9", fact=fact, reason="nhầm người")
    with pytest.raises(NotUndoable):
        retract(actor="user:9", fact=undoing, reason="nhầm lần nữa")


def test_a_fact_leaves_a_row_only_for_readers_of_its_kind(lan, monkeypatch):
    monkeypatch.setattr(readers, "_readers", {"a": frozenset([kinds.LESSON_DONE]), "b": frozenset()})
    lesson(lan)
    assert list(Pending.objects.values_list("reader", flat=True)) == ["a"]


@pytest.mark.parametrize(("channel", "asserter"), [("online", "server"), ("class", "trainer")])
def test_consent_registers_a_person_once(lan, channel, asserter):
    consent = Consent.objects.create(learner=lan, purpose="learning", version=1, channel=channel)
    announce_consent(consent)
    announce_consent(consent)
    fact = Fact.objects.get(kind=kinds.REGISTERED)
    assert (fact.person, fact.commune, fact.asserted_by) == (lan.pk, lan.commune, asserter)
