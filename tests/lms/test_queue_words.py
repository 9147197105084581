"""Feedback through the queue: from anybody, once, without a name."""

from __future__ import annotations

import uuid

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from accounts import helping
from accounts.models import Feedback
from ledger.models import Receipt
from lms import queue_words

from .queueing import action, post, send


def word(subject="/khoa-hoc/", **data):
    return {
        "uuid": str(uuid.uuid4()),
        "learner": None,
        "kind": "feedback",
        "subject": subject,
        "data": {"helped": "co", "text": "Chữ to, dễ đọc.", **data},
    }


def test_nobody_may_say_a_word(db):
    [answer] = send(Client(), sent := word(), csrf="").json()
    assert (answer["uuid"], answer["status"]) == (sent["uuid"], "accepted")
    kept = Feedback.objects.get()
    assert (kept.page, kept.helped, kept.text) == ("/khoa-hoc/", True, "Chữ to, dễ đọc.")


def test_it_is_kept_once_and_without_a_name(lan, lan_in):
    sent = word()
    assert [post(lan_in, sent)[0]["status"] for _ in range(2)] == ["accepted", "repeat"]
    assert Feedback.objects.count() == 1
    assert Receipt.objects.get().actor == "anyone"


def test_among_actions_each_is_answered_in_its_place(lan, lan_in, course):
    answers = post(
        lan_in, action(lan, "lesson_done", "kns04-01"), one := word(), action(lan, "lesson_done", "x")
    )
    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "refused"]
    assert answers[1]["uuid"] == one["uuid"]


def test_nobody_may_do_anything_else(lan, course):
    response = send(Client(), word(), action(lan, "lesson_done", "kns04-01"), csrf="")
    assert response.status_code == 401
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("data", [{"helped": ""}, {"helped": "maybe"}, {"text": "x" * 1001}])
def test_what_the_form_refuses_is_refused_in_words(db, data):
    [answer] = send(Client(), word(**data), csrf="").json()
    assert answer["status"] == "refused"
    assert answer["message"].endswith(".")
    assert not Feedback.objects.exists()


def test_the_same_uuid_with_other_words_is_refused(db):
    send(Client(), sent := word(), csrf="")
    [answer] = send(Client(), {**sent, "subject": "/tim/"}, csrf="").json()
    assert answer["status"] == "refused"


def test_one_address_cannot_flood_it(db, monkeypatch):
    monkeypatch.setattr(helping, "AN_HOUR", 2)
    answers = send(Client(), word(), word(), word(), csrf="").json()
    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "refused"]
    assert "đợi một lát" in answers[2]["message"]


@pytest.mark.parametrize("error", [ValueError, DataError])
def test_one_word_that_breaks_stops_no_other(lan, lan_in, course, monkeypatch, caplog, error):
    keep = queue_words.give_feedback

    def breaks(*, page, **said):
        if page == "/tim/":
            raise error("nobody thought of it")
        return keep(page=page, **said)

    monkeypatch.setattr(queue_words, "give_feedback", breaks)
    answers = post(lan_in, word("/tim/"), word(), action(lan, "lesson_done", "kns04-01"))
    assert [answer["status"] for answer in answers] == ["refused", "accepted", "accepted"]
    assert "Máy chủ gặp lỗi" in answers[0]["message"]
    assert "A word of the queue failed" in caplog.text
    assert Feedback.objects.get().page == "/khoa-hoc/"


def test_a_busy_database_is_no_refusal(lan_in, monkeypatch):
    def busy(**said):
        raise OperationalError("database is locked")

    monkeypatch.setattr(queue_words, "give_feedback", busy)
    lan_in.raise_request_exception = False
    assert send(lan_in, word()).status_code == 500  # the phone keeps it and tries again
