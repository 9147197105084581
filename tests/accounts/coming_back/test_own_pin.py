"""A forgotten PIN, a lost number: `/quen-ma/` and `/quan-ly/giup-vao-lai/`."""

import re

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from django.utils import timezone

from accounts import household, roles, trust
from accounts.models import (
    HelpContact,
    Learner,
    Notice,
    Parting,
    User,
)
from tests.make import make_learner, make_role

from .parts import ASK, CODE, NEW, OLD, OWN, code_in, give, user_of


def send_own(client, lan):
    return client.post(OWN, {"for": str(lan.public_id), "gui": "1"}, follow=True).content.decode()


def reset(client, lan, code):
    return client.post(OWN, {"for": str(lan.public_id), "code": code, "pin": NEW})


def test_her_own_pin_by_a_text_to_her_own_phone(own, lan, texted):
    assert "Đã gửi mã vào số" in send_own(own, lan)
    assert texted[-1]["to"] == lan.user.phone
    assert "vừa xin mã" in Notice.objects.get(learner=lan).text
    assert reset(own, lan, code_in(texted)).status_code == 302
    assert check_password(NEW, Learner.objects.get(pk=lan.pk).pin)
    assert Notice.objects.filter(learner=lan, text__contains="vừa được đặt lại").exists()


def test_that_text_opens_no_sign_in(own, lan, texted):
    send_own(own, lan)
    answer = Client().post(CODE, {"phone": lan.user.phone, "code": code_in(texted)})
    assert answer.status_code == 200
    assert user_of(lan).check_password(OLD)


def another(lan):
    make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)


def left_a_moment_ago(lan):
    tu = make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)
    household.unlink(user=lan.user, learner=tu)


def unproved(lan):
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=None)


def works(lan):
    make_role(lan.user, "trainer", lan.commune)
    roles.follow(lan.user)


@pytest.mark.parametrize("why", [another, left_a_moment_ago, unproved, works])
def test_no_text_where_somebody_else_may_hold_the_phone(own, lan, texted, why):
    why(lan)
    own.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    assert "Gửi mã vào điện thoại" not in own.get(OWN).content.decode()
    assert "chưa chắc là của riêng bạn" in send_own(own, lan)
    assert texted == []


@pytest.mark.parametrize("why", [another, works])
def test_what_came_meanwhile_shuts_it(own, lan, texted, why):
    send_own(own, lan)
    why(lan)
    own.post("/ai-dang-hoc/", {"learner": str(lan.public_id)})
    assert reset(own, lan, code_in(texted)).status_code == 200
    assert check_password("604827", Learner.objects.get(pk=lan.pk).pin)


def test_a_month_later_the_phone_is_hers(own, lan, texted):
    left_a_moment_ago(lan)
    Parting.objects.update(left_at=timezone.now() - timezone.timedelta(days=31))
    assert "Đã gửi mã vào số" in send_own(own, lan)


def test_without_a_gateway_the_staff_help(own, lan):
    html = own.get(OWN).content.decode()
    assert "Gửi mã vào điện thoại" not in html
    assert f"/tro-giup/?noi={lan.commune.code}" in html
    assert "chưa chắc" in send_own(own, lan)


def test_the_staffs_code_still_opens_it(own, lan, official, texted):
    code = give(official, lan, kind="own")
    assert reset(own, lan, code).status_code == 302
    assert check_password(NEW, Learner.objects.get(pk=lan.pk).pin)


def test_it_opens_no_work_that_its_giver_could_not_give(own, lan, official, hai_phong):
    code = give(official, lan, kind="own")
    works(lan)
    role = make_role(lan.user, "official_view", hai_phong)
    assert reset(own, lan, code).status_code == 200
    assert check_password("604827", Learner.objects.get(pk=lan.pk).pin)
    role.delete()
    assert reset(own, lan, code).status_code == 302


@pytest.mark.django_db
def test_the_way_to_help_is_shown(client):
    assert 'href="/tro-giup/"' in re.search("<main.*</main>", client.get(ASK).content.decode(), re.DOTALL)[0]


def test_who_is_signed_in_reads_her_communes_contact(client, lan):
    HelpContact.objects.create(place=lan.commune, name="Bộ phận một cửa", phone="02253 123 456")
    client.force_login(lan.user)
    html = client.get(ASK).content.decode()
    assert f"/tro-giup/?noi={lan.commune.code}" in html
    assert "tel:02253123456" in html


@pytest.mark.parametrize("page", ["/quen-ma/", "/ma-rieng/quen/"])
def test_nobody_is_sent_to_a_trainer_before_there_are_classes(client, lan, page, monkeypatch):
    lan.pin = make_password("482951")
    lan.save()
    client.force_login(lan.user)
    assert "hướng dẫn" not in client.get(page).content.decode()
    monkeypatch.setattr(trust, "_rooms", {"classes": lambda user, learner: False})
    assert "hướng dẫn" in client.get(page).content.decode()
