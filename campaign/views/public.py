"""/thong-ke/: what the city and each commune have reached, for everybody, with nothing personal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.tables import csv_response
from places.models import Place

from .. import listing, measures
from ..figures import Ask, asks_for, by_week, communes, figure, read
from ..lamps import LAMPS, lamps_of
from ..models import Book
from ..periods import Period, PeriodForm
from ..tilemap import tile_map
from ..trend import since, trend
from .common import province, shared, standing, with_place

COLUMNS = [
    measures.BY_KEY[key] for key in ("registered", "learning", "lessons", "people_completed", "papers")
]
COLUMNS.append(measures.BY_KEY["rate"])
WEEKLY = measures.BY_KEY["lessons"]


@require_safe
@shared
def city(request: HttpRequest) -> HttpResponse:
    """The city: figures, map, trend, and its communes. Eight queries."""
    return overview(request, province())


@require_safe
@shared
@with_place
def place(request: HttpRequest, place: Place) -> HttpResponse:
    if place.code == settings.PROVINCE_CODE:
        return redirect("campaign:public")
    if place.level == Place.Level.PROVINCE:
        return overview(request, place)
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"place": place, "form": form, **standing()}
    if not form.is_valid():
        return render(request, "campaign/place.html", context, status=400)
    period, book = form.period, context["book"]
    asks = [*asks_for(measures.PUBLIC, period), Ask((LAMPS.key,))]
    plain, pairs, ever = read(book, asks, places=[place.pk])
    context |= {
        "lamps": lamps_of(ever[LAMPS.key, place.pk]),
        "period": period,
        "query": form.query,
        "figures": [figure(measure, place.pk, plain, pairs) for measure in measures.PUBLIC],
        "trend": _trend(book, place),
        "weekly": WEEKLY,
    }
    return render(request, "campaign/place.html", context)


def overview(request: HttpRequest, city: Place) -> HttpResponse:
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"city": city, "form": form, "q": request.GET.get("q", "")[:100], **standing()}
    if not form.is_valid():
        return render(request, "campaign/city.html", context, status=400)
    period, book = form.period, context["book"]
    all_communes = communes(city)
    plain, pairs = read(book, asks_for(measures.PUBLIC, period))
    by = listing.sorting(request.GET.get("sap-xep", ""), [m.key for m in COLUMNS], "-learning")
    heads = listing.cell_heads(COLUMNS, by)
    rows = [
        listing.Row(each, [figure(measure, each.pk, plain, pairs) for measure in COLUMNS], heads)
        for each in listing.search(all_communes, context["q"])
    ]
    rows = listing.sort(rows, by)
    if request.GET.get("dinh-dang") == "csv":
        return _csv(rows, period, book)
    shown = [(listing.NAME, "Xã, phường", ""), *((m.key, m.short, m.unit) for m in COLUMNS)]
    context |= {
        "period": period,
        "query": form.query,
        "figures": [figure(measure, city.pk, plain, pairs) for measure in measures.PUBLIC],
        "rows": rows,
        "by": by,
        "columns": listing.columns(shown, by),
        "communes": len(all_communes),
        "map": tile_map([(each, plain["learning", each.pk]) for each in all_communes]),
        "trend": _trend(book, city),
        "weekly": WEEKLY,
    }
    return render(request, "campaign/city.html", context)


def _trend(book: Book, place: Place) -> object:
    today = timezone.localdate()
    return trend(by_week(book, WEEKLY.key, place, since=since(today)), today=today, unit="lượt học xong bài")


def _csv(rows: list[listing.Row], period: Period, book: Book) -> HttpResponse:
    header = ["Mã", "Xã, phường", *(f"{m.name} ({m.unit})" for m in COLUMNS), *listing.DATED]
    dated = listing.dated(period, book)
    table = [[row.place.code, row.place.name, *(f.value for f in row.figures), *dated] for row in rows]
    return csv_response("thong-ke", [header, *table])
