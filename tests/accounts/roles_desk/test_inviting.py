"""The officials' screens of roles and invitations."""

import datetime
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import inviting
from accounts.models import Invitation, Role, User
from accounts.roles import grant

from .parts import PASSWORD, give, link_of


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
