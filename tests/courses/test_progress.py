"""What a learner has done: once, with its facts, in her own edition."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import progress, releasing
from courses.errors import ItemGone, NotALesson, NotATest, NotReleased
from courses.models import Enrolment, Item, ItemDone, ItemRevision
from ledger.models import Fact
from ledger.recording import UuidReused
from tests.make import make_course, make_item, make_learner
from tests.racing import at_once, together

pytestmark = pytest.mark.django_db


def finish(learner, item, **fields):
    fields = {"actor": f"user:{learner.user_id}", "uuid": uuid.uuid4(), **fields}
    return progress.finish_lesson(learner=learner, item=item, **fields)


def kinds(**filters):
    return list(Fact.objects.filter(**filters).order_by("pk").values_list("kind", flat=True))


def queries(run):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return [
        q["sql"]
        for q in captured
        if "SAVEPOINT" not in q["sql"] and q["sql"] not in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT")
    ]


def test_a_first_lesson_starts_the_course(lan):
    course = make_course(lessons=3)
    done = finish(lan, course.items.first())
    assert (done.percent, done.recorded, done.completed_now) == (33, True, False)
    assert done.done == {"kns04-01"}
    assert done.next_key == "kns04-02"
    assert kinds() == ["course_started", "lesson_done"]
    fact = Fact.objects.last()
    assert (fact.course, fact.edition, fact.item, fact.person) == ("KNS04", 1, "kns04-01", lan.pk)
    assert (fact.actor, fact.asserted_by) == (f"user:{lan.user_id}", "client")


def test_a_lesson_again_counts_once(lan):
    course = make_course(lessons=3)
    finish(lan, course.items.first())
    again = finish(lan, course.items.first())
    assert (again.percent, again.recorded) == (33, False)
    assert kinds() == ["course_started", "lesson_done"]


def test_the_last_lesson_completes_once(lan):
    course = make_course(lessons=2)
    first, last = (finish(lan, item) for item in course.items.all())
    assert (first.completed_now, last.completed_now, last.percent) == (False, True, 100)
    assert finish(lan, course.items.last()).completed_now is False
    assert kinds() == ["course_started", "lesson_done", "lesson_done", "course_completed"]
    assert last.completed_at == Fact.objects.get(kind="course_completed").happened_at


def test_completion_waits_for_the_test(lan):
    course = make_course(lessons=1, test=True)
    assert finish(lan, course.items.first()).percent == 50
    passed = progress.pass_test(learner=lan, item=course.items.last(), at=timezone.now())
    assert (passed.percent, passed.completed_now) == (100, True)
    assert kinds() == ["course_started", "lesson_done", "test_passed", "course_completed"]
    again = progress.pass_test(learner=lan, item=course.items.last(), at=timezone.now())
    assert (again.recorded, again.completed_now) == (False, False)
    assert len(kinds()) == 4


def test_a_test_passed_first_starts_the_course(lan):
    course = make_course(lessons=1, test=True)
    progress.pass_test(learner=lan, item=course.items.last(), at=timezone.now())
    assert kinds() == ["course_started", "test_passed"]


def test_a_test_is_not_ticked_off_as_a_lesson(lan):
    course = make_course(lessons=1, test=True)
    with pytest.raises(NotALesson):
        finish(lan, course.items.last())
    assert not kinds()


def test_a_lesson_is_not_passed_as_a_test(lan):
    course = make_course(lessons=1)
    with pytest.raises(NotATest):
        progress.pass_test(learner=lan, item=course.items.first(), at=timezone.now())


def test_a_course_without_an_edition_records_nothing(lan):
    course = make_course(lessons=1, released=False)
    with pytest.raises(NotReleased):
        finish(lan, course.items.first())
    assert not ItemDone.objects.exists()
    assert progress.state(lan, course) == progress.Progress()


def test_start_records_once(lan):
    course = make_course(lessons=2)
    assert progress.start(lan, course, timezone.now()).recorded is True
    assert progress.start(lan, course, timezone.now()).recorded is False
    assert kinds() == ["course_started"]


def test_the_same_uuid_for_another_lesson_is_refused(lan):
    course = make_course(lessons=2)
    one = uuid.uuid4()
    finish(lan, course.items.first(), uuid=one)
    with pytest.raises(UuidReused):
        finish(lan, course.items.last(), uuid=one)
    assert ItemDone.objects.count() == 1


# --- time -------------------------------------------------------------------


def published(item, number, at):
    ItemRevision.objects.filter(item=item, number=number).update(published_at=at)


def test_a_time_before_publication_is_clamped_and_flagged(lan):
    course = make_course(lessons=1)
    item = course.items.first()
    finish(lan, item, happened_at=timezone.now() - datetime.timedelta(days=400))
    fact = Fact.objects.get(kind="lesson_done")
    assert (fact.happened_at, fact.clamped) == (item.revision.published_at, True)
    assert ItemDone.objects.get().done_at == fact.happened_at


def test_a_time_in_the_future_is_now(lan):
    course = make_course(lessons=1)
    finish(lan, course.items.first(), happened_at=timezone.now() + datetime.timedelta(days=2))
    fact = Fact.objects.get(kind="lesson_done")
    assert fact.clamped
    assert fact.happened_at == fact.recorded_at


def test_offline_work_belongs_to_the_revision_live_then(lan):
    course = make_course(lessons=1)
    item = make_item(course, 1, html="<p>bản mới</p>")
    now = timezone.now()
    published(item, 1, now - datetime.timedelta(days=9))
    published(item, 2, now - datetime.timedelta(days=1))
    finish(lan, item, happened_at=now - datetime.timedelta(days=3))
    done = ItemDone.objects.get()
    assert (done.revision.number, done.done_at) == (1, now - datetime.timedelta(days=3))
    assert not Fact.objects.get(kind="lesson_done").clamped


def test_completion_happened_when_its_last_lesson_did(lan):
    course = make_course(lessons=2)
    now = timezone.now()
    ItemRevision.objects.update(published_at=now - datetime.timedelta(days=9))
    one, two = course.items.all()
    finish(lan, two, happened_at=now - datetime.timedelta(days=1))
    done = finish(lan, one, happened_at=now - datetime.timedelta(days=5))
    assert done.completed_at == now - datetime.timedelta(days=1)


# --- editions ---------------------------------------------------------------


def test_a_learner_keeps_her_edition(lan):
    course = make_course(lessons=2)
    finish(lan, course.items.first())
    make_item(course, 3)
    releasing.release(course, course.items.all(), None)
    now = progress.state(lan, course)
    assert (now.percent, now.edition, now.newer_edition) == (50, 1, True)
    assert now.required == ("kns04-01", "kns04-02")
    assert finish(lan, course.items.get(key="kns04-02")).completed_now is True


def test_a_live_lesson_outside_her_edition_is_a_lesson_done_but_no_progress(lan):
    course = make_course(lessons=2)
    finish(lan, course.items.first())
    done = finish(lan, make_item(course, 3))
    assert done.percent == 50
    assert "kns04-03" in done.done
    assert kinds().count("lesson_done") == 2


def test_choosing_the_newer_edition_lowers_nothing_recorded(lan):
    course = make_course(lessons=1)
    finish(lan, course.items.first())
    make_item(course, 2)
    releasing.release(course, course.items.all(), None)
    moved = progress.choose_edition(lan, course)
    assert (moved.percent, moved.edition, moved.newer_edition) == (50, 2, False)
    assert moved.completed_at is not None
    assert finish(lan, course.items.last()).percent == 100
    assert kinds().count("course_completed") == 1
    assert Enrolment.objects.get().finished_edition.number == 2


def test_choosing_an_edition_already_fulfilled_completes(lan):
    course = make_course(lessons=2)
    finish(lan, course.items.first())
    releasing.release(course, course.items.all()[:1], None)
    assert progress.choose_edition(lan, course).completed_now is True
    assert kinds().count("course_completed") == 1


def test_choosing_the_same_edition_changes_nothing(lan):
    course = make_course(lessons=2)
    finish(lan, course.items.first())
    assert progress.choose_edition(lan, course).recorded is False


def test_a_withdrawn_lesson_of_her_edition_can_be_finished(lan, phu_thai):
    course = make_course(lessons=2)
    finish(lan, course.items.first())
    releasing.release(course, course.items.all()[:1], None)
    withdrawn = course.items.last()
    releasing.withdraw_item(withdrawn)
    assert finish(lan, withdrawn).completed_now is True
    hoa = make_learner("Hoa", commune=phu_thai)
    with pytest.raises(ItemGone):
        finish(hoa, withdrawn)
    assert not kinds(person=hoa.pk)


def test_a_lesson_never_published_is_refused(lan):
    course = make_course(lessons=1)
    draft = Item.objects.create(course=course, key="kns04-99", title="Nháp")
    with pytest.raises(ItemGone):
        finish(lan, draft)


# --- cost -------------------------------------------------------------------


@pytest.mark.parametrize("lessons", [5, 110])
def test_finishing_costs_few_queries(lan, lessons):
    course = make_course(lessons=lessons, test=True)
    items = list(course.items.all())
    assert len(queries(lambda: finish(lan, items[0]))) <= 9  # with the start
    assert len(queries(lambda: finish(lan, items[1], happened_at=timezone.now()))) <= 8
    ItemDone.objects.bulk_create(
        ItemDone(learner=lan, item=item, done_at=timezone.now()) for item in items[2:-1]
    )
    last = queries(lambda: progress.pass_test(learner=lan, item=items[-1], at=timezone.now()))
    assert Enrolment.objects.get().completed_at
    assert len(last) <= 9
    assert len(queries(lambda: finish(lan, items[0]))) <= 6
    assert len(queries(lambda: progress.state(lan, course))) <= 3


def test_state_before_the_start_costs_three_queries(lan):
    course = make_course(lessons=4)
    assert len(queries(lambda: progress.state(lan, course))) <= 3
    assert progress.state(lan, course).percent == 0


# --- at the same moment -----------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_complete_once(lan):
    course = make_course(lessons=1)
    item = course.items.get()
    refused = [one for one in at_once(50, lambda: finish(lan, item)) if isinstance(one, Exception)]
    assert not refused
    assert sorted(kinds()) == ["course_completed", "course_started", "lesson_done"]
    assert ItemDone.objects.count() == Enrolment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_two_lessons_at_the_same_moment_complete(lan):
    course = make_course(lessons=3)
    items = list(course.items.all())
    finish(lan, items[0])
    answers = together(lambda: finish(lan, items[1]), lambda: finish(lan, items[2]))
    assert not [one for one in answers if isinstance(one, Exception)]
    assert kinds().count("course_completed") == 1


def test_a_start_and_a_completion_dated_by_a_clamped_act_are_flagged_like_it(lan):
    course = make_course(lessons=1)
    item = course.items.get(kind="lesson")
    finish(lan, item, happened_at=item.revision.published_at - datetime.timedelta(days=9))
    flags = dict(Fact.objects.values_list("kind", "clamped"))
    assert flags == {"course_started": True, "lesson_done": True, "course_completed": True}


def test_a_start_dated_by_a_trusted_act_is_not_flagged(lan):
    course = make_course(lessons=2)
    first, second = course.items.filter(kind="lesson")
    finish(lan, first)
    finish(lan, second, happened_at=second.revision.published_at - datetime.timedelta(days=9))
    flags = dict(Fact.objects.filter(kind="course_started").values_list("kind", "clamped"))
    assert flags == {"course_started": False}
