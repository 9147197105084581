"""A text message that a refresher is due: once, where she agreed to those words, on a proven number."""

import datetime
from unittest import mock

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from accounts import consents, household, leaving, merging, messages
from accounts import reminding as to_phones
from accounts.models import Consent, Learner, Message, Spending, User
from common import sms
from courses.models import Enrolment
from quizzes import remembering, reminding
from quizzes.models import Refresher
from quizzes.tasks import tell_of_refreshers
from tests.make import make_learner
from tests.quizzes.make import make_course
from tests.racing import at_once, in_the_middle

from .remembering import aged, course_with_checks, finish

PURPOSE = Consent.Purpose.REMINDERS


def today_at(hour, minute=0, days=0):
    there = timezone.localtime().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return there + datetime.timedelta(days=days)


@pytest.fixture(autouse=True)
def ten_in_the_morning():
    """Whatever hour these tests are run at: at night nobody is told."""
    with mock.patch.object(timezone, "now", return_value=today_at(10)) as now:
        yield now


@pytest.fixture
def carrier(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "file", "PRICE": 800, "DAILY_CAP": 200_000}


def agrees(learner):
    consents.give(learner=learner, purpose=PURPOSE)
    User.objects.filter(pk=learner.user_id).update(phone_verified_at=timezone.now())
    learner.user.refresh_from_db()


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
    assert not any(word in reminding.WORDS for word in (*lan.name.split(), due.title))


def test_the_text_has_no_address_to_press(settings):
    """The lesson says: do not press those that come by text."""
    for sign in ("/", "http", "www", settings.SITE_URL.partition("//")[2]):
        assert sign not in reminding.WORDS


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
    assert not to_phones.words_are_old(lan)
    Consent.objects.filter(purpose=PURPOSE).update(version=1)
    assert reminding.sweep() == 0
    assert to_phones.words_are_old(lan)


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


@pytest.fixture
def family(lan, due, phu_thai):
    """Three of one phone, due on one day, who all agreed."""
    others = [make_learner(name, user=lan.user, commune=phu_thai) for name in ("Hoa", "Minh")]
    for other in others:
        finish(other, due, days=7)
        agrees(other)
    return [lan, *others]


def days_pass(days):
    """So many days ago: everything that was sent and told."""
    ago = datetime.timedelta(days=days)
    Message.objects.update(created_at=F("created_at") - ago)
    Refresher.objects.update(told_at=F("told_at") - ago)


def goes_out():
    texts().update(status="sent", text="", done_at=timezone.now())


def test_a_text_that_may_have_arrived_counts_as_one_that_did(family):
    """Its status stays so for ever: nobody of the phone waits for another."""
    reminding.sweep()
    texts().update(status="unsure", text="", done_at=timezone.now())
    assert reminding.sweep() == 0
    assert Refresher.objects.filter(told_at__isnull=False).count() == 3


def test_two_texts_a_week_that_may_have_arrived_leave_today_told(family):
    reminding.sweep()
    days_pass(1)
    Refresher.objects.all().delete()
    reminding.sweep()
    texts().update(status="unsure", text="", done_at=timezone.now())
    reminding.sweep()
    assert Refresher.objects.filter(told_at__isnull=False).count() == 3


def test_one_text_tells_all_that_is_due_on_a_phone_today(family):
    assert reminding.sweep() == 1
    goes_out()
    assert reminding.sweep() == 0
    assert texts().count() == 1
    assert Refresher.objects.filter(told_at__isnull=False).count() == 3


def test_two_courses_of_one_day_are_one_text(lan, due):
    finish(lan, make_course(code="KNS01"), days=7)
    assert reminding.sweep() == 1
    goes_out()
    assert reminding.sweep() == 0
    assert texts().count() == 1
    assert Refresher.objects.filter(told_at__isnull=False).count() == 2


def test_a_text_that_never_went_out_told_nobody(family):
    reminding.sweep()
    assert reminding.sweep() == 0  # it waits: nobody else of the phone is told yet
    assert Refresher.objects.count() == 1
    texts().update(status="given_up", text="", done_at=timezone.now())
    assert reminding.sweep() == 1


