"""A forgotten PIN, a lost number: `/quen-ma/` and `/quan-ly/giup-vao-lai/`."""

import datetime
import re
import time

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from accounts import cards, coming_back, household, messages, roles, trust
from accounts.models import (
    Alarm,
    DeviceUse,
    HelpContact,
    Learner,
    Look,
    Message,
    Notice,
    OneTimeCode,
    Parting,
    User,
)
from tests.make import make_learner, make_role, make_user

ASK, CODE, PIN, OWN = "/quen-ma/", "/quen-ma/ma/", "/quen-ma/ma-moi/", "/ma-rieng/quen/"
MINE = "/du-lieu-cua-toi/so/"
DESK = "/quan-ly/giup-vao-lai/"
NEW, OLD = "739164", "482951"
WHY = "Đến Ủy ban, đã nhận đúng người"


@pytest.fixture
def carrier(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}


@pytest.fixture
def lan(lan):
    """Her number was proved before."""
    lan.user.set_password(OLD)
    lan.user.phone_verified_at = timezone.now()
    lan.user.save()
    return lan


@pytest.fixture
def never_proved(lan):
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=None)
    return lan


@pytest.fixture
def tu(lan):
    return make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune, pin=make_password("604827"))


@pytest.fixture
def official(chi):
    client = Client()
    client.force_login(chi)
    return client


@pytest.fixture
def texted(carrier, monkeypatch):
    """What was sent, before the log forgets the text."""
    sent = []
    real = coming_back.codes.messages.send
    monkeypatch.setattr(
        coming_back.codes.messages, "send", lambda **given: (sent.append(given), real(**given))[1]
    )
    return sent


def code_in(sent):
    texts = [one["text"] for one in sent if one["purpose"] == Message.Purpose.CODE]
    return re.search(r"\d{6}", texts[-1])[0]


def give(official, learner, kind="sign_in", phone="", reason=WHY):
    answer = official.post(f"{DESK}{learner.public_id}/", {"kind": kind, "phone": phone, "reason": reason})
    found = re.search(r"score-value nowrap\">(\d{3}) (\d{3})<", answer.content.decode())
    return "".join(found.groups()) if found else answer


def come_back(client, phone, code, pin=NEW):
    client.post(CODE, {"phone": phone, "code": code})
    return client.post(PIN, {"pin": pin})


def user_of(learner):
    return User.objects.get(learners=learner)


# --- By a text message -----------------------------------------------------------------


def test_a_code_by_text_opens_the_way_to_a_new_pin(client, lan, texted):
    answer = client.post(ASK, {"phone": lan.user.phone})
    assert answer["Location"] == CODE
    assert lan.user.phone.replace("+84", "0")[:4] in client.get(CODE).content.decode()
    assert client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})["Location"] == PIN
    assert client.post(PIN, {"pin": NEW})["Location"] == "/hoc-tap/"
    user = user_of(lan)
    assert user.check_password(NEW)
    assert user.phone_verified_at
    assert client.get("/api/v1/me/").json()["name"] == lan.name
    assert "đặt lại" in Notice.objects.get(user=user).text


def test_other_sessions_end_with_the_old_pin(client, lan, texted):
    elsewhere = Client()
    elsewhere.force_login(lan.user)
    client.post(ASK, {"phone": lan.user.phone})
    come_back(client, lan.user.phone, code_in(texted))
    assert not elsewhere.get("/api/v1/me/").json()["signed_in"]


def test_a_number_nobody_uses_gets_the_same_answers_and_no_text(client, lan, carrier):
    said = {}
    for phone in (lan.user.phone, "+84900000001"):
        browser = Client()
        asked = browser.post(ASK, {"phone": phone})
        again = browser.post(ASK, {"phone": phone}).content.decode()
        wrong = browser.post(CODE, {"phone": phone, "code": "000000"}).content.decode()
        words = [re.search(r"Mã vừa được gửi|Mã chưa đúng", page)[0] for page in (again, wrong)]
        said[phone] = (asked.status_code, asked["Location"], *words)
    assert len(set(said.values())) == 1
    assert [message.to for message in Message.objects.all()] == [lan.user.phone]


