import datetime
import itertools
import re
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from accounts import looks, personal, requesting, retention
from accounts.models import (
    Alarm,
    Card,
    CardUse,
    Correction,
    DataRequest,
    Device,
    DeviceSession,
    DeviceUse,
    Erasure,
    Feedback,
    HelpMessage,
    Invitation,
    InvitationList,
    Look,
    Message,
    Notice,
    NumberOffer,
    OneTimeCode,
    Parting,
    PinAlarm,
    RetentionRun,
    SlowDown,
    Spending,
    TriedPin,
)
from courses.models import Course
from quizzes.models import Refresher
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


# --- Every table that promises to forget --------------------------------------------------


def promised(keep: str) -> int | None:
    """Days after which a table says that it forgets by itself; None when it does not say so."""
    said = re.search(r"(\d+) (ngày|năm), rồi tự xóa", keep)
    return int(said[1]) * {"ngày": 1, "năm": 365}[said[2]] if said else None


def covered(model) -> set[int]:
    """Days of the rules of a table; rows that go with another's are as old as those."""
    days = {rule.days for rule in retention.rules() if rule.table == model._meta.label}
    owners = [f.related_model for f in model._meta.fields if f.is_relation and f.remote_field]
    return days or {rule.days for rule in retention.rules() if apps.get_model(rule.table) in owners}


def test_a_table_that_promises_to_forget_has_a_rule_of_as_many_days():
    said = {entry.label: promised(entry.personal.keep) for entry in personal.register()}
    assert sum(days is not None for days in said.values()) > 15
    wrong = {
        label: days for label, days in said.items() if days and days not in covered(apps.get_model(label))
    }
    assert wrong == {}


def test_a_rule_is_promised_by_its_table():
    """But for tables that hold nothing about anybody, and sessions, which differ."""
    said = {entry.label: promised(entry.personal.keep) for entry in personal.register()}
    silent = {rule.table for rule in retention.rules() if said.get(rule.table) != rule.days}
    assert silent == {
        "sessions.Session",
        "accounts.DeviceSession",
        "accounts.PinAlarm",
        "accounts.Alarm",
        "accounts.Spending",
        "accounts.RetentionRun",
    }


COUNTER = itertools.count()


def a_row_of_each(at, lan, chi, phu_thai) -> None:
    """One row of every table with a rule, made (used, ended, seen, closed) at this time."""
    day, user, n = timezone.localdate(at), lan.user, next(COUNTER)
    Device.objects.create(mark=f"m{n}", label="Điện thoại", seen_on=day)
    seen = Device.objects.create(mark=f"u{n}", label="", seen_on=NOW.date())
    use = DeviceUse.objects.create(device=seen, user=user, seen_on=day)
    kept = DeviceUse.objects.create(device=use.device, user=chi, seen_on=NOW.date())
    DeviceSession.objects.create(use=kept, key=f"s{n}", made_at=at)
    Session.objects.create(session_key=f"k{n}", session_data="", expire_date=at)
    Card.objects.create(learner=lan, number_mark=f"c{n}", ended_at=at)
    used = Card.objects.create(learner=lan, number_mark=f"d{n}", ended_at=NOW)
    CardUse.objects.create(card=used, session_key="x", at=at)
    OneTimeCode.objects.create(
        purpose="forgotten", user=user, holder=f"h{n}", mark="m", made_at=at, expires_at=at
    )
    Parting.objects.create(user=user, learner=lan, left_at=at, ended_at=at)
    SlowDown.objects.create(key=f"k{n}", failed_at=at, open_at=at)
    TriedPin.objects.create(day=day, pin_mark=f"p{n}", account_mark="a")
    PinAlarm.objects.create(day=day, pin_mark=f"p{n}", accounts=9)
    Alarm.objects.create(day=day, kind=f"k{n}")
    Alarm.objects.create(day=day, kind=f"r{n}", raised_at=at)
    Message.objects.create(
        to="+84900000000", purpose="code", status="sent", done_at=at, parts=1, cost=1, expires_at=at
    )
    Spending.objects.create(day=day)
    Notice.objects.create(user=user, text="Chào", at=at)
    HelpMessage.objects.create(place=phu_thai, name="Tư", text="Giúp", at=at)
    Feedback.objects.create(page="/", helped=True, at=at)
    Invitation.objects.create(user=chi, expires_at=at, ended_at=at)
    InvitationList.objects.create(by=chi, file_name="a.xlsx", rows=[], made_at=at)
    offer = {"phone": f"+8490000000{n}", "name": "Na", "kind": "trainer", "place": lan.commune}
    NumberOffer.objects.create(**offer, invited_by=chi, expires_at=at)
    Look.objects.create(learner=lan, by=chi, screen=f"s{n}", day=day, at=at)
    asked = requesting.ask(learner=lan, kind="copy")
    DataRequest.objects.filter(pk=asked.pk).update(state="done", closed_at=at)
    Correction.objects.create(learner=lan, what="name", before="Lan", after="Lành", at=at)
    Erasure.objects.create(erased_on=day, reason="asked", records=1)
    RetentionRun.objects.create(day=day, rule=f"r{n}")
    course = Course.objects.create(code=f"K{n}", slug=f"k{n}", title="Khóa")
    Refresher.objects.create(learner=lan, course=course, round=7, due_on=day)
    kind = ContentType.objects.get_for_model(Page)
    said = {"action": "wagtail.edit", "label": "Trang", "timestamp": at, "content_type": kind}
    PageLogEntry.objects.bulk_create([PageLogEntry(page_id=1, uuid=uuid.uuid4(), **said)])
    ModelLogEntry.objects.bulk_create([ModelLogEntry(object_id="1", uuid=uuid.uuid4(), **said)])


