"""`/hoc-tap/`: what she is learning, where to go on, and what she has finished."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import noticing, own_pin
from accounts.cards import by_card
from accounts.models import Learner
from accounts.naming import to_chooser
from accounts.sessions import current_learner, household, must_choose
from accounts.signing import BORROWED
from campaign.lamps import lamps_of
from courses import progress
from courses.models import Course

from .. import completing
from . import overview
from .access import learner_required, may_show, no_learner, origin


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "lms/learning/home_signed_out.html")
    if must_choose(request):
        return to_chooser(request)
    learner = current_learner(request)
    if learner is None:
        return no_learner(request)
    card, borrowed = by_card(request), request.session.get(BORROWED)
    people = [] if card or borrowed else [one for one in household(request) if not one.leaving_at]
    family = Counter({one.pk: 0 for one in people})
    cards = overview.cards(learner, family=family)
    context = {
        "learner": learner,
        "by_card": card,
        "borrowed": borrowed,
        # Who has lit none yet is not held up beside the others.
        "family": [(one, family[one.pk]) for one in people if family[one.pk]] if len(people) > 1 else [],
        "lamps": lamps_of(cards[0].commune_lit) if cards else None,
        "due": [] if learner.leaving_at else [one for one in cards if one.to_recall],
        "set_own_pin": own_pin.due(learner, request),
        "notices": noticing.shown(request, request.user, learner, unread=True),
        "notices_waiting": noticing.waiting(request, learner),
        "learning": [card for card in cards if not card.completed],
        "finished": [card for card in cards if card.completed],
        "first": "" if cards else overview.first_lesson(),
        "may_show": may_show(request),
        "origin": origin(request),
    }
    return render(request, "lms/learning/home.html", context)


@require_safe
@learner_required
def finished(request: HttpRequest, learner: Learner, course: str) -> HttpResponse:
    """The course is finished: said out loud, with the paper."""
    card = next((one for one in overview.cards(learner) if one.course.slug == course), None)
    if card is None or not card.completed:
        return redirect("learning:home")
    paper = card.paper or completing.paper_of(learner=learner, course=card.course)
    revoked = None if paper else card.revoked
    context = {
        "card": card,
        "learner": learner,
        "paper": paper,
        "revoked": revoked,
        "may_show": may_show(request),
        "origin": origin(request),
        "set_own_pin": own_pin.due(learner, request),
    }
    return render(request, "lms/learning/finished.html", context)


@require_POST
@learner_required
def newer_edition(request: HttpRequest, learner: Learner, course: str) -> HttpResponse:
    """She chooses the newer edition; what she has done of it stays done."""
    found = get_object_or_404(Course, slug=course, enrolments__learner=learner)
    got = progress.choose_edition(learner, found)
    if got.completed_now:
        completing.paper_of(learner=learner, course=found)
    messages.success(request, "Bạn đang học bản mới. Các bài bạn đã học vẫn được giữ.")
    return redirect("learning:home")
