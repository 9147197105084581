"""Who has a second factor is not in before it; administrators and officials of the city must have one."""

import base64
import datetime
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import staffing
from accounts.access import places_within, roles_of
from accounts.models import Alarm, Notice, Role, SlowDown
from accounts.roles import grant
from tests.make import APP_SECRET, app_code, make_role, make_user

CODE, SET_UP = "/dang-nhap/ma/", "/hai-buoc/"
APP, KEY, RECOVERY, CONFIRM = (
    f"{SET_UP}ung-dung/",
    f"{SET_UP}khoa/",
    f"{SET_UP}ma-du-phong/",
    f"{SET_UP}xac-nhan/",
)


@pytest.fixture
def secret(chi):
    secret = generate_totp_secret()
    TOTP.activate(chi, secret)
    return secret


@pytest.fixture
def bare(quan_tri):
    """The administrator before she set anything up."""
    Authenticator.objects.filter(user=quan_tri).delete()
    return quan_tri


def now(secret):
    return format_hotp_value(hotp_value(secret, list(counters())[1]))


def wrong(secret):
    """Six digits that no step within the tolerance gives."""
    right = {format_hotp_value(hotp_value(secret, counter)) for counter in counters()}
    return next(f"{number:06}" for number in range(9) if f"{number:06}" not in right)


def enter(client, **more):
    data = {"login": "chi@example.vn", "password": "mat-khau-cua-chi", "cach": "thu", **more}
    return client.post("/dang-nhap/", data)


def enter_administrator(client, **more):
    return enter(client, login="quan-tri@example.vn", password="mat-khau-quan-tri", **more)


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
    enter_administrator(client)
    client.post(CODE, {"code": app_code()})
    assert inside(client)
    assert client.session.get_expiry_age() <= 12 * 3600


def test_a_wrong_code_keeps_her_out(client, secret):
    enter(client)
    response = client.post(CODE, {"code": wrong(secret)})
    assert "Mã xác thực chưa đúng" in response.content.decode()
    assert not inside(client)
    assert "Hãy gõ mã xác thực" in client.post(CODE, {"code": ""}).content.decode()


