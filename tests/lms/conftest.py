from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import cards, inviting, merging, requesting, roles
from accounts.models import Alarm, HelpMember, HelpMessage, InvitationList
from tests.certificates.make import make_attempt, make_paper
from tests.make import make_learner

from ..quizzes.make import make_course
from .everybody import ROLES


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
    cards.card_of(lan, by=None)
    paper = make_paper(lan, course)
    attempt = make_attempt(lan, course, correct=9)
    twins = [make_learner("Đỗ Thị Mận", commune=phu_thai) for _ in range(4)]
    merged = merging.merge(by=chi, duplicate=twins[2], canonical=twins[3], reason="Một người")
    asked = requesting.ask(learner=lan, kind="copy")
    return {
        "one": str(twins[0].public_id),
        "other": str(twins[1].public_id),
        "merge": merged.pk,
        "request": str(asked.public_id),
        "wrong": str(requesting.ask(learner=lan, kind="correct", text="Sai tên").public_id),
        "parent": str(
            requesting.ask(learner=lan, kind="erase", relation="parent", about_name="Đỗ Thị Mận").public_id
        ),
        "alarm": Alarm.objects.create(
            day=timezone.localdate(), kind="codes", number=200, raised_at=timezone.now()
        ).pk,
        "message": HelpMessage.objects.create(place=phu_thai, name="Lan", text="Giúp tôi").pk,
        "helper": HelpMember.objects.create(place=phu_thai, name="An", phone="+84912345678").pk,
        "serial": paper.serial,
        "learner": lan.pk,
        "role": role.pk,
        "member": dung.pk,
        "batch": str(InvitationList.objects.create(by=chi, file_name="a.xlsx", rows=[]).reference),
        "token": inviting.link(invitation).split("/")[-2],
        "me": str(lan.public_id),
        "course": course.slug,
        "lesson": course.items.first().slug,
        "attempt": str(attempt.public_id),
    }
