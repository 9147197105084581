"""The officials' screens of roles and invitations."""

import datetime
import re

import pytest
from django.core import mail
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import inviting, staffing
from accounts.access import places_within
from accounts.erasing import erase
from accounts.models import Invitation, Notice, Role, User
from accounts.roles import follow, offer
from tests.make import make_learner, make_role, make_user

from .parts import PASSWORD, give, link_of, resets


def test_a_known_address_looks_like_a_new_one(desk, known, sau, phu_thai):
    """Nobody learns by inviting who has a sign-in here, or under which name."""
    give(desk, email="la@example.vn", name="Ai Lạ", kind="trainer", place=phu_thai.pk)
    desk.get("/quan-ly/vai-tro/")  # what was just done is said
    strange = User.objects.get(email="la@example.vn")
    urls = ["/quan-ly/moi/nguoi/{user}/", "/quan-ly/vai-tro/{role}/", "/quan-ly/vai-tro/{role}/thu-lai/"]

    def page(url, user, name):
        html = desk.get(url.format(user=user.pk, role=user.roles.get(kind="trainer").pk)).content.decode()
        assert "Sáu" not in html
        link = link_of(user) if user.invitations.exists() else "?"
        for own in (link, link.split("/")[-2], user.email, name):
            html = html.replace(own, "·")
        return re.sub(r"[\w-]{60,}|\d+", "#", html)

    for url in urls:
        assert page(url, sau, "Ai Đó") == page(url, strange, "Ai Lạ"), url
    for url in ("", "?q=ai", "?tinh_trang=chua-nhan", "lich-su/", "giao/?q=sau"):
        assert "Lê Văn" not in desk.get(f"/quan-ly/vai-tro/{url}").content.decode(), url
    assert desk.get("/quan-ly/vai-tro/?tinh_trang=chua-nhan&q=le+van").content.decode().count("Ai Đó") == 0
    assert User.objects.get(pk=sau.pk).name == "Lê Văn Sáu"


def test_a_role_is_in_force_once_it_is_accepted(known, sau, chi, phu_thai):
    """He is told, and signed in as himself he takes it with the link."""
    assert known.waiting
    assert not Role.objects.active().filter(kind="trainer").exists()
    assert phu_thai not in places_within(sau)
    assert "Phạm Thị Chi mời bạn nhận vai trò" in Notice.objects.get(user=sau).text
    client, link = Client(), link_of(sau)
    assert "Đăng nhập để nhận vai trò" in client.get(link).content.decode()
    assert client.post(link, {"act": "yes"}).status_code == 410
    client.force_login(chi)
    assert client.post(link, {"act": "yes"}).status_code == 410
    assert not Role.objects.active().filter(kind="trainer").exists()
    client.force_login(sau)
    assert "Nhận việc này?" in client.get(link).content.decode()
    assert client.post(link, {"act": "yes"}).status_code == 302
    assert Role.objects.active().filter(kind="trainer", user=sau).exists()
    assert sau.check_password("mat-khau-cua-sau")
    assert client.post(link, {"act": "yes"}).status_code == 410


def test_a_role_may_be_declined(known, sau):
    client, link = Client(), link_of(sau)
    client.force_login(sau)
    client.post(link, {"act": "no"})
    known.refresh_from_db()
    assert known.revoked_by == sau
    assert not Role.objects.standing().filter(kind="trainer").exists()


def test_nothing_is_accepted_that_its_giver_may_not_give_any_more(known, sau, chi):
    chi.roles.update(revoked_at=timezone.now())
    client = Client()
    client.force_login(sau)
    assert client.post(link_of(sau), {"act": "yes"}).status_code == 410
    assert not Role.objects.active().filter(kind="trainer").exists()


def test_a_link_takes_only_what_came_from_the_same_hands(new, quan_tri, hai_phong):
    """The city could give what Chi offered; its link opens its own offer, hers waits for her link."""
    offer(by=quan_tri, user=new, name="Dung", kind="editor", place=hai_phong)
    inviting.invite(by=quan_tri, user=new)
    link = path_of(new, quan_tri)
    page = Client().get(link).content.decode()
    assert "Biên tập" in page
    assert "Người hướng dẫn" not in page
    signed_in = Client()
    assert signed_in.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert [role.kind for role in Role.objects.active().filter(user=new)] == ["editor"]
    assert [role.kind for role in Role.objects.offered().filter(user=new)] == ["trainer"]


def path_of(user, by, **which):
    link = user.invitations.standing().get(invited_by=by, **which)
    return inviting.link(link).replace("http://127.0.0.1:8000", "")


def page_of(client, user):
    return client.get(f"/quan-ly/moi/nguoi/{user.pk}/").content.decode()


