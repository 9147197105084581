import datetime

import pytest
from django.utils import timezone

from accounts import looks
from accounts.models import Look
from tests.make import make_learner, make_role


def test_once_a_day_for_each_screen(lan, chi):
    for _ in range(3):
        looks.note(by=chi, learners=[lan], screen="Danh sách giấy đã cấp")
    looks.note(by=chi, learners=[lan.pk], screen="Một giấy đã cấp", why="gọi điện hỏi")
    assert Look.objects.count() == 2
    Look.objects.update(day=timezone.localdate() - datetime.timedelta(days=1))
    looks.note(by=chi, learners=[lan], screen="Một giấy đã cấp")
    assert Look.objects.count() == 3


def test_a_reason_given_after_the_look_is_told(lan, chi):
    """The screen with the form was a look already; and a second reason of the same day counts too."""
    looks.note(by=chi, learners=[lan], screen="Giúp vào lại")
    for why in ("Đến Ủy ban", "Đến Ủy ban", "Gọi điện"):
        looks.note(by=chi, learners=[lan], screen="Giúp vào lại", why=why)
    looks.note(by=chi, learners=[lan], screen="Giúp vào lại")
    assert Look.objects.get().why == "Đến Ủy ban; Gọi điện"


def test_she_reads_why_she_was_helped_back(client, lan, chi):
    client.force_login(chi)
    path = f"/quan-ly/giup-vao-lai/{lan.public_id}/"
    client.get(path)
    client.post(path, {"kind": "sign_in", "reason": "Bà Lan quên mã, đã gặp"})
    client.force_login(lan.user)
    assert "Bà Lan quên mã, đã gặp" in client.get("/du-lieu-cua-toi/ai-da-xem/").content.decode()


def test_four_queries_however_many(lan, chi, django_assert_max_num_queries):
    people = [lan, *(make_learner(f"Người {n}", commune=lan.commune) for n in range(9))]
    with django_assert_max_num_queries(5):
        assert looks.note(by=chi, learners=people, screen="x") == 10


def test_one_s_own_people_are_no_secret(lan):
    make_role(lan.user, "trainer", lan.commune)
    assert looks.note(by=lan.user, learners=[lan], screen="x") == 0
    assert not Look.objects.exists()


def test_the_role_named_is_the_one_that_reaches_her(lan, chi, cam_giang):
    make_role(chi, "administrator", cam_giang)
    looks.note(by=chi, learners=[lan], screen="x")
    assert Look.objects.get().role == "Cán bộ quản lý, Xã Phú Thái"


def test_she_reads_who_looked(client, lan, chi):
    looks.note(by=chi, learners=[lan], screen="Danh sách giấy đã cấp", why="tìm giấy bị mất")
    client.force_login(lan.user)
    html = client.get("/du-lieu-cua-toi/ai-da-xem/").content.decode()
    for words in ("Phạm Thị Chi", "Cán bộ quản lý, Xã Phú Thái", "Danh sách giấy đã cấp", "tìm giấy bị mất"):
        assert words in html
    assert "chi@example.vn" not in html


def test_she_reads_it_still_when_the_official_has_left(client, lan, chi):
    looks.note(by=chi, learners=[lan], screen="x")
    chi.delete()
    client.force_login(lan.user)
    assert "Phạm Thị Chi" in client.get("/du-lieu-cua-toi/ai-da-xem/").content.decode()


@pytest.mark.django_db
def test_nobody_looked_yet(client, lan):
    client.force_login(lan.user)
    assert "Chưa ai xem" in client.get("/du-lieu-cua-toi/ai-da-xem/").content.decode()
