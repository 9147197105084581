"""A fact asks the worker for a fold soon after its commit; no broker slows or breaks a request."""

import socket
import time
import uuid

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client

from campaign import hinting, tasks
from ledger import readers
from ledger.models import Fact, Pending

from ..lms.queueing import action, post
from ..quizzes.make import make_course


@pytest.fixture
def sent(monkeypatch):
    """The hints that reach the broker of a site that has a worker."""
    hints = []
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    monkeypatch.setattr(hinting, "_publish", lambda: hints.append(1))
    return hints


def lesson(lan, number=1):
    client = Client()
    client.force_login(lan.user)
    [answer] = post(client, action(lan, "lesson_done", f"kns04-0{number}"))
    return answer["status"]


def broker(monkeypatch, url):
    """Point the real sending at this broker."""
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    monkeypatch.setitem(current_app.conf, "broker_write_url", url)
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {})


@pytest.mark.django_db(transaction=True)
def test_a_lesson_through_the_queue_sends_one_hint_until_the_worker_takes_it(lan, sent):
    make_course()
    lesson(lan)
    lesson(lan, 2)
    assert len(sent) == 1
    tasks.sweep()
    lesson(lan, 3)
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_the_form_and_a_sign_up_send_it_too(lan, sent, client):
    make_course()
    client.force_login(lan.user)
    client.post("/hoc-tap/an-toan-kns04/bai-1/xong/", {"uuid": uuid.uuid4()})
    assert (Fact.objects.filter(kind="lesson_done").count(), len(sent)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_was_recorded_before_the_mark_went_away_is_folded(lan, sent):
    """The sweep takes the mark away first: whoever still saw it had committed before the fold."""
    make_course()
    lesson(lan)
    tasks.sweep()
    assert not Pending.objects.filter(reader="campaign").exists()
    assert cache.add(hinting._MARK, True)


@pytest.mark.django_db(transaction=True)
def test_what_records_nothing_sends_nothing(lan, sent):
    make_course()
    lesson(lan)
    cache.clear()
    lesson(lan)
    assert len(sent) == 1


def test_a_hint_is_sent_after_the_commit_and_costs_no_query(
    lan, sent, django_capture_on_commit_callbacks, django_assert_num_queries
):
    make_course()
    with django_capture_on_commit_callbacks() as callbacks:
        lesson(lan)
    assert not sent
    with django_assert_num_queries(0):
        for callback in callbacks:
            callback()
    assert len(sent) == 1


def test_only_readers_that_wish_are_told(sent):
    readers.hint(["certificates"])
    assert not sent
    readers.hint(["certificates", "campaign"])
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_breaks_and_slows_nothing(lan, monkeypatch, caplog):
    make_course()
    broker(monkeypatch, "redis://127.0.0.1:1/0")
    begun = time.monotonic()
    assert lesson(lan) == "accepted"
    assert lesson(lan, 2) == "accepted"
    assert time.monotonic() - begun < 5
    assert caplog.text.count("No hint to the worker") == 1  # then it is left alone for a while


def test_a_broker_that_never_answers_is_given_up(monkeypatch, caplog):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        broker(monkeypatch, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        begun = time.monotonic()
        hinting.send()
    assert time.monotonic() - begun < 5
    assert "No hint to the worker" in caplog.text


def test_a_broken_cache_breaks_neither_request_nor_sweep(db, sent, monkeypatch, caplog):
    class Broken:
        def add(self, *args, **kwargs):
            raise OSError("disk full")

        delete = add

    monkeypatch.setattr(hinting, "cache", Broken())
    hinting.send()
    assert tasks.sweep() == 0
    assert not sent
    assert caplog.text.count("OSError: disk full") == 2


def test_the_message_names_a_task_that_exists_and_comes_late(monkeypatch):
    broker(monkeypatch, "memory://")
    said = {}
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: said.update(options, name=name))
    hinting.send()
    assert said["name"] == tasks.sweep.name
    assert (said["countdown"], said["expires"], said["retry"]) == (hinting.DELAY, hinting.LIFE, False)


def test_without_a_worker_nothing_is_folded_in_the_request(monkeypatch):
    hints = []
    monkeypatch.setattr(hinting, "_publish", lambda: hints.append(1))
    hinting.send()
    assert not hints
