"""/quan-ly/: completion by commune for officials, only the places of their role and below."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import places_within, staff_only
from accounts.models import Role
from common.tables import csv_response
from courses.models import Course
from places.models import Place

from .. import listing, managing, measures
from ..figures import Ask, asks_for, figure, read
from ..periods import Period, PeriodForm
from .common import standing

LATER = ("refreshed", "remembered", "known")  # told apart: none of them adds to or takes from a completion
OFFICIALS = (Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE, Role.Kind.ADMINISTRATOR)


@require_safe
@never_cache
@staff_only(*OFFICIALS)
def manage(request: HttpRequest) -> HttpResponse:
    """Every commune below the official's roles, and which of them to urge. Four queries and her own."""
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"desk": "manage", "form": form, **standing()}
    by = listing.sorting(request.GET.get("sap-xep", ""), managing.KEYS, "rate")
    context |= {"q": request.GET.get("q", "")[:100], "only": request.GET.get("loc", "")}
    places = managing.communes_of(request.user, *OFFICIALS)
    context |= {"filters": managing.FILTERS, "by": by, "alone": len(places) == 1}
    if not form.is_valid():
        return render(request, "campaign/manage.html", context, status=400)
    all_rows = managing.rows(context["book"], places, form.period, today=timezone.localdate())
    rows = managing.sort(managing.filtered(all_rows, context["q"], context["only"]), by)
    if request.GET.get("dinh-dang") == "csv":
        return csv_response("ty-le-hoan-thanh", managing.table(rows, form.period, context["book"]))
    context |= {
        "period": form.period,
        "before": form.period.before(),
        "query": form.query,
        "rows": rows,
        "columns": listing.columns(managing.COLUMNS, by),
        "total": managing.total(all_rows),
        "places": len(places),
        "urge": managing.to_urge(all_rows),
    }
    return render(request, "campaign/manage.html", context)


@require_safe
@never_cache
@staff_only(*OFFICIALS)
def manage_place(request: HttpRequest, code: str) -> HttpResponse:
    """One commune of hers: every figure against the period before, and each course."""
    places = places_within(request.user, *OFFICIALS).valid_on(timezone.localdate())
    place: Place | None = places.filter(code=code).first()
    if place is None:
        raise Http404("not found, or not hers: both look the same")
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"desk": "manage", "place": place, "form": form, **standing()}
    if not form.is_valid():
        return render(request, "campaign/manage_place.html", context, status=400)
    context |= _place(context, place, form.period)
    return render(request, "campaign/manage_place.html", {**context, "query": form.query})


def _place(context: dict[str, Any], place: Place, period: Period) -> dict[str, Any]:
    """Now, before, and by course: one query for all numbers."""
    before, courses = period.before(), list(Course.objects.order_by("code"))
    last = Period(None, period.last)
    asks = [
        *asks_for(measures.PUBLIC, period),
        Ask(LATER, period),
        *(Ask(("started", "finished"), last, course=course.code) for course in courses),
        *(asks_for(measures.PUBLIC, before) if before else []),
    ]
    answers = read(context["book"], asks, places=[place.pk])
    (plain, pairs, later), rest = answers[:3], answers[3:]
    by_course, old = rest[: len(courses)], rest[len(courses) :]
    rate = measures.BY_KEY["rate"]
    return {
        "period": period,
        "before": before,
        "figures": [
            (figure(each, place.pk, plain, pairs), figure(each, place.pk, *old) if old else None)
            for each in measures.PUBLIC
        ],
        "later": [figure(measures.BY_KEY[key], place.pk, later, later) for key in LATER],
        "still": measures.percent(later["remembered", place.pk], later["refreshed", place.pk]),
        "courses": [
            (course, figure(rate, place.pk, sums, sums))
            for course, sums in zip(courses, by_course, strict=True)
        ],
    }
