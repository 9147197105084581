"""Who may give which role where: a table, role by role, own place and other places."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts import roles
from accounts.models import Role
from accounts.roles import LastAdministrator, NotHersToGive, RoleRefused, change_expiry, grant, revoke
from places.models import Organisation
from tests.make import make_role, make_user, protect

KINDS = list(Role.Kind.values)
T, V, M, E, A = KINDS
# what she holds, where → where the new role is → what she may give there.
TABLE = {
    (T, "phu_thai"): {},
    (V, "phu_thai"): {},
    (E, "hai_phong"): {},
    (M, "phu_thai"): {"phu_thai": {T, V}, "school": {T, V}},
    (M, "school"): {"school": {T, V}, "class_of_school": {T, V}},
    (M, "hai_phong"): {
        "hai_phong": {T, V},
        "phu_thai": {T, V, M},
        "cam_giang": {T, V, M},
        "school": {T, V, M},
        "class_of_school": {T, V, M},
        "other_school": {T, V, M},
    },
    (A, "phu_thai"): {"phu_thai": {T, V, M}, "school": {T, V, M}, "class_of_school": {T, V, M}},
    (A, "school"): {"school": {T, V, M}, "class_of_school": {T, V, M}},
    (A, "hai_phong"): {
        "hai_phong": {T, V, M, E, A},
        "phu_thai": {T, V, M},
        "cam_giang": {T, V, M},
        "school": {T, V, M},
        "class_of_school": {T, V, M},
        "other_school": {T, V, M},
    },
}
TABLE[M, "phu_thai"]["class_of_school"] = {T, V}


@pytest.fixture
def where(hai_phong, phu_thai, cam_giang):
    school = Organisation.objects.create(name="Trường A", kind="school", place=phu_thai)
    inner = Organisation.objects.create(name="Khoa A1", kind="school", place=phu_thai, parent=school)
    other = Organisation.objects.create(name="Trường B", kind="school", place=cam_giang)
    return {
        "hai_phong": (hai_phong, None),
        "phu_thai": (phu_thai, None),
        "cam_giang": (cam_giang, None),
        "school": (phu_thai, school),
        "class_of_school": (phu_thai, inner),
        "other_school": (cam_giang, other),
    }


@pytest.mark.parametrize(("kind", "at"), TABLE)
def test_the_table(kind, at, where):
    by = protect(make_user(email="a@example.vn"))
    place, organisation = where[at]
    make_role(by, kind, place, organisation=organisation)
    found = {}
    for name, (target, inside) in where.items():
        for wanted in KINDS:
            user = make_user(email=f"{name}-{wanted}@example.vn")
            try:
                grant(by=by, user=user, kind=wanted, place=target, organisation=inside)
                found.setdefault(name, set()).add(wanted)
            except RoleRefused:
                assert not user.roles.exists()
    assert found == TABLE[kind, at]


@pytest.mark.parametrize("state", ["revoked_at", "expires_at"])
def test_a_role_that_ended_gives_nothing(state, phu_thai):
    by = make_user(email="a@example.vn")
    make_role(by, M, phu_thai, **{state: timezone.now()})
    with pytest.raises(NotHersToGive):
        grant(by=by, user=make_user(), kind=T, place=phu_thai)


def test_nobody_gives_to_herself(quan_tri, hai_phong):
    with pytest.raises(NotHersToGive, match="cho chính mình"):
        grant(by=quan_tri, user=quan_tri, kind=E, place=hai_phong)


def test_an_organisation_elsewhere_is_refused(quan_tri, where):
    with pytest.raises(RoleRefused, match="không giao riêng"):
        grant(
            by=quan_tri,
            user=make_user(),
            kind=T,
            place=where["cam_giang"][0],
            organisation=where["school"][1],
        )


def test_who_may_give_may_take_back(chi, sau, quan_tri, phu_thai):
    trainer = grant(by=chi, user=make_user(), kind=T, place=phu_thai)
    with pytest.raises(NotHersToGive):
        revoke(by=sau, role=trainer)
    assert revoke(by=chi, role=trainer)
    with pytest.raises(NotHersToGive, match="cấp trên"):
        revoke(by=chi, role=Role.objects.get(user=chi))
    assert revoke(by=quan_tri, role=Role.objects.get(user=chi))


def test_the_last_administrator_stays(quan_tri, hai_phong):
    own = Role.objects.get(user=quan_tri)
    with pytest.raises(LastAdministrator, match="người quản trị cuối cùng"):
        revoke(by=quan_tri, role=own)
    other = grant(by=quan_tri, user=protect(make_user(email="b@example.vn")), kind=A, place=hai_phong)
    assert revoke(by=quan_tri, role=own)
    with pytest.raises(LastAdministrator):
        revoke(by=other.user, role=other)


@pytest.mark.parametrize("why", ["locked out", "with an end"])
def test_an_administrator_who_may_be_gone_tomorrow_does_not_count(why, quan_tri, hai_phong):
    soon = timezone.now() + datetime.timedelta(days=1) if why == "with an end" else None
    other = make_user(email="b@example.vn", is_active=why != "locked out")
    grant(by=quan_tri, user=other, kind=A, place=hai_phong, expires_at=soon)
    with pytest.raises(LastAdministrator):
        revoke(by=quan_tri, role=Role.objects.get(user=quan_tri))


def test_the_last_administrator_gets_no_end(quan_tri, hai_phong):
    other = grant(by=quan_tri, user=make_user(email="b@example.vn"), kind=A, place=hai_phong)
    revoke(by=quan_tri, role=Role.objects.get(user=quan_tri))
    again = protect(make_user(email="c@example.vn"))
    soon = timezone.now() + datetime.timedelta(days=1)
    helper = grant(by=None, user=again, kind=A, place=hai_phong, expires_at=soon)
    with pytest.raises(LastAdministrator):
        change_expiry(by=helper.user, role=other, expires_at=soon)


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_leave_one(quan_tri, hai_phong):
    own = Role.objects.get(user=quan_tri)
    other = grant(by=quan_tri, user=make_user(email="b@example.vn"), kind=A, place=hai_phong)
    start, refused = threading.Barrier(2), []

    def take(by, role):
        try:
            start.wait()
            revoke(by=by, role=role)
        except RoleRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    pair = [threading.Thread(target=take, args=args) for args in ((quan_tri, other), (other.user, own))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert len(refused) == 1
    assert Role.objects.active().filter(kind=A).count() == 1


def test_another_end_keeps_the_history(chi, binh, phu_thai):
    role = Role.objects.get(user=binh)
    until = timezone.now() + datetime.timedelta(days=30)
    new = change_expiry(by=chi, role=role, expires_at=until)
    role.refresh_from_db()
    assert (role.revoked_by, new.granted_by, new.expires_at) == (chi, chi, until)
    assert list(Role.objects.active().filter(user=binh)) == [new]
    assert change_expiry(by=chi, role=new, expires_at=until) == new
    with pytest.raises(RoleRefused, match="đã được thu lại"):
        change_expiry(by=chi, role=role, expires_at=until)


def test_a_role_ends_no_later_than_its_givers(hai_phong, phu_thai):
    """An administrator for a day makes none for ever."""
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    brief = make_user(email="tam@example.vn", name="Tạm")
    roles.grant(by=None, user=brief, kind="administrator", place=hai_phong, expires_at=tomorrow)
    protect(brief)
    friend = make_user(email="ban@example.vn", name="Bạn")
    sooner = timezone.now() + datetime.timedelta(hours=1)
    later = timezone.now() + datetime.timedelta(days=9)
    ends = [
        roles.grant(by=brief, user=friend, kind=kind, place=place, expires_at=end).expires_at
        for kind, place, end in [
            ("administrator", hai_phong, None),
            ("editor", hai_phong, later),
            ("trainer", phu_thai, sooner),
        ]
    ]
    assert ends == [tomorrow, tomorrow, sooner]
    roles.grant(by=None, user=brief, kind="official_manage", place=phu_thai)
    assert roles.grant(by=brief, user=friend, kind="official_view", place=phu_thai).expires_at is None
