"""What the screens of the counts share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from places.codes import EndedCode, PlaceError, by_code
from places.models import Place

from ..models import Book, VerifyRun

View = Callable[..., HttpResponse]


def shared(view: View) -> View:
    """The same answer for everybody: the page cache may keep it (it looks for this mark)."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.shared_page = response.status_code == 200  # type: ignore[attr-defined]
        return response

    return wrapped


def with_place(view: View) -> View:
    """Give the view the place of today that the code means; say what became of one that ended."""

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        try:
            place = by_code(code)
        except EndedCode as ended:
            context = {"former": ended.former, "became": ended.became, "message": str(ended)}
            return render(request, "campaign/ended.html", context, status=410)
        except PlaceError as error:
            raise Http404(str(error)) from None
        return view(request, place, **kwargs)

    return wrapped


def province() -> Place:
    """The city of this site. One query."""
    found = Place.objects.current().filter(code=settings.PROVINCE_CODE, parent=None).first()
    if found is None:
        raise Http404("no places are loaded")
    return found


def standing() -> dict[str, Any]:
    """As-of time and the last recount. Two queries."""
    return {"book": Book.now(), "last_run": VerifyRun.objects.defer("lines").first()}
