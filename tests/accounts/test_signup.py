import unicodedata

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Consent, Learner, User
from accounts.registering import register
from common import throttles
from ledger.models import Fact
from places.loading import load_city
from tests.make import make_user
from tests.racing import at_once

from .conftest import PIN


def test_six_answers_and_consent_make_a_learner(client, answers):
    response = client.post("/dang-ky/", answers)
    assert response.status_code == 302
    assert response["Location"] == "/dang-ky/them/"
    user = User.objects.get()
    assert (user.phone, user.phone_verified_at, user.is_staff) == ("+84912345678", None, False)
    assert user.check_password(PIN)
    learner = user.learners.get()
    assert (learner.name, learner.commune.code, learner.birth_year, learner.group, learner.gender) == (
        "Nguyễn Thị Lan",
        "10750",
        1964,
        "citizen",
        "unstated",
    )
    consent = learner.consents.get()
    assert (consent.purpose, consent.version, consent.channel, consent.guardian_name) == (
        "learning",
        1,
        "online",
        "",
    )


def test_the_first_fact_is_recorded_with_it(client, answers):
    client.post("/dang-ky/", answers)
    fact = Fact.objects.get()
    assert (fact.kind, fact.person, fact.commune.code) == ("registered", Learner.objects.get().pk, "10750")


def test_she_is_signed_in_and_the_marker_is_set(client, answers):
    response = client.post("/dang-ky/", answers)
    assert response.cookies["hvs_in"].value == "1"
    assert client.get("/dang-ky/them/").status_code == 200


def test_the_pin_is_never_stored_or_sent_back(client, answers):
    response = client.post("/dang-ky/", {**answers, "name": ""})
    assert PIN not in response.content.decode()
    client.post("/dang-ky/", answers)
    assert PIN not in User.objects.get().password


def test_she_is_told_to_type_the_pin_again(client, answers):
    again = "hãy gõ lại 6 số bạn đã chọn"
    assert again in client.post("/dang-ky/", {**answers, "name": ""}).content.decode()
    assert again not in client.post("/dang-ky/", {**answers, "pin": "1"}).content.decode()


def test_the_form_has_six_fields_and_a_consent_not_ticked(client, phu_thai):
    response = client.get("/dang-ky/")
    assert list(response.context["form"].fields) == [
        "name",
        "phone",
        "commune",
        "birth_year",
        "group",
        "pin",
        "consent",
        "borrowed",  # a box to tick, for who needs it
    ]
    html = response.content.decode()
    assert "checked" not in html
    assert 'inputmode="numeric" autocomplete="new-password"' in html
    assert "không bắt buộc" not in html


def test_nothing_of_the_door_is_cached(client, phu_thai):
    assert "no-store" in client.get("/dang-ky/")["Cache-Control"]


def test_a_poster_fills_in_the_commune(client, phu_thai):
    html = client.get("/dang-ky/?xa=10750").content.decode()
    assert 'value="Xã Phú Thái"' in html


def test_a_commune_code_that_ended_in_2025(client, db, answers):
    load_city()
    response = client.post(
        "/dang-ky/", {**answers, "commune": "", "commune_code": "10510", "commune_for": ""}
    )
    assert "đã hết dùng từ ngày 01/07/2025" in response.context["form"].errors["commune"][0]
    assert "Phường Thành Đông (mã 10507)" in response.content.decode()
    assert not User.objects.exists()


def test_names_are_composed(client, answers):
    client.post("/dang-ky/", {**answers, "name": unicodedata.normalize("NFD", "Nguyễn Thị Lan")})
    assert Learner.objects.get().name == "Nguyễn Thị Lan"


