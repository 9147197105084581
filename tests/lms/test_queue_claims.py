"""What a phone learned before anybody signed in there belongs to the first who claims it."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from accounts import merging
from accounts.erasing import erase
from accounts.models import Learner
from courses.models import ItemDone
from ledger import claims
from ledger.models import Claim, Fact

from ..make import make_learner, make_user
from .queueing import action, post


def claimed(learner, claim, subject="kns04-01"):
    return action(learner, "lesson_done", subject, claim=str(claim))


@pytest.fixture
def mai(phu_thai):
    return make_learner("Đỗ Thị Mai", commune=phu_thai)


def signed_in(learner):
    client = Client()
    client.force_login(learner.user)
    return client


def test_the_first_learner_owns_it(lan, lan_in, course):
    claim = uuid.uuid4()
    answers = post(lan_in, claimed(lan, claim), claimed(lan, claim, "kns04-02"))
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    assert Claim.objects.get().person == lan.pk


def test_a_later_learner_reads_that_it_is_anothers_and_nothing_is_kept(lan, lan_in, mai, course):
    claim = uuid.uuid4()
    post(lan_in, claimed(lan, claim))
    [answer] = post(signed_in(mai), claimed(mai, claim))
    assert answer["status"] == "refused"
    assert answer["data"] == {"code": "claimed"}
    assert "đã được ghi cho người khác" in answer["message"]
    assert not ItemDone.objects.filter(learner=mai).exists()
    assert not Fact.objects.filter(kind="lesson_done", person=mai.pk).exists()


def test_a_refused_action_claims_nothing(lan, lan_in, mai, course):
    claim = uuid.uuid4()
    [answer] = post(lan_in, claimed(lan, claim, "nothing"))
    assert answer["status"] == "refused"
    [answer] = post(signed_in(mai), claimed(mai, claim))
    assert answer["status"] == "accepted"


def test_two_records_of_one_person_share_it(lan, lan_in, mai, chi, course):
    claim = uuid.uuid4()
    post(lan_in, claimed(lan, claim))
    merging.merge(by=chi, duplicate=mai, canonical=lan, reason="Hai hồ sơ của một người")
    claims.own(claim, learner=mai)
    with pytest.raises(claims.Claimed):
        claims.own(claim, learner=make_learner())


def test_the_same_action_with_and_without_a_claim_is_not_the_same(lan, lan_in, course):
    sent = claimed(lan, uuid.uuid4())
    post(lan_in, sent)
    [answer] = post(lan_in, {**sent, "claim": str(uuid.uuid4())})
    assert answer["status"] == "refused"


@pytest.mark.parametrize("claim", ["x", 5, [], {}, ""])
def test_a_claim_that_is_none_is_refused(lan, lan_in, course, claim):
    [answer] = post(lan_in, {**action(lan, "lesson_done", "kns04-01"), "claim": claim})
    assert answer["status"] == "refused"
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_owns_it(phu_thai):
    people = [make_learner(f"Người {letter}", commune=phu_thai) for letter in "ABCD"]
    claim, refused = uuid.uuid4(), []
    start = threading.Barrier(len(people))

    def own(learner: Learner) -> None:
        start.wait()
        try:
            claims.own(claim, learner=learner)
        except claims.Claimed:
            refused.append(learner.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=own, args=[learner]) for learner in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(people) - 1
    assert Claim.objects.get().person not in refused


def test_erasing_keeps_it_from_everybody(lan, lan_in, mai, chi, course):
    claim = uuid.uuid4()
    post(lan_in, claimed(lan, claim))
    pk = lan.pk
    erase(learner=lan, by=chi, reason="asked")
    assert Claim.objects.get().person != pk
    with pytest.raises(claims.Claimed):
        claims.own(claim, learner=mai)


def test_the_sign_in_of_somebody_else_cannot_send_it(lan, course):
    stranger = Client()
    stranger.force_login(make_user())
    [answer] = post(stranger, claimed(lan, uuid.uuid4()))
    assert answer["status"] == "refused"
    assert not Claim.objects.exists()
