"""What a learner's pages ask for once: her own state, in few queries, and the token to post with.

Pages ask only when the marker cookie says that somebody is signed in. For anybody
else the answers cost no query once kept and set no cookie.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from accounts import display
from accounts.cards import by_card
from accounts.models import Learner
from accounts.sessions import current_learner, household, must_choose
from courses import progress
from courses.models import Course, Item
from quizzes.models import PracticeAnswer, Question

from .learning import overview

router = Router(tags=["learning"])
KEPT_SECONDS = 60


class Subjects(TypedDict):
    course: str
    course_id: int
    item: NotRequired[str]
    questions: NotRequired[list[str]]


class Standing(Schema):
    """Item keys: `done`, `required`, `lit_items` (`lit` of `lessons`). `next` is where to go on."""

    done: list[str]
    required: list[str]
    percent: int
    lessons: int
    lit: int
    lit_items: list[str]
    completed: bool
    next: str | None = None
    next_title: str | None = None


class ItemState(Schema):
    """`answers`: the last choices by check question."""

    done: bool
    answers: dict[str, list[str]]
    progress: Standing


class Who(Schema):
    """`learner` is the id to send with queued actions; none and `csrf` none when signed out.

    `learners` share the sign-in, `people` of them, with given `names` by id. None is `learner`
    until one says so (`choose`). `look` is what she chose to see; null with `look_at`: taken back.
    """

    learner: str | None = None
    learners: list[str] = []
    names: dict[str, str] = {}
    name: str | None = None
    people: int = 0
    choose: bool = False
    look: dict[str, str] | None = None
    look_at: str | None = None
    signed_in: bool = False
    csrf: str | None = None


class ItemAnswer(Who):
    course: str
    item: str
    questions: list[str]
    state: ItemState | None = None


class CourseAnswer(Who):
    course: str
    state: Standing | None = None


class CourseLamps(Standing):
    course: str


class MeAnswer(Who):
    courses: list[CourseLamps] = []


@router.get("who/", response=Who, summary="Who is signed in, and the token to post with")
def get_who(request: HttpRequest) -> dict[str, Any]:
    return _who(request, current_learner(request))


@router.get("me/", response=MeAnswer, summary="Who is signed in, and where she stands in her courses")
def get_me(request: HttpRequest) -> dict[str, Any]:
    learner = current_learner(request)
    said = _who(request, learner)
    if learner:
        said["courses"] = [_lamps(card) for card in overview.cards(learner)]
    return said


@router.get("course/{slug:course}/", response=CourseAnswer, summary="Her standing in a course")
def get_course(request: HttpRequest, course: str) -> dict[str, Any]:
    subjects = _course_subjects(course)
    learner = current_learner(request)
    said = _who(request, learner) | {"course": course}
    if learner:
        said["state"] = _standing(learner, subjects)
    return said


@router.get(
    "item/{slug:course}/{slug:lesson}/",
    response=ItemAnswer,
    summary="The ids to post about a lesson, and when signed in its own state",
)
def get_item(request: HttpRequest, course: str, lesson: str) -> dict[str, Any]:
    subjects = _item_subjects(course, lesson)
    learner = current_learner(request)
    said = _who(request, learner) | {
        "course": course,
        "item": subjects["item"],
        "questions": subjects["questions"],
    }
    if learner:
        standing = _standing(learner, subjects)
        said["state"] = {
            "done": subjects["item"] in standing["done"],
            "answers": _answers(learner, subjects["questions"]),
            "progress": standing,
        }
    return said


def _who(request: HttpRequest, learner: Learner | None) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    choose = must_choose(request)
    ours = [learner] if learner and by_card(request) else household(request)  # a card speaks for one
    name = learner.name if learner else "" if choose else str(request.user)
    return {
        "people": len(household(request)),
        "learners": [str(one.public_id) for one in ours],
        "names": {str(one.public_id): one.given_name for one in ours},
        "choose": choose,
        "learner": str(learner.public_id) if learner else None,
        "name": name,
        "look": display.seen_by(learner) if learner else None,
        "look_at": learner.display_at.isoformat() if learner and learner.display_at else None,
        "signed_in": True,
        "csrf": get_token(request),
    }


def _lamps(card: overview.Card) -> dict[str, Any]:
    return {
        "course": card.course.slug,
        "lessons": len(card.lessons),
        "lit": card.lessons_done,
        "lit_items": [item.key for item in card.lessons if item.key in card.done],
        "done": sorted(card.done),
        "required": [item.key for item in card.items],
        "percent": 100 * len(card.done & {item.key for item in card.items}) // max(len(card.items), 1),
        "completed": card.completed,
        "next": card.next_url,
        "next_title": card.next.title if card.next else None,
    }


def _standing(learner: Learner, subjects: Subjects) -> dict[str, Any]:
    """At most four queries."""
    course = Course(pk=subjects["course_id"], slug=subjects["course"])
    state = progress.state(learner, course)
    items = {item.key: item for item in Item.objects.filter(course=course)}
    lessons = [key for key in state.required if items[key].kind == Item.Kind.LESSON]
    following = items.get(state.next_key or "")
    return {
        "done": sorted(state.done),
        "required": list(state.required),
        "percent": state.percent,
        "lessons": len(lessons),
        "lit": sum(key in state.done for key in lessons),
        "lit_items": [key for key in lessons if key in state.done],
        "completed": state.completed_at is not None,
        "next": overview.url_of(following, course) if following else None,
        "next_title": following.title if following else None,
    }


def _answers(learner: Learner, questions: list[str]) -> dict[str, list[str]]:
    rows = PracticeAnswer.objects.filter(learner=learner, question__key__in=questions)
    rows = rows.order_by("answered_at", "pk")  # some come late
    return dict(rows.values_list("question__key", "choices"))


def _course_subjects(course: str) -> Subjects:
    kept: Subjects | None = cache.get(f"course:{course}")
    if kept is None:
        pk = Course.objects.filter(slug=course).values_list("pk", flat=True).first()
        if pk is None:
            raise Http404
        kept = {"course": course, "course_id": pk}
        cache.set(f"course:{course}", kept, KEPT_SECONDS)
    return kept


def _item_subjects(course: str, lesson: str) -> Subjects:
    kept: Subjects | None = cache.get(f"item:{course}:{lesson}")
    if kept is None:
        item = Item.objects.filter(
            course__slug=course, slug=lesson, kind=Item.Kind.LESSON, revision__isnull=False
        ).first()
        if item is None:
            raise Http404
        live = Question.objects.filter(item=item, purpose=Question.Purpose.PRACTICE).exclude(revision=None)
        kept = {
            "course": course,
            "course_id": item.course_id,
            "item": item.key,
            "questions": list(live.values_list("key", flat=True)),
        }
        cache.set(f"item:{course}:{lesson}", kept, KEPT_SECONDS)
    return kept
