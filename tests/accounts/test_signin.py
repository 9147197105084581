import datetime
import logging
import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import doors, retention
from accounts.models import PinAlarm, SlowDown, TriedPin, User
from tests.make import app_code, make_learner, make_user

PIN = "482951"


@pytest.fixture
def lan(phu_thai):
    user = make_user(phone="+84912345678", name="Nguyễn Thị Lan", password=PIN)
    return make_learner("Nguyễn Thị Lan", user=user, commune=phu_thai)


def enter(client, login="0912345678", password=PIN, **data):
    return client.post("/dang-nhap/", {"login": login, "password": password, **data})


def inside(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["0912345678", "+84 912 345 678", "0912.345.678", "０９１２３４５６７８"])
def test_phone_in_any_spelling_and_pin(client, lan, login):
    response = enter(client, login)
    assert (response.status_code, response["Location"]) == (302, "/hoc-tap/")
    assert response.cookies["hvs_in"].value == "1"
    assert inside(client)


def test_pin_with_full_width_digits(client, lan):
    assert enter(client, password="４８２９５１").status_code == 302


@pytest.mark.parametrize("login", ["chi@example.vn", " Chi@Example.VN "])
def test_staff_with_mail_and_password(client, chi, login):
    response = enter(client, login, "mat-khau-cua-chi")
    assert response["Location"] == "/quan-ly/"


def test_each_role_lands_at_its_desk(client, bien, quan_tri, binh):
    assert enter(client, "bien@example.vn", "mat-khau-cua-bien")["Location"] == "/admin/"
    assert enter(client, "quan-tri@example.vn", "mat-khau-quan-tri")["Location"] == "/dang-nhap/ma/"
    assert client.post("/dang-nhap/ma/", {"code": app_code()})["Location"] == "/quan-ly/"
    assert enter(client, "binh@example.vn", "mat-khau-cua-binh")["Location"] == "/du-lieu-cua-toi/"
    assert client.get("/du-lieu-cua-toi/").status_code == 200


def test_staff_sessions_end_after_half_a_day(client, quan_tri, lan):
    enter(client, "quan-tri@example.vn", "mat-khau-quan-tri")
    client.post("/dang-nhap/ma/", {"code": app_code()})
    assert inside(client)
    assert client.session.get_expiry_age() <= 12 * 3600
    other = Client()
    enter(other)
    assert other.session.get_expiry_age() > 80 * 24 * 3600


@pytest.mark.parametrize(
    ("login", "password", "field", "says"),
    [
        ("", PIN, "login", "Hãy ghi số điện thoại"),
        ("0912345678", "", "password", "Hãy gõ mã 6 số"),
        ("0912345678", "111222", "password", "Mã 6 số chưa đúng"),
        ("0987654321", PIN, "login", "Chưa có ai đăng ký bằng số điện thoại này"),
        ("abc", PIN, "login", "chỉ gồm các chữ số"),
        ("1" * 300, PIN, "login", "quá dài"),
        ("0912345678", "1" * 300, "password", "quá dài"),
        ("khong@example.vn", PIN, "password", "Thư điện tử hoặc mật khẩu chưa đúng"),
    ],
)
def test_a_refusal_says_why_and_keeps_the_number(client, lan, login, password, field, says):
    response = enter(client, login, password)
    assert response.status_code == 200
    assert says in response.context["form"].errors[field][0]
    html = response.content.decode()
    assert PIN not in html
    if 0 < len(login) < 300:
        assert f'value="{login}"' in html
    assert not inside(client)


def test_a_closed_sign_in_is_not_let_in(client, lan):
    User.objects.update(is_active=False)
    assert enter(client).status_code == 200
    assert not inside(client)


def test_a_closed_sign_in_takes_as_long_as_any(client, lan, monkeypatch):
    User.objects.update(is_active=False)
    hashed = []
    monkeypatch.setattr(User, "check_password", lambda self, secret: hashed.append(secret))
    enter(client)
    assert hashed


def test_a_full_keyboard_for_staff(client, db):
    html = client.get("/dang-nhap/?cach=thu&next=/quan-ly/").content.decode()
    assert 'type="email"' in html
    assert 'name="cach" value="thu"' in html
    assert "inputmode" not in html


def test_next_is_followed_on_this_site(client, lan):
    assert enter(client, next="/khoa-hoc/?a=1")["Location"] == "/khoa-hoc/?a=1"


@pytest.mark.parametrize(
    "url",
    [
        "https://xau.example/",
        "//xau.example/",
        "/\\xau.example",
        "javascript:alert(1)",
        "http:///xau",
        "\t//xau",
    ],
)
def test_next_to_another_site_is_not_followed(client, lan, url):
    assert enter(client, next=url)["Location"] == "/hoc-tap/"


def test_next_of_another_site_is_not_in_the_page(client, db):
    assert "xau.example" not in client.get("/dang-nhap/?next=https://xau.example/").content.decode()


