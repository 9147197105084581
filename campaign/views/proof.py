"""How a figure is made: every figure opens to this."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from places.models import Place, Population

from .. import measures
from ..figures import Ask, Figure, asks_for, figure, read
from ..measures import Measure
from ..models import Book, Delta, Part
from ..periods import Period, PeriodForm
from .common import shared, standing, with_place

PER_PAGE = 40


@require_safe
@shared
@with_place
def proof(request: HttpRequest, place: Place, measure: str) -> HttpResponse:
    """Formula, parts, what is left out, last recount, and the movements behind it. Six queries."""
    wanted = measures.BY_KEY.get(measure)
    if wanted is None or not wanted.public:
        raise Http404(f"no measure {measure[:40]}")
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"place": place, "measure": wanted, "form": form, **standing()}
    if not form.is_valid():
        return render(request, "campaign/proof.html", context, status=400)
    found, rows = _facts(context["book"], place, wanted, form.period)
    moves = Paginator(_moves(context["book"], place, wanted, form.period), PER_PAGE)
    context |= {
        "period": form.period,
        "query": form.query,
        "figure": found,
        "facts": rows,
        "moves": moves.get_page(request.GET.get("trang")),
        "names": {key: measures.BY_KEY[key].name for key in _parts(wanted)},
    }
    return render(request, "campaign/proof.html", context)


def _parts(measure: Measure) -> tuple[str, ...]:
    """The kept measures that a figure is made of."""
    return (measure.numerator, measure.denominator) if measure.is_rate else (measure.key,)


def _facts(
    book: Book, place: Place, measure: Measure, period: Period
) -> tuple[Figure, list[tuple[str, str]]]:
    """The figure and what an official asks about it, as (question, answer)."""
    span = Period(None, period.last) if measure.is_rate else period
    parts = _parts(measure)
    others = [Ask(parts, span, part=part) for part in (Part.CLIENT, Part.STAFF, Part.TEST)]
    plain, pairs, client, staff, test = read(book, [*asks_for([measure], period), *others], places=[place.pk])
    found = figure(measure, place.pk, plain, pairs)
    rows = [("Tính những gì", measure.counts), ("Kỳ", f"{period.label.capitalize()}. {measure.period}")]
    unit = measures.BY_KEY[parts[0]].unit
    if measure.is_rate:
        rows += [
            (f"Tử số: {measures.BY_KEY[parts[0]].name.lower()}", _said(found.numerator, unit)),
            (f"Mẫu số: {measures.BY_KEY[parts[1]].name.lower()}", _said(found.denominator, unit)),
        ]
    else:
        rows.append(("Dân số", _population(place)))
    rows += [
        (
            "Để ngoài, không tính",
            f"{_said(staff[parts[-1], place.pk], unit)} là người hướng dẫn, cán bộ; "
            f"{_said(test[parts[-1], place.pk], unit)} là tài khoản thử. {measures.LEFT_OUT}",
        ),
        (
            "Chỉ do thiết bị của người học báo",
            f"{_said(client[parts[0], place.pk], unit)} trong số đã tính. Những việc còn lại do máy chủ "
            "hoặc người hướng dẫn xác nhận.",
        ),
    ]
    return found, rows


def _said(number: int, unit: str) -> str:
    return f"{number:,} {unit}".replace(",", ".")


def _population(place: Place) -> str:
    """The newest recorded population, with its source; or that there is none."""
    newest = Population.objects.filter(place=place).order_by("-as_of", "-recorded_at").first()
    if newest is None:
        return "Chưa có số dân của nơi này, nên chưa tính được tỷ lệ trên dân số."
    group = newest.get_group_display().lower()
    return f"{_said(newest.value, 'người')} ({group}, ngày {newest.as_of:%d/%m/%Y}; nguồn: {newest.source})."


def _moves(book: Book, place: Place, measure: Measure, period: Period) -> Any:
    """The movements that add up to the figure, the newest first."""
    rows = Delta.objects.filter(
        book=book.number, place=place, measure__in=_parts(measure), course="", part=Part.COUNTED
    ).exclude(value=0)
    if period.last:
        rows = rows.filter(happened_on__lte=period.last)
    if period.first and not measure.is_rate:
        rows = rows.filter(happened_on__gte=period.first)
    return rows.order_by("-happened_on", "-day", "measure").values("day", "happened_on", "measure", "value")
