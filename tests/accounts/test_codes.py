"""One-time codes: six digits that open one thing once."""

import datetime

import pytest
from allauth.account.adapter import get_adapter
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import codes, messages, retention
from accounts.devices import remember_device
from accounts.doors import NotIn, TooMany, Wait, note_address
from accounts.models import Alarm, Message, OneTimeCode, SlowDown
from common import sms
from tests.make import make_user
from tests.racing import at_once

FORGOTTEN, OWN, VOUCHED = "forgotten", "own_number", "vouched"


@pytest.fixture
def ask():
    """A request from some address and device."""
    return lambda address="192.0.2.7": RequestFactory().post("/", REMOTE_ADDR=address)


@pytest.fixture
def carrier(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def passed(**ago):
    for row in OneTimeCode.objects.all():
        row.made_at -= datetime.timedelta(**ago)
        row.expires_at -= datetime.timedelta(**ago)
        row.save()


@pytest.mark.django_db
def test_a_code_works_once(lan, ask):
    row, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    assert len(code) == 6
    assert code not in str(OneTimeCode.objects.values().get())
    used = codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=f"{code[:3]} {code[3:]}")
    assert used == row
    assert used.used_at
    with pytest.raises(codes.NoCode):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)


@pytest.mark.django_db
def test_a_code_is_for_its_purpose_its_person_and_its_number(lan, chi, ask):
    _, code = codes.make(purpose=OWN, user=lan.user, phone="+84987654321")
    for other in (
        {"purpose": FORGOTTEN, "user": lan.user, "phone": "+84987654321"},
        {"purpose": OWN, "user": chi, "phone": "+84987654321"},
        {"purpose": OWN, "user": lan.user},
        {"purpose": OWN, "phone": "+84987654321"},
    ):
        with pytest.raises(codes.NoCode):
            codes.use(ask(), code=code, **other)
    codes.use(ask(), purpose=OWN, user=lan.user, phone="+84987654321", code=code)


@pytest.mark.django_db
def test_a_code_is_old_after_15_minutes(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    passed(minutes=16)
    with pytest.raises(codes.NoCode, match="xin mã mới"):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)


@pytest.mark.django_db
def test_a_newer_code_ends_the_older(lan, ask):
    _, old = codes.make(purpose=FORGOTTEN, user=lan.user)
    passed(minutes=2)
    _, new = codes.make(purpose=FORGOTTEN, user=lan.user)
    if old != new:
        with pytest.raises(codes.WrongCode):
            codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=old)
    codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=new)


@pytest.mark.django_db
def test_five_tries_and_not_one_more(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    for _ in range(codes.TRIES):
        with pytest.raises(NotIn):
            codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=other_than(code))
    with pytest.raises(Wait):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)
    OneTimeCode.objects.update(tries=codes.TRIES)
    SlowDown.objects.all().delete()
    with pytest.raises(codes.NoCode):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５", "1234567"])
def test_what_is_no_code(lan, ask, typed):
    codes.make(purpose=FORGOTTEN, user=lan.user)
    with pytest.raises(codes.WrongCode, match="chưa đúng"):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=typed)