def test_signed_in_already_is_told_so_and_not_sent_in_circles(client, lan):
    enter(client)
    html = client.get("/dang-nhap/?next=/admin/").content.decode()
    assert "Bạn đã đăng nhập" in html
    assert 'href="/admin/"' in html


@pytest.mark.parametrize(
    "door",
    ["/admin/login/", "/admin/password_reset/", "/admin/password_reset/confirm/MQ/x-y/", "/_util/login/"],
)
def test_every_other_door_leads_here(client, db, door):
    assert client.get(door)["Location"] == "/dang-nhap/?cach=thu"
    assert client.post(door, {"username": "a", "password": "b"})["Location"] == "/dang-nhap/?cach=thu"


def test_the_admin_sends_strangers_here(client, db):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/dang-nhap/?next=/admin/"


def test_sign_out_asks_then_does(client, lan):
    enter(client)
    assert "Thoát khỏi Học Vụ Số?" in client.get("/dang-xuat/").content.decode()
    assert inside(client)
    response = client.post("/dang-xuat/")
    assert response["Location"] == "/dang-xuat/"
    assert response.cookies["hvs_in"]["max-age"] == 0
    assert not inside(client)


def test_whoever_is_out_is_told_so(client, db):
    assert "Bạn đã thoát" in client.get("/dang-xuat/").content.decode()
    assert client.post("/dang-xuat/")["Location"] == "/dang-xuat/"


def test_other_methods_are_refused(client, db):
    assert client.put("/dang-nhap/").status_code == 405


def test_a_new_session_begins_at_sign_in(client, lan):
    client.get("/dang-nhap/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    enter(client)
    assert client.session.session_key != before


def test_sign_in_is_cheap(client, lan, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        enter(client)


# --- Guessing ------------------------------------------------------------------


def guess(client, times, **kwargs):
    return [enter(client, password=f"48{n:04d}", **kwargs) for n in range(times)][-1]


def test_the_fifth_wrong_try_shuts_the_door_for_a_while(client, lan):
    assert "chưa đúng" in guess(client, 4).content.decode()
    assert "hãy đợi 1 phút" in guess(client, 1).content.decode()
    assert "hãy đợi 1 phút" in enter(client).content.decode(), "the right PIN waits too"
    assert not inside(client)


def test_the_wait_grows_and_passes(client, lan):
    guess(client, 5)
    row = SlowDown.objects.get()
    assert row.failures == 5
    SlowDown.objects.update(open_at=timezone.now())
    assert "hãy đợi 2 phút" in guess(client, 1).content.decode()
    SlowDown.objects.update(open_at=timezone.now())
    assert enter(client).status_code == 302
    assert not SlowDown.objects.exists()


def test_waits_stay_at_an_hour():
    minutes = [doors.wait_after(n).total_seconds() / 60 for n in range(1, 14)]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 15, 30, 60, 60, 60]


def test_waiting_tries_do_not_make_it_longer(client, lan):
    guess(client, 5)
    guess(client, 5)
    assert SlowDown.objects.get().failures == 5


def test_wrong_tries_of_yesterday_are_forgotten(client, lan):
    guess(client, 4)
    SlowDown.objects.update(failed_at=timezone.now() - datetime.timedelta(days=2))
    assert "chưa đúng" in guess(client, 1).content.decode()
    assert SlowDown.objects.get().failures == 1


def test_the_owners_own_phone_is_not_locked_by_a_guesser(client, lan):
    enter(client)
    client.post("/dang-xuat/")
    guess(Client(), 8)
    assert enter(client).status_code == 302
    assert inside(client)


def test_a_known_device_is_slowed_by_its_own_tries(client, lan):
    enter(client)
    client.post("/dang-xuat/")
    assert "hãy đợi 1 phút" in guess(client, 5).content.decode()
    assert enter(Client()).status_code == 302


def test_a_device_known_to_another_is_not_known(client, lan):
    make_user(phone="+84987654321", password="739150")
    enter(client, "0987654321", "739150")
    client.post("/dang-xuat/")
    guess(client, 5)
    assert "hãy đợi" in enter(Client()).content.decode()


def test_a_forged_device_cookie_is_not_known(client, lan):
    client.cookies["hvs_device"] = "forged"
    guess(client, 5)
    assert "hãy đợi" in enter(Client()).content.decode()


def test_two_accounts_wait_apart(client, lan):
    make_user(phone="+84987654321", password=PIN)
    guess(client, 5)
    assert enter(Client(), "0987654321").status_code == 302


def test_staff_passwords_are_guarded_alike(client, chi):
    for _ in range(5):
        response = enter(client, "chi@example.vn", "sai-mat-khau")
    assert "hãy đợi 1 phút" in response.content.decode()


def test_unknown_addresses_wait_alike(client, db):
    for _ in range(5):
        response = enter(client, "khong@example.vn", "sai-mat-khau")
    assert "hãy đợi 1 phút" in response.content.decode()


def test_one_address_is_stopped_after_very_many_failures(client, lan, monkeypatch):
    monkeypatch.setattr(doors, "ADDRESS_FAILURES", 3)
    for n in range(3):
        enter(client, f"098765432{n}")
    response = enter(client)
    assert response.status_code == 429
    assert "Hãy chờ một chút" in response.content.decode()
    assert response["Retry-After"] == "60"


def test_known_devices_pass_a_stopped_address(client, lan, monkeypatch):
    monkeypatch.setattr(doors, "ADDRESS_FAILURES", 3)
    enter(client)
    client.post("/dang-xuat/")
    for n in range(4):
        enter(Client(), f"098765432{n}")
    assert enter(Client()).status_code == 429
    assert enter(client).status_code == 302


def test_a_hall_behind_one_router_signs_up_and_in(answers):
    for n in range(40):
        data = {**answers, "phone": f"09870000{n:02d}"}
        assert Client().post("/dang-ky/", data).status_code == 302
    for n in range(40):
        assert enter(Client(), f"09870000{n:02d}").status_code == 302


def test_one_pin_over_many_accounts_raises_the_alarm(client, db, caplog):
    for n in range(10):
        make_user(phone=f"+8498700000{n}", password="739150")
    with caplog.at_level(logging.WARNING, logger="accounts"):
        for n in range(10):
            enter(client, f"098700000{n}", "250383")
    alarm = PinAlarm.objects.get()
    assert alarm.accounts == 10
    assert "One PIN was tried over many accounts today. (10)" in caplog.text
    kept = f"{list(TriedPin.objects.values())}{PinAlarm.objects.values()}{caplog.text}"
    assert "250383" not in kept


def test_the_alarm_is_raised_once_and_counts_on(client, db):
    for n in range(12):
        doors.note_pin("250383", account=f"a{n}")
    assert PinAlarm.objects.get().accounts == 12


def test_one_person_trying_one_pin_again_is_no_alarm(db):
    for _ in range(20):
        doors.note_pin("250383", account="lan")
    doors.note_pin("mat-khau", account="chi")
    assert TriedPin.objects.count() == 1
    assert not PinAlarm.objects.exists()


def test_old_rows_are_forgotten(db):
    long_ago = timezone.now() - datetime.timedelta(days=31)
    SlowDown.objects.create(key="old", failures=1, failed_at=long_ago, open_at=long_ago)
    SlowDown.objects.create(key="new", failures=1, failed_at=timezone.now(), open_at=long_ago)
    TriedPin.objects.create(day=long_ago.date(), pin_mark="a", account_mark="b")
    gone = retention.run()
    assert (gone["slow_downs"], gone["tried_pins"]) == (1, 1)
    assert SlowDown.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_each_count():
    taken, refused = [], []

    def attempt():
        try:
            doors.claim("door")
            taken.append(1)
        except doors.Wait:
            refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) <= 5
    assert len(taken) + len(refused) == 12
    assert SlowDown.objects.get().failures == len(taken)