@pytest.mark.parametrize(("days", "more"), [(6, 0), (7, 1)])
def test_two_texts_a_week_to_one_phone(family, due, days, more):
    for _ in range(2):
        Refresher.objects.all().delete()
        assert reminding.sweep() == 1
        days_pass(1)
    Refresher.objects.all().delete()
    days_pass(days - 2)
    assert reminding.sweep() == more
    goes_out()
    assert reminding.sweep() == 0
    assert Refresher.objects.count() == 3 * more  # refused, she is told another day


@pytest.mark.django_db(transaction=True)
def test_two_workers_count_one_phone_together(lan, carrier, phu_thai, monkeypatch):
    """Two people of one sign-in: whoever comes second reads what the first wrote."""
    course = course_with_checks()
    hoa = make_learner("Hoa", user=lan.user, commune=phu_thai)
    for one in (lan, hoa):
        finish(one, course, days=7)
        agrees(one)
    lan_s, hoa_s = (Enrolment.objects.get(learner=one) for one in (lan, hoa))
    both = in_the_middle(
        monkeypatch,
        to_phones.messages,
        "send",
        lambda: reminding._tell(lan_s, 7),
        lambda: reminding._tell(hoa_s, 7),
    )
    assert both == (True, False)
    assert texts().count() == 1


