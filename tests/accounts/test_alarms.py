"""Alarms somebody sees: the list of the city, what to do, and what was done."""

from __future__ import annotations

import datetime
import inspect
import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

import accounts
from accounts import alarms, codes, doors, retention
from accounts.models import Alarm
from tests.make import make_role, make_user, protect

LIST = "/quan-ly/bao-dong/"
DONE = "Đã gọi hỏi, người đó giúp một lớp đông."


@pytest.fixture
def city(client, quan_tri):
    client.force_login(quan_tri)
    return client


@pytest.fixture
def alarm(db):
    alarms.count("codes", number=200)
    return Alarm.objects.get()


def of_city(hai_phong, kind):
    user = make_user(email=f"{kind}@example.vn", name="Cán bộ Thành phố")
    make_role(user, kind, hai_phong)
    return protect(user)


def test_every_kind_that_is_counted_has_its_words():
    code = "".join(path.read_text() for path in Path(inspect.getfile(accounts)).parent.glob("*.py"))
    kinds = set(re.findall(r'alarms\.count\("(\w+)"', code))
    assert kinds == set(alarms.WORDS)


def test_each_says_what_happened_and_what_to_do(city):
    for kind in alarms.WORDS:
        alarms.count(kind)
    html = city.get(LIST).content.decode()
    for row in Alarm.objects.all():
        words = alarms.words(row)
        assert words.title in html
        page = city.get(f"{LIST}{row.pk}/").content.decode()
        assert words.todo in page
        assert words.happened.format(n=1) in page


def test_what_is_only_counted_is_no_alarm(city):
    alarms.count("gateway", alarm_from=5)
    assert "Không có báo động nào" in city.get(LIST).content.decode()
    assert city.get(f"{LIST}{Alarm.objects.get().pk}/").status_code == 404


def test_a_sprayed_pin_stands_in_the_list_without_the_pin(city):
    for number in range(doors.ALARM_ACCOUNTS + 2):
        doors.note_pin("739164", account=f"+8491200000{number:02}")
    html = city.get(LIST).content.decode()
    assert "Một mã bị thử trên nhiều người" in html
    assert f"{doors.ALARM_ACCOUNTS + 2} tài khoản" in html
    assert not re.search(r"739164|0912|\+84", html)


def test_who_handed_out_many_codes_is_named(city, chi, lan):
    codes.make(purpose="vouched", user=lan.user, issued_by=chi, reason="Quên mã")
    Alarm.objects.update(raised_at=timezone.now())
    html = city.get(LIST).content.decode()
    assert "Người đó là Phạm Thị Chi" in html
    assert lan.name not in html


def test_handled_with_a_note_by_whom_and_when(city, alarm, quan_tri):
    city.post(f"{LIST}{alarm.pk}/", {"note": DONE})
    alarm.refresh_from_db()
    assert (alarm.note, alarm.handled_by) == (DONE, quan_tri)
    assert timezone.now() - alarm.handled_at < datetime.timedelta(minutes=1)
    assert "Không có báo động nào" in city.get(LIST).content.decode()
    ended = city.get(f"{LIST}?xem=xong").content.decode()
    assert DONE in ended
    assert quan_tri.name in ended
    assert "<textarea" not in city.get(f"{LIST}{alarm.pk}/").content.decode()


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("", "Hãy ghi vài chữ"),
        ("ok", "Hãy ghi vài chữ"),
        ("Đã gọi 0912 345 678", "Đừng ghi số điện thoại"),
        ("Mã là 73-91.64", "Đừng ghi số điện thoại"),
        ("a" * 301, "nhiều nhất 300 chữ"),
    ],
)
def test_a_note_that_cannot_be_taken(city, alarm, note, words):
    assert words in city.post(f"{LIST}{alarm.pk}/", {"note": note}).content.decode()
    alarm.refresh_from_db()
    assert alarm.handled_at is None


def test_of_two_who_handle_it_one_is_told(city, alarm, quan_tri, hai_phong):
    alarms.handle(alarm=alarm, by=of_city(hai_phong, "official_manage"), note=DONE)
    html = city.post(f"{LIST}{alarm.pk}/", {"note": "Đã làm khác"}, follow=True).content.decode()
    assert "Người khác vừa đánh dấu" in html
    alarm.refresh_from_db()
    assert alarm.note == DONE


def test_an_alarm_is_not_handled_without_a_note(alarm):
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.update(handled_at=timezone.now())


def test_who_only_looks_at_the_city_reads_and_does_not_act(client, alarm, hai_phong):
    client.force_login(of_city(hai_phong, "official_view"))
    assert "<textarea" not in client.get(f"{LIST}{alarm.pk}/").content.decode()
    assert client.post(f"{LIST}{alarm.pk}/", {"note": DONE}).status_code == 403
    alarm.refresh_from_db()
    assert alarm.handled_at is None


def test_an_official_of_a_commune_sees_none(client, alarm, chi):
    client.force_login(chi)
    assert client.get(LIST).status_code == 403
    assert not alarms.raised(chi).exists()
    html = client.get("/quan-ly/").content.decode()
    assert LIST not in html


def test_the_desk_says_how_many_wait(city, alarm, quan_tri):
    assert "1 báo động chưa xử lý" in city.get("/quan-ly/").content.decode()
    alarms.count("cards")
    assert "2<span" in city.get("/quan-ly/vai-tro/").content.decode()
    alarms.handle(alarm=alarm, by=quan_tri, note=DONE)
    assert "1 báo động chưa xử lý" in city.get("/quan-ly/").content.decode()


def test_thirty_on_a_page(city):
    for day in range(31):
        Alarm.objects.create(
            day=timezone.localdate() - datetime.timedelta(days=day), kind="codes", raised_at=timezone.now()
        )
    assert city.get(LIST).content.decode().count("<article") == 30
    assert city.get(f"{LIST}?trang=2").content.decode().count("<article") == 1


def test_a_year_and_then_no_more(alarm):
    Alarm.objects.update(day=timezone.localdate() - datetime.timedelta(days=360))
    retention.run()
    assert Alarm.objects.exists()
    Alarm.objects.update(day=timezone.localdate() - datetime.timedelta(days=366))
    assert retention.run()["alarms_raised"] == 1
