"""Signing in by the state's identity, against a provider on this machine that can also misbehave."""

import json
import time
from html import escape

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from accounts import cards, identities, oidc
from accounts.models import Alarm, DeviceUse, Identity, Learner, Merge
from tests.make import make_learner, make_user

from .conftest import PIN
from .fake_idp import CLIENT, EC, RSA, SECRET, serve

START, LINK, SIGNIN = "/dang-nhap/dinh-danh/", "/dang-nhap/dinh-danh/noi/", "/dang-nhap/"


@pytest.fixture
def idp(settings):
    server = serve()
    issuer = server.provider.issuer
    settings.OIDC_ISSUER, settings.OIDC_NAME = issuer, "VNeID"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "nha-nuoc",
                    "name": "VNeID",
                    "client_id": CLIENT,
                    "secret": SECRET,
                    "settings": {
                        "server_url": f"{issuer}/.well-known/openid-configuration",
                        "oauth_pkce_enabled": True,
                        "fetch_userinfo": False,
                    },
                }
            ]
        }
    }
    yield server.provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def hers(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


def come_back(client, idp, sub="079-sub-of-lan", to=""):
    """Press the button, say yes at the provider's, and come back here."""
    return client.get(idp.approve(there(client, to), sub))


def there(client, to=""):
    """Where the page behind the button goes on to."""
    asked = client.get(START + (f"?next={to}" if to else ""))
    assert asked.status_code == 200, asked.content.decode()
    wait, _, address = asked["Refresh"].partition(";url=")
    assert wait == "0"
    assert f'href="{escape(address)}"' in asked.content.decode()
    return address


def test_a_provider_on_many_hosts_is_no_matter_of_the_form(client, idp, hers):
    """The button is a form: what it is answered with goes on without being the form's own redirect.

    Issuer, door and login host may all be other origins, so the policy names none of them.
    """
    elsewhere = idp.discovery() | {"authorization_endpoint": "https://login.state.example/door"}
    idp.answers[CONFIG] = (200, {}, json.dumps(elsewhere).encode())
    assert there(client).startswith("https://login.state.example/door?")
    policy = client.get(SIGNIN)["Content-Security-Policy"]
    assert "form-action 'self';" in policy + ";"


def give_pin(client, lan, pin=PIN):
    return client.post(LINK, {"phone": lan.user.phone, "pin": pin})


def inside(client):
    return "_auth_user_id" in client.session


@pytest.mark.django_db
def test_without_settings_there_is_no_button_and_no_door(client):
    assert "dinh-danh" not in client.get(SIGNIN).content.decode()
    assert client.get(START).status_code == 404
    assert client.get(f"{START}nha-nuoc/ve/").status_code == 404


def test_the_button_bears_the_providers_name(client, idp, db):
    html = client.get(f"{SIGNIN}?next=/hoc-tap/").content.decode()
    assert "Đăng nhập bằng VNeID" in html
    form = html.split('action="/dang-nhap/dinh-danh/"')[1].split("</form>")[0]
    assert 'name="next" value="/hoc-tap/"' in form
    assert "dinh-danh" not in client.get(f"{SIGNIN}?cach=thu").content.decode()


def test_the_first_time_asks_for_number_and_pin(client, idp, hers):
    assert come_back(client, idp, to="/khoa-hoc/")["Location"] == LINK
    assert not inside(client)
    assert not SocialAccount.objects.exists()
    assert "Nối VNeID" in client.get(LINK).content.decode()
    answer = give_pin(client, hers)
    assert (answer.status_code, answer["Location"]) == (302, "/khoa-hoc/")
    assert inside(client)
    assert Identity.objects.get().learner == hers


def test_later_she_goes_straight_in(idp, hers):
    first, later = Client(), Client()
    come_back(first, idp)
    give_pin(first, hers)
    answer = come_back(later, idp, to="/khoa-hoc/")
    assert answer["Location"] == "/khoa-hoc/"
    assert later.session["learner"] == hers.pk
    assert answer.cookies["hvs_in"].value == "1"
    assert "hvs_device" in answer.cookies


def test_nothing_of_the_identity_is_kept_but_a_mark(client, idp, hers):
    come_back(client, idp)
    assert "079-sub-of-lan" not in str(dict(client.session))
    give_pin(client, hers)
    come_back(Client(), idp)
    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert len(account.uid) == 64
    assert not SocialToken.objects.exists()
    hers.user.refresh_from_db()
    kept = str(list(SocialAccount.objects.values())) + str(vars(hers.user)) + str(dict(client.session))
    for secret in ("079-sub-of-lan", "031064000001"):
        assert secret not in kept


@pytest.mark.parametrize("wrong", [{"pin": "000001"}, {"phone": "0987654321"}, {"phone": "x"}, {"pin": ""}])
def test_nothing_is_linked_without_her_pin(client, idp, hers, wrong):
    come_back(client, idp)
    answer = client.post(LINK, {"phone": hers.user.phone, "pin": PIN} | wrong)
    assert answer.status_code == 200
    assert not inside(client)
    assert not Identity.objects.exists()


def test_guessing_there_is_slowed_down_like_at_the_door(client, idp, hers):
    come_back(client, idp)
    for _ in range(5):
        give_pin(client, hers, "000001")
    assert "hãy đợi 1 phút" in give_pin(client, hers).content.decode()


def test_the_question_waits_ten_minutes(client, idp, hers):
    come_back(client, idp)
    session = client.session
    session["identity"] = session["identity"] | {"at": time.time() - 601}
    session.save()
    assert give_pin(client, hers)["Location"] == SIGNIN
    assert not Identity.objects.exists()
    assert client.get(LINK)["Location"] == SIGNIN


def test_on_a_shared_phone_she_says_who_she_is(client, idp, hers):
    son = make_learner("Nguyễn Văn Nam", user=hers.user)
    come_back(client, idp)
    assert give_pin(client, hers)["Location"] == LINK
    assert not inside(client)
    html = client.get(LINK).content.decode()
    assert "Nguyễn Văn Nam" in html
    assert client.post(LINK, {"learner": ""}).status_code == 200
    client.post(LINK, {"learner": son.pk})
    assert client.session["learner"] == son.pk
    assert Identity.objects.get().learner == son


def test_with_a_pin_of_her_own_that_is_asked_too(client, idp, hers):
    from django.contrib.auth.hashers import make_password

    son = make_learner("Nguyễn Văn Nam", user=hers.user, pin=make_password("739164"))
    come_back(client, idp)
    give_pin(client, hers)
    assert "Mã của riêng bạn chưa đúng" in client.post(LINK, {"learner": son.pk, "own": PIN}).content.decode()
    assert not Identity.objects.exists()
    client.post(LINK, {"learner": son.pk, "own": "739 164"})
    assert Identity.objects.get().learner == son


def test_who_must_have_a_pin_of_her_own_sets_it_first(client, idp, hers, monkeypatch):
    make_learner("Nguyễn Văn Nam", user=hers.user)
    monkeypatch.setattr("accounts.people.is_guarded", lambda learner: learner == hers)
    come_back(client, idp)
    give_pin(client, hers)
    assert "đặt mã của riêng bạn" in client.post(LINK, {"learner": hers.pk}).content.decode()
    assert not Identity.objects.exists()


def test_two_records_that_became_one(client, idp, hers):
    come_back(client, idp)
    give_pin(client, hers)
    whole = make_learner("Nguyễn Thị Lan")
    Merge.objects.create(duplicate=hers, canonical=whole, reason="Cùng một người")
    away = Client()
    come_back(away, idp)
    assert away.session["_auth_user_id"] == str(whole.user.pk)
    assert away.session["learner"] == whole.pk


def test_somebody_elses_person_cannot_be_chosen(client, idp, hers):
    make_learner("Nguyễn Văn Nam", user=hers.user)
    other = make_learner("Trần Thị Hoa")
    come_back(client, idp)
    give_pin(client, hers)
    assert client.post(LINK, {"learner": other.pk}).status_code == 200
    assert not Identity.objects.exists()


def test_one_identity_one_learner(idp, hers):
    first, second = Client(), Client()
    come_back(first, idp)
    give_pin(first, hers)
    come_back(second, idp, sub="079-of-another")
    answer = give_pin(second, hers)
    assert answer["Location"] == SIGNIN
    assert "đã nối với một danh tính khác" in second.get(SIGNIN).content.decode()
    assert Identity.objects.count() == 1
    other = make_learner("Trần Thị Hoa")
    with pytest.raises(identities.AlreadyLinked):
        identities.link(
            learner=other, provider="nha-nuoc", uid=SocialAccount.objects.get(identity__learner=hers).uid
        )


def test_a_learner_without_a_sign_in_cannot_be_linked(phu_thai, db):
    with pytest.raises(ValueError, match="without a sign-in"):
        identities.link(learner=make_learner(with_user=False), provider="nha-nuoc", uid="x")


def test_unlinked_at_her_data(client, idp, hers):
    come_back(client, idp)
    give_pin(client, hers)
    assert "Đăng nhập bằng VNeID" in client.get("/du-lieu-cua-toi/").content.decode()
    client.post("/du-lieu-cua-toi/dinh-danh/bo/")
    assert not SocialAccount.objects.exists()
    assert not Identity.objects.exists()
    assert "Đăng nhập bằng VNeID" not in client.get("/du-lieu-cua-toi/").content.decode()
    again = Client()
    assert come_back(again, idp)["Location"] == LINK
    assert not inside(again)


def test_who_left_the_phone_takes_her_identity_along(client, idp, hers):
    come_back(client, idp)
    give_pin(client, hers)
    Learner.objects.filter(pk=hers.pk).update(user=None, seat=None)
    away = Client()
    assert come_back(away, idp)["Location"] == LINK
    own = make_user(phone="+84911111119")
    Learner.objects.filter(pk=hers.pk).update(user=own, seat=1)
    come_back(away, idp)
    assert away.session["_auth_user_id"] == str(own.pk)
    assert SocialAccount.objects.get().user == own


def test_who_left_may_link_it_to_another_record(idp, hers):
    first, second = Client(), Client()
    come_back(first, idp)
    give_pin(first, hers)
    Learner.objects.filter(pk=hers.pk).update(user=None, seat=None)
    new = make_learner("Nguyễn Thị Lan")
    new.user.set_password(PIN)
    new.user.save()
    come_back(second, idp)
    give_pin(second, new)
    assert Identity.objects.get().learner == new


def test_a_closed_sign_in_stays_closed(client, idp, hers):
    come_back(client, idp)
    give_pin(client, hers)
    hers.user.is_active = False
    hers.user.save()
    away = Client()
    come_back(away, idp)
    assert not inside(away)


def test_the_second_factor_is_still_asked_for(client, idp, hers):
    come_back(client, idp)
    give_pin(client, hers)
    TOTP.activate(hers.user, generate_totp_secret())
    away = Client()
    assert come_back(away, idp)["Location"] == "/dang-nhap/ma/"
    assert not inside(away)


def test_another_person_signed_in_here_goes_out_first(client, idp, hers, binh):
    come_back(client, idp)
    give_pin(client, hers)
    shared = Client()
    shared.force_login(binh)
    come_back(shared, idp)
    assert shared.session["_auth_user_id"] == str(hers.user.pk)


# --- the provider is away, lies, or somebody tampers -----------------------------


def linked(idp, hers):
    client = Client()
    come_back(client, idp)
    give_pin(client, hers)
    return hers


def refused(response, client):
    assert response.status_code == 503
    assert "Chưa kết nối được với VNeID" in response.content.decode()
    assert not inside(client)


CONFIG = "/.well-known/openid-configuration"
NONSENSE = {
    "error": (500, {}, b""),
    "no JSON": (200, {}, b"<html>"),
    "a list": (200, {}, b"[]"),
    "empty": (200, {}, b"{}"),
    "a redirect": (302, {"Location": "http://127.0.0.1:1/"}, b""),
    "endless": (200, {}, b" " * 2_000_000),
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_at_the_start(client, idp, hers, nonsense):
    idp.answers[CONFIG] = nonsense
    refused(client.get(START), client)
    assert Alarm.objects.get(kind="identity").raised_at


def test_a_provider_that_is_away_is_left_alone_for_a_while(client, idp, hers):
    idp.answers[CONFIG] = NONSENSE["error"]
    for _ in range(3):
        refused(client.get(START), client)
    assert idp.asked == [CONFIG]
    idp.answers.clear()
    cache.clear()
    assert client.get(START).status_code == 200


def test_local_sign_in_goes_on(client, idp, hers):
    idp.answers[CONFIG] = NONSENSE["error"]
    client.get(START)
    assert client.get(SIGNIN).status_code == 200
    client.post(SIGNIN, {"login": hers.user.phone, "password": PIN})
    assert inside(client)


@pytest.mark.parametrize("path", ["/token", "/jwks"])
@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_at_the_end(idp, hers, path, nonsense):
    linked(idp, hers)
    client = Client()
    location = there(client)
    idp.answers[path] = nonsense
    refused(client.get(idp.approve(location)), client)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 31064000001},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold(idp, hers, claims):
    linked(idp, hers)
    client = Client()
    idp.claims = claims
    refused(come_back(client, idp), client)


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (EC, "ES256", "one"),
        (b"k" * 32, "HS256", "shared"),
        (b"k" * 32, "HS256", "one"),
        (None, "none", "one"),
        (RSA, "RS256", "unknown"),
    ],
)
def test_a_signature_that_is_not_the_providers(idp, hers, key, algorithm, kid):
    linked(idp, hers)
    client = Client()
    idp.key, idp.algorithm, idp.headers = key, algorithm, {"kid": kid}
    refused(come_back(client, idp), client)


