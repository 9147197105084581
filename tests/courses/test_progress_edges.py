"""Progress where two courses, two people or two requests meet."""

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from courses import progress, releasing
from courses.models import Enrolment, ItemDone, ItemRevision
from courses.progress import Progress
from ledger.models import Fact
from tests.make import make_course, make_item, make_learner

from .test_progress import finish, kinds

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


# --- Each course and each person by itself ----------------------------------


def test_each_course_is_started_and_counted_by_itself(lan):
    one, two = make_course("KNS01", lessons=2), make_course("KNS04", lessons=3)
    make_item(one, 3)
    releasing.release(one, one.items.all(), None)  # so that editions are told apart
    finish(lan, one.items.first())
    finish(lan, two.items.first())
    assert kinds(course="KNS04") == ["course_started", "lesson_done"]
    assert set(Fact.objects.values_list("course", "edition")) == {("KNS01", 2), ("KNS04", 1)}
    state = progress.state(lan, two)
    assert (state.done, state.required) == ({"kns04-01"}, ("kns04-01", "kns04-02", "kns04-03"))
    assert (state.percent, state.edition, state.newer_edition) == (33, 1, False)
    assert progress.state(lan, one).percent == 33


def test_one_courses_end_is_not_anothers(lan):
    one, two = make_course("KNS01", lessons=1), make_course("KNS04", lessons=1)
    assert finish(lan, one.items.get()).completed_now
    assert progress.state(lan, two).completed_at is None
    assert finish(lan, two.items.get()).completed_now
    assert kinds(kind="course_completed") == ["course_completed"] * 2


def test_what_another_learner_did_is_not_hers(lan):
    course = make_course(lessons=2)
    hoa = make_learner("Hoa")
    finish(hoa, course.items.first())
    assert progress.state(lan, course).done == frozenset()
    last = finish(lan, course.items.last())
    assert (last.done, last.percent, last.completed_now) == ({"kns04-02"}, 50, False)
    assert kinds(person=lan.pk) == ["course_started", "lesson_done"]


# --- What an act says of itself ---------------------------------------------


def test_looking_records_nothing(lan):
    course = make_course(lessons=1)
    before = progress.state(lan, course)
    assert (before.recorded, before.completed_now, before.started_at) == (False, False, None)
    finish(lan, course.items.get())
    after = progress.state(lan, course)
    assert (after.recorded, after.completed_now, after.percent) == (False, False, 100)
    assert after.started_at is not None


def test_choosing_an_edition_before_the_start_starts_the_course(lan):
    course = make_course(lessons=2)
    chosen = progress.choose_edition(lan, course)
    assert (chosen.recorded, chosen.edition, chosen.completed_now) == (True, 1, False)
    assert kinds() == ["course_started"]


def test_a_newer_edition_finished_is_told_but_is_no_second_completion(lan):
    course = make_course(lessons=1)
    first = finish(lan, course.items.first())
    make_item(course, 2)
    releasing.release(course, course.items.all(), None)
    progress.choose_edition(lan, course)
    second = finish(lan, course.items.last())
    assert second.completed_now
    assert second.completed_at == first.completed_at
    assert kinds(kind="course_completed") == ["course_completed"]


def test_how_it_was_done_is_on_every_fact_of_the_act(lan):
    course = make_course(lessons=1)
    finish(lan, course.items.get(), channel="class", asserted_by="trainer", assisted=True)
    assert set(Fact.objects.values_list("kind", "channel", "assisted", "asserted_by")) == {
        ("course_started", "class", True, "server"),
        ("lesson_done", "class", True, "trainer"),
        ("course_completed", "class", True, "server"),
    }


def test_alone_and_online_unless_said(lan):
    finish(lan, make_course(lessons=1).items.get())
    assert set(Fact.objects.values_list("channel", "assisted")) == {("online", False)}
    progress.pass_test(
        learner=lan, item=make_course("KNS01", lessons=1, test=True).items.last(), at=timezone.now()
    )
    assert set(Fact.objects.values_list("channel", "assisted")) == {("online", False)}


