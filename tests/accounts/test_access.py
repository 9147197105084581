import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts import requesting
from accounts.access import places_within, staff_only
from accounts.models import DataRequest, Learner
from places.models import Organisation
from tests.make import make_learner, make_role


def test_a_role_reaches_its_place(chi, phu_thai, cam_giang):
    assert list(places_within(chi, "official_manage")) == [phu_thai]


def test_a_role_reaches_everything_below(quan_tri, hai_phong, phu_thai, cam_giang):
    assert set(places_within(quan_tri, "administrator")) == {hai_phong, phu_thai, cam_giang}


def test_managing_includes_viewing(chi, phu_thai):
    assert list(places_within(chi, "official_view")) == [phu_thai]


def test_administering_includes_the_officials_and_editors(quan_tri, hai_phong):
    assert hai_phong in places_within(quan_tri, "official_manage")
    assert hai_phong in places_within(quan_tri, "editor")


def test_viewing_does_not_include_managing(chi, phu_thai):
    chi.roles.update(kind="official_view")
    assert not places_within(chi, "official_manage")


def test_another_kind_reaches_nothing(binh):
    assert not places_within(binh, "official_manage")


def test_any_kind_when_none_is_named(binh, phu_thai):
    assert list(places_within(binh)) == [phu_thai]


def test_a_revoked_role_reaches_nothing(chi):
    chi.roles.update(revoked_at=timezone.now())
    assert not places_within(chi, "official_manage")


def test_an_expired_role_reaches_nothing(chi):
    chi.roles.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert not places_within(chi, "official_manage")


def test_a_closed_sign_in_reaches_nothing(chi):
    chi.is_active = False
    chi.save()
    assert not places_within(chi, "official_manage")


def test_a_role_for_an_organisation_gives_no_place(lan, phu_thai, bien):
    school = Organisation.objects.create(name="Trường A", kind="school", place=phu_thai)
    pupil = make_learner("Bé Na", organisation=school)
    bien.roles.all().delete()
    make_role(bien, "trainer", phu_thai, organisation=school)
    assert not places_within(bien)
    assert list(Learner.objects.visible_to(bien)) == [pupil]


def test_an_organisation_reaches_those_below_it(bien, phu_thai, cam_giang):
    """Its people and what they ask for are seen, and nobody else's of the place."""
    bien.roles.all().delete()
    union = Organisation.objects.create(name="Hội Nông dân", kind="association", place=phu_thai)
    branch = Organisation.objects.create(
        name="Chi hội thôn Đình", kind="association", place=phu_thai, parent=union
    )
    hers = make_learner("Người Của Chi Hội", commune=cam_giang, organisation=branch)
    other = make_learner("Người Khác", commune=phu_thai)
    make_role(bien, "official_manage", phu_thai, organisation=union)
    assert list(Learner.objects.visible_to(bien)) == [hers]
    asked = requesting.ask(learner=hers, kind="copy")
    requesting.ask(learner=other, kind="copy")
    assert list(DataRequest.objects.visible_to(bien)) == [asked]
    client = Client()
    client.force_login(bien)
    assert client.get(f"/quan-ly/yeu-cau/{asked.public_id}/").status_code == 200


def test_nobody_sees_nobody(lan):
    assert not Learner.objects.visible_to(AnonymousUser())
    assert not places_within(AnonymousUser())


def test_learners_are_seen_where_one_works(lan, binh, chi, sau, bien, quan_tri):
    seen = {
        user.name: set(Learner.objects.visible_to(user)) == {lan} for user in (binh, chi, sau, bien, quan_tri)
    }
    assert seen == {
        "Trần Văn Bình": True,
        "Phạm Thị Chi": True,
        "Lê Văn Sáu": False,
        "Vũ Thị Biên": False,
        "Đỗ Quản Trị": True,
    }


def test_everybody_sees_herself(lan):
    assert list(Learner.objects.visible_to(lan.user)) == [lan]


@staff_only("official_view")
def _figures(request):
    return HttpResponse("figures")


def test_staff_only_lets_the_role_in(rf, chi):
    request = rf.get("/quan-ly/")
    request.user = chi
    assert _figures(request).status_code == 200


def test_staff_only_asks_strangers_to_sign_in(rf):
    request = rf.get("/quan-ly/?tu=1")
    request.user = AnonymousUser()
    response = _figures(request)
    assert response["Location"] == "/dang-nhap/?next=/quan-ly/%3Ftu%3D1"


def test_staff_only_refuses_another_role(rf, binh):
    request = rf.get("/quan-ly/")
    request.user = binh
    with pytest.raises(PermissionDenied):
        _figures(request)