NEXT_YEAR = str(timezone.localdate().year + 1)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", "", "Hãy ghi họ và tên"),
        ("name", "á" * 300, "nhiều nhất 60 chữ"),
        ("name", "Lan 123", "không có số"),
        ("phone", "", "Hãy ghi số điện thoại"),
        ("phone", "0225 384 123", "không phải số điện thoại di động"),
        ("phone", "không có", "chỉ gồm các chữ số"),
        ("phone", "0" * 5000, "không phải số điện thoại di động"),
        ("birth_year", "", "Hãy ghi năm sinh"),
        ("birth_year", NEXT_YEAR, "chưa tới"),
        ("birth_year", "1850", "Năm sinh phải từ"),
        ("birth_year", "năm tư", "4 chữ số"),
        ("birth_year", "64", "4 chữ số"),
        ("birth_year", "12/03/1964", "4 chữ số"),
        ("group", "", "Hãy chọn nhóm"),
        ("group", "king", "một trong bốn nhóm"),
        ("pin", "", "6 chữ số"),
        ("pin", "12345", "đúng 6 chữ số"),
        ("pin", "123456", "quá dễ đoán"),
        ("pin", "121964", "năm sinh"),
        ("consent", "", "Cần bạn đồng ý"),
    ],
)
def test_a_wrong_answer_is_told_and_the_others_stay(client, answers, field, typed, says):
    response = client.post("/dang-ky/", {**answers, field: typed})
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    html = response.content.decode()
    kept = {"name": "Nguyễn Thị Lan", "phone": "0912 345 678", "birth_year": "1964"}
    for name, value in kept.items():
        if name != field:
            assert f'value="{value}"' in html
    if field != "group":
        assert 'value="citizen" required id="id_group_0" checked' in html or 'value="citizen"' in html
        assert html.count("checked") == (2 if field != "consent" else 1)
    assert '<input type="hidden" name="commune_code" value="10750">' in html
    assert not User.objects.exists()


def test_an_unknown_commune_keeps_the_rest(client, answers):
    response = client.post("/dang-ky/", {**answers, "commune": "Nơi Không Có"})
    assert list(response.context["form"].errors) == ["commune"]
    assert 'value="Nơi Không Có"' in response.content.decode()


def test_full_width_digits_are_digits(client, answers):
    client.post("/dang-ky/", {**answers, "birth_year": "１９６４", "phone": "０９１２３４５６７８"})
    assert Learner.objects.get().birth_year == 1964


CHILD = str(timezone.localdate().year - 12)


def test_a_child_needs_a_guardian(client, answers):
    response = client.post("/dang-ky/", {**answers, "birth_year": CHILD, "group": "pupil"})
    assert set(response.context["form"].errors) == {"guardian_name", "guardian_consent"}
    assert "cha, mẹ hoặc người giám hộ" in response.content.decode()
    assert not User.objects.exists()


def test_the_guardian_is_recorded_with_the_consent(client, answers):
    guardian = {"guardian_name": "Trần Thị Mẹ", "guardian_consent": "on"}
    client.post("/dang-ky/", {**answers, "birth_year": CHILD, **guardian})
    assert Consent.objects.get().guardian_name == "Trần Thị Mẹ"


def test_sixteen_this_year_needs_none(client, answers):
    year = str(timezone.localdate().year - 16)
    assert client.post("/dang-ky/", {**answers, "birth_year": year}).status_code == 302


def test_a_taken_number_is_told_and_sign_in_offered(client, answers):
    make_user(phone="+84912345678", password="739150")
    response = client.post("/dang-ky/", answers)
    assert "Số này đã có người dùng" in response.context["form"].errors["phone"][0]
    assert 'href="/dang-nhap/"' in response.content.decode()
    assert User.objects.count() == 1
    assert not Learner.objects.exists()


def test_a_taken_number_is_no_way_to_guess_a_pin(client, answers):
    user = make_user(phone="+84912345678", password="739150")
    for _ in range(6):
        client.post("/dang-ky/", answers)
    user.set_password(PIN)
    user.save()
    assert "Số này đã có người dùng" in client.post("/dang-ky/", answers).content.decode()


def test_the_second_press_of_the_button_is_let_in_quietly(answers):
    first, second = Client(), Client()
    first.post("/dang-ky/", answers)
    response = second.post("/dang-ky/", answers)
    assert response.status_code == 302
    assert second.get("/du-lieu-cua-toi/").context["learner"] == Learner.objects.get()
    assert User.objects.count() == Consent.objects.count() == Fact.objects.count() == 1


def test_signed_in_already(client, lan):
    client.force_login(lan.user)
    response = client.get("/dang-ky/")
    assert "Bạn đã đăng nhập" in response.content.decode()


