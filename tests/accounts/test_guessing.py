"""Guessers are stopped and alarmed, while a hall of forty behind the guesser's own router goes on."""

from __future__ import annotations

import datetime
import itertools
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import cards, codes, doors, inviting, roles
from accounts.doors import NotIn, TooMany, enter, note_address
from accounts.models import Alarm, PinAlarm, SlowDown, User
from tests.make import APP_SECRET, app_code, make_learner, make_user

from .conftest import PIN

HALL = "198.51.100.7"  # the router of a nhà văn hóa; the guesser sits there too
_addresses = itertools.count()


def elsewhere() -> str:
    """Another address at each call, as a guesser with many machines has."""
    number = next(_addresses)
    return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def knock(login: str, secret: str, address: str = HALL, client: Client | None = None) -> bool:
    """Try the door; whether it opened."""
    client = client or Client(REMOTE_ADDR=address)
    client.post("/dang-nhap/", {"login": login, "password": secret})
    return "_auth_user_id" in client.session


def alarmed(kind: str) -> bool:
    return Alarm.objects.filter(kind=kind, raised_at__isnull=False).exists()


@pytest.fixture
def hall(answers):
    """People who sign up in the hall, one after the other, each on her own phone, and come back."""
    numbers = itertools.count(1)

    def somebody() -> None:
        phone = f"09770{next(numbers):05d}"
        own = Client(REMOTE_ADDR=HALL)
        assert own.post("/dang-ky/", answers | {"phone": phone}).status_code == 302
        assert "_auth_user_id" in own.session, "signing up"
        own.post("/dang-xuat/")
        assert knock(phone, PIN, client=own), "signing in"

    return somebody


def while_the_hall_goes_on(hall, tries, each: int) -> None:
    """Forty people sign up and in, spread over the guesser's tries."""
    came = 0
    for number, guess in enumerate(tries):
        assert not guess(), number
        if number % each == 0 and came < 40:
            hall()
            came += 1
    while came < 40:
        hall()
        came += 1


@pytest.mark.django_db
def test_one_account_ten_tries(hall):
    user = make_user(phone="+84911111111", password=PIN)
    tries = [f"30{number:04d}" for number in range(9)] + [PIN]  # the tenth would be right
    while_the_hall_goes_on(hall, [lambda pin=pin: knock("0911111111", pin) for pin in tries], each=1)
    assert alarmed("account")
    assert not knock("0911111111", PIN, address=elsewhere())
    assert User.objects.filter(pk=user.pk, is_active=True).exists()


@pytest.mark.django_db
def test_who_waits_as_long_as_he_is_told_is_noticed_too():
    """A wrong try now and then, whatever any cache remembers."""
    for _ in range(10):
        caches["counters"].clear()
        doors.claim("one door")
        SlowDown.objects.update(open_at=timezone.now() - datetime.timedelta(hours=1))
    assert alarmed("account")


@pytest.mark.django_db
def test_one_household_with_very_many_addresses():
    """IPv6 gives each phone and each cable a network of its own."""
    answers = [
        Client(REMOTE_ADDR=f"2001:db8::{n:x}").post(
            "/dang-nhap/", {"login": f"09800{n:05d}", "password": PIN}
        )
        for n in range(101)
    ]
    assert [answer.status_code for answer in answers[98:]] == [200, 200, 429]


@pytest.mark.django_db
def test_a_known_phone_in_a_crowd_comes_in_by_card_too():
    card = cards.card_of(make_learner("Nguyễn Thị Lan"), by=None)
    own, token = Client(REMOTE_ADDR=HALL), {"number": cards.number(card)}
    User.objects.filter(pk=card.learner.user_id).update(password=make_user(password=PIN).password)
    assert knock(card.learner.user.phone, PIN, client=own)
    own.post("/dang-xuat/")
    for _ in range(100):
        note_address(RequestFactory().post("/", REMOTE_ADDR=HALL))
    assert Client(REMOTE_ADDR=HALL).post("/the/", token).status_code == 429
    assert own.post("/the/", token).status_code == 200


