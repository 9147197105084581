import datetime

import pytest
from django.utils import timezone

from accounts import inviting
from accounts.models import Role, User
from accounts.roles import ensure_groups, grant, revoke
from cms.users import staff_visible_to
from tests.make import make_commune, make_role, make_user, protect

PASSWORD = "mat khau that dai"


@pytest.fixture
def boss(client, quan_tri, hai_phong):
    """The city's administrator, at the list of staff."""
    quan_tri.roles.all().delete()
    grant(by=None, user=quan_tri, kind="administrator", place=hai_phong)
    client.force_login(quan_tri)
    return client


@pytest.fixture
def local(client, phu_thai):
    """An administrator of one commune, as none is made any more: the list holds even for her."""
    user = make_user(email="dia-phuong@example.vn", name="Người Địa Phương", is_staff=True)
    make_role(protect(user), "administrator", phu_thai)
    user.groups.add(ensure_groups()["Administrators"])
    client.force_login(user)
    return user


def test_staff_are_listed_with_their_roles_and_learners_are_not(boss, chi, lan):
    html = boss.get("/admin/users/").content.decode()
    assert "Phạm Thị Chi" in html
    assert "Cán bộ quản lý: Xã Phú Thái" in html
    assert "Nguyễn Thị Lan" not in html


def test_a_search_finds_by_address(boss, chi, sau):
    html = boss.get("/admin/users/?q=chi@example.vn").content.decode()
    assert "Phạm Thị Chi" in html
    assert "Lê Văn Sáu" not in html


def test_a_learner_does_not_exist_here(boss, lan):
    assert boss.get(f"/admin/users/edit/{lan.user.pk}/").status_code == 404


