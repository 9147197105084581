import pytest

from accounts.models import Role, User
from accounts.roles import ensure_groups, grant
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


def test_a_member_of_staff_is_added_with_a_role(boss, phu_thai, quan_tri):
    data = {"email": "Moi@Example.vn", "name": "Người Mới", "password": PASSWORD}
    response = boss.post("/admin/users/new/", {**data, "kind": "trainer", "place": phu_thai.pk})
    assert response.status_code == 302
    user = User.objects.get(email="moi@example.vn")
    assert user.check_password(PASSWORD)
    role = user.roles.get()
    assert (role.kind, role.place, role.granted_by) == ("trainer", phu_thai, quan_tri)
    assert (user.is_staff, user.is_superuser) == (True, False)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("email", "chi@example.vn", "đã có người dùng"),
        ("name", "á" * 300, "nhiều nhất 60 chữ"),
        ("password", "ngan", "ít nhất 12 ký tự"),
        ("password", "qwertyuiop123", "quá phổ biến"),
        ("kind", "", None),
        ("place", "", None),
    ],
)
def test_a_wrong_member_of_staff_is_refused(boss, chi, phu_thai, field, typed, says):
    data = {
        "email": "moi@example.vn",
        "name": "Người Mới",
        "password": PASSWORD,
        "kind": "trainer",
        "place": phu_thai.pk,
    }
    response = boss.post("/admin/users/new/", {**data, field: typed})
    assert list(response.context["form"].errors) == [field]
    assert says is None or says in response.content.decode()
    assert not User.objects.filter(email="moi@example.vn").exists()


@pytest.mark.parametrize("kind", ["editor", "administrator"])
def test_a_commune_gets_no_editor_and_no_administrator(boss, chi, phu_thai, hai_phong, kind):
    data = {"email": "moi@example.vn", "name": "Người Mới", "password": PASSWORD, "kind": kind}
    response = boss.post("/admin/users/new/", {**data, "place": phu_thai.pk})
    assert "không giao cho Xã Phú Thái" in response.content.decode()
    assert not User.objects.filter(email="moi@example.vn").exists()
    assert "không giao cho Xã Phú Thái" in edit(boss, chi, kind=kind, place=phu_thai.pk).content.decode()
    assert not chi.roles.filter(kind=kind).exists()
    assert edit(boss, chi, kind=kind, place=hai_phong.pk).status_code == 302
    assert chi.roles.filter(kind=kind).exists()


def edit(client, user, **data):
    kept = [role.pk for role in user.roles.filter(revoked_at=None)]
    given = {"email": user.email, "name": user.name, "is_active": "on", "kept": kept, **data}
    return client.post(f"/admin/users/edit/{user.pk}/", given)


def test_roles_are_taken_back_and_added(boss, chi, cam_giang):
    response = edit(boss, chi, kept=[], kind="official_view", place=cam_giang.pk)
    assert response.status_code == 302
    assert [(r.kind, r.place) for r in Role.objects.active().filter(user=chi)] == [
        ("official_view", cam_giang)
    ]
    assert boss.get(f"/admin/users/edit/{chi.pk}/").status_code == 200


def test_the_password_stays_unless_a_new_one_is_given(boss, chi):
    edit(boss, chi, name="Phạm Thị Chi Mới")
    chi.refresh_from_db()
    assert chi.name == "Phạm Thị Chi Mới"
    assert chi.check_password("mat-khau-cua-chi")
    edit(boss, chi, password=PASSWORD)
    chi.refresh_from_db()
    assert chi.check_password(PASSWORD)


def test_a_role_needs_a_place(boss, chi):
    assert "cả vai trò và nơi phụ trách" in edit(boss, chi, kind="trainer").content.decode()


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


def test_she_grants_only_within_her_places(local, client, chi, hai_phong):
    other = make_commune("10891", "Xã Khác")
    for place in (other, hai_phong):
        response = edit(client, chi, kind="administrator", place=place.pk)
        assert "place" in response.context["form"].errors
    assert not chi.roles.filter(kind="administrator").exists()


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
