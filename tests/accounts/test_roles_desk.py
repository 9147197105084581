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
from accounts.roles import follow, grant, offer
from tests.make import make_learner, make_role, make_user

PASSWORD = "con đò nhỏ sang sông"


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


def give(client, **data):
    return client.post("/quan-ly/vai-tro/giao/", data)


@pytest.fixture
def new(desk, phu_thai, chi):
    """Dung, invited by Chi as a trainer."""
    answer = give(desk, email="Dung@Example.vn", name="Vũ Thị Dung", kind="trainer", place=phu_thai.pk)
    assert answer.status_code == 302, answer.context["form"].errors
    return User.objects.get(email="dung@example.vn")


def link_of(user):
    return inviting.link(user.invitations.standing().get()).replace("http://127.0.0.1:8000", "")


def test_the_list_shows_her_place_only(desk, binh, sau):
    html = desk.get("/quan-ly/vai-tro/").content.decode()
    assert "Trần Văn Bình" in html
    assert "Lê Văn Sáu" not in html


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=tran+van", True),
        ("q=binh@example", True),
        ("q=khong+co", False),
        ("vai_tro=trainer", True),
        ("vai_tro=editor", False),
        ("noi=10750", True),
        ("noi=10888", True),  # not hers to ask for: as if it was not asked
        ("tinh_trang=da-het", False),
        ("tinh_trang=chua-nhan", False),
    ],
)
def test_it_is_narrowed(desk, binh, sau, query, seen):
    assert ("Trần Văn Bình" in desk.get(f"/quan-ly/vai-tro/?{query}").content.decode()) is seen


def test_somebody_new_is_invited(desk, new, chi, phu_thai):
    role = new.roles.get()
    assert (role.kind, role.place, role.granted_by, role.waiting) == ("trainer", phu_thai, chi, True)
    assert not new.has_usable_password()
    html = desk.get(f"/quan-ly/moi/nguoi/{new.pk}/").content.decode()
    assert link_of(new) in html
    assert "chưa gửi được thư điện tử" in html
    assert not mail.outbox


def test_the_link_is_nowhere_in_the_database(new):
    row = Invitation.objects.get()
    token = link_of(new).split("/")[-2]
    assert not any(token in str(value) for value in vars(row).values())


def test_she_sets_her_password_once(new, phu_thai):
    client, link = Client(), link_of(new)
    assert "Người hướng dẫn: Xã Phú Thái" in client.get(link).content.decode()
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    new.refresh_from_db()
    assert new.check_password(PASSWORD)
    assert Role.objects.active().get(kind="trainer").user == new
    assert new.is_staff
    assert client.session["_auth_user_id"] == str(new.pk)
    again = Client().get(link)
    assert again.status_code == 410
    assert "đã dùng rồi" in again.content.decode()
    assert Client().post(link, {"password": PASSWORD + "x", "again": PASSWORD + "x"}).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("ngan", "ngan", "ít nhất 10"),
        ("1234567890", "1234567890", "dễ đoán"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "dễ đoán"),
        ("password123", "password123", "phổ biến"),
        ("dung@example", "dung@example", "giống tên"),
        ("vũ thị dung", "vũ thị dung", "giống tên"),
        (PASSWORD, PASSWORD + " ", "chưa giống nhau"),
    ],
)
def test_an_easy_password_is_refused(new, password, again, says):
    answer = Client().post(link_of(new), {"password": password, "again": again})
    assert answer.status_code == 200
    assert says in answer.content.decode()
    new.refresh_from_db()
    assert not new.has_usable_password()


def test_an_old_link_says_why(new, desk):
    link = link_of(new)
    Invitation.objects.update(expires_at=timezone.now())
    assert "đã hết hạn" in Client().get(link).content.decode()
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 410


def test_a_link_lasts_seven_days(new):
    row = Invitation.objects.get()
    assert row.expires_at - row.made_at == datetime.timedelta(days=7)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%C4%91" * 43])
def test_a_guess_opens_nothing(db, token):
    answer = Client().get(f"/loi-moi/{token}/")
    assert answer.status_code == 404
    assert "Không có lời mời này" in answer.content.decode()


def test_a_link_sets_no_second_password(new):
    """Her password was set by another way: who still holds the link gets nothing by it."""
    link = link_of(new)
    new.set_password("mật khẩu của riêng Dung")
    new.save()
    for answer in (Client().get(link), Client().post(link, {"password": PASSWORD, "again": PASSWORD})):
        assert answer.status_code == 410
        assert "Đăng nhập để nhận vai trò" in answer.content.decode()
    new.refresh_from_db()
    assert not new.check_password(PASSWORD)


