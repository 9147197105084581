import datetime

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import Role
from accounts.roles import RoleRefused, following, grant, revoke, sweep
from accounts.tasks import tidy
from places.models import Organisation, Place
from tests.make import make_role, make_user, protect


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def test_granting_is_recorded(quan_tri, phu_thai, caplog):
    user = make_user(email="mai@example.vn")
    with caplog.at_level("INFO", logger="accounts"):
        role = grant(by=quan_tri, user=user, kind="trainer", place=phu_thai)
    assert (role.granted_by, role.revoked_at) == (quan_tri, None)
    assert f"granted to user {user.pk} by {quan_tri.pk}" in caplog.text


def test_staff_and_groups_follow(quan_tri, hai_phong):
    user = make_user(email="mai@example.vn")
    editor = grant(by=quan_tri, user=user, kind="editor", place=hai_phong)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, groups(user)) == (True, False, {"Editors"})
    assert user.has_perm("wagtailadmin.access_admin")
    grant(by=quan_tri, user=user, kind="administrator", place=hai_phong)
    assert groups(user) == {"Editors", "Administrators"}
    revoke(by=quan_tri, role=editor)
    assert groups(user) == {"Administrators"}


@pytest.mark.parametrize("kind", ["editor", "administrator"])
def test_who_edits_the_whole_site_is_not_of_one_commune(quan_tri, phu_thai, kind):
    user = make_user(email="mai@example.vn")
    with pytest.raises(RoleRefused, match="chỉ giao cho tỉnh, thành phố, không giao cho Xã Phú Thái"):
        grant(by=quan_tri, user=user, kind=kind, place=phu_thai)
    assert not user.roles.exists()
    make_role(user, kind, phu_thai)  # one of before
    roles.follow(user)
    assert groups(user) == set()


def test_other_groups_are_left_alone(quan_tri, hai_phong):
    from django.contrib.auth.models import Group

    user = make_user(email="mai@example.vn")
    user.groups.add(Group.objects.create(name="Moderators of ours"))
    revoke(by=quan_tri, role=grant(by=quan_tri, user=user, kind="editor", place=hai_phong))
    user.refresh_from_db()
    assert (user.is_staff, groups(user)) == (False, {"Moderators of ours"})


def test_an_official_cannot_enter_the_admin(quan_tri, phu_thai):
    user = make_user(email="mai@example.vn")
    grant(by=quan_tri, user=user, kind="official_manage", place=phu_thai)
    assert user.is_staff
    assert not user.has_perm("wagtailadmin.access_admin")


def test_the_same_role_twice_is_one(quan_tri, phu_thai):
    user = make_user(email="mai@example.vn")
    first = grant(by=quan_tri, user=user, kind="trainer", place=phu_thai)
    assert grant(by=None, user=user, kind="trainer", place=phu_thai) == first
    assert user.roles.count() == 1


def test_an_expired_role_is_granted_anew(quan_tri, phu_thai):
    user = make_user(email="mai@example.vn")
    old = make_role(user, "trainer", phu_thai, expires_at=timezone.now() - datetime.timedelta(1))
    new = grant(by=quan_tri, user=user, kind="trainer", place=phu_thai)
    assert new != old
    assert list(Role.objects.active().filter(user=user)) == [new]


def test_taken_back_once(quan_tri, phu_thai):
    user = make_user(email="mai@example.vn")
    role = grant(by=quan_tri, user=user, kind="trainer", place=phu_thai)
    assert revoke(by=quan_tri, role=role)
    assert not revoke(by=quan_tri, role=role)
    role.refresh_from_db()
    assert role.revoked_by == quan_tri


def test_unknown_roles_are_refused(quan_tri, phu_thai):
    with pytest.raises(RoleRefused, match="Không có vai trò “king”"):
        grant(by=quan_tri, user=make_user(), kind="king", place=phu_thai)


def test_a_place_that_ended_is_refused(quan_tri, phu_thai):
    Place.objects.filter(pk=phu_thai.pk).update(valid_to=datetime.date(2026, 1, 1))
    phu_thai.refresh_from_db()
    with pytest.raises(RoleRefused, match="đã hết hiệu lực"):
        grant(by=quan_tri, user=make_user(), kind="trainer", place=phu_thai)


@pytest.mark.parametrize("with_organisation", [False, True])
def test_the_database_holds_one_role_while_held(binh, phu_thai, with_organisation):
    school = Organisation.objects.create(name="Trường A", kind="school", place=phu_thai)
    organisation = school if with_organisation else None
    make_role(binh, "official_view", phu_thai, organisation=organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(binh, "official_view", phu_thai, organisation=organisation)


def test_rooms_above_follow_in_the_same_transaction(quan_tri, hai_phong, monkeypatch):
    seen = []
    monkeypatch.setattr(following, "_followers", {})
    roles.register("cms", lambda user, kinds: seen.append((user.pk, kinds)))
    user = make_user(email="mai@example.vn")
    grant(by=quan_tri, user=user, kind="editor", place=hai_phong)
    assert seen == [(user.pk, {"editor"})]


def test_when_a_room_above_fails_no_role_is_given(quan_tri, hai_phong, monkeypatch):
    def broken(user, kinds):
        raise RuntimeError

    monkeypatch.setattr(following, "_followers", {"cms": broken})
    user = make_user(email="mai@example.vn")
    with pytest.raises(RuntimeError):
        grant(by=quan_tri, user=user, kind="editor", place=hai_phong)
    assert not user.roles.exists()


def test_what_ran_out_is_swept(quan_tri, hai_phong):
    user = make_user(email="mai@example.vn")
    soon = timezone.now() + datetime.timedelta(hours=1)
    grant(by=quan_tri, user=user, kind="editor", place=hai_phong, expires_at=soon)
    assert sweep() == 0
    Role.objects.filter(user=user).update(expires_at=timezone.now())
    tidy()
    user.refresh_from_db()
    assert (user.is_staff, groups(user)) == (False, set())


@pytest.fixture
def editor_for_an_hour(quan_tri, hai_phong):
    user = make_user(email="tam@example.vn", name="Biên tập tạm")
    soon = timezone.now() + datetime.timedelta(hours=1)
    grant(by=quan_tri, user=user, kind="editor", place=hai_phong, expires_at=soon)
    return user


def test_a_role_that_ran_out_opens_no_editors_screen_at_once(client, editor_for_an_hour):
    client.force_login(editor_for_an_hour)
    url = reverse("wagtailadmin_home")
    assert client.get(url).status_code == 200
    Role.objects.filter(user=editor_for_an_hour).update(expires_at=timezone.now())
    assert client.get(url).status_code in (302, 403)
    editor_for_an_hour.refresh_from_db()
    assert (editor_for_an_hour.is_staff, groups(editor_for_an_hour)) == (False, set())


def test_a_role_that_ran_out_leaves_the_others(client, editor_for_an_hour, quan_tri, hai_phong):
    grant(by=quan_tri, user=protect(editor_for_an_hour), kind="administrator", place=hai_phong)
    Role.objects.filter(user=editor_for_an_hour, kind="editor").update(expires_at=timezone.now())
    client.force_login(editor_for_an_hour)
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    assert groups(editor_for_an_hour) == {"Administrators"}


def test_asking_costs_one_query_and_none_elsewhere(rf, editor_for_an_hour, django_assert_num_queries):
    asks = roles.EndExpiredRoles(lambda request: HttpResponse())
    for path, count in (("/admin/pages/", 1), ("/khoa-hoc/", 0)):
        request = rf.get(path)
        request.user = editor_for_an_hour
        with django_assert_num_queries(count):
            asks(request)