@pytest.mark.parametrize("by_mail", [False, True])
def test_a_link_from_above_is_not_in_the_hands_below(desk, new, chi, quan_tri, hai_phong, settings, by_mail):
    """Chi first, the city second: with his link she would be administrator of the city."""
    own = path_of(new, chi)
    assert Client().get(own).status_code == 200
    settings.MAIL = by_mail
    offer(by=quan_tri, user=new, name="Dung", kind="administrator", place=hai_phong)
    assert Client().get(own).status_code == 410  # before he makes a link too
    assert own not in page_of(desk, new)
    inviting.invite(by=quan_tri, user=new)
    his = path_of(new, quan_tri)
    assert "/loi-moi/" not in page_of(desk, new)
    for act in ("gui-lai", "thu-lai"):  # hers to recall, never his
        desk.post(f"/quan-ly/moi/nguoi/{new.pk}/{act}/")
    assert path_of(new, quan_tri) == his
    answer = Client().post(own, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 410
    with pytest.raises(inviting.Gone):
        inviting.accept(invitation=new.invitations.get(invited_by=chi), password=PASSWORD)
    assert Client().post(his, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert [role.kind for role in Role.objects.active().filter(user=new)] == ["administrator"]


@pytest.mark.parametrize("by_mail", [False, True])
def test_nobody_below_joins_an_invitation_from_above(
    desk, chi, quan_tri, hai_phong, phu_thai, settings, by_mail
):
    """The city first, Chi second: no offer, no link, nothing of the other one said."""
    settings.MAIL = by_mail
    user = inviting.person(email="dung@example.vn", name="Tên Thật")
    offer(by=quan_tri, user=user, name="Dung", kind="administrator", place=hai_phong)
    inviting.invite(by=quan_tri, user=user)
    his = path_of(user, quan_tri)
    answer = give(desk, email="dung@example.vn", name="Dung", kind="trainer", place=phu_thai.pk)
    assert "không làm lời mời được" in answer.content.decode()
    assert "Tên Thật" not in answer.content.decode()
    assert [role.kind for role in Role.objects.offered().filter(user=user)] == ["administrator"]
    assert desk.get(f"/quan-ly/moi/nguoi/{user.pk}/").status_code == 404
    assert path_of(user, quan_tri) == his


@pytest.mark.parametrize("by_mail", [False, True])
def test_a_reset_link_is_shown_to_whoever_made_it(
    desk, known, sau, chi, quan_tri, hai_phong, settings, by_mail
):
    """Chi has invited Sáu, the city helps him with his password: Chi never sees how."""
    settings.MAIL = by_mail
    staffing.reset(by=quan_tri, user=sau, reason="Gọi điện, đúng giọng")
    his, hers = path_of(sau, quan_tri), path_of(sau, chi)
    assert his not in page_of(desk, sau)
    assert hers in page_of(desk, sau)
    desk.post(f"/quan-ly/moi/nguoi/{sau.pk}/thu-lai/")
    assert path_of(sau, quan_tri) == his
    desk.post(f"/quan-ly/moi/nguoi/{sau.pk}/gui-lai/")
    assert path_of(sau, quan_tri) == his


def test_an_offer_of_another_is_in_no_resets_way(desk, binh, chi, quan_tri, hai_phong):
    """And another password takes up no offer: that opens through its own link alone."""
    resets(desk, binh)
    link = path_of(binh, chi)
    offer(by=quan_tri, user=binh, name="Bình", kind="administrator", place=hai_phong)
    inviting.invite(by=quan_tri, user=binh)
    assert link in page_of(desk, binh)
    assert staffing.may_reset(chi, binh)
    assert "Quản trị" not in Client().get(link).content.decode()
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert [role.kind for role in Role.objects.active().filter(user=binh)] == ["trainer"]
    assert [role.kind for role in Role.objects.offered().filter(user=binh)] == ["administrator"]


def test_a_reset_link_ends_with_a_role_from_above(desk, binh, chi, quan_tri, hai_phong):
    """Her password is Chi's to help with only while she holds nothing that Chi could not give."""
    resets(desk, binh)
    link = path_of(binh, chi)
    Role.objects.create(user=binh, kind="editor", place=hai_phong, granted_by=quan_tri)
    assert link not in page_of(desk, binh)
    assert "không mở được nữa" in page_of(desk, binh)
    assert Client().get(link).status_code == 410
    assert not staffing.may_reset(chi, binh)
    desk.post(f"/quan-ly/moi/nguoi/{binh.pk}/thu-lai/")  # her own: always hers to end
    assert not binh.invitations.standing().filter(invited_by=chi).exists()


def test_a_reset_takes_up_no_offer_of_its_maker_either(desk, binh, chi, phu_thai):
    """She asked for a password: the role has its own link, which goes on, and so does the reset."""
    resets(desk, binh)
    give_more(desk, binh, phu_thai)
    assert binh.invitations.standing().filter(invited_by=chi).count() == 2
    page = page_of(desk, binh)
    both = [path_of(binh, chi, resets=one) for one in (False, True)]
    assert all(link in page for link in both)
    assert "Cán bộ xem" not in Client().get(both[1]).content.decode()
    Client().post(both[1], {"password": PASSWORD, "again": PASSWORD})
    assert [role.kind for role in Role.objects.offered().filter(user=binh)] == ["official_view"]
    signed_in = Client()
    signed_in.force_login(User.objects.get(pk=binh.pk))
    assert signed_in.post(both[0], {"act": "yes"}).status_code == 302
    assert Role.objects.active().filter(user=binh, kind="official_view").exists()


@pytest.mark.parametrize("which", [False, True])
def test_each_of_two_links_is_called_back_alone(desk, binh, phu_thai, which):
    resets(desk, binh)
    give_more(desk, binh, phu_thai)
    desk.post(f"/quan-ly/moi/nguoi/{binh.pk}/thu-lai/", {"resets": str(int(which))})
    assert [link.resets for link in binh.invitations.standing()] == [not which]


def give_more(client, user, place):
    answer = client.post(
        f"/quan-ly/vai-tro/giao/?nguoi={user.pk}", {"kind": "official_view", "place": place.pk}
    )
    assert answer.status_code == 302, answer.context["form"].errors


def in_days(days):
    """The same, as if it had been done so many days ago."""
    back = datetime.timedelta(days=days)
    Role.objects.filter(waiting=True).update(offer_ends_at=F("offer_ends_at") - back)
    Invitation.objects.update(expires_at=F("expires_at") - back)


def test_an_offer_ends_by_itself_and_says_until_when(desk, known, sau):
    """With its link, after seven days; nobody's way is blocked for ever."""
    until = timezone.localtime(known.offer_ends_at)
    page = desk.get(f"/quan-ly/vai-tro/{known.pk}/").content.decode()
    assert f"{until:%H:%M %d/%m/%Y}" in page
    in_days(6)
    assert Role.objects.offered().filter(pk=known.pk).exists()
    in_days(1)
    assert not Role.objects.standing().filter(pk=known.pk).exists()
    assert "Lời mời đã hết hạn" in desk.get("/quan-ly/vai-tro/?tinh_trang=chua-nhan").content.decode()
    assert "Lê Văn Sáu" not in page_of(desk, sau)
    client = Client()
    client.force_login(sau)
    link = inviting.link(Invitation.objects.get()).replace("http://127.0.0.1:8000", "")
    assert client.post(link, {"act": "yes"}).status_code == 410
    assert not Role.objects.active().filter(pk=known.pk).exists()


def test_another_link_opens_an_offer_anew(desk, known, sau):
    in_days(8)
    desk.post(f"/quan-ly/moi/nguoi/{sau.pk}/gui-lai/")
    client = Client()
    client.force_login(sau)
    assert client.post(link_of(sau), {"act": "yes"}).status_code == 302
    assert Role.objects.active().filter(pk=known.pk).exists()


@pytest.fixture
def minh(phu_thai):
    """Another official of the same commune."""
    user = make_user(email="minh@example.vn", name="Đỗ Minh")
    make_role(user, "official_manage", phu_thai)
    return user


def left(user, how):
    if how == "dismissed":
        user.roles.update(revoked_at=timezone.now())
    elif how == "locked":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        Role.objects.filter(granted_by=user).update(granted_by=None)


@pytest.mark.parametrize("how", ["dismissed", "locked", "erased", "ran out"])
@pytest.mark.parametrize("colleague", ["minh", "quan_tri"])
@pytest.mark.parametrize("person", ["sau@example.vn", "moi@example.vn"])
def test_an_offer_of_who_left_is_in_nobodys_way(desk, chi, phu_thai, sau, request, how, colleague, person):
    """Whoever may give the role gives it anew, to who has a sign-in and to who has none."""
    give(desk, email=person, name="Ai Đó", kind="trainer", place=phu_thai.pk)
    old = Role.objects.get(kind="trainer")
    if how == "ran out":
        in_days(8)
    else:
        left(chi, how)
    by = request.getfixturevalue(colleague)
    client = Client()
    client.force_login(by)
    answer = give(client, email=person, name="Ai Đó", kind="trainer", place=phu_thai.pk)
    assert answer.status_code == 302, answer.context["form"].errors
    new = Role.objects.offered().get(kind="trainer")
    assert new.granted_by == by
    old.refresh_from_db()
    assert old.revoked_at
    assert old.revoked_by == (None if how == "ran out" else by)
    assert by in [link.invited_by for link in new.user.invitations.standing()]


def test_an_offer_of_who_left_is_withdrawn(desk, known, chi, minh):
    left(chi, "dismissed")
    client = Client()
    client.force_login(minh)
    url = f"/quan-ly/vai-tro/{known.pk}/"
    assert "không còn giao được" in client.get(url).content.decode()
    assert client.post(f"{url}thu-lai/", {"sure": "on"}).status_code == 302
    known.refresh_from_db()
    assert known.revoked_by == minh
    assert "Thôi mời Ai Đó" in client.get("/quan-ly/vai-tro/lich-su/").content.decode()


def test_an_offer_of_a_colleague_who_is_here_is_said(desk, known, chi, minh, phu_thai):
    """Not taken out of her hands unasked: whoever may give it sees whose it is, and may withdraw it."""
    client = Client()
    client.force_login(minh)
    answer = give(client, email="sau@example.vn", name="Ai Đó", kind="trainer", place=phu_thai.pk)
    assert "Phạm Thị Chi đã mời người này" in answer.content.decode()
    known.refresh_from_db()
    assert (known.granted_by, known.revoked_at) == (chi, None)


def test_who_declined_is_not_named_to_whoever_asked(desk, known, sau):
    client = Client()
    client.force_login(sau)
    client.post(link_of(sau), {"act": "no"})
    assert "Lê Văn Sáu" not in page_of(desk, sau)


def test_a_link_of_who_was_erased_stays_shut(desk, binh, chi, quan_tri):
    """A link without a maker counts as the operator's: hers ends before her name goes."""
    resets(desk, binh)
    link = path_of(binh, chi)
    chi.roles.update(revoked_at=timezone.now())
    follow(chi)
    erase(learner=make_learner(user=chi), by=chi, reason="asked")
    assert not User.objects.filter(pk=chi.pk).exists()
    assert Client().get(link).status_code == 410


def test_a_locked_superuser_gives_nothing(binh, phu_thai):
    boss = make_user(email="boss@example.vn", is_superuser=True)
    made = staffing.reset(by=boss, user=binh, reason="Gọi điện, đúng giọng")
    assert inviting.find(token_of(made))
    User.objects.filter(pk=boss.pk).update(is_active=False)
    with pytest.raises(inviting.Gone):
        inviting.find(token_of(made))


def token_of(invitation):
    return inviting.link(invitation).split("/")[-2]


def test_an_invitation_that_is_overtaken_says_so_and_is_called_back(desk, new, quan_tri, hai_phong):
    """The page promised a link that is not there, and had no button."""
    offer(by=quan_tri, user=new, name="Dung", kind="administrator", place=hai_phong)
    page = page_of(desk, new)
    assert "dưới đây" not in page
    assert "hiện không mở được" in page
    assert "Thu lại lời mời" in page


def test_the_day_somebody_elses_link_was_used_is_not_told(desk, known, sau, quan_tri, hai_phong):
    desk.post(f"/quan-ly/moi/nguoi/{sau.pk}/thu-lai/")
    Invitation.objects.create(
        user=sau, invited_by=quan_tri, expires_at=timezone.now(), used_at=timezone.now()
    )
    assert "Nhận ngày" not in page_of(desk, sau)


def test_a_letter_says_what_is_offered_and_not_what_is_held(desk, known, sau):
    held = sau.roles.get(waiting=False)
    said = inviting.words(Invitation.objects.get())
    assert "Người hướng dẫn: Xã Phú Thái" in said
    assert str(held.place) not in said


def test_no_letter_goes_out_with_a_dead_link(new, chi, settings):
    settings.MAIL = True
    chi.roles.update(revoked_at=timezone.now())
    assert inviting.send_due() == 0
    assert not mail.outbox
    chi.roles.update(revoked_at=None)
    assert inviting.send_due() == 1


def test_two_places_invite_one_colleague(known, sau, chi, quan_tri, hai_phong):
    """Neither ends the other's link, nor does accepting one."""
    offer(by=quan_tri, user=sau, name="Sáu", kind="editor", place=hai_phong)
    inviting.invite(by=quan_tri, user=sau)
    links = [path_of(sau, quan_tri), path_of(sau, chi)]
    client = Client()
    client.force_login(sau)
    assert client.post(links[0], {"act": "yes"}).status_code == 302
    assert not Role.objects.active().filter(user=sau, kind="trainer").exists()
    assert client.post(links[1], {"act": "yes"}).status_code == 302
    assert {role.kind for role in Role.objects.active().filter(user=sau)} >= {"editor", "trainer"}
