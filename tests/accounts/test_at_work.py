"""A role is one person's: never the household's that shares her sign-in."""

import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts import at_work, erasing, household, inviting, merging, offering, returning, roles
from accounts.models import Learner, Notice, NumberOffer, Parting, Role
from tests.make import make_learner, make_role, make_user

PIN, NUMBER = "739164", "+84987654321"
FIGURES = "/quan-ly/"


@pytest.fixture
def dung(phu_thai):
    user = make_user(phone=NUMBER, password=PIN, name="Vũ Thị Dung")
    make_learner("Vũ Thị Dung", user=user, commune=phu_thai)
    return user


@pytest.fixture
def son(dung, phu_thai):
    """Her boy of twelve, on the same sign-in."""
    return make_learner("Vũ Minh Sơn", user=dung, commune=phu_thai, birth_year=2014)


@pytest.fixture
def offer(chi, phu_thai):
    return offering.offer(by=chi, phone=NUMBER, name="Dung", kind="official_view", place=phu_thai)


@pytest.fixture
def works(dung, phu_thai):
    """As before this rule: a role on a number that is shared."""
    role = make_role(dung, "official_view", phu_thai)
    roles.follow(dung)
    return role


def browser(user, learner=None):
    client = Client()
    client.force_login(user)
    if learner:
        client.post("/ai-dang-hoc/", {"learner": learner.public_id})
    return client


def path_of(offer):
    return offering.link(offer).replace("http://127.0.0.1:8000", "")


# --- taking a role ---------------------------------------------------------------


def test_a_shared_number_takes_no_role(offer, dung, son):
    client = browser(dung, dung.learners.get(seat=1))
    page = client.get(path_of(offer)).content.decode()
    assert "Số này có người khác học chung" in page
    assert "ra học riêng" in page
    assert 'name="password"' not in page
    answer = client.post(path_of(offer), {"act": "yes", "password": PIN})
    assert "ra học riêng" in answer.content.decode()
    assert not Role.objects.filter(user=dung).exists()
    offer.refresh_from_db()
    assert (offer.used_at, offer.ended_at) == (None, None)


def test_once_the_other_learns_alone_it_is_taken(offer, dung, son):
    household.leave(user=dung, learner=son, phone="+84987654399", pin="482951")
    client = browser(dung)
    assert client.post(path_of(offer), {"act": "yes", "password": PIN}).status_code == 302
    assert Role.objects.active().filter(user=dung).exists()
    assert client.get(FIGURES).status_code == 200  # the PIN was typed to take it


def test_who_is_left_alone_on_a_number_is_its_own_person(offer, dung, son):
    first = dung.learners.get(seat=1)
    household.leave(user=dung, learner=first, phone="+84987654399", pin="482951")
    offering.accept(user=dung, offer=offer)
    son.refresh_from_db()
    assert son.seat == 1


# --- nobody comes onto it --------------------------------------------------------


def test_nobody_is_added_to_a_number_that_works(works, dung, phu_thai):
    import uuid

    what = {"name": "An", "birth_year": 1990, "group": "citizen", "commune": phu_thai}
    with pytest.raises(household.HoldsRole, match="bằng số khác"):
        household.add(user=dung, uuid=uuid.uuid4(), colour="", picture="", **what)
    Role.objects.update(revoked_at=timezone.now())
    assert household.add(user=dung, uuid=uuid.uuid4(), colour="", picture="", **what).seat == 2


def test_nobody_learns_with_an_address(chi, phu_thai):
    """With or without a role: there may be one again."""
    import uuid

    make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    what = {"name": "An", "birth_year": 1990, "group": "citizen", "commune": phu_thai}
    for _ in "with", "without":
        with pytest.raises(household.WorksOnly, match="số điện thoại"):
            household.add(user=chi, uuid=uuid.uuid4(), colour="", picture="", **what)
        answer = browser(chi).get("/ai-dang-hoc/them/", follow=True)
        assert "chỉ để làm việc" in answer.content.decode()
        Role.objects.update(revoked_at=timezone.now())


def test_nobody_comes_back_to_an_address(chi, phu_thai):
    make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    child = make_learner("Phạm An", user=chi, commune=phu_thai, birth_year=2014)
    household.unlink(user=chi, learner=child)
    with pytest.raises(household.WorksOnly):
        household.bring_back(user=chi, learner=child)


def test_nobody_sits_first_where_a_role_is_held(works, dung, phu_thai):
    Learner.objects.filter(user=dung).update(user=None, seat=None)
    stray = make_learner("Vũ Minh Sơn", with_user=False, commune=phu_thai)
    household.sit(stray, dung)
    assert stray.seat == 2
    works.delete()
    other = make_learner("Vũ Thị Dung", with_user=False, commune=phu_thai)
    household.sit(other, dung)
    assert other.seat == 1