# --- Numbers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "required", "percent"),
    [
        ((), (), 0),
        (("a",), (), 0),
        ((), ("a",), 0),
        (("a",), ("a", "b", "c"), 33),
        (("a", "b"), ("a", "b", "c"), 66),
        (("a", "x", "y"), ("a", "b"), 50),
        (("a", "b", "x"), ("a", "b"), 100),
    ],
)
def test_percent_is_what_her_edition_asks_rounded_down(done, required, percent):
    now = Progress(done=frozenset(done), required=required)
    assert now.percent == percent
    assert isinstance(now.percent, int)


def test_the_next_lesson_is_the_first_one_not_done():
    required = ("a", "b", "c")
    assert Progress(required=required).next_key == "a"
    assert Progress(done=frozenset("ac"), required=required).next_key == "b"
    assert Progress(done=frozenset("abc"), required=required).next_key is None


# --- When -------------------------------------------------------------------


def test_a_time_before_every_revision_belongs_to_the_first(lan):
    item = make_item(make_course(lessons=1), 1, html="<p>bản mới</p>")
    finish(lan, item, happened_at=timezone.now() - 400 * DAY)
    assert ItemDone.objects.get().revision.number == 1


def test_a_revision_is_live_from_the_moment_of_its_publication(lan):
    item = make_item(make_course(lessons=1), 1, html="<p>bản mới</p>")
    now = timezone.now()
    ItemRevision.objects.filter(number=1).update(published_at=now - 9 * DAY)
    ItemRevision.objects.filter(number=2).update(published_at=now - 2 * DAY)
    finish(lan, item, happened_at=now - 2 * DAY)
    assert ItemDone.objects.get().revision.number == 2


def test_of_several_live_revisions_the_newest_counts(lan):
    item = make_item(make_course(lessons=1), 1, html="<p>bản mới</p>")
    finish(lan, item)
    assert ItemDone.objects.get().revision.number == 2


def test_lessons_outside_her_edition_do_not_date_the_completion(lan):
    course = make_course(lessons=1)
    now = timezone.now()
    progress.start(lan, course, now - 9 * DAY)
    extra = make_item(course, 2)
    ItemRevision.objects.update(published_at=now - 9 * DAY)
    finish(lan, extra, happened_at=now - DAY)
    assert finish(lan, course.items.first(), happened_at=now - 5 * DAY).completed_at == now - 5 * DAY


# --- Two requests at once ---------------------------------------------------


def test_a_start_that_came_second_uses_the_first_ones_enrolment(lan, monkeypatch):
    course = make_course(lessons=2)
    progress.start(lan, course, timezone.now())
    looks = iter([None])
    really = progress._locked
    monkeypatch.setattr(progress, "_locked", lambda *args: next(looks, really(*args)))
    done = finish(lan, course.items.first())
    assert (done.percent, done.recorded) == (50, True)
    assert kinds() == ["course_started", "lesson_done"]


def test_a_start_says_so_when_another_came_first(lan, monkeypatch):
    course = make_course(lessons=2)
    progress.start(lan, course, timezone.now())
    looks = iter([None])
    really = progress._locked
    monkeypatch.setattr(progress, "_locked", lambda *args: next(looks, really(*args)))
    assert progress.start(lan, course).recorded is False
    assert Enrolment.objects.count() == 1


def test_an_enrolment_that_can_neither_be_made_nor_found_is_an_error(lan, monkeypatch):
    course = make_course(lessons=2)
    progress.start(lan, course, timezone.now())
    monkeypatch.setattr(progress, "_locked", lambda *args: None)
    with pytest.raises(IntegrityError):
        finish(lan, course.items.first())
    assert kinds() == ["course_started"]
