import re

import pytest
from django.utils import timezone

from accounts import copying, exporting
from accounts.models import Consent
from accounts.people import announce_consent
from common.phones import spoken
from ledger.models import Fact
from tests.make import make_commune, make_learner

PIN = "482951"


@pytest.fixture
def lan(lan):
    consent = Consent.objects.create(learner=lan, purpose="learning", version=1, channel="online")
    announce_consent(consent)
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


@pytest.fixture
def inside(client, lan):
    client.force_login(lan.user)
    return client


@pytest.fixture
def corrected(lan):
    make_commune("10888", "Xã Cẩm Giang")
    return {
        "name": "Nguyễn Thị Lan",
        "commune": "Xã Phú Thái",
        "commune_code": "10750",
        "commune_for": "Xã Phú Thái",
        "birth_year": "1964",
        "group": "citizen",
        "gender": "female",
        "neighbourhood": "",
    }


def test_she_sees_what_is_kept(inside, lan):
    html = inside.get("/du-lieu-cua-toi/").content.decode()
    kept = ("Nguyễn Thị Lan", "Xã Phú Thái", "1964", spoken(lan.user.phone), "Tôi đồng ý để Học Vụ Số lưu")
    for words in kept:
        assert words in html


def test_what_is_kept_of_what_she_did_is_said_in_vietnamese(lan):
    words = str(copying.for_people(exporting.collect(lan)))
    assert "Người dân" in words
    assert "Nhóm lúc đó" in words
    assert not re.search(r"citizen|unstated|female|learner|" + str(lan.public_id), words)


def test_who_types_her_pin_alone_is_sent_to_no_other_field(inside):
    html = inside.post("/du-lieu-cua-toi/xoa/", {"pin": "739164", "sure": "on"}).content.decode()
    assert "Mã 6 số chưa đúng. Hãy thử lần nữa." in html
    assert "Hãy xem lại số điện thoại" not in html


def test_strangers_sign_in_first(client, db):
    assert client.get("/du-lieu-cua-toi/")["Location"] == "/dang-nhap/?next=/du-lieu-cua-toi/"
    assert client.get("/du-lieu-cua-toi/ma/")["Location"] == "/dang-nhap/?next=/du-lieu-cua-toi/ma/"


def test_staff_without_learning_see_their_own(client, binh):
    client.force_login(binh)
    html = client.get("/du-lieu-cua-toi/").content.decode()
    for words in ("binh@example.vn", "Chào Trần Văn Bình", "Xã Phú Thái", "chưa có phần mở lớp"):
        assert words in html
    assert "/quan-ly/vai-tro/" not in html
    assert client.get("/du-lieu-cua-toi/ma/")["Location"] == "/du-lieu-cua-toi/"


def test_everything_can_be_corrected(inside, lan, corrected):
    data = {
        **corrected,
        "name": "Nguyễn Thị Lan Anh",
        "commune": "cẩm giang",
        "commune_code": "",
        "birth_year": "1965",
        "group": "worker",
        "gender": "unstated",
        "neighbourhood": "Thôn 2",
    }
    response = inside.post("/du-lieu-cua-toi/", data, follow=True)
    assert "Đã lưu thông tin của bạn." in response.content.decode()
    lan.refresh_from_db()
    assert (lan.name, lan.commune.code, lan.birth_year, lan.group, lan.gender, lan.neighbourhood.name) == (
        "Nguyễn Thị Lan Anh",
        "10888",
        1965,
        "worker",
        "unstated",
        "Thôn 2",
    )
    assert lan.neighbourhood.place == lan.commune
    assert lan.user.name == "Nguyễn Thị Lan Anh"


def test_a_fact_keeps_the_stamp_of_then(inside, lan, corrected):
    inside.post("/du-lieu-cua-toi/", {**corrected, "commune": "cẩm giang", "commune_code": ""})
    lan.refresh_from_db()
    assert lan.commune.code == "10888"
    assert Fact.objects.get().commune.code == "10750"


def test_a_hamlet_does_not_move_to_another_commune(inside, lan, corrected):
    lan.neighbourhood = lan.commune.neighbourhoods.create(name="Thôn An Thái")
    lan.save()
    moved = {**corrected, "commune": "cẩm giang", "commune_code": "", "neighbourhood": "Thôn An Thái"}
    inside.post("/du-lieu-cua-toi/", moved)
    lan.refresh_from_db()
    assert (lan.commune.code, lan.neighbourhood) == ("10888", None)


def test_the_name_of_a_shared_sign_in_stays(inside, lan, corrected):
    make_learner("Nguyễn Văn Tư", user=lan.user)
    before = lan.user.name
    inside.post("/du-lieu-cua-toi/", {**corrected, "name": "Lan Mới"})
    lan.user.refresh_from_db()
    assert lan.user.name == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", "á" * 300), ("commune", "không có"), ("birth_year", "1850"), ("group", "x"), ("gender", "x")],
)
def test_a_wrong_correction_changes_nothing(inside, lan, corrected, field, typed):
    response = inside.post("/du-lieu-cua-toi/", {**corrected, field: typed})
    assert list(response.context["form"].errors) == [field]
    lan.refresh_from_db()
    assert (lan.name, lan.commune.code, lan.birth_year) == ("Nguyễn Thị Lan", "10750", 1964)


CHILD = str(timezone.localdate().year - 12)


def test_a_correction_to_a_child_needs_a_guardian(inside, lan, corrected):
    response = inside.post("/du-lieu-cua-toi/", {**corrected, "birth_year": CHILD})
    assert set(response.context["form"].errors) == {"guardian_name", "guardian_consent"}


def test_the_guardian_joins_the_consent(inside, lan, corrected):
    guardian = {"birth_year": CHILD, "guardian_name": "Trần Thị Mẹ", "guardian_consent": "on"}
    inside.post("/du-lieu-cua-toi/", {**corrected, **guardian})
    assert lan.consents.get(withdrawn_at=None).guardian_name == "Trần Thị Mẹ"
    assert lan.consents.count() == 2
    again = inside.post("/du-lieu-cua-toi/", {**corrected, "birth_year": CHILD})
    assert again.status_code == 302, "she is not asked twice"


def test_the_pin_is_changed_and_the_session_lives(inside, lan):
    response = inside.post("/du-lieu-cua-toi/ma/", {"current": PIN, "pin": "739150"}, follow=True)
    assert "Đã đổi mã 6 số" in response.content.decode()
    lan.user.refresh_from_db()
    assert lan.user.check_password("739150")


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        ({"current": "000000", "pin": "739150"}, "current", "chưa đúng"),
        ({"current": "", "pin": "739150"}, "current", "mã bạn đang dùng"),
        ({"current": PIN, "pin": ""}, "pin", "6 chữ số"),
        ({"current": PIN, "pin": "123456"}, "pin", "quá dễ đoán"),
        ({"current": PIN, "pin": "121964"}, "pin", "năm sinh"),
    ],
)
def test_a_wrong_change_of_pin_is_refused(inside, lan, data, field, says):
    response = inside.post("/du-lieu-cua-toi/ma/", data)
    assert says in response.context["form"].errors[field][0]
    lan.user.refresh_from_db()
    assert lan.user.check_password(PIN)


def test_guessing_the_present_pin_is_slowed(inside, lan):
    for _ in range(5):
        response = inside.post("/du-lieu-cua-toi/ma/", {"current": "000001", "pin": "739150"})
    assert "hãy đợi 1 phút" in response.content.decode()


def test_my_data_is_cheap(inside, lan, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        inside.get("/du-lieu-cua-toi/")