def test_a_code_for_nobody_opens_nothing(client, carrier, db, monkeypatch):
    monkeypatch.setattr(coming_back.codes.secrets, "randbelow", lambda most: 123456)
    client.post(ASK, {"phone": "0900000001"})
    assert (
        "không còn dùng được" in client.post(CODE, {"phone": "0900000001", "code": "123456"}).content.decode()
    )
    assert client.get(PIN)["Location"] == ASK


def test_staff_do_not_come_back_by_text(client, carrier, phu_thai):
    staff = make_user(phone="+84912000999", email="ca-hai@example.vn")
    make_role(staff, "trainer", phu_thai)
    client.post(ASK, {"phone": staff.phone})
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_without_a_gateway_the_screen_says_what_to_do(client):
    page = client.get(ASK).content.decode()
    assert "Ủy ban nhân dân xã, phường" in page
    assert "Gửi mã" not in page
    assert client.post(ASK, {"phone": "0912345678"}).status_code == 200
    assert not OneTimeCode.objects.exists()


def test_the_new_pin_keeps_the_rules(client, lan, texted):
    client.post(ASK, {"phone": lan.user.phone})
    client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    for pin, words in (("123456", "quá dễ đoán"), ("196412", "năm sinh"), ("12", "6 chữ số")):
        assert words in client.post(PIN, {"pin": pin}).content.decode()
    assert user_of(lan).check_password(OLD)
    assert client.post(PIN, {"pin": NEW}).status_code == 302


def test_the_proof_lasts_a_quarter_of_an_hour_and_once(client, lan, texted, monkeypatch):
    client.post(ASK, {"phone": lan.user.phone})
    client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    now = time.time()
    monkeypatch.setattr(coming_back.time, "time", lambda: now + 16 * 60)
    assert client.post(PIN, {"pin": NEW})["Location"] == ASK
    monkeypatch.setattr(coming_back.time, "time", lambda: now)
    client.post(PIN, {"pin": NEW})
    assert client.post(PIN, {"pin": "604827"})["Location"] == ASK
    assert user_of(lan).check_password(NEW)


def test_two_tabs_set_one_new_pin(rf, lan):
    row, _ = coming_back.codes.make(purpose="forgotten", user=lan.user)
    OneTimeCode.objects.update(used_at=timezone.now())
    request = rf.post("/")
    request.session = {}
    coming_back.finish(request, row, NEW)
    with pytest.raises(coming_back.codes.NoCode):
        coming_back.finish(request, row, "604827")
    assert user_of(lan).check_password(NEW)


# --- A number that nobody proved before ---------------------------------------------------

WHO = "/quen-ma/ban-la-ai/"
HERS = {"name": "nguyen thi  LAN", "birth_year": "1964"}


@pytest.fixture
def with_the_sim(client, never_proved, texted):
    """Holds the number, by a slip of Lan's finger or from the carrier, and typed its code."""
    client.post(ASK, {"phone": never_proved.user.phone})
    client.post(CODE, {"phone": never_proved.user.phone, "code": code_in(texted)})
    return client


def test_the_text_alone_opens_no_record(with_the_sim, lan):
    assert with_the_sim.get(PIN)["Location"] == WHO
    assert with_the_sim.post(PIN, {"pin": NEW})["Location"] == WHO
    page = with_the_sim.get(WHO).content.decode()
    assert lan.name not in page
    assert str(lan.birth_year) not in page.replace("Ví dụ: 1964", "")
    assert user_of(lan).check_password(OLD)


def test_her_name_and_year_open_it_and_prove_the_number(with_the_sim, lan):
    assert lan.birth_year == 1964
    assert with_the_sim.post(WHO, HERS)["Location"] == PIN
    assert with_the_sim.post(PIN, {"pin": NEW})["Location"] == "/hoc-tap/"
    assert user_of(lan).check_password(NEW)
    assert user_of(lan).phone_verified_at


