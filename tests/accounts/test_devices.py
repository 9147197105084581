"""Devices are rows: seen, forgotten, ended; a borrowed phone keeps nothing."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import devices, retention
from accounts.models import Device, DeviceSession, DeviceUse
from tests.make import make_learner

LIST = "/du-lieu-cua-toi/thiet-bi/"
PIN = "482951"
ANDROID = "Mozilla/5.0 (Linux; Android 10; SM-A107F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


def enter(lan, client=None, **more):
    client = client or Client(headers={"user-agent": ANDROID})
    client.post("/dang-nhap/", {"login": lan.user.phone, "password": PIN, **more})
    return client


def is_in(client):
    return client.get("/api/v1/me/").json()["signed_in"]


def test_a_device_is_a_row_and_its_cookie_says_nothing(lan):
    client = enter(lan)
    cookie = client.cookies["hvs_device"]
    use = DeviceUse.objects.get()
    assert (use.user, use.device.label) == (lan.user, "Điện thoại Android, Chrome")
    assert cookie.value != use.device.mark
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_same_device_is_one_row_whoever_signs_in(lan):
    client = enter(lan)
    client.post("/dang-xuat/")
    other = make_learner("Người Khác")
    other.user.set_password(PIN)
    other.user.save()
    enter(other, client)
    assert (Device.objects.count(), DeviceUse.objects.count()) == (1, 2)


def test_forgetting_a_device_ends_its_sessions_and_no_other(lan):
    lost, here = enter(lan), enter(lan)
    use = DeviceUse.objects.order_by("pk").first()
    page = here.get(LIST).content.decode()
    assert page.count("Quên máy này<span") == 1
    assert page.count("Máy này</span>") == 1
    assert here.post(f"{LIST}{use.pk}/quen/")["Location"] == LIST
    assert (is_in(lost), is_in(here)) == (False, True)
    assert Device.objects.count() == 1
    assert here.post(f"{LIST}{use.pk}/quen/").status_code == 404


def test_a_session_that_got_a_new_key_ends_too(lan):
    lost, here = enter(lan), enter(lan)
    lost.post("/du-lieu-cua-toi/ma/", {"current": PIN, "pin": "739164"})
    assert is_in(lost)
    use = DeviceUse.objects.order_by("pk").first()
    assert devices.forget(user=lan.user, use=use.pk)
    assert not is_in(lost)
    assert not is_in(here)  # the PIN was changed


def test_anothers_device_looks_like_none(lan):
    enter(lan)
    stranger = Client()
    stranger.force_login(make_learner("Người Lạ").user)
    assert stranger.post(f"{LIST}{DeviceUse.objects.get().pk}/quen/").status_code == 404
    assert DeviceUse.objects.exists()


def test_signing_out_elsewhere_leaves_this_device_alone(lan):
    others = [enter(lan), enter(lan, borrowed="on")]
    here = enter(lan)
    assert here.post(f"{LIST}thoat-het/")["Location"] == LIST
    assert [is_in(client) for client in (*others, here)] == [False, False, True]
    assert DeviceUse.objects.count() == 1
    assert is_in(enter(lan))


def test_a_device_in_use_is_seen_each_day(lan):
    client = enter(lan)
    old = timezone.localdate() - datetime.timedelta(days=3)
    DeviceUse.objects.update(seen_on=old)
    Device.objects.update(seen_on=old)
    session = client.session
    session["device_seen"] = old.isoformat()
    session.save()
    client.get("/api/v1/me/")
    assert DeviceUse.objects.get().seen_on == Device.objects.get().seen_on == timezone.localdate()


def test_after_ninety_days_a_device_is_forgotten(lan):
    enter(lan)
    enter(lan)
    newest = DeviceUse.objects.order_by("pk").last()
    Device.objects.exclude(pk=newest.device_id).update(
        seen_on=timezone.localdate() - datetime.timedelta(days=91)
    )
    DeviceUse.objects.exclude(pk=newest.pk).update(seen_on=timezone.localdate() - datetime.timedelta(days=91))
    gone = retention.run()
    assert (gone["device_uses"], gone["devices"]) == (1, 1)
    assert list(DeviceUse.objects.all()) == [newest]
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("", "Máy chưa rõ loại"),
        (ANDROID + " Zalo android/23", "Điện thoại Android, mở trong Zalo"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0) Version/16.0 Mobile Safari/604.1",
            "Điện thoại iPhone, Safari",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Máy tính Windows, Edge"),
        ("Mozilla/5.0 (Linux; Android 11; SM-T500) Chrome/120.0 Safari", "Máy tính bảng Android, Chrome"),
    ],
)
def test_a_device_is_named_in_plain_words(agent, label):
    assert devices.label_of(agent) == label


# --- A borrowed phone --------------------------------------------------------------------


def test_a_borrowed_phone_is_not_remembered(lan):
    client = enter(lan, borrowed="on")
    assert is_in(client)
    assert "hvs_device" not in client.cookies
    assert not Device.objects.exists()
    assert not DeviceSession.objects.exists()
    assert [client.cookies[name]["max-age"] for name in ("sessionid", "hvs_in")] == ["", ""]
    assert "máy mượn" in client.get(LIST).content.decode()


def test_a_borrowed_phone_forgets_on_the_server_too_within_hours(lan):
    """Phones seldom end a browser; the row of another sign-in lives for 90 days."""
    client = enter(lan, borrowed="on")
    assert client.cookies["sessionid"]["max-age"] == ""
    left = Session.objects.get().expire_date - timezone.now()
    assert datetime.timedelta(hours=3) < left <= datetime.timedelta(hours=4)
    retention.run(timezone.now() + datetime.timedelta(hours=5))
    assert not is_in(client)
    enter(lan)
    assert Session.objects.latest("expire_date").expire_date - timezone.now() > datetime.timedelta(days=89)


def test_a_borrowed_phone_is_wiped_at_sign_out(lan):
    client = enter(lan, borrowed="on")
    answer = client.post("/dang-xuat/")
    # "storage" would delete the queue: unsent learning of everybody on this phone, its owner's too
    assert answer["Clear-Site-Data"] == '"cache"'
    for name in ("sessionid", "hvs_in", "csrftoken"):
        assert answer.cookies[name]["max-age"] == 0, name
    assert not is_in(client)


def test_the_lenders_own_device_stays_known(lan):
    lender = make_learner("Chủ Máy")
    lender.user.set_password(PIN)
    lender.user.save()
    client = enter(lender)
    client.post("/dang-xuat/")
    enter(lan, client, borrowed="on")
    answer = client.post("/dang-xuat/")
    assert "hvs_device" not in answer.cookies
    assert [use.user for use in DeviceUse.objects.all()] == [lender.user]


def test_ones_own_phone_is_not_wiped(lan):
    client = enter(lan, borrowed="on")
    client.post("/dang-xuat/")
    enter(lan, client)
    assert "Clear-Site-Data" not in client.post("/dang-xuat/")


def test_signing_up_on_a_borrowed_phone(client, answers):
    client.post("/dang-ky/", answers | {"borrowed": "on"})
    assert is_in(client)
    assert client.session.get_expire_at_browser_close()
    assert not Device.objects.exists()


def test_forgetting_the_very_phone_in_hand_says_that_she_is_out(lan):
    client = enter(lan)
    use = DeviceUse.objects.get()
    assert "Quên máy này và thoát" in client.get(LIST).content.decode()
    assert "Bạn đã thoát" in client.post(f"{LIST}{use.pk}/quen/", follow=True).content.decode()


def test_a_borrowed_phone_says_so_and_that_it_has_forgotten(lan):
    client = enter(lan, borrowed="on")
    assert "Bạn đang dùng máy mượn" in client.get("/hoc-tap/").content.decode()
    assert "Máy này đã quên bạn" in client.post("/dang-xuat/", follow=True).content.decode()
