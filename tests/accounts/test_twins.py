"""The same person twice: suggested, looked at, merged, told apart, undone."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import merging, suggesting
from accounts.models import Learner, Look, Merge, TwoPeople
from accounts.suggesting import alike, alike_in
from common.phones import masked
from tests.make import make_learner

pytestmark = pytest.mark.django_db
URL = "/quan-ly/trung-nhau/"


@pytest.fixture
def twin(phu_thai) -> Learner:
    return make_learner("Nguyen Thi Lan", commune=phu_thai)


@pytest.fixture
def desk(chi) -> Client:
    client = Client()
    client.force_login(chi)
    return client


def pair_url(lan, twin) -> str:
    return f"{URL}{lan.public_id}/{twin.public_id}/"


@pytest.mark.parametrize(
    ("name", "year", "looks_alike"),
    [
        ("Nguyễn Thị Lan", 1964, True),
        ("Nguyen Thi Lan", 1964, True),
        ("nguyễn  thị lan", 1965, True),
        ("Nguyễn Lan", 1964, True),
        ("Nguyễn Thị Ngọc Lan", 1964, True),
        ("Nguyễn Lan", 1965, False),
        ("Nguyễn Thị Lan", 1966, False),
        ("Nguyễn Thị Loan", 1964, False),
        ("Nguyễn Văn Lan", 1964, False),
        ("Lan", 1964, False),
    ],
)
def test_who_looks_alike(lan, phu_thai, name, year, looks_alike):
    other = make_learner(name, commune=phu_thai, birth_year=year)
    assert alike(lan, other) is looks_alike
    assert bool(alike_in(phu_thai)) is looks_alike


def test_only_of_one_commune_and_only_records_in_use(lan, twin, chi, phu_thai, cam_giang):
    make_learner("Nguyễn Thị Lan", commune=cam_giang)
    make_learner("Nguyễn Thị Lan", commune=phu_thai, is_test=True)
    assert len(alike_in(phu_thai)) == 1
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    assert alike_in(phu_thai) == []


def test_the_surest_first(lan, twin, phu_thai):
    same = make_learner(lan.name, commune=phu_thai)
    first = alike_in(phu_thai)[0]
    assert ((first.one, first.other), first.exact) == ((lan.pk, same.pk), True)


def test_the_list_shows_pairs_and_notes_the_look(desk, lan, twin, chi):
    answer = desk.get(URL)
    assert pair_url(lan, twin) in answer.text
    assert {look.learner for look in Look.objects.filter(by=chi)} == {lan, twin}


def test_the_list_is_paged(desk, phu_thai):
    for _ in range(8):
        make_learner("Đỗ Thị Mận", commune=phu_thai)
    assert "28 cặp" in desk.get(URL).text
    assert desk.get(f"{URL}?trang=2").text.count("Đỗ Thị Mận, sinh") == 16


def test_nothing_alike_says_so(desk, lan):
    assert "Không có hồ sơ nào giống nhau" in desk.get(URL).text


def test_both_sides_are_shown_and_one_is_merged(desk, lan, twin):
    url = pair_url(lan, twin)
    text = desk.get(url).text
    assert "Nguyễn Thị Lan" in text
    assert "Nguyen Thi Lan" in text
    assert lan.user.phone not in text
    answer = desk.post(url, {"keep": lan.pk, "reason": "Đã gặp bà", "sure": "on"})
    assert answer["Location"] == f"{URL}da-gop/"
    done = Merge.objects.get()
    assert (done.duplicate, done.canonical, done.reason) == (twin, lan, "Đã gặp bà")
    assert "Bỏ gộp" in desk.get(f"{URL}da-gop/").text


@pytest.mark.parametrize("missing", ["keep", "reason", "sure"])
def test_without_an_answer_nothing_is_merged(desk, lan, twin, missing):
    sent = {"keep": lan.pk, "reason": "Đã gặp bà", "sure": "on"} | {missing: ""}
    assert desk.post(pair_url(lan, twin), sent).status_code == 200
    assert not Merge.objects.exists()


def test_two_people_are_remembered(desk, lan, twin, chi):
    desk.post(f"{pair_url(lan, twin)}hai-nguoi/")
    desk.post(f"{pair_url(twin, lan)}hai-nguoi/")
    assert TwoPeople.objects.get().said_by == chi
    assert "Không có hồ sơ nào giống nhau" in desk.get(URL).text


def test_a_merge_is_undone_on_the_screen(desk, lan, twin, chi):
    done = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    url = f"{URL}da-gop/{done.pk}/bo/"
    for missing in ({}, {"sure": "on"}, {"reason": "Trùng tên"}, {"sure": "on", "reason": " "}):
        assert desk.post(url, missing).status_code == 200
    sent = {"sure": "on", "reason": "Hai người trùng tên"}
    assert desk.post(url, sent).status_code == 302
    done.refresh_from_db()
    assert (done.undone_by, done.undone_why) == (chi, "Hai người trùng tên")
    assert desk.post(url, sent).status_code == 302
    page = desk.get(f"{URL}da-gop/").text
    assert "Đã bỏ gộp" in page
    assert "Hai người trùng tên" in page


def test_a_merged_record_is_not_merged_again_on_the_screen(desk, lan, twin, chi, phu_thai):
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    assert desk.get(pair_url(lan, twin)).status_code == 404


def test_a_refusal_is_said(desk, lan, twin, chi, phu_thai):
    third = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    merging.merge(by=chi, duplicate=third, canonical=lan, reason="Một người")
    answer = desk.post(pair_url(lan, twin), {"keep": twin.pk, "reason": "Đã gặp", "sure": "on"})
    assert "hồ sơ chính của một lần gộp khác" in answer.text


def test_a_city_official_chooses_the_commune(quan_tri, lan, twin, cam_giang):
    client = Client()
    client.force_login(quan_tri)
    assert pair_url(lan, twin) not in client.get(f"{URL}?xa=10888").text
    assert pair_url(lan, twin) in client.get(f"{URL}?xa=10750").text


def test_the_city_begins_where_somebody_is_there_twice(quan_tri, lan, cam_giang, chi):
    again = make_learner(lan.name, commune=lan.commune, birth_year=lan.birth_year)
    client = Client()
    client.force_login(quan_tri)
    page = client.get(URL).text
    assert "1 xã, phường có hồ sơ giống hệt nhau" in page
    assert pair_url(lan, again) in page  # Cẩm Giang comes first by name, and has none
    suggesting.tell_apart(one=lan, other=again, by=chi)
    assert "Không xã, phường nào có hồ sơ giống hệt nhau" in client.get(URL).text


def test_pairs_are_told_from_each_other_by_number_and_day(desk, lan, twin):
    page = desk.get(URL).text
    for one in (lan, twin):
        assert masked(one.user.phone) in page


def test_another_commune_looks_like_none(sau, lan, twin):
    client = Client()
    client.force_login(sau)
    assert client.get(f"{URL}?xa=10750").status_code == 404
    assert client.get(pair_url(lan, twin)).status_code == 404


def test_the_door_of_a_merged_record_says_where_to_go(client, lan, chi, phu_thai):
    twin = make_learner("Nguyen Thi Lan", commune=phu_thai)
    twin.user.set_password("482915")
    twin.user.save()
    sent = {"login": twin.user.phone, "password": "482915"}
    done = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    assert "đã được gộp" in client.post("/dang-nhap/", sent).text
    merging.unmerge(by=chi, merge=done)
    assert client.post("/dang-nhap/", sent).status_code == 302


def test_a_sign_in_that_stayed_open_is_told_the_same_and_takes_her_for_no_staff(client, lan, chi, phu_thai):
    twin = make_learner("Nguyen Thi Lan", commune=phu_thai)
    client.force_login(twin.user)
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    for page in ("/hoc-tap/", "/du-lieu-cua-toi/"):
        html = client.get(page).text
        assert "đã được gộp vào hồ sơ kia của bạn" in html
        assert "cán bộ hoặc người hướng dẫn" not in html
        assert "hai bước" not in html


def test_the_record_that_stays_is_told_of_the_merge(client, lan, twin, chi):
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    client.force_login(lan.user)
    assert "vừa gộp vào hồ sơ này một hồ sơ khác" in client.get("/hoc-tap/").text
