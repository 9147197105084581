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


def tried(status: str, minutes: int = 1) -> None:
    now = timezone.now()
    Message.objects.create(
        to="+84900000000", text="x" if status == "waiting" else "", purpose="code", status=status, parts=1,
        cost=800, tries=1, taken_at=now - datetime.timedelta(minutes=minutes), expires_at=now,
        done_at=None if status == "waiting" else now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "goes_in"),
    [
        (["waiting", "waiting"], False),
        (["waiting", "given_up", "unsure"], True),
        (["waiting", "given_up", "sent"], False),
        (["sent", "waiting", "given_up", "unsure"], True),
    ],
)
def test_a_carrier_that_is_down_shuts_nobody_out(client, answers, texted, last, goes_in):
    """The last three texts that were tried did not go out: as without a gateway until one does."""
    for number, status in enumerate(last):
        tried(status, minutes=len(last) - number)
    client.post("/dang-ky/", answers)
    assert User.objects.exists() is goes_in


def test_what_failed_long_ago_counts_no_more(client, answers, texted):
    for _ in range(3):
        tried("given_up", minutes=20)
    client.post("/dang-ky/", answers)
    assert not User.objects.exists()


def test_without_money_left_today_she_comes_in_without_a_text(client, answers, settings, texted):
    settings.SMS = settings.SMS | {"DAILY_CAP": 0}
    assert client.post("/dang-ky/", answers)["Location"] == "/dang-ky/them/"
    assert User.objects.get().phone_verified_at is None
