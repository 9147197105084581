"""What monitors and operators ask, answered from real checks."""

import datetime

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu import Connection

from accounts.models import Alarm, Message
from lms import health


def test_healthz_needs_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_asks_everything(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "data_dir": "ok"},
    }
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(health.CHECKS))
def test_readyz_says_no_and_keeps_the_reason(client, monkeypatch, name):
    def broken():
        raise RuntimeError("secret detail")

    monkeypatch.setitem(health.CHECKS, name, broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"][name] == "failed"
    assert b"secret" not in response.content


def test_cache_that_forgets_is_noticed(monkeypatch):
    monkeypatch.setattr(caches["default"].__class__, "get", lambda *args, **kwargs: None)
    with pytest.raises(RuntimeError, match="does not keep"):
        health.check_cache()


@pytest.mark.django_db
def test_missing_migrations_are_noticed(monkeypatch):
    monkeypatch.setattr("lms.health.MigrationExecutor.migration_plan", lambda self, targets: [1, 2])
    with pytest.raises(RuntimeError, match="2 migrations"):
        health.check_migrations()


@pytest.mark.django_db
def test_doctor_says_what_to_do(capsys):
    with pytest.raises(CommandError, match=r"chưa ổn: .*xã, phường"):
        call_command("doctor", "--no-worker")
    assert "chạy manage.py seed" in capsys.readouterr().out


@pytest.mark.django_db
def test_doctor_tells_of_alarms_and_of_texts_that_failed(capsys):
    def said() -> str:
        with pytest.raises(CommandError):
            call_command("doctor", "--no-worker")
        return capsys.readouterr().out

    assert "tốt  báo động: 0" in (out := said())
    assert "tốt  tin nhắn: 0 tin hỏng" in out
    now = timezone.now()
    Alarm.objects.create(kind="gateway", day=now.date(), number=5, raised_at=now)
    Alarm.objects.create(kind="codes", day=now.date(), number=5, raised_at=now, handled_at=now, note="Đã gọi")
    for days, status in ((0, "given_up"), (0, "unsure"), (0, "sent"), (2, "given_up")):
        text(status, done_at=now - datetime.timedelta(days=days))
    assert "HỎNG báo động: 1 chưa xử lý: xem /quan-ly/bao-dong/" in (out := said())
    assert "HỎNG tin nhắn: 2 tin không gửi được trong 24 giờ qua" in out


def text(status: str, **fields: object) -> Message:
    spent = {"parts": 1, "cost": 800, "expires_at": timezone.now(), **fields}
    return Message.objects.create(to="+84912345678", purpose="code", status=status, **spent)


@pytest.mark.django_db
def test_doctor_asks_for_the_worker(monkeypatch, capsys):
    monkeypatch.setattr("lms.management.commands.doctor.current_app.control.ping", lambda timeout: [])
    with pytest.raises(CommandError, match="worker"):
        call_command("doctor")
    assert "celery -A lms worker -B" in capsys.readouterr().out


@pytest.mark.django_db
def test_doctor_without_a_database_stops_at_the_cause(monkeypatch, capsys):
    def broken():
        raise RuntimeError("down")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    with pytest.raises(CommandError, match="cơ sở dữ liệu"):
        call_command("doctor", "--no-worker")
    assert "xã, phường" not in capsys.readouterr().out


def test_no_broker_host_is_left_to_guess():
    assert Connection(settings.CELERY_BROKER_URL).hostname
    assert not settings.CELERY_BROKER_URL.endswith("://")