def test_an_undone_merge_gives_nobody_the_first_seat(quan_tri, chi, binh, phu_thai):
    """Whose seat was taken meanwhile gets another, and not that of who holds the role."""
    make_learner("Trần Văn Bình", user=binh, commune=phu_thai)
    child = make_learner("Trần An", user=binh, commune=phu_thai)
    twin = make_learner("Trần An", commune=phu_thai)
    merged = merging.merge(by=chi, duplicate=child, canonical=twin, reason="cùng người")
    Learner.objects.filter(user=binh, seat=1).update(seat=2)
    merging.unmerge(by=chi, merge=merged)
    child.refresh_from_db()
    assert (child.user, child.seat) == (binh, 3)


def test_nobody_is_brought_back_to_a_number_that_works(offer, dung, son):
    household.unlink(user=dung, learner=son)
    offering.accept(user=dung, offer=offer)
    with pytest.raises(household.HoldsRole):
        household.bring_back(user=dung, learner=son)
    son.refresh_from_db()
    assert son.user_id is None


def test_nobody_goes_back_to_a_number_that_works(offer, dung, son):
    household.leave(user=dung, learner=son, phone="+84987654399", pin="482951")
    son.refresh_from_db()
    offering.accept(user=dung, offer=offer)
    with pytest.raises(household.HoldsRole):
        returning.go_back(learner=son)
    assert Parting.objects.filter(learner=son, ended_at=None).exists()


def test_no_record_is_merged_onto_a_number_that_works(works, dung, chi, phu_thai):
    canonical = make_learner("Vũ Thị Dung", with_user=False, commune=phu_thai)
    with pytest.raises(merging.Working):
        merging.merge(by=chi, duplicate=dung.learners.get(), canonical=canonical, reason="cùng người")


def test_the_holder_does_not_leave_her_role_to_the_others(works, dung, son):
    first = dung.learners.get(seat=1)
    for act in (
        lambda: household.unlink(user=dung, learner=first),
        lambda: household.leave(user=dung, learner=first, phone="+84987654399", pin="482951"),
    ):
        with pytest.raises(household.HolderStays):
            act()
    household.unlink(user=dung, learner=son)


def test_the_page_to_add_says_so_at_once(works, dung):
    answer = browser(dung).get("/ai-dang-hoc/them/", follow=True)
    assert "chỉ một người dùng được" in answer.content.decode()


def test_one_more_role_is_not_taken_on_a_shared_number_either(dung, son, chi, phu_thai):
    """Offered from the list of staff, on a number that held a role before."""
    roles.offer(by=chi, user=dung, name="Dung", kind="trainer", place=phu_thai)
    link = inviting.link(inviting.invite(by=chi, user=dung)).replace("http://127.0.0.1:8000", "")
    answer = browser(dung, dung.learners.get(seat=1)).post(link, {"act": "yes", "password": PIN}, follow=True)
    assert "ra học riêng" in answer.content.decode()
    assert not Role.objects.active().filter(user=dung).exists()


# --- the screens -----------------------------------------------------------------


@pytest.mark.parametrize("url", [FIGURES, "/quan-ly/giay/"])
def test_another_person_of_the_sign_in_gets_no_staff_screen(works, dung, son, url):
    client = browser(dung, son)
    answer = client.get(url)
    assert answer.status_code == 403
    assert "Vũ Thị Dung" in answer.content.decode()
    assert "Ai đang học" in answer.content.decode()
    assert 'href="/quan-ly/' not in client.get("/hoc-tap/").content.decode()


def test_by_number_somebody_says_first_who_she_is(works, dung, son):
    answer = browser(dung).get(FIGURES)
    assert answer["Location"].startswith("/ai-dang-hoc/")


def test_by_number_the_pin_is_asked_in_this_session(works, dung):
    client = browser(dung)
    answer = client.get(FIGURES)
    assert answer["Location"] == "/hai-buoc/xac-nhan/?next=%2Fquan-ly%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "Mã 6 số" in page
    assert "Mật khẩu" not in page
    wrong = client.post("/hai-buoc/xac-nhan/", {"password": "000000", "next": FIGURES})
    assert "Mã 6 số chưa đúng" in wrong.content.decode()
    assert client.get(FIGURES).status_code == 302
    assert client.post("/hai-buoc/xac-nhan/", {"password": PIN, "next": FIGURES})["Location"] == FIGURES
    assert client.get(FIGURES).status_code == 200
    session = client.session
    session["at_work"] |= {"at": time.time() - at_work.HOURS * 3600 - 1}
    session.save()
    assert client.get(FIGURES).status_code == 302


