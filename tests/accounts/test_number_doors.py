"""A sign-in without e-mail: which roles it takes by whatever door, and what is asked of her there."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts import acting, at_work, codes, coming_back, inviting, merging, roles, seating
from accounts.models import Learner, OneTimeCode, Role, User
from tests.make import make_learner, make_role, make_user

PIN, NUMBER = "739164", "+84987654321"


@pytest.fixture
def dung(phu_thai):
    """A trainer by her number."""
    user = make_user(phone=NUMBER, password=PIN, name="Vũ Thị Dung")
    make_learner("Vũ Thị Dung", user=user, commune=phu_thai)
    make_role(user, "trainer", phu_thai)
    roles.follow(user)
    return user


@pytest.fixture
def invitation(dung, chi, phu_thai):
    """More work, by “Giao thêm vai trò”."""
    roles.offer(by=chi, user=dung, name="Dung", kind="official_view", place=phu_thai)
    return inviting.invite(by=chi, user=dung)


@pytest.fixture
def beside(dung, phu_thai):
    """Somebody who learned with the number before it worked."""
    return make_learner("Vũ Minh Sơn", user=dung, commune=phu_thai, birth_year=2014)


def path_of(invitation):
    return inviting.link(invitation).replace("http://127.0.0.1:8000", "")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def taken(user):
    return Role.objects.active().filter(user=user, kind="official_view").exists()


# --- which roles -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["official_manage", "editor", "administrator"])
@pytest.mark.parametrize("door", ["grant", "offer", "operator"])
def test_what_reaches_further_is_never_by_number(kind, door, dung, quan_tri, phu_thai, hai_phong):
    what = {"user": dung, "kind": kind, "place": phu_thai if kind == "official_manage" else hai_phong}
    give = {
        "offer": lambda: roles.offer(by=quan_tri, name="Dung", **what),
        "grant": lambda: roles.grant(by=quan_tri, **what),
        "operator": lambda: roles.grant(by=None, **what),
    }[door]
    with pytest.raises(roles.RoleRefused, match="cần thư điện tử"):
        give()
    assert not Role.objects.filter(user=dung, kind=kind).exists()


def test_more_work_for_who_has_a_number_is_of_those_kinds(dung, quan_tri, phu_thai, hai_phong):
    client = browser(quan_tri)
    url = f"/quan-ly/vai-tro/giao/?nguoi={dung.pk}"
    shown = [kind for kind, _ in client.get(url).context["form"].fields["kind"].choices if kind]
    assert set(shown) == roles.BY_NUMBER
    for kind, place in (("official_manage", phu_thai), ("editor", hai_phong), ("administrator", hai_phong)):
        assert client.post(url, {"kind": kind, "place": place.pk}).status_code == 200
    assert Role.objects.filter(user=dung).count() == 1


def test_another_day_prolongs_no_such_role(dung, quan_tri, phu_thai):
    role = make_role(dung, "official_manage", phu_thai)
    until = timezone.now() + datetime.timedelta(days=5)
    with pytest.raises(roles.RoleRefused, match="cần thư điện tử"):
        roles.change_expiry(by=quan_tri, role=role, expires_at=until)
    assert Role.objects.active().filter(pk=role.pk, expires_at=None).exists()


def test_an_offer_from_before_is_not_taken(dung, chi, quan_tri, phu_thai):
    ends = timezone.now() + datetime.timedelta(days=3)
    make_role(dung, "official_manage", phu_thai, waiting=True, granted_by=quan_tri, offer_ends_at=ends)
    assert roles.accept(user=dung, by=quan_tri) == []


# --- taking it by link -----------------------------------------------------------


def test_a_phone_left_open_takes_no_role_by_link(invitation, dung):
    client, path = browser(dung), path_of(invitation)
    assert 'name="password"' in client.get(path).content.decode()
    assert "chưa đúng" in client.post(path, {"act": "yes", "password": "000000"}).content.decode()
    assert client.post(path, {"act": "yes"}).status_code == 200
    assert not taken(dung)
    assert client.post(path, {"act": "yes", "password": PIN}).status_code == 302
    assert taken(dung)
    assert client.get("/quan-ly/").status_code == 200  # the PIN was typed to take it


def test_a_no_needs_no_pin(invitation, dung):
    assert browser(dung).post(path_of(invitation), {"act": "no"}).status_code == 302
    assert not Role.objects.standing().filter(user=dung, waiting=True).exists()


def test_with_an_address_no_pin_is_asked(chi, binh, phu_thai):
    assert binh.email
    roles.offer(by=chi, user=binh, name="Bình", kind="official_view", place=phu_thai)
    path = path_of(inviting.invite(by=chi, user=binh))
    client = browser(binh)
    assert 'name="password"' not in client.get(path).content.decode()
    assert client.post(path, {"act": "yes"}).status_code == 302
    assert taken(binh)


def test_a_shared_number_takes_no_role_by_link(invitation, dung, beside):
    with pytest.raises(seating.SharedNumber):
        inviting.take(invitation=invitation, yes=True)
    answer = browser(dung).post(path_of(invitation), {"act": "yes", "password": PIN}, follow=True)
    assert "ra học riêng" in answer.content.decode()
    assert not taken(dung)
    invitation.refresh_from_db()
    assert (invitation.used_at, invitation.ended_at) == (None, None)


def test_the_number_is_held_while_it_is_taken(invitation, dung, monkeypatch):
    """Nobody is added beside: looked at and held are in one order."""
    seen = []
    held, others = acting.hold_sign_ins, at_work.others_on
    monkeypatch.setattr(acting, "hold_sign_ins", lambda *who: seen.append("held") or held(*who))
    monkeypatch.setattr(at_work, "others_on", lambda user: seen.append("looked") or others(user))
    inviting.take(invitation=invitation, yes=True)
    assert seen[:2] == ["held", "looked"]


def test_who_was_left_alone_is_its_own_person_by_link_too(invitation, dung, beside):
    Learner.objects.filter(user=dung, seat=1).update(user=None, seat=None)
    inviting.take(invitation=invitation, yes=True)
    beside.refresh_from_db()
    assert beside.seat == 1


def test_a_first_pin_by_link_takes_no_shared_number(invitation, dung, beside):
    User.objects.filter(pk=dung.pk).update(password="!")
    answer = Client().post(path_of(invitation), {"password": "604813"})
    assert "ra học riêng" in answer.content.decode()
    assert not taken(dung)
    dung.refresh_from_db()
    assert not dung.has_usable_password()


def test_a_record_that_was_merged_away_keeps_no_first_seat(invitation, dung, beside, chi):
    first = dung.learners.get(seat=1)
    merging.merge(by=chi, duplicate=first, canonical=beside, reason="cùng người")
    Learner.objects.filter(pk=first.pk).update(user=dung, seat=1)
    inviting.take(invitation=invitation, yes=True)
    seats = dict(Learner.objects.filter(user=dung).values_list("pk", "seat"))
    assert seats == {beside.pk: 1, first.pk: 2}


# --- coming back -----------------------------------------------------------------


def code_of(user, purpose, **more):
    now = timezone.now()
    return OneTimeCode.objects.create(
        user=user, purpose=purpose, holder="h", mark="m", used_at=now, expires_at=now, **more
    )


def finish(rf, row):
    request = rf.post("/quen-ma/ma-moi/")
    request.session = {}
    return coming_back.finish(request, row, "604813")


def test_a_text_from_before_the_role_sets_no_pin(dung, rf):
    User.objects.filter(pk=dung.pk).update(phone_verified_at=timezone.now())
    dung.refresh_from_db()
    with pytest.raises(codes.NoCode, match="gặp cán bộ"):
        finish(rf, code_of(dung, OneTimeCode.Purpose.FORGOTTEN))
    dung.refresh_from_db()
    assert dung.check_password(PIN)


def test_a_code_told_before_the_role_moves_no_number(dung, chi, rf):
    told = {"purpose": OneTimeCode.Purpose.VOUCHED, "issued_by": chi, "reason": "mất sim"}
    elsewhere = {"phone": "+84987654399"}
    alone = code_of(None, learner=dung.learners.get(), **told, **elsewhere)
    for row in (code_of(dung, **told, **elsewhere), alone):
        with pytest.raises(codes.NoCode, match="gặp cán bộ"):
            finish(rf, row)
        row.refresh_from_db()
        assert row.ended_at is None
        row.delete()
    dung.refresh_from_db()
    assert (dung.phone, dung.check_password(PIN), dung.learners.count()) == (NUMBER, True, 1)


def test_a_code_told_before_the_role_is_of_who_may_give_it(dung, chi, rf, hai_phong):
    told = {"purpose": OneTimeCode.Purpose.VOUCHED, "issued_by": chi, "reason": "quên"}
    row = code_of(dung, **told)
    role = make_role(dung, "official_view", hai_phong)
    with pytest.raises(codes.NoCode, match="gặp cán bộ"):
        finish(rf, row)
    role.delete()
    assert finish(rf, row) == dung


def test_who_works_by_a_lost_number_is_told_the_way(dung, chi):
    learner = dung.learners.get()
    new = {"kind": coming_back.NUMBER, "reason": "mất sim", "phone": "+84987654399"}
    with pytest.raises(coming_back.Refused, match="thu lại vai trò trước, đổi số"):
        coming_back.vouch(by=chi, learner=learner, **new)
    roles.revoke(by=chi, role=dung.roles.get())
    assert coming_back.vouch(by=chi, learner=Learner.objects.get(pk=learner.pk), **new)


def test_a_form_sent_before_the_pin_comes_back_to_its_page(dung, chi, phu_thai):
    make_role(dung, "official_manage", phu_thai)
    client = browser(dung)
    answer = client.post(
        "/quan-ly/vai-tro/giao/?a=1", headers={"referer": "http://testserver/quan-ly/nguoi/?q=an"}
    )
    assert answer["Location"].endswith("?next=%2Fquan-ly%2Fnguoi%2F%3Fq%3Dan")
    assert "chưa được lưu" in client.get(answer["Location"]).content.decode()
    for strange in ("http://elsewhere.example/x/", ""):
        answer = client.post("/quan-ly/vai-tro/giao/", headers={"referer": strange})
        assert answer["Location"].endswith("?next=%2Fquan-ly%2Fvai-tro%2Fgiao%2F")
