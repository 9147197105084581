"""A forgotten PIN, a lost number: `/quen-ma/` and `/quan-ly/giup-vao-lai/`."""

import datetime
import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts import coming_back
from accounts.models import (
    Alarm,
    DeviceUse,
    Message,
    Notice,
    OneTimeCode,
    User,
)
from tests.make import make_role, make_user

from .parts import ASK, CODE, NEW, OLD, PIN, code_in, come_back, give, user_of

MINE = "/du-lieu-cua-toi/so/"


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
