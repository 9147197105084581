"""Putting questions into the bank, and the rules of a course's final test.

Who locks what: a question is changed by one editor or importer at a time; two at
once meet at unique (question, number) and the second is refused, not mixed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from courses.models import Course, Item
from ledger.recording import digest_of

from . import pretending
from .errors import BadQuestion, BankTooSmall
from .models import Question, QuestionRevision, Quiz

MIN_CHOICES, MAX_CHOICES = 2, 6
MAX_TEXT = 2_000
_IDS = "abcdef"
_TRUE_FALSE = ["Đúng", "Sai"]
_ASKED = {"single", "multiple", "truefalse"}


@transaction.atomic
def put_question(
    *,
    course: Course,
    key: str,
    purpose: str,
    kind: str,
    text: str,
    choices: Sequence[Mapping[str, Any]],
    explanation: str = "",
    item: Item | None = None,
    position: int = 0,
) -> QuestionRevision:
    """Make the question of this key read so, and return its live revision.

    A new revision only when kind, wording, choices or explanation changed; a retired
    question comes back. Raises BadQuestion: a changed purpose or course, a lesson of
    another course, fewer than 2 or more than 6 choices, the wrong number of right ones.
    """
    wording = _wording(kind=kind, text=text, choices=choices, explanation=explanation)
    return _put(course=course, key=key, purpose=purpose, item=item, position=position, wording=wording)


def _put(
    *, course: Course, key: str, purpose: str, item: Item | None, position: int, wording: dict[str, Any]
) -> QuestionRevision:
    _check_place(course=course, key=key, purpose=purpose, item=item)
    question = Question.objects.select_related("revision").filter(key=key).first()
    if question is None:
        question = Question(course=course, key=key, purpose=purpose)
    _check_same(question, course=course, purpose=purpose)
    question.item, question.position = item, position
    question.save()
    revision = question.revision
    if revision is None or revision.digest != wording["digest"]:
        revision = _revise(question, wording)
        question.revision = revision
        question.save(update_fields=["revision"])
    return revision


@transaction.atomic
def retire(*, question: Question, enough: bool = True) -> None:
    """The question is asked no more; attempts that drew it keep their revision.

    Raises BankTooSmall when the final test would be short of questions; an importer, which
    changes the whole bank, says `enough=False`: the release that follows counts.
    """
    if enough and question.purpose == Question.Purpose.EXAM:
        must_suffice(question.course, without=question)
    question.revision = None
    question.save(update_fields=["revision"])


@transaction.atomic
def must_suffice(course: Course, *, without: Question | None = None, draw: int | None = None) -> None:
    """Raises BankTooSmall unless the test that the current edition asks for finds its questions.

    `draw`: what it would draw; else what it draws now. The rules of the test are held for
    the transaction: two editors taking one question each count one after the other.
    """
    quizzes: QuerySet[Quiz] = Quiz.objects.select_for_update(of=("self",))
    asked = quizzes.filter(item__course=course, item__edition_items__edition=course.current_edition_id)
    quiz = asked.first() if course.current_edition_id else None
    if quiz is None:
        return
    bank = Question.objects.filter(course=course, purpose=Question.Purpose.EXAM, revision__isnull=False)
    left = (bank.exclude(pk=without.pk) if without else bank).count()
    draws = draw or quiz.draw
    if left < draws:
        raise BankTooSmall(course=course.code, draws=draws, left=left)


@transaction.atomic
def put_quiz(
    *,
    item: Item,
    draw: int = 10,
    pass_percent: int = 80,
    attempts_per_day: int = 3,
    wait_minutes: int = 10,
    time_limit_minutes: int = 30,
) -> Quiz:
    """The rules of a final test; open attempts keep the ones they were started under.

    `wait_minutes` 0 means no waiting time. Raises BadQuestion for an item that is not
    a test and for numbers outside their range.
    """
    if item.kind != Item.Kind.TEST:
        raise BadQuestion(f"“{item.title}” là bài học, không phải bài kiểm tra cuối khóa.")
    rules = {
        "draw": _within(draw, 1, 100, "Số câu hỏi lấy ra"),
        "pass_percent": _within(pass_percent, 1, 100, "Tỷ lệ đạt (%)"),
        "attempts_per_day": _within(attempts_per_day, 1, 50, "Số lần làm bài trong một ngày"),
        "wait_minutes": _within(wait_minutes, 0, 1440, "Số phút chờ giữa hai lần làm bài"),
        "time_limit_minutes": _within(time_limit_minutes, 1, 600, "Số phút làm bài"),
    }
    quiz, _ = Quiz.objects.update_or_create(item=item, defaults=rules)
    return quiz


def _within(value: int, low: int, high: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadQuestion(f"{what} phải là số nguyên từ {low} đến {high}, không phải “{value}”.")
    return value


def _check_place(*, course: Course, key: str, purpose: str, item: Item | None) -> None:
    if not key or len(key) > 60:
        raise BadQuestion("Mỗi câu hỏi cần một mã, dài không quá 60 ký tự.")
    if purpose not in Question.Purpose.values:
        raise BadQuestion(f"Câu {key}: mục đích phải là luyện tập (practice) hoặc kiểm tra (exam).")
    if item is not None and item.course_id != course.pk:
        raise BadQuestion(f"Câu {key}: bài học “{item.title}” thuộc khóa học khác.")


def _check_same(question: Question, *, course: Course, purpose: str) -> None:
    if question.course_id != course.pk:
        raise BadQuestion(f"Mã câu hỏi {question.key} đã được dùng ở khóa học khác.")
    if question.purpose != purpose:
        was = Question.Purpose(question.purpose).label
        raise BadQuestion(
            f"Câu {question.key} là câu {was}, không đổi mục đích được. Hãy tạo câu mới với mã khác."
        )


def _revise(question: Question, wording: dict[str, Any]) -> QuestionRevision:
    last = question.revisions.aggregate(last=Max("number"))["last"] or 0
    return QuestionRevision.objects.create(
        question=question,
        purpose=question.purpose,
        number=last + 1,
        created_at=timezone.now(),
        **wording,
    )


def _wording(
    *, kind: str, text: str, choices: Sequence[Mapping[str, Any]], explanation: str
) -> dict[str, Any]:
    """The checked wording and its digest; choices without an id get a, b, c…"""
    text, explanation = text.strip(), explanation.strip()
    if not text or len(text) > MAX_TEXT:
        raise BadQuestion(f"Câu hỏi phải có chữ, dài không quá {MAX_TEXT} ký tự.")
    if kind not in _ASKED:
        raise BadQuestion(f"Không có loại câu hỏi “{kind}”. Chỉ có: single, multiple, truefalse.")
    if not MIN_CHOICES <= len(choices) <= MAX_CHOICES:
        raise BadQuestion(
            f"“{text}”: cần {MIN_CHOICES}–{MAX_CHOICES} câu trả lời để chọn, đang có {len(choices)}."
        )
    kept = [_choice(one, _IDS[number]) for number, one in enumerate(choices)]
    _check_choices(kind, text, kept)
    digest = digest_of([kind, text, kept, explanation])
    return {"kind": kind, "text": text, "choices": kept, "explanation": explanation, "digest": digest}


def _choice(raw: Mapping[str, Any], default_id: str) -> dict[str, Any]:
    return {
        "id": str(raw.get("id") or default_id),
        "text": str(raw.get("text") or "").strip(),
        "correct": bool(raw.get("correct")),
        "feedback": str(raw.get("feedback") or "").strip(),
    }


def _check_choices(kind: str, text: str, choices: list[dict[str, Any]]) -> None:
    texts = [choice["text"] for choice in choices]
    right = sum(choice["correct"] for choice in choices)
    if not all(texts) or len(set(texts)) < len(texts):
        raise BadQuestion(f"“{text}”: các câu trả lời phải có chữ và không trùng nhau.")
    if len({choice["id"] for choice in choices}) < len(choices):
        raise BadQuestion(f"“{text}”: mã của các câu trả lời không được trùng nhau.")
    if kind == "truefalse" and texts != _TRUE_FALSE:
        raise BadQuestion(f"“{text}”: câu đúng hay sai cần đúng hai câu trả lời “Đúng” và “Sai”.")
    if kind == "multiple" and right < 1:
        raise BadQuestion(f"“{text}”: cần ít nhất một câu trả lời đúng.")
    if kind != "multiple" and right != 1:
        raise BadQuestion(f"“{text}”: cần đúng một câu trả lời đúng, đang có {right}.")


# --- Pretend screens ---------------------------------------------------------


@transaction.atomic
def put_practice(
    *,
    course: Course,
    key: str,
    title: str,
    screens: Sequence[Mapping[str, Any]],
    intro: str = "",
    item: Item | None = None,
    position: int = 0,
) -> QuestionRevision:
    """Make the practice of this key read so: a luyện tập question whose choices are what can be done.

    Its screens are frozen beside them. A new revision only when something changed. Raises
    BadQuestion with the first fault of the screens.
    """
    if found := pretending.faults(screens):
        raise BadQuestion(f"“{title}”: {found[0][1]}")
    acts = pretending.acts_of(screens)
    kind, frozen = QuestionRevision.Kind.PRACTICE, [dict(screen) for screen in screens]
    wording = {"kind": kind, "text": title.strip(), "choices": acts, "explanation": intro.strip()}
    digest = digest_of([*wording.values(), frozen])
    return _put(
        course=course,
        key=key,
        purpose=Question.Purpose.PRACTICE,
        item=item,
        position=position,
        wording={**wording, "screens": frozen, "digest": digest},
    )
