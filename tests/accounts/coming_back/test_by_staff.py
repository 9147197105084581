"""A forgotten PIN, a lost number: `/quen-ma/` and `/quan-ly/giup-vao-lai/`."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Q
from django.test import Client

from accounts import cards, coming_back, household, messages, trust
from accounts.models import (
    Learner,
    Look,
    Notice,
    OneTimeCode,
)
from tests.make import make_learner, make_user

from .parts import ASK, DESK, NEW, OLD, OWN, WHY, come_back, give, user_of


@pytest.mark.usefixtures("never_proved")
def test_an_official_hands_out_a_code_and_the_owner_is_told(client, lan, official, chi):
    code = give(official, lan)
    row = OneTimeCode.objects.get()
    assert (row.issued_by, row.reason, row.user) == (chi, WHY, lan.user)
    assert code not in str(row.__dict__)
    assert "Phạm Thị Chi" in Notice.objects.get(learner=lan).text
    assert Look.objects.filter(learner=lan, by=chi).exists()
    assert come_back(client, lan.user.phone, code).status_code == 302
    assert user_of(lan).check_password(NEW)
    assert user_of(lan).phone_verified_at is None
    assert come_back(Client(), lan.user.phone, code)["Location"] == ASK


def test_found_by_name_without_accents_or_by_number(official, lan):
    for query in ("nguyen thi lan", "Lan", lan.user.phone, lan.user.phone.replace("+84", "0")):
        page = official.get(DESK, {"q": query}).content.decode()
        assert str(lan.public_id) in page, query
    assert "Không tìm thấy ai" in official.get(DESK, {"q": "Không Có"}).content.decode()


def test_another_communes_official_finds_nobody(lan, sau):
    client = Client()
    client.force_login(sau)
    assert str(lan.public_id) not in client.get(DESK, {"q": "Lan"}).content.decode()
    assert client.get(f"{DESK}{lan.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reason": ""}, "Hãy ghi lý do"),
        ({"reason": "x"}, "Hãy ghi rõ hơn"),
        ({"kind": "own"}, "Hãy chọn một việc"),
        ({"kind": "number"}, "Hãy ghi số điện thoại mới"),
        ({"kind": "number", "phone": "12"}, "Số điện thoại"),
    ],
)
def test_why_no_code_is_given_is_said(official, lan, sent, words):
    answer = give(official, lan, **sent)
    assert words in answer.content.decode()
    assert not OneTimeCode.objects.exists()


def test_a_number_in_use_is_not_given_away(official, lan):
    other = make_learner("Người Khác")
    assert "Số này đã có người dùng" in give(official, lan, "number", other.user.phone).content.decode()


def test_not_oneself(official, chi, phu_thai):
    own = make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    assert official.get(f"{DESK}{own.public_id}/").status_code == 404


def test_not_the_staff(official, phu_thai):
    """Else a helper could take the place of one who may do more."""
    boss = make_user(email="sep@example.vn")
    own = make_learner("Sếp Lớn", user=boss, commune=phu_thai)
    answer = give(official, own, "number", "0987654321")
    assert "Hãy nhờ cán bộ mở mục" in answer.content.decode()
    assert not OneTimeCode.objects.exists()


def test_the_lost_number_of_a_household_becomes_another(client, official, lan, tu):
    code = give(official, lan, "number", "0987654321")
    assert come_back(client, "0987654321", code).status_code == 302
    user = user_of(lan)
    assert (user.phone, user.phone_verified_at, user_of(tu)) == ("+84987654321", None, user)


def test_one_of_a_household_learns_on_with_her_own_number(client, official, lan, tu):
    code = give(official, tu, "alone", "0987654321")
    assert come_back(client, "0987654321", code).status_code == 302
    tu.refresh_from_db()
    assert (tu.user.phone, tu.seat, tu.pin) == ("+84987654321", 1, "")
    assert user_of(lan).check_password(OLD)


def test_who_was_taken_off_a_phone_comes_back(client, official, chi, lan, tu):
    Learner.objects.filter(pk=tu.pk).update(user=None, seat=None)
    tu.refresh_from_db()
    assert coming_back.kinds_for(chi, tu) == ["alone"]
    code = give(official, tu, "alone", "0987654321")
    assert come_back(client, "0987654321", code).status_code == 302
    assert client.get("/api/v1/me/").json()["name"] == tu.name


def test_a_sign_in_with_somebody_of_elsewhere_is_not_reset(official, chi, lan, tu, cam_giang):
    """Else whoever gets the code opens what belongs to a person of another commune."""
    make_learner("Trần Thị Hoa", commune=cam_giang, user=lan.user)
    assert coming_back.kinds_for(chi, lan) == ["alone"]
    assert coming_back.kinds_for(chi, tu) == ["own", "alone"]
    for kind in ("sign_in", "number"):
        assert "Hãy chọn một việc" in give(official, lan, kind, "0987654321").content.decode()
    with pytest.raises(coming_back.Refused):
        coming_back.vouch(by=chi, learner=lan, kind="sign_in", reason=WHY)
    assert not OneTimeCode.objects.exists()


def test_what_the_household_hears_names_nobody_and_no_reason(chi, lan, tu, texted):
    reason = "Bà Lan bị tai biến, căn cước 031064000001"
    coming_back.vouch(by=chi, learner=lan, kind="sign_in", reason=reason)
    [sms] = texted
    told = [*Notice.objects.filter(user=lan.user).values_list("text", flat=True), sms["text"]]
    for text in told:
        assert "Nguyễn Thị Lan" not in text
        assert "tai biến" not in text
        assert "0310" not in text
    assert reason in Notice.objects.get(learner=lan).text


def test_who_is_alone_on_the_phone_is_told_once(chi, lan, texted):
    coming_back.vouch(by=chi, learner=lan, kind="sign_in", reason="Đến Ủy ban")
    assert Notice.objects.filter(Q(user=lan.user) | Q(learner=lan)).count() == 1
    [sms] = texted
    assert "Lan" not in sms["text"]


def test_who_left_the_phone_may_hold_it_still_and_hears(chi, lan, tu, texted):
    household.unlink(user=lan.user, learner=tu)
    coming_back.vouch(by=chi, learner=lan, kind="sign_in", reason="Đến Ủy ban")
    assert Notice.objects.filter(user=lan.user).count() == 1


def test_what_is_hers_alone_is_told_to_her_alone(chi, lan, tu, texted):
    coming_back.vouch(by=chi, learner=tu, kind="own", reason="Ông Tư bị tai biến, quên mã")
    assert (Notice.objects.get().learner, texted) == (tu, [])
    phone = Client()
    phone.force_login(lan.user)
    for one in (lan, tu):  # whoever holds the phone may choose Tư, and does not know his PIN
        phone.post("/ai-dang-hoc/", {"learner": str(one.public_id)})
        assert "tai biến" not in phone.get("/hoc-tap/").content.decode()
    assert "Tư có 1 thông báo riêng" in phone.get("/hoc-tap/").content.decode()
    newest = {"newest": Notice.objects.get().pk}
    phone.post("/du-lieu-cua-toi/thong-bao/", newest)
    assert Notice.objects.get().read_at is None
    phone.post("/ma-rieng/", {"for": str(tu.public_id), "pin": "604827"})
    assert "tai biến" in phone.get("/hoc-tap/").content.decode()
    phone.post("/du-lieu-cua-toi/thong-bao/", newest)
    assert Notice.objects.get().read_at


def test_a_card_shows_no_notices(client, lan):
    messages.tell(user=lan.user, text="Của cả nhà.")
    messages.tell(learner=lan, text="Của riêng Lan.")
    token = cards.address(cards.card_of(lan, by=None)).split("#")[1]
    client.post("/the/vao/", {"token": token})
    page = client.get("/hoc-tap/").content.decode()
    assert (page.count("Của "), "thông báo riêng" in page) == (0, False)
    own = Client()
    own.force_login(lan.user)
    assert own.get("/hoc-tap/").content.decode().count("Của ") == 2


def test_a_number_taken_meanwhile_is_refused(client, official, lan):
    code = give(official, lan, "number", "0987654321")
    make_user(phone="+84987654321")
    assert "Số này vừa có người khác dùng" in come_back(client, "0987654321", code).content.decode()
    assert user_of(lan).phone != "+84987654321"


def test_her_own_pin_anew(official, lan, tu):
    phone = Client()
    phone.force_login(lan.user)
    phone.post("/ai-dang-hoc/", {"learner": str(tu.public_id)})
    code = give(official, tu, "own")
    wrong = phone.post(OWN, {"for": str(tu.public_id), "code": "000000", "pin": NEW})
    assert "Mã chưa đúng" in wrong.content.decode()
    assert phone.post(OWN, {"for": str(tu.public_id), "code": code, "pin": NEW}).status_code == 302
    tu.refresh_from_db()
    assert check_password(NEW, tu.pin)
    assert user_of(lan).check_password(OLD)
    assert phone.get("/du-lieu-cua-toi/").status_code == 200


def test_a_code_for_her_own_pin_does_not_open_the_sign_in(client, official, lan, tu):
    code = give(official, tu, "own")
    assert come_back(client, lan.user.phone, code)["Location"] == ASK
    assert user_of(lan).check_password(OLD)


def test_a_code_for_one_does_not_reset_the_pin_of_another(official, lan, tu):
    Learner.objects.filter(pk=lan.pk).update(pin=tu.pin)
    code = give(official, tu, "own")
    phone = Client()
    phone.force_login(lan.user)
    phone.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    assert phone.post(OWN, {"for": str(lan.public_id), "code": code, "pin": NEW}).status_code == 200
    assert check_password("604827", Learner.objects.get(pk=lan.pk).pin)


@pytest.fixture
def class_of(monkeypatch):
    """What the room of classes will register: who is on whose roster in an open session."""

    def registered(*learners):
        monkeypatch.setattr(trust, "_rooms", {})
        trust.register("classes", lambda user, learner: learner in learners)

    return registered


def test_a_trainer_alone_may_help_nobody(trainer, lan):
    assert trainer.get(DESK).status_code == 403
    assert trainer.get(f"{DESK}{lan.public_id}/").status_code == 403


def test_a_trainer_helps_who_is_in_her_open_class(client, trainer, lan, class_of):
    other = make_learner("Nguyễn Thị Liên", commune=lan.commune)
    class_of(lan)
    page = trainer.get(DESK, {"q": "nguyen"}).content.decode()
    assert str(lan.public_id) in page
    assert str(other.public_id) not in page
    assert trainer.get(f"{DESK}{other.public_id}/").status_code == 404
    code = give(trainer, lan)
    assert come_back(client, lan.user.phone, code).status_code == 302


def test_trust_without_a_role_is_nothing(lan, class_of):
    class_of(lan)
    stranger = make_learner("Người Lạ")
    client = Client()
    client.force_login(stranger.user)
    assert client.get(DESK).status_code == 403
    assert not coming_back.helps(stranger.user, lan)