def test_the_pin_of_the_door_is_enough_for_who_learns_alone(works, dung):
    client = Client()
    client.post("/dang-nhap/", {"login": "0987 654 321", "password": PIN})
    assert client.get(FIGURES).status_code == 200


def test_on_a_shared_number_it_is_her_own_pin(works, dung, son):
    from django.contrib.auth.hashers import make_password

    first = dung.learners.get(seat=1)
    Learner.objects.filter(pk=first.pk).update(pin=make_password("604813"))
    client = browser(dung, first)
    client.post("/hai-buoc/xac-nhan/", {"password": PIN, "next": FIGURES})
    assert client.get(FIGURES).status_code == 302  # the household knows that one
    client.post("/hai-buoc/xac-nhan/", {"password": "604813", "next": FIGURES})
    assert client.get(FIGURES).status_code == 200
    client.post("/ai-dang-hoc/", {"learner": son.public_id})
    client.post("/ai-dang-hoc/", {"learner": first.public_id})
    assert client.get(FIGURES).status_code == 302  # somebody else had the phone


def test_an_official_who_learns_with_her_family(chi, phu_thai):
    own = make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    child = make_learner("Phạm An", user=chi, commune=phu_thai, birth_year=2014)
    assert browser(chi).get(FIGURES).status_code == 200
    assert browser(chi, own).get(FIGURES).status_code == 200
    client = browser(chi, child)
    assert client.get(FIGURES).status_code == 403
    assert client.get("/hai-buoc/").status_code == 403
    client.post("/ai-dang-hoc/", {"learner": own.public_id})
    assert client.get(FIGURES)["Location"].startswith("/hai-buoc/xac-nhan/")


@pytest.mark.parametrize("gone", ["erased", "merged"])
@pytest.mark.parametrize("left", [1, 2])
def test_with_an_address_a_lost_seat_asks_the_password(chi, quan_tri, phu_thai, hai_phong, gone, left):
    """Who sat first was erased or merged away: the role is still hers who knows the password."""
    chi.set_password("Hoa phượng đỏ 1887")
    chi.save()
    own = make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    child, *_ = [make_learner(f"Phạm An {n}", user=chi, commune=phu_thai) for n in range(left)]
    make_role(quan_tri, "official_manage", hai_phong)
    if gone == "erased":
        erasing.erase(learner=own, by=quan_tri, reason="asked")
    else:
        elsewhere = make_learner("Phạm Thị Chi", commune=phu_thai)
        merging.merge(by=quan_tri, duplicate=own, canonical=elsewhere, reason="cùng người")
    for learner in (None, child):
        client = browser(chi, learner)
        answer = client.get(FIGURES)
        assert answer["Location"] == "/hai-buoc/xac-nhan/?next=%2Fquan-ly%2F"
        wrong = client.post(answer["Location"], {"password": "739164", "next": FIGURES})
        assert wrong.status_code == 200
        assert client.get(FIGURES).status_code == 302
        client.post("/hai-buoc/xac-nhan/", {"password": "Hoa phượng đỏ 1887", "next": FIGURES})
        assert client.get(FIGURES).status_code == 200
        client.post("/ai-dang-hoc/", {"learner": child.public_id})
        assert client.get(FIGURES).status_code == 302


def test_the_editors_screens_are_hers_too(bien, phu_thai):
    make_learner("Vũ Thị Biên", user=bien, commune=phu_thai)
    child = make_learner("Vũ An", user=bien, commune=phu_thai, birth_year=2014)
    assert browser(bien, child).get("/admin/").status_code == 403


# --- words and cards -------------------------------------------------------------


def test_only_her_own_person_reads_of_an_offer(offer, dung, son, chi, phu_thai):
    offering.offer(by=chi, phone=NUMBER, name="Dung", kind="trainer", place=phu_thai)
    [notice] = Notice.objects.filter(text__contains="mời bạn nhận vai trò: Người hướng dẫn")
    assert (notice.user, notice.learner) == (None, dung.learners.get(seat=1))
    assert NumberOffer.objects.count() == 2


def test_the_end_of_a_role_is_told(works, dung, chi):
    roles.revoke(by=chi, role=works)
    notice = Notice.objects.get(learner__user=dung)
    assert "Phạm Thị Chi đã thu lại vai trò của bạn: Cán bộ xem số liệu" in notice.text


def test_the_card_of_who_shares_a_number_with_staff_stays(works, dung, son, chi):
    from accounts import cards

    assert cards.may_have(son)
    assert not cards.may_have(dung.learners.get(seat=1))
    page = browser(chi).get("/quan-ly/the/").content.decode()
    assert "Vũ Minh Sơn" in page
    assert "Vũ Thị Dung" not in page