@pytest.mark.django_db
def test_a_try_made_while_another_is_written_does_not_wait(monkeypatch):
    """Two presses at once: the row of the first is newer than the moment the second began."""
    now = timezone.now()
    later = now + datetime.timedelta(milliseconds=5)
    doors.SlowDown.objects.create(key="k", failures=1, failed_at=later, open_at=later)
    moments = iter([now, later, later, later])
    original = doors.SlowDown.objects.filter

    def read_slowly(*args, **kwargs):
        next(moments)
        return original(*args, **kwargs)

    monkeypatch.setattr(doors.SlowDown.objects, "filter", read_slowly)
    monkeypatch.setattr(doors.timezone, "now", lambda: next(moments))
    doors.claim("k")
    assert original(key="k").get().failures == 2


def test_with_a_gateway_the_door_does_not_tell_who_signed_up(lan, settings, monkeypatch):
    """The same words for a wrong PIN and for a number of nobody, the same hashing, the same wait."""
    settings.SMS = settings.SMS | {"GATEWAY": "console"}
    hashed = []
    monkeypatch.setattr(doors, "make_password", lambda secret: hashed.append(secret))
    said = {}
    for phone in (lan.user.phone, "+84987654321"):
        sent = {"login": phone, "password": "739164"}
        tries = [Client().post("/dang-nhap/", sent).content.decode() for _ in range(6)]
        said[phone] = [re.sub(r'value="[^"]*"', "", page) for page in tries]
    first, other = said.values()
    assert first == other
    assert "Mã 6 số chưa đúng" in first[0]
    assert "hãy đợi" in first[5].lower()
    assert len(hashed) == 5


@pytest.mark.parametrize("page", ["/admin/", "/quan-ly/the/"])
def test_who_came_from_a_staff_page_is_asked_for_an_address(client, db, page):
    html = client.get(f"/dang-nhap/?next={page}").content.decode()
    assert "Quên mật khẩu?" in html
    assert 'name="cach" value="thu"' in html
    assert "Quên mã 6 số?" in client.get(f"/dang-nhap/?cach=so&next={page}").content.decode()
