"""The officials' screens of roles and invitations."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import inviting, staffing
from accounts.models import Invitation, Notice, Role, User
from accounts.roles import grant, offer
from tests.make import make_role, make_user

from .parts import PASSWORD, give, link_of, resets


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
