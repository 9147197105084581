"""Where a rule of the final test turns, to the second and to the person."""

import datetime
import uuid

import pytest

from courses import progress, releasing
from courses.models import Enrolment
from quizzes import attempts
from quizzes.errors import Dropped, NotFound, TooManySteps, TooSoon
from quizzes.models import Attempt

from ..make import make_learner
from .make import make_course, quiz_of
from .test_attempts import MINUTE, NOON, hand_in, run, say

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def attempt(lan, quiz):
    return attempts.start(learner=lan, quiz=quiz, now=NOON)


# --- Whose ------------------------------------------------------------------


def test_another_learners_pass_closes_the_test_for_nobody_else(lan, quiz):
    run(make_learner("Hoa"), quiz, right=10, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON).is_open


def test_another_learners_failure_makes_nobody_else_wait(lan, quiz):
    run(make_learner("Hoa"), quiz, right=0, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 3 * MINUTE).ordinal == 1


def test_passing_one_course_leaves_the_test_of_another_open(lan, quiz):
    run(lan, quiz_of(make_course(code="KNS01")), right=10, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON).is_open


def test_the_edition_is_the_one_she_learns_of_this_course(lan, course, quiz):
    progress.start(lan, make_course(code="KNS01"), NOON)
    progress.start(make_learner("Hoa"), course, NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON).edition == course.current_edition


def test_the_edition_she_began_with_stays(lan, course, quiz):
    progress.start(lan, course, NOON)
    began = course.current_edition
    course.current_edition = course.editions.create(number=2, title=course.title, released_at=NOON)
    course.save()
    quiz.refresh_from_db()
    assert Enrolment.objects.get().edition == began
    assert attempts.start(learner=lan, quiz=quiz, now=NOON).edition == began


def test_an_address_that_is_no_number_is_not_found(lan):
    with pytest.raises(NotFound):
        attempts.find(learner=lan, public_id="khong-phai-ma")


def test_a_draw_asks_only_questions_of_its_course(lan, course, quiz):
    make_course(code="KNS01")
    attempt = attempts.start(learner=lan, quiz=quiz)
    assert {one.revision.question.course_id for one in attempt.questions.all()} == {course.pk}


# --- Waiting ----------------------------------------------------------------


def test_waiting_ends_on_the_second(lan, quiz):
    failed = run(lan, quiz, right=0, now=NOON)
    ready = failed.submitted_at + quiz.wait_minutes * MINUTE
    with pytest.raises(TooSoon) as refusal:
        attempts.start(learner=lan, quiz=quiz, now=ready - SECOND)
    assert refusal.value.again_at == ready
    assert attempts.start(learner=lan, quiz=quiz, now=ready).is_open


def test_waiting_past_midnight_is_no_limit_of_the_day(lan):
    quiz = quiz_of(make_course(rules={"wait_minutes": 60}))
    late = NOON + datetime.timedelta(hours=11, minutes=30)
    run(lan, quiz, right=0, now=late)
    with pytest.raises(TooSoon, match=r"nghỉ một chút.*00:32 ngày 11/10/2026"):
        attempts.start(learner=lan, quiz=quiz, now=late + 5 * MINUTE)


def test_waiting_is_counted_within_the_day_and_anew_the_next(lan):
    quiz = quiz_of(make_course(rules={"wait_minutes": 0, "attempts_per_day": 3}))
    assert [run(lan, quiz, right=0, now=NOON + hour * 60 * MINUTE).ordinal for hour in range(3)] == [1, 2, 3]
    assert run(lan, quiz, right=0, now=NOON + datetime.timedelta(days=1)).ordinal == 1


def test_the_last_attempt_of_a_day_may_begin(lan):
    quiz = quiz_of(make_course(rules={"wait_minutes": 0, "attempts_per_day": 2}))
    run(lan, quiz, right=0, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 30 * MINUTE).ordinal == 2


# --- The deadline -----------------------------------------------------------


def test_an_attempt_is_over_only_after_the_tolerance(attempt):
    end = attempt.deadline + attempts.TOLERANCE
    assert not attempts.close_if_over(attempt=attempt, now=end)
    assert attempts.close_if_over(attempt=attempt, now=end + SECOND)
    assert (attempt.expired, attempt.submitted_at) == (True, attempt.deadline)


def test_the_sweep_takes_only_what_is_over(attempt):
    end = attempt.deadline + attempts.TOLERANCE
    assert attempts.close_overdue(now=end) == 0
    assert attempts.close_overdue(now=end + SECOND) == 1
    assert attempts.close_overdue(now=end + SECOND) == 0
    attempt.refresh_from_db()
    assert attempt.expired


