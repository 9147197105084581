"""Many at once through the queue: one fact, one item done, one receipt; on both databases."""

import uuid

import pytest
from django.test import Client

from courses.models import Enrolment, ItemDone
from ledger.models import Fact, Receipt

from ..quizzes.make import make_course
from ..racing import at_once
from .queueing import action, send, token


def browsers(lan, count):
    made = []
    for _ in range(count):
        client = Client()
        client.force_login(lan.user)
        made.append((client, token(client)))
    return made


def statuses(lan, count, make_action):
    ready = browsers(lan, count)

    def tap():
        client, csrf = ready.pop()
        return send(client, make_action(), csrf=csrf).json()[0]["status"]

    return at_once(count, tap)


@pytest.mark.django_db(transaction=True)
def test_the_same_completion_50_times_at_once_is_one(lan):
    make_course(lessons=1)
    sent = action(lan, "lesson_done", "kns04-01")
    answers = statuses(lan, 50, lambda: sent)
    assert sorted(answers) == ["accepted"] + ["repeat"] * 49
    assert Fact.objects.filter(kind="lesson_done").count() == 1
    assert ItemDone.objects.count() == Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_lesson_from_20_devices_at_once_is_one(lan):
    make_course(lessons=1)
    answers = statuses(lan, 20, lambda: {**action(lan, "lesson_done", "kns04-01"), "uuid": str(uuid.uuid4())})
    assert answers == ["accepted"] * 20
    assert Fact.objects.filter(kind="lesson_done").count() == 1
    assert Fact.objects.filter(kind="course_started").count() == 1
    assert (ItemDone.objects.count(), Enrolment.objects.count()) == (1, 1)