def test_people_are_added_by_an_invitation(boss, phu_thai):
    """With its place, its end, and a password that nobody else types."""
    data = {"email": "moi@example.vn", "name": "Người Mới", "password": PASSWORD, "is_active": "on"}
    for answer in (
        boss.get("/admin/users/new/"),
        boss.post("/admin/users/new/", {**data, "kind": "trainer", "place": phu_thai.pk}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/quan-ly/vai-tro/giao/")
    assert not User.objects.filter(email="moi@example.vn").exists()


def edit(client, user, **data):
    return client.post(f"/admin/users/edit/{user.pk}/", {"name": user.name, "is_active": "on", **data})


def test_nobody_becomes_somebody_else_here(boss, lan, phu_thai):
    """A learner who is a trainer too: neither her PIN nor how she signs in is typed by another."""
    grant(by=None, user=lan.user, kind="trainer", place=phu_thai)
    before = User.objects.values("password", "email", "phone", "is_superuser").get(pk=lan.user.pk)
    more = {"email": "ke@example.vn", "password": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    more |= {"phone": "+84900000000", "is_superuser": "on", "kind": "administrator", "kept": []}
    assert edit(boss, lan.user, name="Nguyễn Thị Lan Mới", **more).status_code == 302
    assert User.objects.values("password", "email", "phone", "is_superuser").get(pk=lan.user.pk) == before
    assert User.objects.get(pk=lan.user.pk).name == "Nguyễn Thị Lan Mới"
    assert Role.objects.active().get(user=lan.user).kind == "trainer"


def test_her_roles_lead_to_the_desk_of_roles(boss, chi):
    html = boss.get(f"/admin/users/edit/{chi.pk}/").content.decode()
    assert f'href="/quan-ly/vai-tro/{chi.roles.get().pk}/"' in html
    assert f'href="/quan-ly/moi/nguoi/{chi.pk}/"' in html
    assert f'href="/quan-ly/vai-tro/giao/?nguoi={chi.pk}"' in html
    assert 'type="password"' not in html


def test_whose_roles_ended_is_not_here(boss, chi, quan_tri):
    role = chi.roles.get()
    revoke(by=quan_tri, role=role)
    assert chi not in staff_visible_to(quan_tri)
    assert boss.get(f"/admin/users/edit/{chi.pk}/").status_code == 404


def test_who_is_invited_is_here_until_the_invitation_ends(boss, chi, quan_tri, phu_thai):
    dung = inviting.person(email="dung@example.vn", name="Vũ Thị Dung")
    assert dung not in staff_visible_to(quan_tri)
    role = grant(by=chi, user=dung, kind="trainer", place=phu_thai)
    inviting.invite(by=chi, user=dung)
    revoke(by=chi, role=role)
    assert dung in staff_visible_to(quan_tri)
    inviting.call_back(by=chi, user=dung)
    assert dung not in staff_visible_to(quan_tri)


@pytest.mark.parametrize("name", ["", "á" * 300])
def test_a_wrong_name_is_refused(boss, chi, name):
    answer = edit(boss, chi, name=name)
    assert list(answer.context["form"].errors) == ["name"]


def test_nobody_locks_herself_out(boss, quan_tri):
    response = edit(boss, quan_tri, is_active="")
    assert "không thể tự khóa" in response.content.decode()


def test_somebody_may_be_locked_out(boss, chi):
    edit(boss, chi, is_active="")
    chi.refresh_from_db()
    assert not chi.is_active


def test_a_local_administrator_sees_only_her_own(local, chi, sau, quan_tri, bien):
    assert set(staff_visible_to(local)) == {local, chi}


def test_whoever_works_elsewhere_too_is_out_of_her_reach(local, client, chi, cam_giang):
    grant(by=None, user=chi, kind="official_view", place=cam_giang)
    assert client.get(f"/admin/users/edit/{chi.pk}/").status_code == 404


def test_the_last_administrator_is_not_locked_by_one_for_a_day(client, quan_tri, hai_phong):
    """Who is administrator until tomorrow would leave nobody."""
    day = timezone.now() + datetime.timedelta(days=1)
    brief = make_user(email="tam@example.vn", name="Tạm")
    grant(by=None, user=brief, kind="administrator", place=hai_phong, expires_at=day)
    client.force_login(protect(brief))
    answer = edit(client, quan_tri, is_active="")
    assert "người quản trị cuối cùng" in answer.content.decode()
    assert User.objects.get(pk=quan_tri.pk).is_active
    second = make_user(email="hai@example.vn", name="Người Thứ Hai")
    grant(by=None, user=second, kind="administrator", place=hai_phong)
    assert edit(client, quan_tri, is_active="").status_code == 302
    assert not User.objects.get(pk=quan_tri.pk).is_active


def test_nobody_locks_whose_role_she_could_not_take(local, client, phu_thai):
    """An administrator of a commune takes back no administrator's role, and so locks none."""
    other = make_user(email="khac@example.vn", name="Người Khác")
    make_role(other, "administrator", phu_thai)
    answer = edit(client, other, is_active="")
    assert "do cấp trên giao" in answer.content.decode()
    assert User.objects.get(pk=other.pk).is_active


@pytest.mark.parametrize("url", ["/admin/users/", "/admin/users/new/"])
def test_editors_and_officials_have_no_such_list(client, bien, chi, hai_phong, url):
    grant(by=None, user=bien, kind="editor", place=hai_phong)
    for user in (bien, chi):
        client.force_login(user)
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("action", ["assign_role", "delete", "set_active_state"])
def test_bulk_actions_on_users_are_closed(boss, chi, action):
    assert boss.get(f"/admin/bulk/accounts/user/{action}/?id={chi.pk}").status_code == 404


def test_nobody_is_deleted(boss, chi):
    assert boss.post(f"/admin/users/delete/{chi.pk}/").status_code in {302, 403}
    assert User.objects.filter(pk=chi.pk).exists()


def test_the_list_does_not_grow_in_queries(boss, chi, django_assert_max_num_queries):
    boss.get("/admin/users/")
    for n in range(10):
        grant(by=None, user=make_user(email=f"a{n}@example.vn"), kind="trainer", place=make_commune())
    with django_assert_max_num_queries(30):
        boss.get("/admin/users/")


def test_a_superuser_without_a_role_does_not_exist_for_an_administrator(boss, quan_tri):
    root = User.objects.create_superuser(email="root@example.vn", password=PASSWORD)
    assert root not in staff_visible_to(quan_tri)
    assert boss.get(f"/admin/users/edit/{root.pk}/").status_code == 404
    assert root in staff_visible_to(root)
