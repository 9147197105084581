import io
import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Invitation, Learner, Notice, Role, User
from accounts.pins import check_pin
from ledger.models import Fact
from places.models import Place
from tests.make import protect


@pytest.fixture
def demo(settings, phu_thai):
    settings.DEMO = True

    def run():
        out = io.StringIO()
        call_command("demo_accounts", "--json", stdout=out)
        return json.loads(out.getvalue())

    return run


def test_one_sign_in_of_every_kind(demo):
    accounts = demo()
    assert [(a["role"], a["place"], bool(a["totp"])) for a in accounts] == [
        ("learner", "10750", False),
        ("trainer", "10750", False),
        ("official", "10750", False),
        ("official", "31", True),
        ("editor", "31", False),
        ("administrator", "31", True),
    ]
    for account in accounts:
        client = Client()
        data = {"login": account["login"], "password": account["secret"]}
        response = client.post("/dang-nhap/", data)
        if account["totp"]:
            assert response["Location"] == "/dang-nhap/ma/"
            counter = int(time.time()) // 30
            response = client.post("/dang-nhap/ma/", {"code": f"{hotp_value(account['totp'], counter):06}"})
        assert response.status_code == 302, account
        assert "_auth_user_id" in client.session, account


def test_the_demo_pin_is_one_we_would_take(demo):
    assert check_pin(demo()[0]["secret"], birth_year=1964, phone="+84900000001")


def test_again_gives_the_same_and_mends_what_was_changed(demo):
    first = demo()
    for user in User.objects.all():
        user.set_password("changed")
        user.is_active = False
        user.save()
    Authenticator.objects.all().delete()
    assert demo() == first
    assert (User.objects.count(), Learner.objects.count(), Role.objects.count()) == (6, 1, 5)
    assert Client().post("/dang-nhap/", {"login": first[0]["login"], "password": first[0]["secret"]})[
        "Location"
    ]


def test_another_secret_key_gives_other_secrets(demo, settings):
    first = demo()
    settings.SECRET_KEY = "another"
    assert all(a["secret"] != b["secret"] for a, b in zip(first, demo(), strict=True))


def test_the_demo_learner_counts_and_staff_do_not(demo):
    demo()
    fact = Fact.objects.get()
    assert (fact.kind, fact.left_out) == ("registered", "")
    assert not Learner.objects.get().is_test


def test_a_readable_list(demo, settings, capsys):
    call_command("demo_accounts")
    assert "0900000001" in capsys.readouterr().out


def test_refused_without_demo(settings, phu_thai):
    settings.DEMO = False
    with pytest.raises(CommandError, match="chỉ có khi DEMO=1"):
        call_command("demo_accounts", "--json")
    assert not User.objects.exists()


def test_refused_before_seed(settings, db):
    settings.DEMO = True
    with pytest.raises(CommandError, match="hãy chạy lệnh seed trước"):
        call_command("demo_accounts", "--json")


def test_another_city_uses_its_first_commune(demo):
    Place.objects.filter(code="10750").update(code="00004")
    assert demo()[0]["place"] == "00004"


def test_create_administrator(monkeypatch, hai_phong, client):
    monkeypatch.setenv("ADMIN_PASSWORD", "mat khau rat dai")
    call_command("create_administrator", "Sep@example.vn", name="Sếp")
    user = User.objects.get()
    assert (user.email, user.name, user.is_superuser, user.roles.get().kind) == (
        "sep@example.vn",
        "Sếp",
        False,
        "administrator",
    )
    response = client.post("/dang-nhap/", {"login": "sep@example.vn", "password": "mat khau rat dai"})
    assert response["Location"] == "/hai-buoc/"  # nothing is hers before a second factor


def test_the_password_may_come_from_standard_input(monkeypatch, hai_phong):
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("mat khau rat dai\n"))
    call_command("create_administrator", "sep@example.vn")
    assert User.objects.get().check_password("mat khau rat dai")


def test_an_existing_sign_in_becomes_administrator(hai_phong, binh):
    call_command("create_administrator", "binh@example.vn")
    assert binh.roles.filter(kind="administrator").exists()
    assert binh.check_password("mat-khau-cua-binh")


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("khong-phai-thu", "mat khau rat dai", "không phải địa chỉ thư điện tử"),
        ("sep@example.vn", "ngan", "ít nhất 12 ký tự"),
        ("sep@example.vn", "", "ít nhất 12 ký tự"),
        ("sep@example.vn", "qwertyuiop123", "quá phổ biến"),
    ],
)
def test_a_bad_administrator_is_refused(monkeypatch, hai_phong, email, password, says):
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=says):
        call_command("create_administrator", email)
    assert not User.objects.exists()


def test_no_administrator_before_seed(monkeypatch, db):
    monkeypatch.setenv("ADMIN_PASSWORD", "mat khau rat dai")
    with pytest.raises(CommandError, match="hãy chạy lệnh seed trước"):
        call_command("create_administrator", "sep@example.vn")


@pytest.mark.django_db
def test_the_last_administrator_gets_a_link_on_the_server(quan_tri, chi, capsys):
    protect(quan_tri)
    for _ in range(2):
        call_command("reset_administrator", quan_tri.email.upper(), second_factor=True)
    assert Invitation.objects.standing().get().user == quan_tri
    assert "Người vận hành" in Notice.objects.filter(user=quan_tri).first().text
    assert not Authenticator.objects.filter(user=quan_tri).exists()
    path = capsys.readouterr().out.split()[-1].removeprefix(settings.SITE_URL.rstrip("/"))
    client = Client()
    sent = {"password": "mot-mat-khau-moi-dai", "again": "mot-mat-khau-moi-dai"}
    assert client.post(path, sent).status_code == 302
    assert User.objects.get(pk=quan_tri.pk).check_password("mot-mat-khau-moi-dai")
    assert Client().post(path, {"password": "x"}).status_code == 410
    for other in (chi.email, "khong@example.vn"):
        with pytest.raises(CommandError, match="không phải là quản trị"):
            call_command("reset_administrator", other)