def test_a_second_tab_with_an_old_token_is_sent_on(answers):
    client = Client(enforce_csrf_checks=True)
    client.get("/dang-ky/")
    token = client.cookies["csrftoken"].value
    client.post("/dang-ky/", {**answers, "csrfmiddlewaretoken": token})
    response = client.post("/dang-ky/", {**answers, "csrfmiddlewaretoken": token})
    assert (response.status_code, response["Location"]) == (302, "/hoc-tap/")
    assert User.objects.count() == 1


def test_a_forged_form_is_refused(answers):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/dang-ky/", answers)
    assert response.status_code == 403
    assert "Chưa gửi được" in response.content.decode()


def test_next_is_kept_through_both_pages(client, answers):
    response = client.post("/dang-ky/", {**answers, "next": "/khoa-hoc/kns01/"})
    assert response["Location"] == "/dang-ky/them/?next=%2Fkhoa-hoc%2Fkns01%2F"
    html = client.get(response["Location"]).content.decode()
    assert 'href="/khoa-hoc/kns01/"' in html
    assert 'name="next" value="/khoa-hoc/kns01/"' in html


def test_next_to_another_site_is_forgotten(client, answers):
    response = client.post("/dang-ky/", {**answers, "next": "https://xau.example/"})
    assert response["Location"] == "/dang-ky/them/"


def test_sign_up_is_cheap(client, answers, django_assert_max_num_queries):
    with django_assert_max_num_queries(31):
        client.post("/dang-ky/", answers)


def test_a_robot_at_one_address_is_stopped_in_vietnamese(client, answers, monkeypatch):
    monkeypatch.setattr(throttles, "allowed", lambda *args, **kwargs: False)
    response = client.post("/dang-ky/", answers)
    assert response.status_code == 429
    assert "Hãy chờ một chút" in response.content.decode()
    assert not User.objects.exists()


def test_the_neighbourhood_and_gender_follow(client, lan):
    lan.commune.neighbourhoods.create(name="Thôn An Thái")
    client.force_login(lan.user)
    assert 'value="Thôn An Thái"' in client.get("/dang-ky/them/").content.decode()
    response = client.post("/dang-ky/them/", {"neighbourhood": "thon an thai", "gender": "female"})
    assert response["Location"] == "/hoc-tap/"
    lan.refresh_from_db()
    assert (lan.neighbourhood.name, lan.gender) == ("Thôn An Thái", "female")
    assert lan.commune.neighbourhoods.count() == 1


def test_a_new_neighbourhood_may_be_typed(client, lan):
    client.force_login(lan.user)
    client.post("/dang-ky/them/", {"neighbourhood": "  Tổ dân phố  số 3 "})
    lan.refresh_from_db()
    assert lan.neighbourhood.name == "Tổ dân phố số 3"


def test_both_may_be_left_out(client, lan):
    client.force_login(lan.user)
    assert client.post("/dang-ky/them/", {}).status_code == 302
    lan.refresh_from_db()
    assert (lan.neighbourhood, lan.gender) == (None, "female")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"neighbourhood": "x" * 61}, "dài quá 60 chữ"),
        ({"neighbourhood": "---"}, "bằng chữ hoặc số"),
        ({"gender": "other"}, "Hãy chọn Nữ, Nam hoặc Không nêu"),
    ],
)
def test_a_wrong_neighbourhood_or_gender_is_told(client, lan, data, says):
    client.force_login(lan.user)
    assert says in client.post("/dang-ky/them/", data).content.decode()


def test_a_stranger_is_asked_to_sign_in_first(client, db):
    response = client.get("/dang-ky/them/")
    assert response["Location"] == "/dang-nhap/?next=/dang-ky/them/"


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_once_make_one_account(answers):
    results = at_once(4, lambda: Client().post("/dang-ky/", answers).status_code)
    assert results == [302] * 4
    assert User.objects.count() == Learner.objects.count() == Fact.objects.count() == 1


@pytest.mark.django_db
def test_when_the_fact_fails_nothing_is_written(phu_thai, monkeypatch):
    def broken(consent):
        raise RuntimeError

    monkeypatch.setattr("accounts.registering.announce_consent", broken)
    with pytest.raises(RuntimeError):
        register(
            name="Lan", phone="+84912345678", pin=PIN, commune=phu_thai, birth_year=1964, group="citizen"
        )
    assert not User.objects.exists()
