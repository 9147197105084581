"""Where texts can be sent, a sign-up ends with the code that comes to its number, in use or not."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import codes, messages
from accounts.models import Learner, Message, User
from places.models import Place

from .conftest import PIN

PROVE, FREE, TAKEN = "/dang-ky/so-cua-toi/", "0912 345 678", "0987 654 321"


@pytest.fixture
def texted(settings, monkeypatch):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}
    sent = []
    real = messages.send
    monkeypatch.setattr(codes.messages, "send", lambda **given: (sent.append(given), real(**given))[1])
    return sent


def code_of(texted) -> str:
    return re.search(r"\d{6}", texted[-1]["text"])[0]


def same(page: str) -> str:
    """What a page says, but for the number on it and the token."""
    return re.sub(r'value="[^"]*"', "", page)


def test_the_code_ends_the_sign_up(client, answers, texted):
    page = client.post("/dang-ky/?next=/khoa-hoc/", answers).content.decode()
    assert "Nhập mã gửi tới số của bạn" in page
    assert not User.objects.exists()
    sent = {"phone": FREE, "code": code_of(texted)}
    assert client.post(PROVE, sent)["Location"] == "/dang-ky/them/?next=%2Fkhoa-hoc%2F"
    user = User.objects.get()
    assert (user.phone, bool(user.phone_verified_at), user.check_password(PIN)) == (
        "+84912345678",
        True,
        True,
    )
    learner = user.learners.get()
    assert (learner.name, learner.birth_year, learner.commune.code) == ("Nguyễn Thị Lan", 1964, "10750")
    assert learner.consents.get().purpose == "learning"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert "signup_filled" not in client.session


def test_a_free_and_a_taken_number_answer_alike(lan, answers, texted):
    User.objects.filter(pk=lan.user.pk).update(phone="+84987654321")
    said = {}
    for phone in (FREE, TAKEN):
        browser = Client()
        first = browser.post("/dang-ky/", answers | {"phone": phone})
        again = browser.post("/dang-ky/", answers | {"phone": phone})
        wrong = browser.post(PROVE, {"phone": phone, "code": "000000"})
        said[phone] = [(one.status_code, same(one.content.decode())) for one in (first, again, wrong)]
    assert said[FREE] == said[TAKEN]
    assert [one["to"] for one in texted] == ["+84912345678", "+84987654321"]


def test_a_lost_text_is_sent_again_to_a_number_of_nobody(client, answers, texted):
    client.post("/dang-ky/", answers)
    codes.OneTimeCode.objects.update(made_at=timezone.now() - datetime.timedelta(minutes=2))
    page = client.post(PROVE, {"phone": FREE, "again": "1"}).content.decode()
    assert "Nhập mã gửi tới số của bạn" in page
    assert len(texted) == 2
    assert client.post(PROVE, {"phone": FREE, "code": code_of(texted)}).status_code == 302
    assert Learner.objects.count() == 1


def test_two_presses_make_one_learner(client, answers, texted):
    client.post("/dang-ky/", answers)
    sent = {"phone": FREE, "code": code_of(texted)}
    client.post(PROVE, sent)
    assert client.post(PROVE, sent).status_code == 302
    assert Learner.objects.count() == 1


def test_the_code_of_one_number_signs_up_no_other(client, answers, texted):
    client.post("/dang-ky/", answers | {"phone": TAKEN})
    other = Client()
    other.post("/dang-ky/", answers)
    page = client.post(PROVE, {"phone": FREE, "code": code_of(texted)})
    assert not User.objects.filter(phone="+84987654321").exists()
    assert page["Location"] == "/dang-ky/"  # she holds that number, and signs up with it from the start


def test_a_number_somebody_uses_is_looked_at_again_before_it_is_taken(client, lan, answers, texted):
    User.objects.filter(pk=lan.user.pk).update(phone="+84912345678")
    client.post("/dang-ky/", answers)
    assert client.post(PROVE, {"phone": FREE, "code": code_of(texted)})["Location"] == "/dang-ky/"
    lan.user.refresh_from_db()
    assert lan.user.phone == "+84912345678"


def test_a_commune_that_ended_meanwhile_is_asked_again(client, answers, texted):
    client.post("/dang-ky/", answers)
    Place.objects.filter(code="10750").update(valid_to=timezone.localdate())
    assert client.post(PROVE, {"phone": FREE, "code": code_of(texted)})["Location"] == "/dang-ky/"
    assert not User.objects.exists()


def test_what_waits_is_forgotten_after_a_quarter_of_an_hour(client, answers, texted):
    client.post("/dang-ky/", answers)
    session = client.session
    session["signup_filled"] = session["signup_filled"] | {"at": 0}
    session.save()
    assert client.post(PROVE, {"phone": FREE, "code": code_of(texted)})["Location"] == "/dang-ky/"
    assert not User.objects.exists()


def test_the_pin_waits_as_a_hash(client, answers, texted):
    client.post("/dang-ky/", answers)
    assert PIN not in str(dict(client.session))


def last_text(status: str, seconds: int, to: str = "+84912345678") -> None:
    at = timezone.now() - datetime.timedelta(seconds=seconds)
    done = status in Message.DONE
    Message.objects.create(
        to=to, text="" if done else "x", purpose="code", status=status, parts=1, cost=800,
        created_at=at, expires_at=at, done_at=at if done else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "seconds", "goes_in"),
    [
        ("sent", 120, False),
        ("waiting", 30, False),
        ("waiting", 90, True),  # no worker takes it, or the carrier is away
        ("sending", 90, True),
        ("given_up", 30, True),
        ("unsure", 30, True),
        ("given_up", 1000, False),
    ],
)
def test_a_carrier_or_a_worker_that_is_down_shuts_nobody_out(
    client, answers, texted, status, seconds, goes_in
):
    last_text(status, seconds)
    client.post("/dang-ky/", answers)
    assert User.objects.exists() is goes_in


def test_a_text_that_fails_opens_no_other_number(client, answers, texted):
    for number in range(5):
        last_text("given_up", 30, to=f"+8490000000{number}")
    client.post("/dang-ky/", answers)
    assert not User.objects.exists()


def test_who_waits_for_a_text_that_never_comes_is_let_in_from_the_same_screen(client, answers, texted):
    client.post("/dang-ky/", answers)
    assert "Mã vừa được gửi" in client.post(PROVE, {"phone": FREE, "again": "1"}).content.decode()
    Message.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=2))
    assert client.post(PROVE, {"phone": FREE, "again": "1"})["Location"] == "/dang-ky/them/"
    assert User.objects.get().phone_verified_at is None


def test_a_taken_number_is_not_let_in_by_waiting(client, lan, answers, texted):
    User.objects.filter(pk=lan.user.pk).update(phone="+84912345678")
    client.post("/dang-ky/", answers)
    Message.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=2))
    codes.OneTimeCode.objects.update(made_at=timezone.now() - datetime.timedelta(minutes=2))
    assert client.post(PROVE, {"phone": FREE, "again": "1"}).status_code == 200
    assert User.objects.filter(phone="+84912345678").get() == lan.user
    assert "_auth_user_id" not in client.session


def test_what_waits_ends_with_its_session_and_a_sign_in_does_not(client, answers, texted):
    client.post("/dang-ky/", answers)
    assert client.session.get_expiry_age() <= 900
    client.post(PROVE, {"phone": FREE, "code": code_of(texted)})
    assert client.session.get_expiry_age() > 900


def test_sign_ups_leave_money_to_who_forgot_her_pin(client, lan, answers, settings, texted):
    settings.SMS = settings.SMS | {"DAILY_CAP": 1000}
    assert "Nhập mã" in client.post("/dang-ky/", answers).content.decode()
    settings.SMS = settings.SMS | {"DAILY_CAP": 1900}  # a second text, but not of a sign-up
    assert Client().post("/dang-ky/", answers | {"phone": TAKEN})["Location"] == "/dang-ky/them/"
    assert messages.can_send()


def test_without_money_left_today_she_comes_in_without_a_text(client, answers, settings, texted):
    settings.SMS = settings.SMS | {"DAILY_CAP": 0}
    assert client.post("/dang-ky/", answers)["Location"] == "/dang-ky/them/"
    assert User.objects.get().phone_verified_at is None
