"""Public figures: totals of every commune for any range of days, with their unit and as-of time."""

from __future__ import annotations

import datetime
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError

from campaign import measures
from campaign.figures import communes, figures
from campaign.models import Book
from campaign.periods import BACKWARDS, Period, check_day
from common.tables import csv_response
from places.codes import PlaceError, by_code
from places.models import Place

router = Router(tags=["figures"])
PARAMETERS = {"measure", "place", "from", "to", "by", "format"}


def _day_parameter(name: str, end: str) -> dict[str, object]:
    """`from` is a word of Python's own, so the two days are read from the query and described here."""
    return {
        "in": "query",
        "name": name,
        "required": False,
        "description": f"{end} day, YYYY-MM-DD; left out: open",
        "schema": {"type": "string", "format": "date"},
    }


class Row(Schema):
    place: str
    value: int | float | None


class Message(Schema):
    message: str


class Figures(Schema):
    unit: str
    as_of: datetime.datetime | None
    rows: list[Row]


@router.get(
    "",
    response={200: Figures, 400: Message},
    openapi_extra={"parameters": [_day_parameter("from", "first"), _day_parameter("to", "last")]},
    summary="A public figure of a place, or of each of its communes (by=commune), for any days",
)
def read_figures(
    request: HttpRequest,
    measure: str = "",
    place: str = "",
    by: str = "",
    format: str = "json",
) -> HttpResponse | dict[str, object]:
    """`from` and `to` are YYYY-MM-DD, both included; without them all time. 400 says what is wrong."""
    wanted = measures.BY_KEY.get(measure)
    if wanted is None or not wanted.public:
        keys = ", ".join(each.key for each in measures.PUBLIC)
        raise HttpError(400, f"measure phải là một trong: {keys}.")
    if format not in ("json", "csv"):
        raise HttpError(400, "format phải là json hoặc csv.")
    _refuse_unknown(request)
    places = _places(place or settings.PROVINCE_CODE, by)
    period = _period(request)
    book = Book.now()
    found = figures(book, [wanted], places, period)
    rows = [(each, found[measure, each.pk].value) for each in places]
    if format == "csv":
        header = ("place", "name", "value", "unit")
        table = [(each.code, each.name, value, wanted.unit) for each, value in rows]
        return csv_response(f"{measure}-{places[0].code if not by else 'commune'}", [header, *table])
    return {
        "unit": wanted.unit,
        "as_of": timezone.localtime(book.folded_at) if book.folded_at else None,
        "rows": [{"place": each.code, "value": value} for each, value in rows],
    }


def _refuse_unknown(request: HttpRequest) -> None:
    """Cuts and as-of days are for officials; a misspelt parameter must not change the answer in silence."""
    unknown = sorted(set(request.GET) - PARAMETERS)
    if unknown:
        raise HttpError(400, f"Không có tham số {', '.join(unknown)[:100]} trong số liệu công khai.")


def _places(code: str, by: str) -> list[Place]:
    try:
        place = by_code(code)
    except PlaceError as error:
        raise HttpError(400, str(error)) from None
    if by == "":
        return [place]
    if by != "commune":
        raise HttpError(400, "by chỉ có thể là commune.")
    return [place] if place.level == Place.Level.COMMUNE else communes(place)


def _period(request: HttpRequest) -> Period:
    first, last = _day(request, "from"), _day(request, "to")
    if first and last and first > last:
        raise HttpError(400, BACKWARDS)
    return Period(first, last)


def _day(request: HttpRequest, name: str) -> datetime.date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise HttpError(400, f"{name} phải là một ngày có thật, viết như 2026-10-01.") from None
    try:
        check_day(day)
    except ValidationError as error:
        raise HttpError(400, error.messages[0]) from None
    return day
