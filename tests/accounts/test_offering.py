"""A role for who has a phone number only: the link and the number's sign-in together take it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import bulk, erasing, offering, roles
from accounts.models import Invitation, InvitationList, Notice, NumberOffer, Role, User
from tests.accounts.test_bulk import confirm, verdicts, xlsx
from tests.accounts.test_bulk import send as send_file
from tests.make import make_learner, make_role, make_user

PIN, NUMBER = "739164", "+84987654321"
WRITTEN = "0987 654 321"


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


def file(*rows):
    return xlsx(*rows, header=list(bulk.COLUMNS))


def give(client, place, **data):
    what = {"phone": WRITTEN, "name": "Vũ Thị Dung", "kind": "trainer", "place": place.pk}
    return client.post("/quan-ly/vai-tro/giao/", what | data)


@pytest.fixture
def new(desk, phu_thai):
    answer = give(desk, phu_thai)
    assert answer.status_code == 302, answer.context["form"].errors
    return NumberOffer.objects.get()


@pytest.fixture
def dung(phu_thai):
    """She signs in with the number."""
    user = make_user(phone=NUMBER, password=PIN, name="Vũ Thị Dung")
    make_learner("Vũ Thị Dung", user=user, commune=phu_thai)
    return user


def path_of(offer):
    return offering.link(offer).replace("http://127.0.0.1:8000", "")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_giver_gets_a_link_to_hand_over(new, desk, chi, phu_thai):
    assert (new.phone, new.kind, new.place, new.invited_by) == (NUMBER, "trainer", phu_thai, chi)
    assert not User.objects.filter(phone=NUMBER).exists()
    assert offering.link(new) in desk.get(f"/quan-ly/moi/so/{new.pk}/").content.decode()
    assert "Vũ Thị Dung" in desk.get("/quan-ly/vai-tro/").content.decode()
    assert not any(path_of(new).split("/")[-2] in str(value) for value in vars(new).values())


def test_she_signs_up_by_the_link_and_takes_it(new, phu_thai):
    client, path = Client(), path_of(new)
    html = client.get(path).content.decode()
    assert "/dang-ky/?next=%2Floi-moi%2Fso%2F" in html
    assert "654" not in html
    data = {"name": "Vũ Thị Dung", "phone": WRITTEN, "commune": "10750", "birth_year": "1980"}
    data |= {"group": "citizen", "pin": PIN, "consent": "on"}
    answer = client.post("/dang-ky/", {**data, "next": path})
    assert answer.status_code == 302
    assert "loi-moi" in answer["Location"]
    assert not Role.objects.exists() or not Role.objects.filter(user__phone=NUMBER).exists()
    answer = client.post(path, {"act": "yes", "password": PIN})
    assert answer.status_code == 302, answer.context["form"].errors
    role = Role.objects.active().get(user__phone=NUMBER)
    assert (role.kind, role.place, role.user.is_staff) == ("trainer", phu_thai, True)
    assert client.get(path).status_code == 410
    assert client.post(path, {"act": "yes", "password": PIN}).status_code == 410


def test_the_number_without_the_link_takes_nothing(new, dung):
    client = signed_in(dung)
    assert client.get("/loi-moi/so/" + "A" * 43 + "/").status_code == 404
    assert not Role.objects.filter(user=dung).exists()


def test_the_link_without_the_number_takes_nothing(new, lan, binh, dung):
    for who in (lan.user, binh):
        client = signed_in(who)
        assert "một số khác" in client.get(path_of(new)).content.decode()
        for act in ("yes", "no"):
            client.post(path_of(new), {"act": act, "password": PIN})
    assert Client().post(path_of(new), {"act": "yes", "password": PIN}).status_code == 200
    new.refresh_from_db()
    assert (new.used_at, new.ended_at) == (None, None)
    assert not Role.objects.filter(user__in=[lan.user, dung]).exists()


def test_a_phone_left_open_takes_nothing(new, dung):
    answer = signed_in(dung).post(path_of(new), {"act": "yes", "password": "000000"})
    assert "chưa đúng" in answer.content.decode()
    assert not Role.objects.filter(user=dung).exists()


def test_she_may_decline(new, dung):
    assert signed_in(dung).post(path_of(new), {"act": "no"}).status_code == 302
    assert not Role.objects.filter(user=dung).exists()
    assert signed_in(dung).get(path_of(new)).status_code == 410


def test_a_number_that_somebody_uses_looks_like_any_other(desk, dung, phu_thai):
    """Every answer to the giver is the same, but for the name and number she wrote herself."""
    seen = []
    for number in (WRITTEN, "0987 654 322"):
        answer = give(desk, phu_thai, phone=number, name="Người Mới")
        offer = NumberOffer.objects.latest("pk")
        page = desk.get(answer["Location"]).content.decode()
        for own in (number, offering.link(offer), f"/so/{offer.pk}/"):
            page = page.replace(own, "")
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
        seen.append(page.split("<main")[1].split("</main>")[0])
        row = ["Ai Đó", "", number, "Cán bộ xem số liệu", "10750", "", ""]
        seen[-1] += str(verdicts(desk, file(row))) + str(confirm(desk).results)
    assert seen[0].replace(" ", "") == seen[1].replace(" ", "")


def test_who_uses_the_number_is_told_after_signing_in(new, dung, desk, phu_thai):
    assert not Notice.objects.exists()
    give(desk, phu_thai, kind="official_view")
    assert "Cán bộ xem số liệu" in Notice.objects.get(learner__user=dung).text


def test_only_the_giver_sees_or_renews_the_link(new, desk, phu_thai):
    other = make_user(email="kia@example.vn", name="Vũ Văn Kia", is_staff=True)
    make_role(other, "official_manage", phu_thai)
    client = signed_in(other)
    page = client.get(f"/quan-ly/moi/so/{new.pk}/").content.decode()
    assert "/loi-moi/so/" not in page
    client.post(f"/quan-ly/moi/so/{new.pk}/", {"act": "renew"})
    new.refresh_from_db()
    assert (new.ended_at, NumberOffer.objects.count()) == (None, 1)
    desk.post(f"/quan-ly/moi/so/{new.pk}/", {"act": "renew"})
    assert Client().get(path_of(new)).status_code == 410
    fresh = NumberOffer.objects.standing().get()
    assert Client().get(path_of(fresh)).status_code == 200
    client.post(f"/quan-ly/moi/so/{fresh.pk}/", {"act": "end"})
    assert Client().get(path_of(fresh)).status_code == 410


def test_another_commune_sees_nothing_of_it(new, sau):
    client = signed_in(sau)
    assert client.get(f"/quan-ly/moi/so/{new.pk}/").status_code == 404
    assert "Vũ Thị Dung" not in client.get("/quan-ly/vai-tro/").content.decode()


@pytest.mark.parametrize("kind", ["official_manage", "editor", "administrator"])
def test_what_reaches_further_needs_an_address(client, quan_tri, hai_phong, phu_thai, kind):
    client.force_login(quan_tri)
    place = phu_thai if kind == "official_manage" else hai_phong
    answer = give(client, place, kind=kind)
    assert "cần thư điện tử" in answer.content.decode()
    assert not NumberOffer.objects.exists()


def test_nobody_takes_a_role_by_her_own_number(chi, desk, phu_thai):
    User.objects.filter(pk=chi.pk).update(phone=NUMBER)
    assert "tự giao vai trò" in give(desk, phu_thai).content.decode()


def test_neither_address_nor_number_is_said(desk, phu_thai):
    assert "hoặc số điện thoại" in give(desk, phu_thai, phone="").content.decode()


def test_with_both_the_address_is_invited(desk, phu_thai):
    give(desk, phu_thai, email="dung@example.vn")
    assert Invitation.objects.get().user.email == "dung@example.vn"
    assert not NumberOffer.objects.exists()


def test_a_link_lapses_with_the_power_of_its_giver(new, dung, chi):
    Role.objects.filter(user=chi).update(revoked_at=timezone.now())
    answer = signed_in(dung).post(path_of(new), {"act": "yes", "password": PIN})
    assert answer.status_code == 410
    assert "chưa từ chối" in answer.content.decode()
    assert not Role.objects.filter(user=dung).exists()


def test_it_runs_out(new, dung):
    NumberOffer.objects.update(expires_at=timezone.now())
    assert signed_in(dung).post(path_of(new), {"act": "yes", "password": PIN}).status_code == 410


def test_the_number_went_to_somebody_else_meanwhile(new, dung):
    User.objects.filter(pk=dung.pk).update(phone="+84911111111")
    with pytest.raises(offering.Gone):
        offering.accept(user=dung, offer=new)  # still the number she had when the page was asked for
    assert not Role.objects.filter(user=dung).exists()


def test_an_offer_by_mail_of_another_giver_is_taken_by_this_one(new, dung, phu_thai, quan_tri):
    User.objects.filter(pk=dung.pk).update(email="dung@example.vn")
    roles.offer(by=quan_tri, user=dung, name="Dung", kind="trainer", place=phu_thai)
    offering.accept(user=dung, offer=new)
    assert Role.objects.active().get(user=dung).granted_by == new.invited_by


def test_a_file_with_numbers(desk, phu_thai):
    row = ["Vũ Thị Dung", "", "987654321", "Người hướng dẫn", "", "", ""]  # the spreadsheet ate the 0
    wrong = ["Lê An", "", "12345", "Người hướng dẫn", "", "", ""]
    manager = ["Lê An", "", "0912 345 679", "Người hướng dẫn", "", "", ""]
    none = ["Lê An", "", "", "Người hướng dẫn", "", "", ""]
    said = verdicts(desk, file(row, wrong, manager, none, row))
    assert [verdict for verdict, _ in said] == ["new", "wrong", "new", "wrong", "wrong"]
    assert "Số điện thoại chưa đúng" in said[1][1]
    assert "hoặc số điện thoại" in said[3][1]
    batch = confirm(desk)
    assert NumberOffer.objects.count() == 2
    assert WRITTEN in desk.get(f"/quan-ly/moi/{batch.reference}/").content.decode()
    html = desk.get(f"/quan-ly/moi/{batch.reference}/lien-ket/").content.decode()
    assert html.count("/loi-moi/so/") == 2
    assert WRITTEN in html
    assert [verdict for verdict, _ in verdicts(desk, file(row))] == ["held"]
    confirm(desk)
    assert NumberOffer.objects.count() == 2


def test_a_file_that_was_judged_before_is_not_done_twice(desk, new):
    """Two files sent up one after the other, then both confirmed."""
    row = ["Lê An", "", "0912 345 679", "Người hướng dẫn", "", "", ""]
    send_file(desk, file(row))
    send_file(desk, file(row))
    for batch in InvitationList.objects.all():
        desk.post(f"/quan-ly/moi/{batch.reference}/xac-nhan/")
    assert NumberOffer.objects.filter(name="Lê An").count() == 1


def test_a_file_offers_no_management_to_a_number(client, quan_tri, phu_thai):
    client.force_login(quan_tri)
    row = ["Lê An", "", "0912 345 679", "Cán bộ quản lý", "10750", "", ""]
    [(verdict, why)] = verdicts(client, file(row))
    assert (verdict, "cần thư điện tử" in why) == ("wrong", True)


def test_who_holds_the_role_already_is_not_offered_it(desk, new, dung, phu_thai):
    offering.accept(user=dung, offer=new)
    assert "đang giữ vai trò này" in give(desk, phu_thai).content.decode()
    row = ["Vũ Thị Dung", "", WRITTEN, "Người hướng dẫn", "", "", ""]
    assert verdicts(desk, file(row)) == [("held", "Đang giữ, không có hạn.")]


def test_an_erased_person_leaves_no_offer(new, dung, desk, chi):
    send_file(desk, file(["Cô Dung", "", WRITTEN, "Cán bộ xem số liệu", "", "", ""]))
    erasing.erase(learner=dung.learners.get(), by=chi, reason="asked")
    assert not NumberOffer.objects.exists()
    assert NUMBER not in str(InvitationList.objects.get().rows)