def test_a_password_set_while_the_form_was_sent_stays(new):
    row = Invitation.objects.select_related("user").get()
    User.objects.filter(pk=new.pk).update(password="set-meanwhile")
    with pytest.raises(inviting.Gone):
        inviting.accept(invitation=row, password=PASSWORD)
    assert User.objects.get(pk=new.pk).password == "set-meanwhile"
    assert Invitation.objects.get().used_at is None


def test_guessing_links_is_stopped(db):
    client = Client()
    found = [client.get(f"/loi-moi/{number}/").status_code for number in range(103)]
    assert found[98:] == [404, 404, 429, 429, 429]


def test_a_renewed_link_ends_the_old(new, desk):
    old = link_of(new)
    desk.post(f"/quan-ly/moi/nguoi/{new.pk}/gui-lai/")
    assert link_of(new) != old
    assert Client().get(old).status_code == 410
    assert Client().get(link_of(new)).status_code == 200


def test_a_link_that_is_called_back_opens_nothing(new, desk):
    link = link_of(new)
    desk.post(f"/quan-ly/moi/nguoi/{new.pk}/thu-lai/")
    assert "không còn dùng được" in Client().get(link).content.decode()


def test_a_link_ends_with_the_roles(new, desk):
    link = link_of(new)
    desk.post(f"/quan-ly/vai-tro/{new.roles.get().pk}/thu-lai/", {"sure": "on"})
    assert Client().get(link).status_code == 410


def test_a_link_opens_nothing_that_somebody_else_added(new, desk, quan_tri, hai_phong):
    """Chi holds the link: it must not become an administrator's."""
    link = link_of(new)
    grant(by=quan_tri, user=new, kind="administrator", place=hai_phong)
    assert Client().get(link).status_code == 410
    assert link not in desk.get(f"/quan-ly/moi/nguoi/{new.pk}/").content.decode()
    desk.post(f"/quan-ly/moi/nguoi/{new.pk}/gui-lai/")
    assert not new.invitations.standing().exists()


def test_it_is_mailed_where_mail_is_set(desk, settings, phu_thai, django_capture_on_commit_callbacks):
    settings.MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        give(desk, email="dung@example.vn", name="Vũ Thị Dung", kind="trainer", place=phu_thai.pk)
    [letter] = mail.outbox
    assert letter.to == ["dung@example.vn"]
    token = re.search(r"/loi-moi/[\w-]{43}/", letter.body).group()
    assert Client().get(token).status_code == 200
    assert inviting.send_due() == 0


def test_a_dead_mail_server_is_tried_again(desk, settings, phu_thai, new, monkeypatch):
    settings.MAIL = True

    def broken(self, *args):
        raise OSError

    monkeypatch.setattr(mail.EmailMessage, "send", broken)
    assert [inviting.send_due() for _ in range(7)] == [0] * 7
    assert Invitation.objects.get().mail_tries == Invitation.MAIL_TRIES
    assert Invitation.objects.get().mailed_at is None


@pytest.fixture
def known(desk, sau, phu_thai):
    """Chi has invited Sáu, whom she does not know to be an official elsewhere."""
    give(desk, email="sau@example.vn", name="Ai Đó", kind="trainer", place=phu_thai.pk)
    return sau.roles.get(kind="trainer")


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


def resets(client, user, reason="Gọi điện, đúng giọng"):
    return client.post(f"/quan-ly/moi/nguoi/{user.pk}/", {"reason": reason})


def test_a_forgotten_password_is_chosen_anew_by_its_owner(desk, binh, chi):
    html = desk.get(f"/quan-ly/moi/nguoi/{binh.pk}/").content.decode()
    assert "Quên mật khẩu?" in html
    assert resets(desk, binh).status_code == 302
    link = link_of(binh)
    assert link in desk.get(f"/quan-ly/moi/nguoi/{binh.pk}/").content.decode()
    [told] = Notice.objects.filter(user=binh)
    assert "Phạm Thị Chi" in told.text
    assert "Gọi điện, đúng giọng" in told.text
    assert "Nhận lời mời" not in Client().get(link).content.decode()
    binh.refresh_from_db()
    assert binh.check_password("mat-khau-cua-binh")  # until she chooses another
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    binh.refresh_from_db()
    assert binh.check_password(PASSWORD)
    assert Notice.objects.filter(user=binh).count() == 2
    assert Client().get(link).status_code == 410


def test_a_reset_needs_a_reason(desk, binh):
    assert "Hãy ghi lý do" in resets(desk, binh, "").content.decode()
    assert "rõ hơn" in resets(desk, binh, "a").content.decode()
    assert not Invitation.objects.exists()


