"""The officials' screens of roles and invitations."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Role
from tests.make import make_role, make_user

from .parts import give


def test_a_member_of_staff_is_found_and_chosen(desk, binh, sau):
    html = desk.get("/quan-ly/vai-tro/giao/?q=binh").content.decode()
    assert f"?nguoi={binh.pk}" in html
    assert f"?nguoi={sau.pk}" not in desk.get("/quan-ly/vai-tro/giao/?q=sau").content.decode()
    assert desk.get(f"/quan-ly/vai-tro/giao/?nguoi={sau.pk}").status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"kind": "official_manage"}, "Bạn không giao được vai trò này"),
        ({"kind": "administrator"}, "Bạn không giao được vai trò này"),
        ({"place": "other"}, "cho nơi này"),
        ({"place": ""}, "Hãy chọn nơi phụ trách"),
        ({"organisation": "Trường Ma"}, "chưa có tổ chức tên “Trường Ma”"),
        ({"email": "khong"}, "Địa chỉ này chưa đúng"),
        ({"name": "1"}, "phải có chữ cái"),
        ({"until": "2020-01-01"}, "Ngày này đã qua"),
        ({"until": "31/31/2026"}, "như 31/12/2026"),
        ({"email": "chi@example.vn"}, "cho chính mình"),
    ],
)
def test_what_she_may_not_give_is_refused_in_words(desk, phu_thai, cam_giang, data, says):
    good = {"email": "d@example.vn", "name": "Vũ Thị Dung", "kind": "trainer", "place": phu_thai.pk}
    if data.get("place") == "other":
        data = {"place": cam_giang.pk}
    answer = give(desk, **{**good, **data})
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert Role.objects.filter(kind="trainer").count() == 0


def test_the_end_is_the_end_of_the_day(desk, phu_thai):
    day = timezone.localdate() + datetime.timedelta(days=3)
    give(desk, email="d@example.vn", name="Dung", kind="trainer", place=phu_thai.pk, until=day.isoformat())
    role = Role.objects.get(kind="trainer")
    assert timezone.localtime(role.expires_at).date() == day + datetime.timedelta(days=1)
    assert f"{day:%d/%m/%Y}" in desk.get(f"/quan-ly/vai-tro/{role.pk}/").content.decode()


def test_a_role_is_taken_back_after_a_confirmation(desk, binh, chi):
    role = binh.roles.get()
    url = f"/quan-ly/vai-tro/{role.pk}/thu-lai/"
    assert "Thu lại vai trò này?" in desk.get(url).content.decode()
    assert "xác nhận" in desk.post(url).content.decode()
    role.refresh_from_db()
    assert role.revoked_at is None
    assert desk.post(url, {"sure": "on"}).status_code == 302
    role.refresh_from_db()
    assert role.revoked_by == chi
    html = desk.get("/quan-ly/vai-tro/lich-su/").content.decode()
    assert "Thu lại của Trần Văn Bình" in html
    assert "Phạm Thị Chi" in html


def test_a_role_given_from_above_is_shown_without_the_button(desk, chi, quan_tri):
    own = chi.roles.get()
    assert "không thu lại được" in desk.get(f"/quan-ly/vai-tro/{own.pk}/").content.decode()
    answer = desk.post(f"/quan-ly/vai-tro/{own.pk}/thu-lai/", {"sure": "on"})
    assert "do cấp trên giao" in answer.content.decode()
    assert Role.objects.active().filter(user=chi).exists()


def test_another_last_day(desk, binh):
    day = timezone.localdate() + datetime.timedelta(days=9)
    desk.post(f"/quan-ly/vai-tro/{binh.roles.get().pk}/", {"until": day.isoformat()})
    assert Role.objects.active().get(user=binh).last_day == day


def test_what_ran_out_is_in_the_history(desk, phu_thai):
    then = timezone.now() - datetime.timedelta(days=1)
    make_role(
        make_user(email="x@example.vn", name="Cũ"),
        "trainer",
        phu_thai,
        expires_at=then,
        revoked_at=timezone.now(),
    )
    assert "Hết hạn của Cũ" in desk.get("/quan-ly/vai-tro/lich-su/").content.decode()


@pytest.mark.parametrize("url", ["/quan-ly/vai-tro/", "/quan-ly/vai-tro/lich-su/"])
def test_the_cost_does_not_grow(desk, phu_thai, url, django_assert_max_num_queries):
    for number in range(60):
        make_role(make_user(email=f"a{number}@example.vn"), "trainer", phu_thai)
    with django_assert_max_num_queries(14):
        assert "Trang 1 trong 2" in desk.get(url).content.decode()