@pytest.mark.django_db
def test_the_owners_device_is_not_shut_by_a_guesser(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    for _ in range(4):
        with pytest.raises(codes.WrongCode):
            codes.use(ask("203.0.113.9"), purpose=FORGOTTEN, user=lan.user, code=other_than(code))
    own, response = ask(), Client().get("/healthz")
    remember_device(own, response, lan.user)
    own.COOKIES["hvs_device"] = response.cookies["hvs_device"].value
    codes.use(own, purpose=FORGOTTEN, user=lan.user, code=code)


@pytest.mark.django_db
def test_not_too_often_and_not_too_many_a_day(lan):
    codes.make(purpose=FORGOTTEN, user=lan.user)
    with pytest.raises(codes.TooSoon, match="giây"):
        codes.make(purpose=OWN, phone=lan.user.phone)  # the same phone rings
    for _ in range(codes.A_DAY - 1):
        passed(minutes=2)
        codes.make(purpose=FORGOTTEN, user=lan.user)
    passed(minutes=2)
    with pytest.raises(codes.TooSoon, match="ngày mai"):
        codes.make(purpose=FORGOTTEN, user=lan.user)


@pytest.mark.django_db
def test_who_types_her_number_at_the_sign_up_keeps_nobody_from_coming_back(lan):
    for _ in range(codes.A_DAY):
        codes.make(purpose=OWN, phone=lan.user.phone)
        passed(minutes=2)
    with pytest.raises(codes.TooSoon, match="ngày mai"):
        codes.make(purpose=OWN, phone=lan.user.phone)
    codes.make(purpose=FORGOTTEN, user=lan.user)


@pytest.mark.django_db
def test_vouched_codes_have_a_reason(lan, chi):
    row, _ = codes.make(purpose=VOUCHED, user=lan.user, issued_by=chi, reason="Gặp tại nhà văn hóa.")
    assert (row.issued_by, row.reason) == (chi, "Gặp tại nhà văn hóa.")
    passed(minutes=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        OneTimeCode.objects.filter(pk=row.pk).update(reason="")


@pytest.mark.django_db
def test_somebody_who_hands_out_very_many_is_an_alarm(chi, monkeypatch):
    monkeypatch.setattr(codes, "STAFF_A_DAY", 3)
    for _ in range(3):
        assert not Alarm.objects.filter(kind="issued", raised_at__isnull=False).exists()
        codes.make(purpose=VOUCHED, user=make_user(), issued_by=chi, reason="Lý do")
    assert Alarm.objects.get(kind="issued").raised_at


@pytest.mark.django_db
def test_a_code_is_for_somebody():
    with pytest.raises(ValueError, match="sign-in or for a number"):
        codes.make(purpose=OWN)


@pytest.mark.django_db
def test_codes_end_with_the_pin(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    assert codes.cancel(user=lan.user) == 1
    with pytest.raises(codes.NoCode):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)


@pytest.mark.django_db(transaction=True)
def test_used_at_once_by_one(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    answers = at_once(3, lambda: codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code))
    assert [type(a).__name__ for a in answers].count("OneTimeCode") == 1


@pytest.mark.django_db(transaction=True)
def test_made_at_once_leaves_one_open(lan):
    at_once(3, lambda: codes.make(purpose=FORGOTTEN, user=lan.user))
    assert OneTimeCode.objects.filter(used_at=None, ended_at=None).count() == 1


@pytest.mark.django_db
def test_a_text_goes_to_the_number_and_costs_one_part(lan, ask, carrier):
    row = codes.text(ask(), purpose=FORGOTTEN, user=lan.user)
    message = Message.objects.get()
    assert (message.to, message.parts, message.expires_at) == (lan.user.phone, 1, row.expires_at)
    code = message.text.rsplit("#", 1)[1]
    assert message.text.endswith(f"\n\n@127.0.0.1 #{code}")  # the form that phones offer to fill in
    codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)


def test_the_longest_host_still_fits_one_part(settings):
    settings.SITE_URL = "https://binhdanhocvuso.haiphong.gov.vn"
    text = codes.words("000000")
    assert sms.parts(text) == 1
    assert len(text) <= 160


@pytest.mark.django_db
def test_without_money_no_code_is_made(lan, ask):
    with pytest.raises(messages.CannotSend):
        codes.text(ask(), purpose=FORGOTTEN, user=lan.user)
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db
def test_an_address_asks_for_so_many_texts(ask, carrier, settings, monkeypatch):
    monkeypatch.setattr(codes, "ADDRESS_AN_HOUR", 2)
    for _ in range(2):
        codes.text(ask(), purpose=OWN, phone=make_user().phone)
    with pytest.raises(codes.TooSoon, match="nhiều người"):
        codes.text(ask(), purpose=OWN, phone=make_user().phone)
    codes.text(ask("192.0.2.8"), purpose=OWN, phone=make_user().phone)


@pytest.mark.django_db
def test_an_address_that_fails_very_often_is_stopped(lan, ask):
    _, code = codes.make(purpose=FORGOTTEN, user=lan.user)
    for _ in range(100):
        note_address(ask())
    with pytest.raises(TooMany):
        codes.use(ask(), purpose=FORGOTTEN, user=lan.user, code=code)
    assert Alarm.objects.get(kind="address").raised_at


@pytest.mark.django_db
def test_many_wrong_codes_over_the_site_are_an_alarm(ask, monkeypatch):
    monkeypatch.setattr(codes, "WRONG_A_DAY", 3)
    for number in range(3):
        with pytest.raises(codes.WrongCode):
            codes.use(ask(f"192.0.2.{number}"), purpose=FORGOTTEN, user=make_user(), code="123456")
    assert Alarm.objects.get(kind="codes").raised_at


@pytest.mark.django_db
def test_who_handed_out_what_is_kept_90_days(lan):
    codes.make(purpose=FORGOTTEN, user=lan.user)
    assert retention.run()["codes"] == 0
    OneTimeCode.objects.update(made_at=timezone.now() - datetime.timedelta(days=91))
    assert retention.run()["codes"] == 1


@pytest.mark.django_db
def test_allauths_texts_go_the_same_way(lan, carrier):
    adapter = get_adapter()
    adapter.send_verification_code_sms(lan.user, lan.user.phone, "123456")
    adapter.send_unknown_account_sms("0987 654 321")
    adapter.send_account_already_exists_sms("0987 654 321")
    texts = list(Message.objects.order_by("pk").values_list("to", "purpose", "parts"))
    assert texts == [(lan.user.phone, "code", 1), *[("+84987654321", "notice", 1)] * 2]


@pytest.mark.django_db
def test_the_last_money_of_the_day_is_an_alarm(lan, chi, ask, settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 1600}
    codes.text(ask(), purpose=FORGOTTEN, user=lan.user)
    assert not Alarm.objects.filter(kind="spending").exists()
    codes.text(ask(), purpose=FORGOTTEN, phone="+84987654321")
    assert Alarm.objects.get(kind="spending").raised_at


@pytest.mark.django_db
def test_the_alarm_outlives_what_could_not_be_sent(lan, ask, settings, caplog):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 700}
    for phone in ("+84987654321", "+84987654322"):
        with pytest.raises(messages.NoMoney):
            codes.text(ask(), purpose=FORGOTTEN, phone=phone)
    assert Alarm.objects.get(kind="spending").number == 2
    assert caplog.text.count("money for text messages") == 1
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_log_names_no_code_that_never_was(lan, caplog):
    with transaction.atomic():
        codes.make(purpose=FORGOTTEN, user=lan.user)
        transaction.set_rollback(True)
    assert "One-time code" not in caplog.text
    codes.make(purpose=FORGOTTEN, user=lan.user)
    assert caplog.text.count("One-time code") == 1