@pytest.mark.django_db
def test_an_invitation_is_opened_in_a_crowd(chi, phu_thai):
    dung = inviting.person(email="dung@example.vn", name="Vũ Thị Dung")
    roles.grant(by=chi, user=dung, kind="trainer", place=phu_thai)
    path = urlsplit(inviting.link(inviting.invite(by=chi, user=dung))).path
    for _ in range(100):
        note_address(RequestFactory().post("/", REMOTE_ADDR=HALL))
    client = Client(REMOTE_ADDR=HALL)
    assert client.get(path).status_code == 200
    assert client.get("/loi-moi/x/").status_code == 429


@pytest.mark.django_db
def test_one_pin_over_a_thousand_accounts_from_a_thousand_addresses(hall):
    """Twenty of them have that PIN; a guesser who is not stopped finds them all."""
    hashed = make_user(phone="+84911111111", password="735192").password
    wrong = make_user(phone="+84911111112", password="204861").password
    User.objects.bulk_create(
        User(phone=f"+849120{number:05d}", password=hashed if number % 50 == 49 else wrong)
        for number in range(1000)
    )
    found = []
    for number in range(1000):
        try:
            request = RequestFactory().post("/", REMOTE_ADDR=elsewhere())
            found.append(bool(enter(request, login=f"09120{number:05d}", secret="735192")))
        except (NotIn, TooMany):
            found.append(False)
    assert sum(found) <= 1  # let through before the wait had grown
    assert PinAlarm.objects.get().accounts >= 10
    for _ in range(40):
        hall()


@pytest.mark.django_db
def test_one_address_a_thousand_tries(hall):
    users = [make_user(phone=f"+849130{number:05d}") for number in range(500)]
    User.objects.filter(pk=users[-1].pk).update(password=make_user(password="735192").password)
    tries = [
        lambda number=number: knock(f"09130{number % 500:05d}", f"{203_000 + number}")
        for number in range(999)
    ]
    while_the_hall_goes_on(hall, tries, each=20)
    assert not knock("0913000499", "735192")  # right, but that address is stopped for strange phones
    assert alarmed("address")
    assert knock("0913000499", "735192", address=elsewhere())


@pytest.mark.django_db
def test_one_time_codes(hall, monkeypatch):
    """Ten codes of ten people, tried from everywhere."""
    monkeypatch.setattr(codes, "WRONG_A_DAY", 50)
    people = [make_user() for _ in range(10)]
    right = {user.pk: codes.make(purpose="forgotten", user=user)[1] for user in people}

    def guess(user: User, number: int) -> bool:
        code = f"{(int(right[user.pk]) + 1 + number) % 1_000_000:06d}"
        request = RequestFactory().post("/", REMOTE_ADDR=elsewhere())
        try:
            codes.use(request, purpose="forgotten", user=user, code=right[user.pk] if number > 5 else code)
        except (NotIn, TooMany):
            return False
        return True

    while_the_hall_goes_on(
        hall, [lambda u=user, n=number: guess(u, n) for number in range(20) for user in people], each=5
    )
    assert alarmed("codes")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_second_steps(chi, hall, kind):
    TOTP.activate(chi, APP_SECRET)
    recovery = RecoveryCodes.activate(chi).get_unused_codes()[0]
    client = Client(REMOTE_ADDR=HALL)
    client.post("/dang-nhap/", {"login": chi.email, "password": "mat-khau-cua-chi", "cach": "thu"})

    def guess(code: str) -> bool:
        client.post("/dang-nhap/ma/", {"code": code})
        return "_auth_user_id" in client.session

    right = app_code() if kind == "app" else recovery
    wrong = [f"{(int(right) + 7 + n) % 10 ** len(right):0{len(right)}d}" for n in range(9)]
    while_the_hall_goes_on(hall, [lambda code=code: guess(code) for code in [*wrong, right]], each=1)
    assert alarmed("account")