@pytest.mark.parametrize(("step", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(client, secret, step, good):
    enter(client)
    code = format_hotp_value(hotp_value(secret, list(counters())[1] + step))
    client.post(CODE, {"code": code})
    assert inside(client) == (good or code in {format_hotp_value(hotp_value(secret, c)) for c in counters()})


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


@pytest.mark.parametrize("later", [False, True])
def test_a_code_works_once(client, secret, later):
    enter(client)
    code = now(secret)
    client.post(CODE, {"code": code})
    client.post("/dang-xuat/")
    if later:  # allauth forgets a used code after one step, but it is right for three
        cache.delete(TOTP(Authenticator.objects.get())._get_used_cache_key(code))
    enter(client)
    client.post(CODE, {"code": code})
    assert not inside(client)


def test_a_recovery_code_lets_in_once(client, chi, secret):
    code = RecoveryCodes.activate(chi).get_unused_codes()[0]
    enter(client)
    client.post(CODE, {"code": code})
    assert inside(client)
    again = Client()
    enter(again)
    again.post(CODE, {"code": code})
    assert not inside(again)


@pytest.mark.parametrize(
    "posted", ["", "no JSON", "{}", "[]", "1", '{"id": "x"}', '{"response": {}, "id": 1}']
)
def test_a_passkeys_nonsense_keeps_her_out(client, chi, secret, posted):
    enter(client)
    response = client.post(CODE, {"credential": posted})
    assert response.status_code == 200
    assert not inside(client)


def test_the_page_is_no_door_of_its_own(client, secret):
    for response in (client.get(CODE), client.post(CODE, {"code": now(secret)})):
        assert (response.status_code, response["Location"]) == (302, "/dang-nhap/")
    assert not inside(client)


def test_secrets_are_encrypted_in_the_database(chi, secret):
    RecoveryCodes.activate(chi)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert kept.count("gAAAA") == 2


# --- who must have one -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "of_the_city", "must"),
    [
        ("administrator", True, True),
        ("administrator", False, True),
        ("official_manage", True, True),
        ("official_view", True, True),
        ("official_manage", False, False),
        ("editor", True, False),
        ("trainer", True, False),
    ],
)
def test_whose_roles_wait_for_it(hai_phong, phu_thai, kind, of_the_city, must):
    user = make_user(email="ai-do@example.vn")
    make_role(user, kind, hai_phong if of_the_city else phu_thai)
    assert roles_of(user).exists() != must
    assert places_within(user, kind).exists() != must
    TOTP.activate(user, APP_SECRET)
    assert places_within(user, kind).exists()


def test_recovery_codes_alone_are_none(hai_phong):
    user = make_user(email="ai-do@example.vn")
    make_role(user, "administrator", hai_phong)
    RecoveryCodes.activate(user)
    assert not roles_of(user).exists()


def test_the_editors_screens_lead_to_the_set_up(client, bare):
    client.force_login(bare)
    assert client.get("/admin/pages/")["Location"] == "/hai-buoc/?next=%2Fadmin%2Fpages%2F"
    assert client.post("/admin/pages/add/")["Location"] == SET_UP


def test_another_role_of_hers_is_no_way_around(client, chi, hai_phong):
    client.force_login(chi)
    assert client.get("/quan-ly/").status_code == 200
    grant(by=None, user=chi, kind="official_view", place=hai_phong)
    assert client.get("/quan-ly/")["Location"] == "/hai-buoc/?next=%2Fquan-ly%2F"


def test_a_superuser_without_a_role_too(client, db):
    from accounts.models import User

    client.force_login(User.objects.create_superuser(email="goc@example.vn", password="mat-khau-goc-dai"))
    assert client.get("/admin/")["Location"].startswith(SET_UP)
    assert client.get(SET_UP).status_code == 200


def test_editors_trainers_and_officials_of_a_commune_are_not_asked(client, bien, chi):
    client.force_login(bien)
    assert client.get("/admin/").status_code == 200
    client.force_login(chi)
    assert client.get("/quan-ly/").status_code == 200


@pytest.mark.parametrize("path", [SET_UP, APP, KEY, RECOVERY, CONFIRM])
def test_learners_never_see_it(client, lan, path):
    client.force_login(lan.user)
    assert client.get(path).status_code == 404
    assert "hai bước" not in client.get("/du-lieu-cua-toi/").content.decode()


def test_nor_does_anybody_who_is_not_in(client, db):
    assert client.get(SET_UP)["Location"].startswith("/dang-nhap/?next=")


def test_once_in_she_is_led_there_and_then_on(client, bare):
    response = enter_administrator(client, next="/quan-ly/giay/")
    assert response["Location"] == "/quan-ly/giay/"
    set_up = client.get("/quan-ly/giay/")["Location"]
    html = client.get(set_up).content.decode()
    assert "Bạn cần làm việc này trước" in html
    url = re.search(r'href="(/hai-buoc/ung-dung/[^"]*)"', html)[1]
    html = client.get(url).content.decode()
    secret = re.search(r'<span class="nums">([A-Z2-7 ]+)</span>', html)[1].replace(" ", "")
    picture = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", html)[1]).decode()
    assert 'xmlns="http://www.w3.org/2000/svg"' in picture
    assert 'fill="#fff"' in picture  # readable on a dark screen too
    wrong_answer = client.post(url, {"code": wrong(secret), "next": "/quan-ly/giay/"})
    assert "Mã chưa đúng" in wrong_answer.content.decode()
    answer = client.post(url, {"code": now(secret), "next": "/quan-ly/giay/"})
    assert answer["Location"] == "/hai-buoc/ma-du-phong/?next=%2Fquan-ly%2Fgiay%2F"
    html = client.get(answer["Location"]).content.decode()
    assert len(re.findall(r'nums">\d{8}<', html)) == 10
    assert "/quan-ly/giay/" in html
    assert client.get("/quan-ly/giay/").status_code == 200
    assert Authenticator.objects.filter(user=bare).count() == 2


def test_by_default_she_lands_at_the_set_up(client, bare):
    assert enter_administrator(client)["Location"] == SET_UP


# --- changing it ----------------------------------------------------------------


@pytest.mark.parametrize("path", [APP, KEY, RECOVERY])
def test_who_came_in_long_ago_confirms_first(client, bare, path):
    client.force_login(bare)  # nothing says when and how
    if path == RECOVERY:
        TOTP.activate(bare, APP_SECRET)
    answer = client.get(path)
    assert answer["Location"] == f"{CONFIRM}?next={path.replace('/', '%2F')}"
    assert client.post(path)["Location"].startswith(CONFIRM)


def test_she_confirms_by_her_password_while_she_has_nothing_else(client, bare):
    client.force_login(bare)
    assert "Mật khẩu" in client.get(CONFIRM).content.decode()
    for _ in range(5):
        answer = client.post(CONFIRM, {"password": "sai", "next": APP})
    assert "hãy đợi 1 phút" in client.post(CONFIRM, {"password": "mat-khau-quan-tri"}).content.decode()
    SlowDown.objects.all().delete()
    answer = client.post(CONFIRM, {"password": "mat-khau-quan-tri", "next": APP})
    assert answer["Location"] == APP
    assert client.get(APP).status_code == 200


def test_then_only_by_her_second_factor(client, quan_tri):
    client.force_login(quan_tri)
    client.post(CONFIRM, {"password": "mat-khau-quan-tri"})
    assert client.get(RECOVERY).status_code == 302
    client.post(CONFIRM, {"code": wrong(APP_SECRET)})
    assert client.get(RECOVERY).status_code == 302
    client.post(CONFIRM, {"code": app_code()})
    assert client.get(RECOVERY).status_code == 200


def test_it_is_asked_again_after_a_quarter_of_an_hour(client, quan_tri, monkeypatch):
    import time

    client.force_login(quan_tri)
    client.post(CONFIRM, {"code": app_code()})
    later = time.time() + 901
    monkeypatch.setattr("accounts.adapter.time.time", lambda: later)
    assert client.get(RECOVERY).status_code == 302


def confirmed(client, user):
    client.force_login(user)
    client.post(CONFIRM, {"code": app_code()})


def test_the_last_one_stays_where_a_role_demands_it(client, quan_tri):
    confirmed(client, quan_tri)
    client.post(f"{APP}bo/")
    assert Authenticator.objects.filter(user=quan_tri, type="totp").exists()
    assert "cần đăng nhập hai bước" in client.get(SET_UP).content.decode()


def test_who_chose_it_freely_may_leave_it(client, chi):
    TOTP.activate(chi, APP_SECRET)
    RecoveryCodes.activate(chi)
    confirmed(client, chi)
    client.post(f"{APP}bo/")
    assert not Authenticator.objects.exists()  # and the recovery codes with it


def test_new_recovery_codes_end_the_old(client, quan_tri):
    old = set(RecoveryCodes.activate(quan_tri).get_unused_codes())
    confirmed(client, quan_tri)
    client.post(RECOVERY)
    new = set(RecoveryCodes.activate(quan_tri).get_unused_codes())
    assert len(new) == 10
    assert not old & new


def test_a_key_of_somebody_else_is_not_found(client, quan_tri, chi):
    key = Authenticator.objects.create(user=chi, type="webauthn", data={"name": "Khóa", "credential": {}})
    confirmed(client, quan_tri)
    assert client.post(f"{KEY}{key.pk}/bo/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_made_up_key_is_not_added(client, quan_tri):
    confirmed(client, quan_tri)
    assert "passkey-options" in client.get(KEY).content.decode()
    for posted in ("", "{}", '{"id": "x", "response": {}}'):
        assert client.post(KEY, {"name": "", "credential": posted}).status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_roles_of_costs_no_more_queries(quan_tri, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(roles_of(quan_tri, Role.Kind.OFFICIAL_VIEW))


# --- A colleague lost her app and her recovery codes --------------------------------

LOST = {"reason": "Mất điện thoại, đã gặp tận mặt", "sure": "on"}


@pytest.fixture
def boss(quan_tri):
    """The administrator's browser, signed in a moment ago."""
    client = Client()
    enter_administrator(client)
    client.post(CODE, {"code": app_code()})
    return client


def test_an_administrator_clears_it_and_everybody_hears(boss, chi, secret):
    """She is out everywhere, told why, and sets up a new one."""
    hers = Client()
    hers.force_login(chi)
    page = boss.get(f"/quan-ly/moi/nguoi/{chi.pk}/").content.decode()
    assert f"/quan-ly/moi/nguoi/{chi.pk}/hai-buoc/" in page
    answer = boss.post(f"/quan-ly/moi/nguoi/{chi.pk}/hai-buoc/", LOST)
    assert answer.status_code == 302, answer.context["form"].errors
    assert not Authenticator.objects.filter(user=chi).exists()
    assert hers.get("/quan-ly/").status_code == 302
    assert LOST["reason"] in Notice.objects.get(user=chi).text
    assert Alarm.objects.exclude(raised_at=None).get().kind == "factor"
    assert enter(Client())["Location"] != CODE


@pytest.mark.parametrize(
    "sent", [{}, {"reason": LOST["reason"]}, {"sure": "on"}, {"reason": "x", "sure": "on"}]
)
def test_not_without_a_reason_and_the_tick(boss, chi, secret, sent):
    answer = boss.post(f"/quan-ly/moi/nguoi/{chi.pk}/hai-buoc/", sent)
    assert answer.context["form"].errors
    assert Authenticator.objects.filter(user=chi).exists()


def test_never_ones_own_nor_by_who_is_no_administrator(boss, quan_tri, chi, secret, hai_phong):
    assert boss.post(f"/quan-ly/moi/nguoi/{quan_tri.pk}/hai-buoc/", LOST).status_code == 404
    other = make_user(email="tp@example.vn", name="Lê Thành Phố", is_staff=True)
    make_role(other, "official_manage", hai_phong)
    TOTP.activate(other, APP_SECRET)
    for by, user in ((other, chi), (quan_tri, quan_tri)):
        with pytest.raises(staffing.StaffingRefused):
            staffing.clear_factor(by=by, user=user, reason="Mất máy")
    assert Authenticator.objects.count() == 3


def clear(by, user):
    staffing.clear_factor(by=by, user=user, reason="Mất máy")


def reset(by, user):
    staffing.reset(by=by, user=user, reason="Quên mật khẩu")


@pytest.mark.parametrize(("first", "then"), [(reset, clear), (clear, reset)])
def test_nobody_takes_both_halves_of_a_colleagues_sign_in(quan_tri, chi, secret, settings, first, then):
    """Without mail she who makes the link reads it; another administrator may do the other half."""
    settings.MAIL = False
    first(quan_tri, chi)
    with pytest.raises(staffing.BothHalves):
        then(quan_tri, chi)
    other = make_user(email="hai@example.vn", name="Đỗ Văn Hai", is_staff=True)
    make_role(other, "administrator", quan_tri.roles.get().place)
    TOTP.activate(other, APP_SECRET)
    then(other, chi)


def test_the_day_between_the_halves_begins_when_the_link_is_used(quan_tri, chi, secret, settings):
    settings.MAIL = False
    reset(quan_tri, chi)
    now, hours = timezone.now(), datetime.timedelta(hours=1)
    chi.invitations.update(made_at=now - 24 * hours, used_at=now - hours / 60)
    with pytest.raises(staffing.BothHalves, match="ngày kia"):
        clear(quan_tri, chi)
    chi.invitations.update(made_at=now - 48 * hours, used_at=now - 25 * hours)
    clear(quan_tri, chi)


@pytest.mark.parametrize(("first", "then"), [(reset, clear), (clear, reset)])
def test_a_letter_goes_to_her_alone_so_one_may_do_both(quan_tri, chi, secret, settings, first, then):
    settings.MAIL = True
    first(quan_tri, chi)
    then(quan_tri, chi)


def test_who_signed_in_long_ago_confirms_first(client, quan_tri, chi, secret):
    client.force_login(quan_tri)
    assert CONFIRM in client.post(f"/quan-ly/moi/nguoi/{chi.pk}/hai-buoc/", LOST)["Location"]
    assert Authenticator.objects.filter(user=chi).exists()


def test_recovery_codes_are_saved_and_printed(client, quan_tri):
    enter_administrator(client)
    client.post(CODE, {"code": app_code()})
    client.get(RECOVERY)
    codes = RecoveryCodes.activate(quan_tri).get_unused_codes()
    page = client.get(RECOVERY).content.decode()
    assert "?tep=1" in page
    assert "In:" in page
    answer = client.get(RECOVERY, {"tep": "1"})
    assert all(code in answer.content.decode() for code in codes)
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