@pytest.mark.parametrize("wrong", [{"name": "Lan"}, {"birth_year": "1965"}, {"name": "Trần Thị Lan"}])
def test_who_does_not_know_both_is_not_she(with_the_sim, lan, tu, wrong):
    page = with_the_sim.post(WHO, HERS | wrong).content.decode()
    assert "không khớp" in page
    assert with_the_sim.get(PIN)["Location"] == WHO


def test_five_guesses_a_day_whatever_the_code(with_the_sim, lan, texted):
    for year in range(1950, 1955):
        assert "không khớp" in with_the_sim.post(WHO, HERS | {"birth_year": str(year)}).content.decode()
    assert Alarm.objects.get(kind="known").raised_at
    OneTimeCode.objects.update(made_at=timezone.now() - datetime.timedelta(minutes=2))
    other = Client()
    other.post(ASK, {"phone": lan.user.phone})
    other.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert "gặp cán bộ" in other.post(WHO, HERS).content.decode()
    assert other.get(PIN)["Location"] == WHO
    assert user_of(lan).check_password(OLD)


def test_the_new_holder_signs_up_and_the_former_keeps_her_record(with_the_sim, lan, answers):
    phone = lan.user.phone
    assert with_the_sim.post(WHO, {"moi": "1"})["Location"] == "/dang-ky/"
    assert with_the_sim.get(PIN)["Location"] == ASK
    with_the_sim.post("/dang-ky/", answers | {"phone": phone, "name": "Trần Thị Hoa"})
    new = User.objects.get(phone=phone)
    assert (new.name, bool(new.phone_verified_at)) == ("Trần Thị Hoa", True)
    assert user_of(lan) == lan.user != new
    assert user_of(lan).phone is None


def test_who_is_in_proves_her_own_number(client, never_proved, texted):
    client.force_login(never_proved.user)
    assert "Chứng minh số này" in client.get("/du-lieu-cua-toi/").content.decode()
    client.post(MINE)
    assert texted[-1]["to"] == never_proved.user.phone
    again = client.post(MINE).content.decode()
    assert "Mã vừa được gửi" in again
    assert 'name="code"' in again
    assert "chưa đúng" in client.post(MINE, {"code": "000000"}).content.decode()
    assert not user_of(never_proved).phone_verified_at
    assert client.post(MINE, {"code": code_in(texted)})["Location"] == "/du-lieu-cua-toi/"
    assert user_of(never_proved).phone_verified_at
    assert "Chứng minh số này" not in client.get("/du-lieu-cua-toi/").content.decode()


def test_a_code_for_the_number_sets_no_pin(client, never_proved, texted):
    client.force_login(never_proved.user)
    client.post(MINE)
    assert come_back(Client(), never_proved.user.phone, code_in(texted))["Location"] == ASK


# --- Strangers do not stand in the way -------------------------------------------------------


def a_while_ago(**ago):
    OneTimeCode.objects.update(made_at=timezone.now() - datetime.timedelta(**ago))


def test_what_strangers_ask_for_does_not_stop_the_staff(lan, carrier, official):
    for _ in range(coming_back.codes.A_DAY):
        a_while_ago(minutes=2)
        Client().post(ASK, {"phone": lan.user.phone})
    a_while_ago(seconds=10)
    assert len(give(official, lan)) == 6


def test_what_the_staff_told_stays_right_when_a_text_comes(client, lan, texted, official):
    code = give(official, lan)
    Client().post(ASK, {"phone": lan.user.phone})
    assert come_back(client, lan.user.phone, code)["Location"] == "/hoc-tap/"


def test_the_text_is_right_after_the_staff_told_another(client, lan, texted, official):
    client.post(ASK, {"phone": lan.user.phone})
    give(official, lan)
    assert come_back(client, lan.user.phone, code_in(texted))["Location"] == "/hoc-tap/"


def test_wrong_codes_of_strangers_do_not_shut_the_door(client, lan, texted, official):
    code = give(official, lan)
    client.post(ASK, {"phone": lan.user.phone})
    for number in range(12):
        guess = f"{(int(code) + 1 + number) % 1_000_000:06d}"
        Client(REMOTE_ADDR=f"10.1.0.{number // 4}").post(CODE, {"phone": lan.user.phone, "code": guess})
    assert OneTimeCode.objects.get(purpose="forgotten").tries == coming_back.codes.TRIES
    assert Client().post(CODE, {"phone": lan.user.phone, "code": code})["Location"] == PIN
    assert client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})["Location"] == PIN