def test_the_sweep_takes_the_oldest_first(lan, quiz, attempt):
    other = attempts.start(learner=make_learner("Hoa"), quiz=quiz, now=NOON + MINUTE)
    assert attempts.close_overdue(now=NOON + datetime.timedelta(days=1), limit=1) == 1
    assert list(Attempt.objects.open()) == [other]


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_handing_in_counts_up_to_the_deadline(attempt, late, counts):
    say(attempt, now=NOON)
    handed = hand_in(attempt, now=attempt.deadline + late * SECOND)
    assert (handed.expired, handed.correct) == (not counts, 1)


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_a_slow_network_costs_nothing_within_the_tolerance(attempt, late, counts):
    arrives = attempt.deadline + attempts.TOLERANCE + late * SECOND
    assert attempts.in_time(attempt, attempt.deadline, arrives) is counts
    assert attempts.in_time(attempt, attempt.deadline + SECOND, arrives) is False


def test_a_closer_that_saw_fewer_answers_judges_all_of_them(attempt):
    """Two processes: one read the attempt before the other wrote an answer."""
    stale = Attempt.objects.get(pk=attempt.pk)
    say(attempt, now=NOON)
    late = attempt.deadline + attempts.TOLERANCE + SECOND
    assert attempts.close_if_over(attempt=stale, now=late)
    assert (stale.correct, stale.expired) == (1, True)


# --- Steps ------------------------------------------------------------------


def test_the_last_step_allowed_is_taken_and_the_next_refused(attempt):
    Attempt.objects.filter(pk=attempt.pk).update(seq=attempts.MAX_STEPS - 1)
    attempt.refresh_from_db()
    say(attempt, now=NOON)
    assert attempt.seq == attempts.MAX_STEPS
    with pytest.raises(TooManySteps):
        say(attempt, 2, now=NOON)


# --- A test that the course dropped -------------------------------------------


def drop(course):
    """A new edition without the test."""
    lessons = course.items.exclude(kind="test")
    edition = releasing.release(course, lessons, None)
    course.refresh_from_db()
    return edition


def test_a_dropped_test_is_not_begun(lan, course):
    drop(course)
    with pytest.raises(Dropped, match="không còn bài kiểm tra"):
        attempts.start(learner=lan, quiz=quiz_of(course), now=NOON)
    assert not Attempt.objects.exists()


def test_a_dropped_test_says_so_before_any_waiting_time(lan, course, quiz):
    run(lan, quiz, right=0, now=NOON)
    drop(course)
    with pytest.raises(Dropped):
        attempts.start(learner=lan, quiz=quiz_of(course), now=NOON + 3 * MINUTE)


def test_a_dropped_test_is_still_hers_whose_edition_asks_it(lan, course):
    progress.start(lan, course, NOON)
    drop(course)
    assert attempts.start(learner=lan, quiz=quiz_of(course), now=NOON).edition.number == 1
    with pytest.raises(Dropped):
        attempts.start(learner=make_learner("Hoa"), quiz=quiz_of(course), now=NOON)


def test_a_test_that_only_the_current_edition_asks_may_be_taken(lan, course):
    first = drop(course)
    progress.start(lan, course, NOON)
    second = course.editions.create(number=3, title=course.title, released_at=NOON)
    second.edition_items.create(item=course.items.get(kind="test"), position=0)
    course.current_edition = second
    course.save()
    assert attempts.start(learner=lan, quiz=quiz_of(course), now=NOON).edition == first


def test_a_running_attempt_at_a_dropped_test_is_finished(lan, course, attempt):
    drop(course)
    assert attempts.start(learner=lan, quiz=quiz_of(course), now=NOON + MINUTE) == attempt
    assert hand_in(attempt, now=NOON + 2 * MINUTE).submitted_at


# --- Judged while something else comes in --------------------------------------


def test_a_late_hand_in_that_meets_an_answer_is_closed_with_it(lan, attempt, monkeypatch):
    """Its first look at the answers misses one that came in time: it looks again."""
    late, real = attempt.deadline + SECOND, attempts.current_answers

    def slowly(mine):
        monkeypatch.setattr(attempts, "current_answers", real)
        kept = real(mine)
        say(attempts.find(learner=lan, public_id=attempt.public_id), now=attempt.deadline)
        return kept

    monkeypatch.setattr(attempts, "current_answers", slowly)
    judged = attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=0, now=late)
    assert (judged.is_open, judged.expired, judged.correct) == (False, True, 1)
    judged.refresh_from_db()
    assert (judged.is_open, judged.correct) == (False, 1)


def test_a_late_hand_in_that_meets_the_sweep_gets_its_result(lan, attempt, monkeypatch):
    late, real = attempt.deadline + attempts.TOLERANCE + SECOND, attempts.current_answers

    def slowly(mine):
        monkeypatch.setattr(attempts, "current_answers", real)
        assert attempts.close_overdue(now=late) == 1
        return real(mine)

    monkeypatch.setattr(attempts, "current_answers", slowly)
    judged = attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=0, now=late)
    assert (judged.is_open, judged.expired) == (False, True)