def test_who_had_enough_is_in_nobodys_way(family, due, phu_thai, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    for _ in range(2):
        reminding.sweep()
        days_pass(1)
        Refresher.objects.all().delete()
    quyen = make_learner("Quyên", commune=phu_thai)
    finish(quyen, due, days=7)  # behind the three, who are asked for no more this week
    agrees(quyen)
    assert reminding.sweep() == 1
    assert texts().latest("pk").user == quyen.user


def test_the_list_is_read_no_further_than_the_batch(family, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(reminding, "BATCH", 2)
    with django_assert_num_queries(1) as captured:
        assert len(reminding._due(7, timezone.now())) == 2
    assert "LIMIT 2" in captured.captured_queries[0]["sql"]


# --- Daytime ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "sent"),
    [(0, 0, 0), (3, 0, 0), (7, 59, 0), (8, 0, 1), (19, 59, 1), (20, 0, 0), (23, 59, 0)],
)
def test_at_night_nothing_is_written_whoever_calls(due, ten_in_the_morning, hour, minute, sent):
    ten_in_the_morning.return_value = today_at(hour, minute)
    assert tell_of_refreshers() == sent
    assert texts().count() == sent


class Carrier:
    name = "fake"

    def __init__(self):
        self.sent, self.error = [], None

    def send(self, message):
        if self.error:
            raise self.error
        self.sent.append(message)
        return "taken"


@pytest.fixture
def phones(monkeypatch):
    phones = Carrier()
    monkeypatch.setattr(sms, "gateway", lambda settings: phones)
    return phones


def test_written_in_the_evening_it_is_not_sent_at_night(due, phones, ten_in_the_morning):
    ten_in_the_morning.return_value = today_at(19, 10)
    assert reminding.sweep() == 1
    ten_in_the_morning.return_value = today_at(3, days=1)  # a worker that was down
    messages.sweep()
    assert phones.sent == []
    assert texts().get().status == "given_up"
    assert Spending.objects.get().spent == 0


def test_no_second_try_after_the_evening(due, phones, ten_in_the_morning):
    ten_in_the_morning.return_value = today_at(19, 59, days=0)
    assert reminding.sweep() == 1
    phones.error = sms.Failed("status 503")
    messages.sweep()
    text = texts().get()
    assert (text.status, text.expires_at) == ("waiting", today_at(20))
    ten_in_the_morning.return_value = text.next_try_at
    messages.sweep()
    assert texts().get().status == "given_up"


# --- What is known when it goes out ----------------------------------------------------------


def it_goes_out(phones):
    messages.sweep()
    return str(texts().get().reference) in {one.reference for one in phones.sent}


def test_it_goes_out_where_nothing_changed(due, phones):
    reminding.sweep()
    assert it_goes_out(phones)


@pytest.mark.parametrize(
    "then",
    [
        lambda lan: consents.withdraw(learner=lan, purpose=PURPOSE),
        lambda lan: leaving.leave(learner=lan, kind="erase"),
        lambda lan: User.objects.filter(pk=lan.user_id).update(phone="+84977000111"),
        lambda lan: User.objects.filter(pk=lan.user_id).update(phone_verified_at=None),
        lambda lan: User.objects.filter(pk=lan.user_id).update(is_active=False),
        lambda lan: Message.objects.update(user=None),
    ],
    ids=["withdrawn", "leaving", "another number", "number not proved", "shut", "sign-in gone"],
)
def test_what_changed_while_it_waited_is_seen(lan, due, phones, then):
    reminding.sweep()
    then(lan)
    assert not it_goes_out(phones)
    assert texts().get().status == "given_up"
    assert texts().get().text == ""
    paid = Message.objects.exclude(status="given_up").aggregate(
        Sum("cost", default=0)
    )  # leaving is told by text
    assert Spending.objects.get().spent == paid["cost__sum"]


def test_one_who_took_it_back_gets_none_for_another_of_the_phone(lan, family, phones):
    reminding.sweep()
    consents.withdraw(learner=lan, purpose=PURPOSE)
    assert not it_goes_out(phones)


def test_new_words_agreed_to_meanwhile_take_nothing_back(lan, due, phones, monkeypatch):
    reminding.sweep()
    monkeypatch.setitem(consents.REMINDERS, 9, consents.Words("Lời mới.", ("Rõ hơn.",)))
    consents.give(learner=lan, purpose=PURPOSE)
    assert it_goes_out(phones)


@pytest.mark.django_db(transaction=True)
def test_a_consent_taken_back_waits_for_what_is_done_by_it(lan, carrier, phones, monkeypatch):
    """She presses while the text is written: then it is written first, and does not go out."""
    finish(lan, course_with_checks(), days=7)
    agrees(lan)
    monkeypatch.setattr(messages, "_hint", lambda: None)  # no worker at once

    def withdraw():
        return consents.withdraw(learner=lan, purpose=PURPOSE), texts().count()

    both = in_the_middle(monkeypatch, to_phones.messages, "send", reminding.sweep, withdraw)
    assert both == (1, (True, 1))
    assert not it_goes_out(phones)


@pytest.mark.parametrize("moved", ["merged", "a number of her own"])
def test_who_she_is_is_read_anew(lan, due, chi, phu_thai, monkeypatch, moved):
    other = make_learner("Nguyễn Thị Lan", user=lan.user, commune=phu_thai)
    finish(other, due, days=7)
    agrees(other)
    Enrolment.objects.filter(learner=lan).delete()
    [found] = reminding._due(7, timezone.now())
    found.learner.user.phone  # noqa: B018 - read before
    if moved == "merged":
        merging.merge(by=chi, duplicate=other, canonical=lan, reason="Một người")
    else:
        household.unlink(user=lan.user, learner=other)
    assert reminding._tell(found, 7) is False
    assert not texts().exists()
    assert Learner.objects.filter(pk=other.pk).exists()


# --- Money --------------------------------------------------------------------------------


def test_reminders_leave_notices_their_share(lan, due, settings):
    settings.SMS = settings.SMS | {"DAILY_CAP": 3200}  # four texts: one reminder, one notice more, two codes
    put = {"to": "+84912345678", "text": "Ma 123456", "user": None}
    messages.send(purpose="reminder", **put)
    with pytest.raises(messages.NoMoney):
        messages.send(purpose="reminder", **put)
    assert reminding.sweep() == 0
    messages.send(purpose="notice", **put)
    with pytest.raises(messages.NoMoney):
        messages.send(purpose="notice", **put)
    messages.send(purpose="code", **put)
    messages.send(purpose="code", **put)


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
