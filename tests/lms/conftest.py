import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import cards, inviting, merging, offering, requesting, roles
from accounts.models import Alarm, Feedback, HelpMember, HelpMessage, InvitationList
from common.phones import spoken
from places.models import Organisation
from tests.certificates.make import make_attempt, make_paper
from tests.make import make_learner, make_role, make_user

from ..quizzes.make import make_course
from .everybody import ROLES

PIN = "482951"


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def lan_in(lan) -> Client:
    """Lan's browser, signed in, that asks for tokens like a real one."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan.user)
    return client


@pytest.fixture
def hoa(phu_thai):
    """Lan's neighbour, a learner too: what is Lan's is not hers."""
    return make_learner("Trần Thị Hoa", commune=phu_thai)


@pytest.fixture
def minh(lan):
    """Lan's son, on her phone; it is he who learns now."""
    return make_learner("Phạm Văn Minh", user=lan.user, commune=lan.commune, birth_year=1990)


@pytest.fixture
def vy(phu_thai):
    """An official of Phú Thái who sees figures, and no people."""
    user = make_user(email="vy@example.vn", name="Hoàng Thị Vy", is_staff=True)
    make_role(user, "official_view", phu_thai)
    return user


@pytest.fixture
def tam(cam_giang):
    """A trainer of another commune."""
    user = make_user(email="tam@example.vn", name="Ngô Văn Tám", is_staff=True)
    make_role(user, "trainer", cam_giang)
    return user


@pytest.fixture
def quy(phu_thai):
    """An official of a school in Phú Thái; none of the people here belong to it."""
    user = make_user(email="quy@example.vn", name="Bùi Văn Quý", is_staff=True)
    school = Organisation.objects.create(name="Trường THCS Phú Thái", kind="school", place=phu_thai)
    make_role(user, "official_manage", phu_thai, organisation=school)
    return user


@pytest.fixture
def thoi(phu_thai):
    """An official of Phú Thái until yesterday; no sweep has come by yet."""
    user = make_user(email="thoi@example.vn", name="Đinh Văn Thôi", is_staff=True)
    yesterday = timezone.now() - datetime.timedelta(days=1)
    make_role(user, "official_manage", phu_thai, expires_at=yesterday)
    return user


@pytest.fixture
def cast(request, phu_thai, cam_giang) -> dict[str, Any]:
    return {role: request.getfixturevalue(role) for role in ROLES if role != "nobody"}


@pytest.fixture
def hers(lan, course, chi, phu_thai) -> dict[str, Any]:
    """What Lan has: a finished course, its paper, the attempt that passed; and Dung, whom Chi invited.

    Beside her two records of one name, {one} and {other}, and a {merge} of two more.
    """
    dung = inviting.person(email="dung@example.vn", name="Vũ Thị Dung")
    role = roles.grant(by=chi, user=dung, kind="trainer", place=phu_thai)
    invitation = inviting.invite(by=chi, user=dung)
    card = cards.card_of(lan, by=None)
    paper = make_paper(lan, course)
    attempt = make_attempt(lan, course, correct=9)
    twins = [make_learner("Đỗ Thị Mận", commune=phu_thai) for _ in range(4)]
    for user in (lan.user, twins[0].user):
        user.set_password(PIN)
        user.save()
    merged = merging.merge(by=chi, duplicate=twins[2], canonical=twins[3], reason="Một người")
    asked = requesting.ask(learner=lan, kind="copy")
    number = offering.offer(by=chi, phone="+84987654321", name="Vũ Thị Na", kind="trainer", place=phu_thai)
    return {
        "one": str(twins[0].public_id),
        "other": str(twins[1].public_id),
        "keep": twins[0].pk,
        "merge": merged.pk,
        "request": str(asked.public_id),
        "wrong": str(requesting.ask(learner=lan, kind="correct", text="Sai tên").public_id),
        "parent": str(
            requesting.ask(learner=lan, kind="erase", relation="parent", about_name="Đỗ Thị Mận").public_id
        ),
        "pin": PIN,
        "phone": spoken(twins[0].user.phone or ""),
        "card": cards.number(card),
        "alarm": Alarm.objects.create(
            day=timezone.localdate(), kind="codes", number=200, raised_at=timezone.now()
        ).pk,
        "feedback": Feedback.objects.create(page="/", helped=False).pk,
        "place": phu_thai.pk,
        "message": HelpMessage.objects.create(place=phu_thai, name="Lan", text="Giúp tôi").pk,
        "helper": HelpMember.objects.create(place=phu_thai, name="An", phone="+84912345678").pk,
        "serial": paper.serial,
        "learner": lan.pk,
        "role": role.pk,
        "member": dung.pk,
        "batch": str(InvitationList.objects.create(by=chi, file_name="a.xlsx", rows=[]).reference),
        "token": inviting.link(invitation).split("/")[-2],
        "number_offer": number.pk,
        "number_token": offering.link(number).split("/")[-2],
        "me": str(lan.public_id),
        "course": course.slug,
        "lesson": course.items.first().slug,
        "attempt": str(attempt.public_id),
    }
