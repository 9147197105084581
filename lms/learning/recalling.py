"""`/on-lai/<course>/`: a few questions some days after a course, one a screen, each explained at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts import reminding
from accounts.models import Learner
from courses.models import Course
from quizzes import remembering
from quizzes.errors import NotFound, Refused
from quizzes.models import Refresher, RefresherQuestion
from quizzes.remembering import NotDue, Standing

from .access import learner_required


class AnswerForm(forms.Form):
    """`round` and `position` name the question the page showed: a stale tab answers that one and no other."""

    round = forms.TypedChoiceField(choices=Refresher.Round.choices, coerce=int)
    position = forms.IntegerField(min_value=1, max_value=100)

    def choices(self) -> list[str]:
        return [one[:100] for one in self.data.getlist("choice")[:20]]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@learner_required
def refresher(request: HttpRequest, learner: Learner, course: str) -> HttpResponse:
    found = get_object_or_404(Course, slug=course, enrolments__learner=learner)
    standing = remembering.standing(learner, found)
    if standing is None:
        return redirect("learning:home")
    if request.method == "POST":
        if request.POST.get("act") == "begin":
            return _begin(request, learner, standing)
        return _answer(request, learner, standing)
    row = standing.begun(_number(request.GET.get("lan", ""))) or standing.refresher
    return _show(request, learner, standing, row) if row else _intro(request, standing)


def _begin(request: HttpRequest, learner: Learner, standing: Standing) -> HttpResponse:
    try:
        remembering.begin(learner=learner, course=standing.course)
    except (NotDue, remembering.NothingToAsk, NotFound) as refusal:
        return _intro(request, standing, error=refusal.message)
    return redirect("learning:refresher", course=standing.course.slug)


def _intro(request: HttpRequest, standing: Standing, *, error: str = "") -> HttpResponse:
    """What it is and how long it takes; when it is not due, when it will be and how it went."""
    nothing = not remembering.live_questions().filter(course=standing.course).exists()
    context = {"standing": standing, "course": standing.course, "nothing": nothing, "error": error}
    return render(request, "lms/learning/refresher.html", context, status=409 if error else 200)


def _answer(request: HttpRequest, learner: Learner, standing: Standing) -> HttpResponse:
    """To the refresher the page was of, whichever is offered today: begun at 23:59 it is finished after."""
    form = AnswerForm(request.POST)
    row = standing.begun(form.cleaned_data["round"]) if form.is_valid() else None
    if row is None:
        return redirect("learning:refresher", course=standing.course.slug)
    position = form.cleaned_data["position"]
    if not form.choices():
        words = "Bạn chọn một câu trả lời trước đã. Không chắc thì cứ chọn câu gần đúng nhất."
        return _show(request, learner, standing, row, asked=position, error=words)
    try:
        remembering.answer(learner=learner, refresher=row, position=position, choices=form.choices())
    except Refused as refusal:
        return _show(request, learner, standing, row, error=refusal.message)
    shown = urlencode({"lan": row.round, "cau": position})
    return redirect(f"{reverse('learning:refresher', args=[standing.course.slug])}?{shown}")


def _show(
    request: HttpRequest,
    learner: Learner,
    standing: Standing,
    row: Refresher,
    *,
    asked: int | None = None,
    error: str = "",
) -> HttpResponse:
    """The question that is next; the one just answered, explained; or in the end the result."""
    questions = list(row.questions.select_related("revision__question__item"))
    open_ones = [one for one in questions if one.answered_at is None]
    wanted = asked or _number(request.GET.get("cau", ""))
    now = next((one for one in questions if one.position == wanted), None)
    if now is None or (not error and now.answered_at is None):
        now = open_ones[0] if open_ones else None
    context: dict[str, Any] = {"standing": standing, "course": standing.course, "row": row, "error": error}
    context |= {"questions": questions, "left": len(open_ones)}
    if now is None:
        context["words"] = f"{row.remembered} trong {row.total} câu"
        context["practices"] = remembering.practices_to_try(learner, standing.course)
        context["old_words"] = reminding.words_are_old(learner)
        context["judged"] = [(one, _judged(one)) for one in questions]
        return render(request, "lms/learning/refresher_result.html", context)
    context |= {"now": now, "choices": _judged(now), "several": now.revision.kind == "multiple"}
    return render(request, "lms/learning/refresher_question.html", context, status=409 if error else 200)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0


def _judged(one: RefresherQuestion) -> list[dict[str, Any]]:
    """Its choices; which she chose and which are right, once she answered."""
    answered = one.answered_at is not None
    return [
        {
            "id": choice["id"],
            "text": choice["text"],
            "chosen": choice["id"] in one.choices,
            "correct": answered and bool(choice.get("correct")),
            "feedback": choice.get("feedback", "") if answered else "",
        }
        for choice in one.revision.choices
    ]
