"""A text message that a refresher is due: once, where she agreed to those words, on a proven number."""

import pytest
from django.utils import timezone

from accounts import consents, leaving, messages
from accounts.models import Consent, Message, Spending
from quizzes import remembering, reminding
from quizzes.models import Refresher
from quizzes.tasks import tell_of_refreshers
from tests.make import make_learner
from tests.quizzes.make import make_course
from tests.racing import at_once

from .remembering import aged, course_with_checks, finish

PURPOSE = Consent.Purpose.REMINDERS


@pytest.fixture
def carrier(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "file", "PRICE": 800, "DAILY_CAP": 200_000}


def agrees(learner):
    consents.give(learner=learner, purpose=PURPOSE)
    learner.user.phone_verified_at = timezone.now()
    learner.user.save()


@pytest.fixture
def due(lan, carrier):
    """Lan finished a course seven days ago, and agreed to be told."""
    course = course_with_checks()
    finish(lan, course, days=7)
    agrees(lan)
    return course


def texts():
    return Message.objects.filter(purpose="reminder")


def test_she_is_told_once(lan, due):
    assert tell_of_refreshers() == 1
    assert tell_of_refreshers() == 0
    row = Refresher.objects.get()
    assert (row.learner, row.round, row.begun_at, row.told_at is not None) == (lan, 7, None, True)
    assert texts().get().user == lan.user
    remembering.begin(learner=lan, course=due)
    assert Refresher.objects.get().begun_at


def test_the_text_names_nobody_and_is_one_part(lan, due):
    reminding.sweep()
    told = texts().get()
    assert told.parts == 1
    text = reminding.words()
    assert "/hoc-tap/" in text
    assert not any(word in text for word in (*lan.name.split(), due.title))


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_her_once(lan, carrier):
    finish(lan, course_with_checks(), days=7)
    agrees(lan)
    assert sorted(at_once(2, reminding.sweep)) == [0, 1]
    assert texts().count() == 1


@pytest.mark.parametrize("days", [6, 14, 29, 37])
def test_not_before_and_not_long_after(lan, due, days):
    aged(lan, due, days)
    assert reminding.sweep() == 0


@pytest.mark.parametrize(("days", "number"), [(7, 7), (13, 7), (30, 30), (36, 30)])
def test_in_the_week_it_begins(lan, due, days, number):
    aged(lan, due, days)
    assert reminding.sweep() == 1
    assert Refresher.objects.get().round == number


def test_without_consent_or_after_it_was_withdrawn_nobody_is_told(lan, due):
    consents.withdraw(learner=lan, purpose=PURPOSE)
    assert reminding.sweep() == 0
    assert not Refresher.objects.exists()


def test_a_consent_to_the_earlier_words_does_not_speak_of_it(lan, due):
    Consent.objects.filter(purpose=PURPOSE).update(version=1)
    assert reminding.sweep() == 0


def test_withdrawn_between_the_look_and_the_text(lan, due, monkeypatch):
    real = reminding._due

    def late(*args):
        found = real(*args)
        consents.withdraw(learner=lan, purpose=PURPOSE)
        return found

    monkeypatch.setattr(reminding, "_due", late)
    assert reminding.sweep() == 0
    assert not texts().exists()
    assert not Refresher.objects.exists()


def test_a_number_that_nobody_proved_gets_none(lan, due):
    lan.user.phone_verified_at = None
    lan.user.save()
    assert reminding.sweep() == 0


def test_who_has_begun_needs_no_telling(lan, due):
    remembering.begin(learner=lan, course=due)
    assert reminding.sweep() == 0


def test_who_is_leaving_is_left_alone(lan, due):
    leaving.leave(learner=lan, kind="erase")
    assert reminding.sweep() == 0


def test_two_texts_a_week_to_one_phone(lan, due, phu_thai):
    for name in ("Hoa", "Minh"):
        other = make_learner(name, user=lan.user, commune=phu_thai)
        finish(other, due, days=7)
        agrees(other)
    assert reminding.sweep() == 2
    assert reminding.sweep() == 0
    assert texts().count() == Refresher.objects.count() == 2


def test_no_money_no_row_and_the_next_day_goes_on(lan, due, settings):
    settings.SMS = settings.SMS | {"DAILY_CAP": 1000}  # half of it is for codes
    assert messages.can_send()
    assert reminding.sweep() == 0
    assert not Refresher.objects.exists()
    settings.SMS = settings.SMS | {"DAILY_CAP": 200_000}
    Spending.objects.all().delete()
    assert reminding.sweep() == 1


def test_without_a_gateway_nothing_happens(lan, due, settings):
    settings.SMS = settings.SMS | {"GATEWAY": ""}
    assert reminding.sweep() == 0


def test_a_course_with_nothing_to_ask_is_not_told_of(lan, carrier):
    course = make_course()
    remembering.live_questions().update(revision=None)
    finish(lan, course, days=7)
    agrees(lan)
    assert reminding.sweep() == 0
