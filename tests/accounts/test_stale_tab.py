"""A tab that was opened before somebody else signed in sends its form: nobody learns as another."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.make import make_learner

from .conftest import PIN

HERS = {"login": "0987 111 222", "password": "739164"}


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]


@pytest.fixture
def browser(lan):
    """Lan is in; `old` is the token of the tab that was open before."""
    client = Client(enforce_csrf_checks=True)
    client.old = token(client.get("/dang-nhap/"))
    client.post("/dang-nhap/", {"login": lan.user.phone, "password": PIN, "csrfmiddlewaretoken": client.old})
    assert client.session["_auth_user_id"] == str(lan.user.pk)
    return client


def send(browser, path, data):
    return browser.post(path, data | {"csrfmiddlewaretoken": browser.old})


def test_anothers_sign_in_is_asked_whose_it_is(browser, lan, phu_thai):
    hoa = make_learner("Trần Thị Hoa", commune=phu_thai)
    User.objects.filter(pk=hoa.user.pk).update(phone="+84987111222")
    answer = send(browser, "/dang-nhap/?next=/tim/", HERS)
    page = answer.content.decode()
    assert (answer.status_code, "Máy này đang mở của Lan" in page) == (403, True)
    assert "987" not in page  # nothing of what was typed
    assert "739164" not in page
    assert "Nguyễn" not in page
    out = browser.post("/dang-xuat/", {"next": door(page), "csrfmiddlewaretoken": token(answer)})
    assert out["Location"] == "/dang-nhap/?next=/tim/"
    assert "_auth_user_id" not in browser.session


def door(page):
    return re.search(r'name="next" value="([^"]+)"', page)[1].replace("%2F", "/")


def test_anothers_sign_up_is_not_dropped_in_silence(browser, answers):
    answer = send(browser, "/dang-ky/", answers | {"phone": HERS["login"], "name": "Trần Thị Hoa"})
    assert "Máy này đang mở của Lan" in answer.content.decode()
    assert door(answer.content.decode()) == "/dang-ky/"
    assert not User.objects.filter(phone="+84987111222").exists()


def test_the_same_press_twice_goes_on(browser, lan):
    assert send(browser, "/dang-nhap/", {"login": lan.user.phone, "password": PIN})["Location"] == "/hoc-tap/"


def test_another_of_the_same_number_is_asked(browser, lan):
    make_learner("Nguyễn Văn Tư", user=lan.user)
    answer = send(browser, "/dang-nhap/", {"login": lan.user.phone, "password": PIN})
    assert answer.status_code == 403


def test_out_to_this_site_only(client, lan):
    client.force_login(lan.user)
    assert client.post("/dang-xuat/", {"next": "https://example.com/"})["Location"] == "/dang-xuat/"
