import pytest
from django.utils import timezone

from accounts import consents, leaving, objecting
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
    assert (given.version, given.channel, given.withdrawn_at) == (3, "online", None)
    inside.post(PAGE, {"act": "withdraw"})
    assert lan.consents.get(purpose=REMINDERS).withdrawn_at
    inside.post(PAGE, {"act": "give"})
    assert lan.consents.filter(purpose=REMINDERS).count() == 2
    assert inside.get(PAGE).content.decode().count(consents.REMINDERS[3].short) >= 3


def test_new_words_are_asked_for_anew(lan, monkeypatch):
    first = consents.give(learner=lan, purpose=REMINDERS)
    monkeypatch.setitem(consents.REMINDERS, 4, consents.Words("Lời mới.", ("Rõ hơn.",)))
    second = consents.give(learner=lan, purpose=REMINDERS)
    first.refresh_from_db()
    assert first.withdrawn_at
    assert (first.version, second.version) == (3, 4)
    assert consents.words_of(first).short.startswith("Tôi đồng ý nhận")


def test_the_words_she_ticks_speak_of_all_that_is_sent():
    """Not only those behind “Đọc đủ”."""
    short = consents.REMINDERS[consents.current(REMINDERS)].short
    assert "nhắc học" in short
    assert "nhắc ôn lại" in short
    assert "lớp học" in short


class TestChild:
    """A guardian agrees herself, to each purpose and to each version: nobody invents her name."""

    SENT = {"act": "give", "purpose": "reminders", "reminders-guardian_name": "Trần Văn Ba"}

    @pytest.fixture
    def child(self, phu_thai):
        child = make_learner("Trần Bé An", commune=phu_thai, birth_year=timezone.localdate().year - 10)
        consents.give(learner=child, purpose="learning", guardian_name="Trần Thị Má")
        return child

    @pytest.fixture
    def page(self, client, child):
        client.force_login(child.user)
        return client

    def test_one_purpose_says_nothing_of_another(self, child):
        with pytest.raises(consents.GuardianMissing):
            consents.give(learner=child, purpose=REMINDERS)

    def test_nor_an_older_version_of_a_newer(self, child, monkeypatch):
        monkeypatch.setitem(consents.LEARNING, 2, consents.Words("Lời mới.", ("Rõ hơn.",)))
        with pytest.raises(consents.GuardianMissing):
            consents.give(learner=child, purpose="learning")

    @pytest.mark.parametrize(
        "sent",
        [
            {"act": "give"},
            SENT,
            SENT | {"reminders-guardian_name": "", "reminders-guardian_consent": "on"},
            SENT | {"reminders-guardian_name": "trần bé an", "reminders-guardian_consent": "on"},
        ],
    )
    def test_without_the_name_and_the_mark_nothing_is_stored(self, page, child, sent):
        assert page.post(PAGE, sent).status_code == 200
        assert consents.standing(child, REMINDERS) is None

    def test_typed_and_marked_it_is_hers(self, page, child):
        page.post(PAGE, self.SENT | {"reminders-guardian_consent": "on"})
        assert consents.standing(child, REMINDERS).guardian_name == "Trần Văn Ba"
        assert consents.standing(child, "learning").guardian_name == "Trần Thị Má"

    def test_new_words_of_learning_are_asked_on_the_page(self, page, child, monkeypatch):
        assert 'value="learning"' not in page.get(PAGE).content.decode()
        monkeypatch.setitem(consents.LEARNING, 2, consents.Words("Lời mới.", ("Rõ hơn.",)))
        assert 'value="learning"' in page.get(PAGE).content.decode()
        sent = {"learning-guardian_name": "Trần Văn Ba", "learning-guardian_consent": "on"}
        page.post(PAGE, {"act": "give", "purpose": "learning", **sent})
        held = consents.standing(child, "learning")
        assert (held.version, held.guardian_name) == (2, "Trần Văn Ba")

    def test_who_stays_has_the_very_consent_of_before(self, child):
        before = consents.standing(child, "learning")
        leaving.leave(learner=child, kind="erase")
        assert consents.standing(child, "learning") is None
        assert leaving.stay(learner=child)
        assert consents.standing(child, "learning") == before
        assert child.consents.count() == 1

    def test_who_turns_out_to_be_a_child_is_asked_for_each_purpose(self, lan):
        consents.give(learner=lan, purpose=REMINDERS)
        consents.renew(learner=lan, guardian_name="Nguyễn Văn Ba")
        assert consents.standing(lan, REMINDERS) is None
        assert consents.standing(lan, "learning").guardian_name == "Nguyễn Văn Ba"


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