def test_a_told_code_does_not_take_tries_without_end(lan, official):
    code = give(official, lan)
    for number in range(coming_back.codes.VOUCHED_TRIES):
        guess = f"{(int(code) + 1 + number) % 1_000_000:06d}"
        Client(REMOTE_ADDR=f"10.1.0.{number}").post(CODE, {"phone": lan.user.phone, "code": guess})
    assert (
        "không còn dùng được" in Client().post(CODE, {"phone": lan.user.phone, "code": code}).content.decode()
    )


def test_the_browser_that_asked_does_not_guess_without_end(client, lan, texted):
    client.post(ASK, {"phone": lan.user.phone})
    for number in range(5):
        guess = f"{(int(code_in(texted)) + 1 + number) % 1_000_000:06d}"
        client.post(CODE, {"phone": lan.user.phone, "code": guess})
    assert "hãy đợi" in client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)}).content.decode()


# --- What stays behind ---------------------------------------------------------------------


def test_a_planted_session_is_not_let_in_by_the_proof(client, lan, texted):
    client.post(ASK, {"phone": lan.user.phone})
    planted = Client()
    planted.cookies["sessionid"] = client.session.session_key
    client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert planted.post(PIN, {"pin": NEW})["Location"] == ASK
    assert user_of(lan).check_password(OLD)


def test_a_new_pin_forgets_every_other_device(client, lan, texted):
    Client().post("/dang-nhap/", {"login": lan.user.phone, "password": OLD})
    client.post("/dang-nhap/", {"login": lan.user.phone, "password": OLD})
    client.post("/dang-xuat/")
    [_, own] = DeviceUse.objects.order_by("pk")
    client.post(ASK, {"phone": lan.user.phone})
    come_back(client, lan.user.phone, code_in(texted))
    assert DeviceUse.objects.get() == own


def test_a_strange_phone_is_a_borrowed_one(client, lan, texted):
    client.post(ASK, {"phone": lan.user.phone})
    client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert "checked" in client.get(PIN).content.decode()
    client.post(PIN, {"pin": NEW, "borrowed": "on"})
    assert client.session.get_expire_at_browser_close()
    assert not DeviceUse.objects.exists()
    assert client.post("/dang-xuat/")["Clear-Site-Data"] == '"cache"'


def test_her_own_phone_is_not_taken_for_borrowed(client, lan, texted):
    client.post("/dang-nhap/", {"login": lan.user.phone, "password": OLD})
    client.post("/dang-xuat/")
    client.post(ASK, {"phone": lan.user.phone})
    client.post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert "checked" not in client.get(PIN).content.decode()


def test_the_next_one_at_this_browser_inherits_nothing(client, lan, texted):
    client.post(ASK, {"phone": "0987 654 321"})
    session = client.session
    session["identity"] = {"uid": "hers", "at": time.time()}
    session.save()
    client.post("/dang-nhap/", {"login": lan.user.phone, "password": OLD, "borrowed": "on"})
    assert not {"identity", "coming_back_phone", "coming_back", "own_number"} & client.session.keys()


# --- By the staff -------------------------------------------------------------------------


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


# --- Trainers, by trust ------------------------------------------------------------------


@pytest.fixture
def trainer(binh):
    client = Client()
    client.force_login(binh)
    return client


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


# --- Her own PIN by a text -------------------------------------------------------------


@pytest.fixture
def own(lan, client):
    """Lan with a PIN of her own, alone on a number that she has proved; signed in."""
    Learner.objects.filter(pk=lan.pk).update(pin=make_password("604827"))
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=timezone.now())
    client.force_login(User.objects.get(pk=lan.user.pk))
    return client


def send_own(client, lan):
    return client.post(OWN, {"for": str(lan.public_id), "gui": "1"}, follow=True).content.decode()


