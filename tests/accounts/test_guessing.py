"""Guessers are stopped and alarmed, while a hall of forty behind the guesser's own router goes on."""

from __future__ import annotations

import itertools

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client, RequestFactory

from accounts import codes
from accounts.doors import NotIn, TooMany, enter
from accounts.models import Alarm, PinAlarm, User
from tests.make import APP_SECRET, app_code, make_user

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