def test_other_keys_of_the_provider_are_as_good(idp, hers):
    linked(idp, hers)
    client = Client()
    idp.key, idp.algorithm, idp.headers = EC, "ES256", {"kid": "two"}
    come_back(client, idp)
    assert inside(client)


def test_a_clock_a_little_ahead_is_no_lie(idp, hers):
    linked(idp, hers)
    client = Client()
    idp.claims = {"iat": int(time.time()) + 30}
    come_back(client, idp)
    assert inside(client)


def test_a_token_twice(idp, hers):
    linked(idp, hers)
    idp.claims = {"jti": "once"}
    client, thief = Client(), Client()
    come_back(client, idp)
    assert inside(client)
    refused(come_back(thief, idp), thief)


def test_an_answer_twice(idp, hers):
    linked(idp, hers)
    client = Client()
    back = idp.approve(there(client))
    client.get(back)
    client.post("/dang-xuat/")
    assert client.get(back)["Location"] == SIGNIN
    assert not inside(client)


def test_an_answer_to_another_browsers_question(idp, hers):
    linked(idp, hers)
    client, victim = Client(), Client()
    back = idp.approve(there(client))
    assert victim.get(back)["Location"] == SIGNIN
    assert not inside(victim)


def test_a_stolen_code_with_a_question_of_ones_own(idp, hers):
    """PKCE: the code was given to another question's verifier."""
    linked(idp, hers)
    hers_, thief = Client(), Client()
    code = idp.approve(there(hers_)).split("code=")[1].split("&")[0]
    state = there(thief).split("state=")[1].split("&")[0]
    refused(thief.get(f"{START}nha-nuoc/ve/", {"code": code, "state": state}), thief)


