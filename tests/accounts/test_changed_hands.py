"""A phone number that changed hands: whoever proves it gets it, the former holder keeps her learners."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import cards, codes
from accounts.models import Learner, Notice, OneTimeCode, User
from tests.make import make_learner, make_user

PROVE = "/dang-ky/so-cua-toi/"


@pytest.fixture
def texted(settings, monkeypatch):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}
    sent = []
    real = codes.messages.send
    monkeypatch.setattr(codes.messages, "send", lambda **given: (sent.append(given), real(**given))[1])
    return sent


@pytest.fixture
def number(lan):
    User.objects.filter(pk=lan.user.pk).update(phone="+84912345678")
    return "0912 345 678"


def test_whoever_proves_it_gets_it(client, lan, number, answers, texted):
    page = client.post("/dang-ky/", answers).content.decode()
    assert "Nhập mã gửi tới số của bạn" in page
    assert "đã có người dùng" not in page
    OneTimeCode.objects.all().delete()  # and once more a minute later
    former = Client()
    former.force_login(lan.user)
    client.post(PROVE, {"phone": number})
    code = re.search(r"\d{6}", texted[-1]["text"])[0]
    assert client.post(PROVE, {"phone": number, "code": code})["Location"] == "/dang-ky/"
    assert client.post("/dang-ky/", answers).status_code == 302
    new = User.objects.get(phone="+84912345678")
    lan.user.refresh_from_db()
    lan.refresh_from_db()
    assert new != lan.user == lan.user
    assert new.phone_verified_at
    assert (lan.user.phone, bool(lan.user.phone_lost_at)) == (None, True)
    assert "Kết quả học của bạn vẫn còn nguyên" in Notice.objects.get(user=lan.user).text
    assert former.get("/api/v1/me/").json()["learner"] == str(lan.public_id)
    assert "chứng minh số điện thoại" in former.get("/hoc-tap/").content.decode()


def test_a_taken_number_leads_straight_to_the_code(client, lan, number, answers, texted):
    page = client.post("/dang-ky/", answers).content.decode()
    assert 'action="/dang-ky/so-cua-toi/"' in page
    code = re.search(r"\d{6}", texted[-1]["text"])[0]
    assert client.post(PROVE, {"phone": number, "code": code})["Location"] == "/dang-ky/"
    again = Client().post("/dang-ky/", answers).content.decode()
    assert ("Chưa gửi được mã" in again, "Nhập mã gửi tới số của bạn" in again) == (True, True)


def test_without_the_proof_nobody_loses_a_number(client, lan, number, answers, texted):
    client.post(PROVE, {"phone": number})
    assert "chưa đúng" in client.post(PROVE, {"phone": number, "code": "000000"}).content.decode()
    assert client.post("/dang-ky/", answers).status_code == 200
    lan.user.refresh_from_db()
    assert lan.user.phone == "+84912345678"


def test_no_stranger_is_texted(client, lan, number, texted):
    free = client.post(PROVE, {"phone": "0987 654 321"}).content.decode()
    assert not texted
    used = client.post(PROVE, {"phone": number}).content.decode()
    assert [one["to"] for one in texted] == ["+84912345678"]
    for words in ("<h1>Gõ mã", "Mã gửi"):
        assert (words in free) == (words in used)


def test_the_proof_of_one_number_takes_no_other(client, lan, number, answers, texted):
    make_user(phone="+84987654321")
    client.post(PROVE, {"phone": "0987654321"})
    code = re.search(r"\d{6}", texted[-1]["text"])[0]
    client.post(PROVE, {"phone": "0987654321", "code": code})
    assert client.post("/dang-ky/", answers).status_code == 200
    lan.user.refresh_from_db()
    assert lan.user.phone == "+84912345678"


def test_without_a_gateway_the_screen_says_what_to_do(client, lan, number, answers):
    page = client.post("/dang-ky/", answers).content.decode()
    assert "Hãy gặp cán bộ văn hóa" in page
    assert "Chứng minh số này" not in page
    page = client.get(PROVE)
    assert (page.status_code, "Hãy gặp cán bộ" in page.content.decode()) == (200, True)


def test_what_she_filled_in_waits_while_she_proves_the_number(client, lan, number, answers, texted):
    client.post("/dang-ky/", answers)
    assert number in client.get(PROVE).content.decode()
    assert (
        answers["name"] not in client.get("/dang-ky/").content.decode()
    )  # whose phone it is nobody knows yet
    client.post(PROVE, {"phone": number})
    code = re.search(r"\d{6}", texted[-1]["text"])[0]
    page = client.post(PROVE, {"phone": number, "code": code}, follow=True).content.decode()
    for kept in (answers["name"], number, answers["birth_year"], "Xã Phú Thái"):
        assert kept in page
    assert answers["pin"] not in page
    client.post("/dang-ky/", answers)
    assert "signup_filled" not in client.session


def test_the_code_is_sent_again_from_the_same_screen(client, lan, number, texted):
    assert "gửi lại mã" in client.post(PROVE, {"phone": number}).content.decode()
    again = client.post(PROVE, {"phone": number, "again": "1"}).content.decode()
    assert "Mã vừa được gửi" in again
    assert 'name="code"' in again


def test_a_family_is_told_that_it_may_share_one_number(client, lan, number, answers):
    page = client.post("/dang-ky/", answers).content.decode()
    assert "/dang-nhap/?next=/ai-dang-hoc/them/" in page


# --- The former holder, who is still in ------------------------------------------------------


@pytest.fixture
def former(client, lan):
    """Somebody else proved her number; she is in on her own phone, with a neighbour."""
    make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)
    lan.user.set_password("482951")
    lan.user.phone, lan.user.phone_lost_at = None, timezone.now()
    lan.user.save()
    client.force_login(lan.user)
    client.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    return client


@pytest.mark.parametrize("path", ["/ma-rieng/doi/", "/du-lieu-cua-toi/ma/"])
def test_the_former_holder_sets_pins_without_a_number(former, lan, path):
    sent = {"for": str(lan.public_id), "pin": "739164"}
    assert "chưa đúng" in former.post(path, sent | {"current": "111222"}).content.decode()
    assert former.post(path, sent | {"current": "482 951"}).status_code == 302


def test_the_former_holder_may_leave(former, lan):
    sent = {"for": str(lan.public_id), "sure": "on", "pin": "482951"}
    former.post("/du-lieu-cua-toi/xoa/", sent)
    lan.refresh_from_db()
    assert lan.leaving_at


def test_the_former_holder_comes_in_by_card(lan, former):
    card = cards.card_of(Learner.objects.get(pk=lan.pk), by=None)
    hall = Client()
    hall.post("/the/vao/", {"number": cards.number(card)})
    assert hall.post("/the/can-ma/", {"pin": "482951", "next": "/du-lieu-cua-toi/"}).status_code == 302
    assert hall.get("/du-lieu-cua-toi/").status_code == 200