def test_each_rule_takes_what_is_over_its_time_and_nothing_younger(lan, chi, phu_thai):
    for days in sorted({rule.days for rule in retention.rules()}):
        rules = [rule for rule in retention.rules() if rule.days == days]
        with transaction.atomic():
            for age in (days + 2, max(days - 2, -2)):
                a_row_of_each(aged(age), lan, chi, phu_thai)
            gone = retention.run(NOW)
            assert {rule.key: gone[rule.key] for rule in rules} == {rule.key: 1 for rule in rules}
            transaction.set_rollback(True)


def test_a_standing_card_is_never_too_old(lan):
    Card.objects.create(learner=lan, number_mark="c", made_at=aged(2000))
    assert retention.run(NOW)["cards"] == 0


# --- Another room's rule ------------------------------------------------------------------


@pytest.fixture
def classes(phu_thai):
    """A room as `classes` will be: a seat with a given name and nobody in it (here: a message)."""
    seats = HelpMessage.objects.filter(phone="")
    words = "Chỗ giữ cho người chưa tới nhận"
    rule = retention.Rule("unclaimed_seats", words, retention.SEAT_DAYS, lambda at: seats.filter(at__lt=at))
    retention.register("classes", rule)
    yield rule
    del retention._rooms["classes"]


def seat(place, days, **more):
    return HelpMessage.objects.create(place=place, name="Hoa", text="", at=aged(days), **more)


def test_a_seat_nobody_claimed_goes_after_seven_days(classes, phu_thai, client, chi):
    old, young, claimed = seat(phu_thai, 8), seat(phu_thai, 6), seat(phu_thai, 8, phone="+84900000000")
    assert retention.run(NOW)["unclaimed_seats"] == 1
    assert set(HelpMessage.objects.all()) == {young, claimed}
    assert old not in HelpMessage.objects.all()
    client.force_login(chi)
    html = client.get("/quan-ly/so-du-lieu/").content.decode()
    assert classes.words in html
    assert retention.SEAT_DAYS == 7


def test_a_room_says_it_again_and_no_room_takes_anothers_key(classes):
    retention.register("classes", classes)
    assert [rule.key for rule in retention.rules()].count("unclaimed_seats") == 1
    with pytest.raises(ValueError, match="taken"):
        retention.register("halls", classes)
    with pytest.raises(ValueError, match="taken"):
        retention.register("classes", classes, classes)


def test_one_task_forgets_all_and_runs_each_night(settings):
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "accounts.tasks.erase_old" in beat
    source = "".join(path.read_text() for path in Path(settings.BASE_DIR, "accounts").glob("*.py"))
    assert "def forget_old" not in source