def test_made_up_codes_do_not_shut_the_door_for_others(idp, hers):
    linked(idp, hers)
    vandal, client = Client(), Client()
    state = there(vandal).split("state=")[1].split("&")[0]
    refused(vandal.get(f"{START}nha-nuoc/ve/", {"code": "made-up", "state": state}), vandal)
    come_back(client, idp)
    assert inside(client)


def test_she_says_no_there(client, idp, hers):
    state = there(client).split("state=")[1].split("&")[0]
    answer = client.get(f"{START}nha-nuoc/ve/", {"error": "access_denied", "state": state})
    assert answer["Location"] == SIGNIN
    assert "Bạn chưa đăng nhập bằng VNeID" in client.get(SIGNIN).content.decode()


def test_the_provider_says_it_cannot(client, idp, hers):
    state = there(client).split("state=")[1].split("&")[0]
    refused(client.get(f"{START}nha-nuoc/ve/", {"error": "server_error", "state": state}), client)


def test_a_description_of_somebody_else(client, idp, hers):
    import json

    idp.answers[CONFIG] = (
        200,
        {},
        json.dumps(idp.discovery() | {"issuer": "https://other.example"}).encode(),
    )
    refused(client.get(START), client)


def test_an_endpoint_without_tls(client, idp, hers):
    import json

    wrong = idp.discovery() | {"token_endpoint": "http://provider.example/token"}
    idp.answers[CONFIG] = (200, {}, json.dumps(wrong).encode())
    refused(client.get(START), client)


