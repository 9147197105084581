"""Text messages: at most once, within the day's money, and forgotten once sent."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import messages, retention
from accounts.apps import check_sms
from accounts.models import Alarm, Message, Notice, Spending
from accounts.tasks import send_messages
from common import sms
from tests.racing import at_once

TO = "+84912345678"


class Carrier:
    """Takes what it is given, or does as told."""

    name = "fake"

    def __init__(self):
        self.sent, self.error = [], None

    def send(self, message):
        self.sent.append(message)
        if self.error:
            raise self.error
        return "taken"


@pytest.fixture
def carrier(settings, monkeypatch):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 2000}
    carrier = Carrier()
    monkeypatch.setattr(sms, "gateway", lambda settings: carrier)
    return carrier


def put(text="Ma 123456", **more):
    return messages.send(**({"to": TO, "text": text, "purpose": "code", "user": None} | more))


def later(message, **ago):
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now() - datetime.timedelta(**ago))


def spent():
    return Spending.objects.get().spent


@pytest.mark.django_db
def test_without_a_gateway_nothing_is_sent():
    assert not messages.can_send()
    with pytest.raises(messages.CannotSend, match="Hiện chưa gửi được"):
        put()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_sent_and_then_without_its_text(carrier):
    message = put()
    assert messages.sweep() == 1
    message.refresh_from_db()
    assert (message.status, message.text, message.gateway, message.answer) == ("sent", "", "fake", "taken")
    assert (carrier.sent[0].to, carrier.sent[0].text) == (TO, "Ma 123456")
    assert carrier.sent[0].reference == str(message.reference)
    assert messages.sweep() == 0
    assert len(carrier.sent) == 1
    assert spent() == 800


@pytest.mark.django_db
def test_the_worker_is_woken_after_the_commit(carrier, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        put()
        assert carrier.sent == []
    assert len(carrier.sent) == 1


@pytest.mark.django_db
def test_a_broker_that_is_away_stops_nobody(carrier, monkeypatch, django_capture_on_commit_callbacks):
    def away():
        raise ConnectionError

    monkeypatch.setattr(send_messages, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        put()
    assert send_messages() == 1


@pytest.mark.django_db
def test_the_database_keeps_no_text_of_what_was_sent(carrier):
    message = put()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(status="sent")


@pytest.mark.django_db
def test_a_failure_is_tried_again_with_growing_pauses(carrier):
    carrier.error = sms.Failed("status 503")
    message = put(expires_at=timezone.now() + datetime.timedelta(days=2))
    pauses = []
    for _ in messages.PAUSES:
        messages.sweep()
        message.refresh_from_db()
        pauses.append(round((message.next_try_at - timezone.now()).total_seconds()))
        assert message.status == "waiting"
        assert messages.sweep() == 0  # not before its time
        later(message, seconds=1)
    assert pauses == list(messages.PAUSES)
    messages.sweep()
    message.refresh_from_db()
    assert (message.status, message.text, message.answer) == ("given_up", "", "status 503")
    assert spent() == 0


@pytest.mark.django_db
def test_then_it_comes_through(carrier):
    carrier.error = sms.Failed("status 503")
    message = put()
    messages.sweep()
    carrier.error = None
    later(message, seconds=1)
    assert messages.sweep() == 1
    assert Message.objects.get().status == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "money"),
    [(sms.Refused("status 400"), "given_up", 0), (sms.Unsure("no answer"), "unsure", 800)],
)
def test_what_is_not_tried_again(carrier, error, status, money):
    carrier.error = error
    message = put()
    messages.sweep()
    later(message, hours=1)
    messages.sweep()
    message.refresh_from_db()
    assert (message.status, message.text, len(carrier.sent)) == (status, "", 1)
    assert spent() == money


@pytest.mark.django_db
def test_a_code_that_would_come_too_late_is_not_sent(carrier):
    message = put(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    messages.sweep()
    message.refresh_from_db()
    assert (message.status, message.text, carrier.sent) == ("given_up", "", [])


@pytest.mark.django_db
def test_a_worker_killed_while_sending_sends_nothing_twice(carrier):
    """The carrier got it and the worker died: the row stays taken, and later reads "nobody knows"."""
    carrier.error = KeyboardInterrupt()
    message = put()
    with pytest.raises(KeyboardInterrupt):
        messages.sweep()
    carrier.error = None
    messages.sweep()
    assert Message.objects.get().status == "sending"
    Message.objects.update(taken_at=timezone.now() - datetime.timedelta(minutes=messages.TAKEN_MINUTES + 1))
    messages.sweep()
    message.refresh_from_db()
    assert (message.status, message.text, len(carrier.sent)) == ("unsure", "", 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_message_once(carrier):
    put()
    carrier.sent.clear()
    Message.objects.update(status="waiting", text="Ma 123456", done_at=None)
    at_once(4, messages.sweep)
    assert len(carrier.sent) == 1


@pytest.mark.django_db
def test_the_day_has_a_cap(carrier, caplog):
    put()
    put()
    assert not messages.can_send()
    with pytest.raises(messages.CannotSend, match="ngày mai"):
        put()
    assert spent() == 1600
    assert Message.objects.count() == 2
    assert Alarm.objects.get(kind="spending").raised_at
    Spending.objects.update(day=timezone.localdate() - datetime.timedelta(days=1))
    assert messages.can_send()
    put()


@pytest.mark.django_db
def test_a_long_text_costs_each_part(carrier):
    assert put("Hạn cuối là ngày mai. " * 4).parts == 1  # 88 letters: without accents one part
    Spending.objects.all().delete()
    assert put("a" * 161).cost == spent() == 1600


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_last_money_twice(carrier):
    answers = at_once(4, put)
    assert sorted(type(a).__name__ for a in answers) == ["Message", "Message", "NoMoney", "NoMoney"]
    assert spent() == 1600


@pytest.mark.django_db
def test_a_carrier_that_fails_often_is_an_alarm(carrier, settings):
    settings.SMS = settings.SMS | {"DAILY_CAP": 100_000}
    carrier.error = sms.Refused("status 401")
    for _ in range(5):
        put()
    messages.sweep()
    assert Alarm.objects.get(kind="gateway").raised_at


@pytest.mark.django_db
def test_a_gateway_that_was_taken_away(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console"}
    put()
    settings.SMS = settings.SMS | {"GATEWAY": ""}
    messages.sweep()
    assert Message.objects.get().status == "given_up"


@pytest.mark.django_db
def test_the_log_is_kept_90_days(carrier):
    put()
    put()
    messages.sweep()
    old = Message.objects.first()
    Message.objects.filter(pk=old.pk).update(done_at=timezone.now() - datetime.timedelta(days=91))
    assert retention.run()["messages"] == 1
    assert old not in Message.objects.all()
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_a_notice_waits_and_is_texted_where_that_can_be(lan, carrier, settings):
    settings.SMS = settings.SMS | {"DAILY_CAP": 4000}
    messages.tell(learner=lan, text="Có người đổi mã của bạn.", sms_text="Có việc mới.")
    assert Message.objects.get().to == lan.user.phone
    Spending.objects.update(spent=2000)
    messages.tell(user=lan.user, text="Lần nữa.", sms_text="x")
    assert Message.objects.count() == 1
    assert [n.text for n in messages.notices_for(lan.user, lan)] == ["Lần nữa.", "Có người đổi mã của bạn."]


@pytest.mark.django_db
def test_one_sign_in_costs_three_notices_a_day(lan, carrier, settings):
    settings.SMS = settings.SMS | {"DAILY_CAP": 100_000}
    for number in range(5):
        messages.tell(user=lan.user, text=f"Lần {number}.", sms_text="x")
    assert (Message.objects.count(), Notice.objects.count()) == (messages.NOTICES_A_DAY, 5)
    Message.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    messages.tell(user=lan.user, text="Hôm sau.", sms_text="x")
    assert Message.objects.count() == messages.NOTICES_A_DAY + 1


@pytest.mark.django_db
def test_notices_leave_half_of_the_money_to_codes(carrier, settings):
    """A part of this carrier costs 800 đồng."""
    settings.SMS = settings.SMS | {"DAILY_CAP": 3200}
    put(purpose="notice")
    put(purpose="notice")
    with pytest.raises(messages.NoMoney):
        put(purpose="notice")
    put()
    put()
    assert spent() == 3200


@pytest.mark.django_db
def test_a_notice_is_to_one(lan):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(text="?")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(text="?", user=lan.user, learner=lan)


@pytest.mark.django_db
def test_notices_are_shown_and_put_away(client, lan, chi):
    client.force_login(lan.user)
    messages.tell(learner=lan, text="Có người đổi mã của bạn.")
    messages.tell(user=chi, text="Của người khác.")
    for page in ("/hoc-tap/", "/du-lieu-cua-toi/"):
        html = client.get(page).content.decode()
        assert "Có người đổi mã của bạn." in html
        assert "Của người khác." not in html
    newest = Notice.objects.first().pk
    answer = client.post("/du-lieu-cua-toi/thong-bao/", {"newest": newest, "next": "/hoc-tap/"})
    assert answer["Location"] == "/hoc-tap/"
    assert "Có người đổi mã" not in client.get("/hoc-tap/").content.decode()
    assert "Có người đổi mã" in client.get("/du-lieu-cua-toi/").content.decode()
    assert Notice.objects.get(user=chi).read_at is None
    assert client.post("/du-lieu-cua-toi/thong-bao/", {"newest": "x"}).status_code == 302
    client.force_login(chi)
    assert "Của người khác." in client.get("/du-lieu-cua-toi/").content.decode()


def test_settings_of_no_carrier_stop_the_start(settings):
    assert check_sms(None) == []
    settings.SMS = settings.SMS | {"GATEWAY": "http", "URL": "http://carrier.example"}
    assert [error.id for error in check_sms(None)] == ["accounts.E001"]