def reset(client, lan, code):
    return client.post(OWN, {"for": str(lan.public_id), "code": code, "pin": NEW})


def test_her_own_pin_by_a_text_to_her_own_phone(own, lan, texted):
    assert "Đã gửi mã vào số" in send_own(own, lan)
    assert texted[-1]["to"] == lan.user.phone
    assert "vừa xin mã" in Notice.objects.get(learner=lan).text
    assert reset(own, lan, code_in(texted)).status_code == 302
    assert check_password(NEW, Learner.objects.get(pk=lan.pk).pin)
    assert Notice.objects.filter(learner=lan, text__contains="vừa được đặt lại").exists()


def test_that_text_opens_no_sign_in(own, lan, texted):
    send_own(own, lan)
    answer = Client().post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert answer.status_code == 200
    assert user_of(lan).check_password(OLD)


def another(lan):
    make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)


def left_a_moment_ago(lan):
    tu = make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)
    household.unlink(user=lan.user, learner=tu)


def unproved(lan):
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=None)


def works(lan):
    make_role(lan.user, "trainer", lan.commune)
    roles.follow(lan.user)


@pytest.mark.parametrize("why", [another, left_a_moment_ago, unproved, works])
def test_no_text_where_somebody_else_may_hold_the_phone(own, lan, texted, why):
    why(lan)
    own.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    assert "Gửi mã vào điện thoại" not in own.get(OWN).content.decode()
    assert "chưa chắc là của riêng bạn" in send_own(own, lan)
    assert texted == []


@pytest.mark.parametrize("why", [another, works])
def test_what_came_meanwhile_shuts_it(own, lan, texted, why):
    send_own(own, lan)
    why(lan)
    own.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    assert reset(own, lan, code_in(texted)).status_code == 200
    assert check_password("604827", Learner.objects.get(pk=lan.pk).pin)


def test_a_month_later_the_phone_is_hers(own, lan, texted):
    left_a_moment_ago(lan)
    Parting.objects.update(left_at=timezone.now() - timezone.timedelta(days=31))
    assert "Đã gửi mã vào số" in send_own(own, lan)


def test_without_a_gateway_the_staff_help(own, lan):
    html = own.get(OWN).content.decode()
    assert "Gửi mã vào điện thoại" not in html
    assert f"/tro-giup/?noi={lan.commune.code}" in html
    assert "chưa chắc" in send_own(own, lan)


def test_the_staffs_code_still_opens_it(own, lan, official, texted):
    code = give(official, lan, kind="own")
    assert reset(own, lan, code).status_code == 302
    assert check_password(NEW, Learner.objects.get(pk=lan.pk).pin)


def test_it_opens_no_work_that_its_giver_could_not_give(own, lan, official, hai_phong):
    code = give(official, lan, kind="own")
    works(lan)
    role = make_role(lan.user, "official_view", hai_phong)
    assert reset(own, lan, code).status_code == 200
    assert check_password("604827", Learner.objects.get(pk=lan.pk).pin)
    role.delete()
    assert reset(own, lan, code).status_code == 302


# --- Whom to ask -----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_way_to_help_is_shown(client):
    assert 'href="/tro-giup/"' in re.search("<main.*</main>", client.get(ASK).content.decode(), re.DOTALL)[0]


def test_who_is_signed_in_reads_her_communes_contact(client, lan):
    HelpContact.objects.create(place=lan.commune, name="Bộ phận một cửa", phone="02253 123 456")
    client.force_login(lan.user)
    html = client.get(ASK).content.decode()
    assert f"/tro-giup/?noi={lan.commune.code}" in html
    assert "tel:02253123456" in html


@pytest.mark.parametrize("page", ["/quen-ma/", "/ma-rieng/quen/"])
def test_nobody_is_sent_to_a_trainer_before_there_are_classes(client, lan, page, monkeypatch):
    lan.pin = make_password("482951")
    lan.save()
    client.force_login(lan.user)
    assert "hướng dẫn" not in client.get(page).content.decode()
    monkeypatch.setattr(trust, "_rooms", {"classes": lambda user, learner: False})
    assert "hướng dẫn" in client.get(page).content.decode()