def test_only_https_is_asked():
    import requests

    with pytest.raises(requests.exceptions.InvalidSchema):
        oidc.CappedSession().get("http://provider.example/")


def test_the_address_says_nothing_to_the_provider(client, idp, db):
    location = there(client, "https://evil.example/&scope=phone,email&auth_params=prompt%3Dnone")
    assert "phone" not in location
    assert "prompt" not in location
    assert client.get(f"{START}andere/ve/").status_code == 404


def test_starts_are_counted(client, idp, db, monkeypatch):
    monkeypatch.setattr("accounts.views_identity.STARTS_AN_HOUR", 1)
    assert client.get(START).status_code == 200
    assert client.get(START).status_code == 429


@pytest.mark.django_db
def test_her_own_pin_on_a_phone_that_is_known(client, idp, hers):
    son = make_learner("Nguyễn Văn Nam", user=hers.user, pin=make_password("739164"))
    client.post("/dang-nhap/", {"login": hers.user.phone, "password": PIN})
    client.post("/dang-xuat/")
    assert client.cookies["hvs_device"].value
    come_back(client, idp)
    give_pin(client, hers)
    client.post(LINK, {"learner": son.pk, "own": "739164"})
    assert Identity.objects.get().learner == son


@pytest.mark.django_db
def test_a_borrowed_phone_forgets_who_came_by_identity(client, idp, hers):
    """The first time, when it is linked, and each time after."""
    assert 'name="borrowed"' in client.get(SIGNIN).content.decode().split("/dang-nhap/dinh-danh/")[1]
    client.get(idp.approve(there(client, "&borrowed=on")))
    assert "checked" in client.get(LINK).content.decode()
    client.post(LINK, {"phone": hers.user.phone, "pin": PIN, "borrowed": "on"})
    for _ in range(2):
        assert inside(client)
        assert client.session.get_expire_at_browser_close()
        assert client.post("/dang-xuat/")["Clear-Site-Data"] == '"cache"'
        client.get(idp.approve(there(client, "&borrowed=on")))
    assert not DeviceUse.objects.exists()
    client.post("/dang-xuat/")
    come_back(client, idp)
    assert DeviceUse.objects.exists()


@pytest.mark.django_db
def test_a_card_and_a_strangers_identity_open_nothing(client, idp, hers):
    """Whoever found her card comes back with an identity of his own: still learning only, for two hours."""
    client.post("/the/vao/", {"token": cards.address(cards.card_of(hers, by=None)).split("#")[1]})
    assert client.get(START)["Location"].startswith("/the/can-ma/")
    held = client.session
    back = come_back(Client(), idp, sub="thief")
    assert back["Location"] == LINK
    client.get(f"{START}nha-nuoc/ve/?code=x&state=y")
    assert client.session["card"] == held["card"]
    assert client.get("/du-lieu-cua-toi/").status_code == 302


@pytest.mark.django_db
def test_coming_back_unlinked_changes_nothing_for_who_is_in(client, idp, hers):
    """Nobody signed in by this answer: a borrowed phone gets no row, nobody is proved."""
    client.post("/dang-nhap/", {"login": hers.user.phone, "password": PIN})
    DeviceUse.objects.all().delete()
    come_back(client, idp, sub="thief")
    assert inside(client)
    assert not DeviceUse.objects.exists()
