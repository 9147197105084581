"""`/hoc-tap/<course>/<lesson>/da-biet/`: “Tôi đã biết”, the questions of a lesson instead of the lesson."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Learner
from courses.errors import CourseError
from courses.models import Item, ItemDone
from quizzes import placing
from quizzes.errors import Refused
from quizzes.models import QuestionRevision

from .. import completing
from .access import learner_required
from .lessons import following_of, lesson_of


@require_http_methods(["GET", "HEAD", "POST"])
@learner_required
def known(request: HttpRequest, learner: Learner, course: str, lesson: str) -> HttpResponse:
    item = lesson_of(course, lesson)
    asked = placing.questions(item)
    if not asked:
        raise Http404("a lesson without questions enough, or withdrawn")
    tried = placing.of_today(learner, item)
    if request.method == "POST" and tried is None:
        return _judge(request, learner, item, asked)
    done = ItemDone.objects.filter(learner=learner, item=item).exists()
    if tried is not None or done:
        context = {"item": item, "tried": tried, "done": done, "following": following_of(item, learner)}
        return render(request, "lms/learning/known_result.html", context)
    return _sheet(request, item, asked)


def _judge(request: HttpRequest, learner: Learner, item: Item, asked: list[QuestionRevision]) -> HttpResponse:
    refs = [ref[:80] for ref in request.POST.getlist("asked")[: placing.MOST]]
    answers = {ref: [one[:100] for one in request.POST.getlist(f"q-{ref}")[:20]] for ref in refs}
    try:
        _, got = placing.judge(learner=learner, item=item, asked=refs, answers=answers)
    except placing.AlreadyDone:
        return redirect(request.path)
    except (Refused, CourseError) as refusal:
        return _sheet(request, item, asked, posted=answers, error=str(refusal))
    if got and got.completed_now:
        completing.paper_of(learner=learner, course=item.course)
        return redirect("learning:finished", course=item.course.slug)
    return redirect(request.path)


def _sheet(
    request: HttpRequest,
    item: Item,
    asked: list[QuestionRevision],
    *,
    posted: Mapping[str, list[str]] | None = None,
    error: str = "",
) -> HttpResponse:
    questions: list[dict[str, Any]] = [
        {
            "ref": one.ref,
            "text": one.text,
            "several": one.kind == QuestionRevision.Kind.MULTIPLE,
            "choices": [
                {
                    "id": choice["id"],
                    "text": choice["text"],
                    "chosen": choice["id"] in (posted or {}).get(one.ref, []),
                }
                for choice in one.choices
            ],
        }
        for one in asked
    ]
    context = {"item": item, "questions": questions, "error": error}
    return render(request, "lms/learning/known.html", context, status=409 if error else 200)