def test_a_reset_lasts_a_day_and_is_called_back(desk, binh):
    resets(desk, binh)
    row = Invitation.objects.get()
    assert row.expires_at - row.made_at == datetime.timedelta(days=1)
    desk.post(f"/quan-ly/moi/nguoi/{binh.pk}/thu-lai/")
    assert not binh.invitations.standing().exists()


def test_nobody_resets_whose_roles_are_not_all_hers_to_give(desk, binh, chi, hai_phong, quan_tri, phu_thai):
    """A link would be a way to a role from above."""
    grant(by=None, user=binh, kind="official_manage", place=phu_thai)
    assert "Quên mật khẩu?" not in desk.get(f"/quan-ly/moi/nguoi/{binh.pk}/").content.decode()
    assert resets(desk, binh).status_code == 302
    assert "không đặt lại được" in desk.get(f"/quan-ly/moi/nguoi/{binh.pk}/").content.decode()
    assert resets(desk, chi).status_code == 404
    assert not Invitation.objects.exists()
    assert not staffing.may_reset(chi, chi)


def test_a_reset_goes_to_its_owner_alone_where_mail_is_set(
    desk, binh, settings, django_capture_on_commit_callbacks
):
    settings.MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        resets(desk, binh)
    [letter] = mail.outbox
    assert letter.to == ["binh@example.vn"]
    assert link_of(binh) in letter.body
    assert link_of(binh) not in desk.get(f"/quan-ly/moi/nguoi/{binh.pk}/").content.decode()


def test_a_trainer_without_an_address_chooses_another_pin(desk, lan, phu_thai, chi):
    """By a link of before; the PIN follows its rules. Now she gets a code (`test_staff_by_number`)."""
    make_role(lan.user, "trainer", phu_thai)
    lan.user.set_password("482951")
    lan.user.save()
    now = timezone.now()
    end = now + datetime.timedelta(hours=24)
    Invitation.objects.create(user=lan.user, invited_by=chi, resets=True, made_at=now, expires_at=end)
    link = link_of(lan.user)
    for easy in ("123456", f"00{lan.birth_year}", "12"):
        assert Client().post(link, {"password": easy}).status_code == 200
    assert Client().post(link, {"password": "739164"}).status_code == 302
    lan.user.refresh_from_db()
    assert lan.user.check_password("739164")


# --- What an address tells whoever invites ------------------------------------------


def test_an_offer_taken_back_tells_no_real_name(desk, lan, phu_thai):
    """Else: offer a role to any address, take it back, and read who signs in with it."""
    User.objects.filter(pk=lan.user.pk).update(email="ai@example.vn", name="Nguyễn Thị Lan")
    give(desk, email="ai@example.vn", name="Người Nào Đó", kind="trainer", place=phu_thai.pk)
    role = Role.objects.get(user=lan.user)
    desk.post(f"/quan-ly/vai-tro/{role.pk}/thu-lai/", {"sure": "on"})
    html = desk.get(f"/quan-ly/moi/nguoi/{lan.user.pk}/").content.decode()
    assert "Người Nào Đó" in html
    assert "Nguyễn Thị Lan" not in html


def test_a_refusal_to_invite_names_nobody(desk, quan_tri, phu_thai, hai_phong):
    """Also of somebody who was given a role before roles were offered."""
    known = make_user(email="ai@example.vn", name="Nguyễn Thị Lan")
    make_role(known, "editor", hai_phong)
    answer = give(desk, email="ai@example.vn", name="Người Nào Đó", kind="trainer", place=phu_thai.pk)
    html = answer.content.decode()
    assert "do nơi khác giao" in html
    assert "Nguyễn Thị Lan" not in html


def test_yes_to_an_offer_that_lapsed_is_no_refusal(desk, chi, binh, phu_thai):
    """Its giver lost the power while she read the page."""
    offer(by=chi, user=binh, name="Bình", kind="official_view", place=phu_thai)
    row = Invitation.objects.create(user=binh, invited_by=chi, expires_at=timezone.now() + inviting_days())
    Role.objects.filter(user=chi).update(revoked_at=timezone.now())
    with pytest.raises(inviting.Gone) as gone:
        inviting.take(invitation=row, yes=True)
    assert gone.value.why == "lapsed"
    row.refresh_from_db()
    assert row.used_at is None
    client = Client()
    User.objects.filter(pk=binh.pk).update(password=User.objects.get(pk=chi.pk).password)
    client.force_login(User.objects.get(pk=binh.pk))
    answer = client.post(inviting.link(row).replace("http://127.0.0.1:8000", ""), {"act": "yes"})
    assert answer.status_code == 410
    assert "cũng chưa từ chối" in answer.content.decode()


def inviting_days():
    return datetime.timedelta(days=inviting.DAYS)
