import datetime

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts import looks, requesting, retention
from accounts.models import DataRequest, Look, RetentionRun
from tests.make import make_learner

NOW = timezone.now()


def aged(days):
    return NOW - datetime.timedelta(days=days)


@pytest.fixture
def seen(lan, chi):
    """Five looks, of which four are over their time."""
    for number in range(5):
        looks.note(by=chi, learners=[lan], screen=f"Màn hình {number}")
    Look.objects.exclude(screen="Màn hình 4").update(at=aged(731))


def test_what_is_over_its_time_goes_and_the_rest_stays(seen):
    assert retention.run(NOW)["looks"] == 4
    assert Look.objects.get().screen == "Màn hình 4"
    report = RetentionRun.objects.get(rule="looks")
    assert (report.erased, report.finished) == (4, True)
    assert retention.run(NOW)["looks"] == 0
    report.refresh_from_db()
    assert report.erased == 4


def test_killed_halfway_it_goes_on(seen, monkeypatch):
    monkeypatch.setattr(retention, "SLICE", 2)
    real, calls = retention._slice, []

    def dies(rule, report, before):
        calls.append(rule.key)
        if rule.key == "looks" and calls.count("looks") == 2:
            raise RuntimeError("killed")
        return real(rule, report, before)

    monkeypatch.setattr(retention, "_slice", dies)
    retention.run(NOW)
    assert Look.objects.count() == 3
    assert RetentionRun.objects.get(rule="looks").finished is False
    assert RetentionRun.objects.get(rule="reports").finished is True
    monkeypatch.setattr(retention, "_slice", real)
    retention.run(NOW)
    assert Look.objects.count() == 1
    assert RetentionRun.objects.get(rule="looks").erased == 4


def test_an_open_request_waits_however_old(lan, chi):
    asked = requesting.ask(learner=lan, kind="copy")
    DataRequest.objects.update(made_at=aged(900))
    retention.run(NOW)
    requesting.refuse(request=asked, by=chi, text="Không")
    DataRequest.objects.update(closed_at=aged(900))
    assert retention.run(NOW)["requests"] == 1


@pytest.mark.django_db
def test_sessions_go_when_they_run_out():
    Session.objects.create(session_key="a", session_data="", expire_date=aged(1))
    Session.objects.create(session_key="b", session_data="", expire_date=NOW + datetime.timedelta(days=1))
    retention.run(NOW)
    assert Session.objects.get().session_key == "b"


@pytest.mark.django_db
def test_the_report_names_nobody(client, chi, capsys):
    make_learner("Nguyễn Thị Lan")
    call_command("retention")
    assert "messages: 0" in capsys.readouterr().out
    client.force_login(chi)
    html = client.get("/quan-ly/so-du-lieu/").content.decode()
    assert all(rule.words in html for rule in retention.rules())
