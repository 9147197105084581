import pytest

from accounts import consents, objecting
from accounts.models import Consent, Objection
from tests.certificates.make import make_paper
from tests.make import make_learner

from ..quizzes.make import make_course

PAGE = "/du-lieu-cua-toi/dong-y/"
REMINDERS = Consent.Purpose.REMINDERS


@pytest.fixture
def inside(client, lan):
    client.force_login(lan.user)
    return client


def test_every_purpose_has_its_words():
    assert set(consents.WORDS) == set(Consent.Purpose.values)
    assert all(
        words.short and words.more for versions in consents.WORDS.values() for words in versions.values()
    )


def test_nothing_is_agreed_to_before_she_presses(inside, lan):
    html = inside.get(PAGE).content.decode()
    assert "checked" not in html
    assert not lan.consents.exists()
    assert "Không đồng ý" in html


def test_given_and_withdrawn_and_both_kept(inside, lan):
    inside.post(PAGE, {"act": "give"})
    inside.post(PAGE, {"act": "give"})
    given = lan.consents.get(purpose=REMINDERS)
    assert (given.version, given.channel, given.withdrawn_at) == (1, "online", None)
    inside.post(PAGE, {"act": "withdraw"})
    assert lan.consents.get(purpose=REMINDERS).withdrawn_at
    inside.post(PAGE, {"act": "give"})
    assert lan.consents.filter(purpose=REMINDERS).count() == 2
    assert inside.get(PAGE).content.decode().count(consents.REMINDERS[1].short) >= 3


def test_new_words_are_asked_for_anew(lan, monkeypatch):
    first = consents.give(learner=lan, purpose=REMINDERS)
    monkeypatch.setitem(consents.REMINDERS, 2, consents.Words("Lời mới.", ("Rõ hơn.",)))
    second = consents.give(learner=lan, purpose=REMINDERS)
    first.refresh_from_db()
    assert first.withdrawn_at
    assert second.version == 2
    assert consents.words_of(first).short.startswith("Tôi đồng ý nhận")


def test_a_child_agrees_with_her_guardian_only(client, phu_thai):
    child = make_learner("Trần Bé An", commune=phu_thai, birth_year=2015)
    with pytest.raises(consents.GuardianMissing):
        consents.give(learner=child, purpose=REMINDERS)
    Consent.objects.create(
        learner=child, purpose="learning", version=1, channel="online", guardian_name="Trần Văn Ba"
    )
    assert consents.give(learner=child, purpose=REMINDERS).guardian_name == "Trần Văn Ba"


class TestName:
    def test_public_pages_show_initials_at_once_and_her_own_the_name(self, inside, client, lan, db):
        paper = make_paper(lan, make_course())
        stranger = type(client)()
        address = f"/giay/{paper.serial}/"
        picture = stranger.get(f"{address}giay-ghi-nhan.png").content
        assert lan.name in stranger.get(address).content.decode()
        inside.post(PAGE, {"act": "hide"})
        page = stranger.get(address).content.decode()
        assert lan.name not in page
        assert "N. T. L." in page
        assert stranger.get(f"{address}giay-ghi-nhan.png").content != picture
        assert lan.name in inside.get(address).content.decode()
        inside.post(PAGE, {"act": "show"})
        assert lan.name in stranger.get(address).content.decode()
        assert Objection.objects.get().ended_at

    def test_twice_is_one_objection(self, lan):
        objecting.hide_name(learner=lan)
        objecting.hide_name(learner=lan)
        assert Objection.objects.count() == 1
