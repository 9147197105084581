"""`/kiem-tra/<course>/`: the rules, the sheet with all questions on one page, and the result."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import acting, own_pin
from accounts.models import Learner
from courses import progress
from courses.models import Item
from quizzes import attempts, sheets
from quizzes.errors import Closed, Refused, Stale
from quizzes.models import Attempt, Quiz

from .. import completing
from .access import learner_required, may_show, origin
from .forms import SheetForm
from .overview import cards, url_of

_SHEET = "sheet"  # answers that came without her own PIN


@require_http_methods(["GET", "HEAD", "POST"])
@learner_required
def test(request: HttpRequest, learner: Learner, course: str) -> HttpResponse:
    quizzes = Quiz.objects.select_related("item__course__current_edition")
    quiz = get_object_or_404(quizzes, item__course__slug=course)
    if learner.leaving_at:
        raise acting.Leaving
    open_one = Attempt.objects.of(learner).filter(quiz=quiz).open().first()
    if open_one and attempts.close_if_over(attempt=open_one):
        return _closed(request, learner, open_one)
    if open_one and not proved(request, learner, open_one):
        return own_pin.to_confirm(request, kept=_keep_sheet(request, open_one))
    if request.method == "POST":
        acts: dict[str, Callable[[], HttpResponse]] = {"start": lambda: _start(request, learner, quiz)}
        if open_one:
            acts |= {name: lambda: _write(request, learner, open_one) for name in ("save", "submit")}
        act = acts.get(request.POST.get("action", ""))
        return act() if act else redirect("learning:test", course=course)
    if open_one:
        return _sheet(request, open_one, **_kept_sheet(request, open_one))
    return _intro(request, learner, quiz)


def proved(request: HttpRequest, learner: Learner, attempt: Attempt | None) -> bool:
    """Her own PIN, where one is due, was typed: just now, or once for this attempt to its end."""
    if attempt is None:
        return own_pin.confirmed(request, learner)
    until = attempt.deadline + attempts.TOLERANCE
    return own_pin.confirmed_for(request, learner, thing=attempt.public_id, until=until)


def _keep_sheet(request: HttpRequest, attempt: Attempt) -> bool:
    """A sheet that came without her own PIN waits in the session until she typed it."""
    form = SheetForm(request.POST if request.method == "POST" else None)
    if not form.is_valid() or form.cleaned_data["attempt"] != attempt.public_id:
        return False
    answers = form.answers([one.key for one in attempt.questions.all()])
    answers = {key: [choice[:100] for choice in chosen[:20]] for key, chosen in answers.items()}
    request.session[_SHEET] = {"attempt": str(attempt.public_id), "answers": answers, "seq": attempt.seq}
    return True


def _kept_sheet(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    """What waited: on the page, and saved when she presses the button."""
    kept = request.session.get(_SHEET) or {}
    if kept.get("attempt") != str(attempt.public_id):
        return {}
    answers = kept["answers"]
    if attempt.seq != kept.get("seq", attempt.seq):  # it went on since: the later answer counts
        answered = attempts.current_answers(attempt)
        answers = {key: chosen for key, chosen in answers.items() if not answered.get(key)}
    if not any(answers.values()):
        return {}
    words = "Các câu bạn chọn trước khi gõ mã đều còn ở đây nhưng chưa được lưu. Bạn xem lại rồi bấm Nộp bài."
    return {"posted": answers, "error": words}


def _intro(request: HttpRequest, learner: Learner, quiz: Quiz, *, error: str = "") -> HttpResponse:
    """What the test asks, how often it may be tried, and the attempts so far."""
    now = timezone.now()
    state = progress.state(learner, quiz.item.course)
    tried = list(Attempt.objects.filter(learner=learner, quiz=quiz).order_by("-day", "-ordinal")[:20])
    again = attempts.again_after(tried[0], quiz, now) if tried else None
    passed = quiz.item.key in state.done
    missing = Item.objects.filter(key__in=set(state.required) - state.done, kind=Item.Kind.LESSON)
    context = {
        "quiz": quiz,
        "course": quiz.item.course,
        "passed": passed,
        "dropped": not passed and not attempts.asked(learner=learner, quiz=quiz),
        "completed": state.completed_at is not None,
        "tried": tried,
        "wait": attempts.wait_message(quiz, again, now) if again and not passed else "",
        "missing": [(url_of(item, quiz.item.course), item.title) for item in missing],
        "error": error,
    }
    return render(request, "lms/learning/test_intro.html", context, status=409 if error else 200)


def _start(request: HttpRequest, learner: Learner, quiz: Quiz) -> HttpResponse:
    if not own_pin.confirmed(request, learner):
        return own_pin.to_confirm(request)
    try:
        attempt = attempts.start(learner=learner, quiz=quiz)
    except Refused as refusal:
        return _intro(request, learner, quiz, error=refusal.message)
    proved(request, learner, attempt)  # remembered for this attempt
    return redirect("learning:test", course=quiz.item.course.slug)


def _sheet(
    request: HttpRequest,
    attempt: Attempt,
    *,
    posted: dict[str, list[str]] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """All questions with what is kept of her answers; no key is in it."""
    questions = sheets.sheet(attempt, posted=posted)
    now = timezone.now()
    context = {
        "attempt": attempt,
        "course": attempt.quiz.item.course,
        "questions": questions,
        "answered": sum(question.answered for question in questions),
        "now": now,
        "minutes": max(0, math.ceil((attempt.deadline - now).total_seconds() / 60)),
        "until": attempt.deadline + attempts.TOLERANCE,
        "uuid": uuid.uuid4(),
        **more,
    }
    return render(request, "lms/learning/test.html", context, status=status)


def _write(request: HttpRequest, learner: Learner, attempt: Attempt) -> HttpResponse:
    """Save the whole sheet, and hand it in when asked: the way without script."""
    form = SheetForm(request.POST)
    if not form.is_valid() or form.cleaned_data["attempt"] != attempt.public_id:
        return _sheet(request, attempt, error="Trang này đã cũ. Bạn hãy xem lại các câu trả lời.", status=409)
    posted = form.answers([one.key for one in attempt.questions.all()])
    sent = form.cleaned_data
    request.session.pop(_SHEET, None)
    try:
        attempts.answer_sheet(attempt=attempt, uuid=sent["uuid"], seq=sent["seq"], answers=posted)
        return _saved_or_submitted(request, learner, attempt, sent)
    except Stale as refusal:
        return _sheet(request, attempt, posted=posted, error=refusal.message, merge=True, status=409)
    except Closed:  # its time is over, or another tab handed in: it is judged as it stands
        attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=attempt.seq)
        return _closed(request, learner, attempt)
    except Refused as refusal:
        return _sheet(request, attempt, error=refusal.message, status=409)


def _saved_or_submitted(
    request: HttpRequest, learner: Learner, attempt: Attempt, sent: dict[str, Any]
) -> HttpResponse:
    if sent["action"] == "save":
        messages.success(request, "Đã lưu các câu trả lời. Bạn có thể nghỉ rồi quay lại làm tiếp.")
        return redirect("learning:test", course=attempt.quiz.item.course.slug)
    left = [question for question in sheets.sheet(attempt) if not question.answered]
    if left and not sent["confirmed"]:
        return _sheet(request, attempt, left=left)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=attempt.seq)
    return _closed(request, learner, attempt)


def _closed(request: HttpRequest, learner: Learner, attempt: Attempt) -> HttpResponse:
    """To the result; a pass may have finished the course."""
    course = attempt.quiz.item.course
    if attempt.expired:
        messages.warning(request, "Đã hết giờ. Bài được chấm với các câu trả lời đã lưu kịp.")
    if attempt.passed:
        completing.paper_of(learner=learner, course=course)
    return redirect("learning:result", course=course.slug, attempt=attempt.public_id)


@require_safe
@learner_required
def result(request: HttpRequest, learner: Learner, course: str, attempt: uuid.UUID) -> HttpResponse:
    """Each answer explained, and what to do next."""
    tried = get_object_or_404(Attempt.objects.of(learner), public_id=attempt, quiz__item__course__slug=course)
    if not proved(request, learner, tried):
        return own_pin.to_confirm(request)
    if not attempts.close_if_over(attempt=tried):
        return redirect("learning:test", course=course)
    state = progress.state(learner, tried.quiz.item.course)
    passed_before = tried.quiz.item.key in state.done
    last = Attempt.objects.filter(learner=learner, quiz=tried.quiz).order_by("-day", "-ordinal").first()
    now = timezone.now()
    again = attempts.again_after(last, tried.quiz, now) if last and not passed_before else None
    judged = sheets.result(tried)
    card = next((one for one in cards(learner) if one.course == tried.quiz.item.course), None)
    context = {
        "attempt": tried,
        "course": tried.quiz.item.course,
        "questions": [(one, _lesson_url(one.lesson, tried)) for one in judged],
        "state": state,
        "card": card,
        "passed_before": passed_before,
        "may_show": may_show(request),
        "origin": origin(request),
        "wait": attempts.wait_message(tried.quiz, again, now) if again else "",
    }
    return render(request, "lms/learning/result.html", context)


def _lesson_url(lesson: Item | None, attempt: Attempt) -> str:
    return url_of(lesson, attempt.quiz.item.course) if lesson else ""
