"""Who has a second factor is not in before its code; there is no way to set one up yet."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters

from accounts.models import SlowDown

CODE = "/dang-nhap/ma/"


@pytest.fixture
def secret(chi):
    secret = generate_totp_secret()
    TOTP.activate(chi, secret)
    return secret


def now(secret):
    return format_hotp_value(hotp_value(secret, list(counters())[1]))


def wrong(secret):
    """Six digits that no step within the tolerance gives."""
    right = {format_hotp_value(hotp_value(secret, counter)) for counter in counters()}
    return next(f"{number:06}" for number in range(9) if f"{number:06}" not in right)


def enter(client, **more):
    data = {"login": "chi@example.vn", "password": "mat-khau-cua-chi", "cach": "thu", **more}
    return client.post("/dang-nhap/", data)


def inside(client):
    return "_auth_user_id" in client.session


def test_the_code_is_asked_before_she_is_in(client, secret):
    response = enter(client)
    assert (response.status_code, response["Location"]) == (302, CODE)
    assert not inside(client)
    assert "hvs_device" not in response.cookies
    assert client.get("/quan-ly/").status_code == 302
    assert "Nhập mã xác thực" in client.get(CODE).content.decode()


def test_the_right_code_lets_in_and_goes_on(client, secret, quan_tri):
    enter(client, next="/quan-ly/giay/")
    code = now(secret)
    response = client.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert (response.status_code, response["Location"]) == (302, "/quan-ly/giay/")
    assert inside(client)
    assert response.cookies["hvs_in"].value == "1"
    assert "hvs_device" in response.cookies


def test_staff_hours_hold_after_the_code_too(client, quan_tri):
    secret = generate_totp_secret()
    TOTP.activate(quan_tri, secret)
    enter(client, login="quan-tri@example.vn", password="mat-khau-quan-tri")
    client.post(CODE, {"code": now(secret)})
    assert inside(client)
    assert client.session.get_expiry_age() <= 12 * 3600


def test_a_wrong_code_keeps_her_out(client, secret):
    enter(client)
    response = client.post(CODE, {"code": wrong(secret)})
    assert "Mã xác thực chưa đúng" in response.content.decode()
    assert not inside(client)
    assert "Hãy gõ mã xác thực" in client.post(CODE, {"code": ""}).content.decode()


def test_guessing_codes_is_slowed_down(client, secret):
    enter(client)
    for _ in range(5):
        client.post(CODE, {"code": wrong(secret)})
    response = client.post(CODE, {"code": now(secret)})
    assert "hãy đợi 1 phút" in response.content.decode()
    assert not inside(client)


def test_the_right_code_forgets_the_wrong_ones(client, secret):
    enter(client)
    client.post(CODE, {"code": wrong(secret)})
    client.post(CODE, {"code": now(secret)})
    assert inside(client)
    assert not SlowDown.objects.exists()


def test_a_code_works_once(client, secret):
    enter(client)
    code = now(secret)
    client.post(CODE, {"code": code})
    client.post("/dang-xuat/")
    enter(client)
    client.post(CODE, {"code": code})
    assert not inside(client)


def test_a_recovery_code_lets_in(client, chi, secret):
    code = RecoveryCodes.activate(chi).get_unused_codes()[0]
    enter(client)
    client.post(CODE, {"code": code})
    assert inside(client)


def test_a_key_that_this_site_cannot_ask_for_lets_nobody_in(client, chi):
    Authenticator.objects.create(user=chi, type=Authenticator.Type.WEBAUTHN, data={"credential": {}})
    assert enter(client)["Location"] == CODE
    client.post(CODE, {"code": "000000"})
    assert client.get(CODE).status_code == 200
    assert not inside(client)


def test_the_page_is_no_door_of_its_own(client, secret):
    for response in (client.get(CODE), client.post(CODE, {"code": now(secret)})):
        assert (response.status_code, response["Location"]) == (302, "/dang-nhap/")
    assert not inside(client)
