"""`/api/v1/`: one API; every thing has a router of its own (`lms/api_<thing>.py`)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from . import api_carry, api_figures, api_learning, api_places, api_queue


class Api(NinjaAPI):
    """Answers that name a person, or a moment: no proxy on the way may keep them."""

    def create_response(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


api = Api(
    title="Học Vụ Số",
    version="1",
    description="Hàng đợi việc học, trạng thái của người học và số liệu công khai.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", api_queue.router)
api.add_router("", api_learning.router)
api.add_router("/carry/", api_carry.router)
api.add_router("/places/", api_places.router)
api.add_router("/figures/", api_figures.router)


def _say(request: HttpRequest, status: int, message: str) -> HttpResponse:
    return api.create_response(request, {"message": message}, status=status)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _say(request, error.status_code, str(error))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _say(request, 404, "Không tìm thấy.")


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    where = ", ".join(str(one["loc"][-1]) for one in error.errors)
    return _say(request, 400, f"Yêu cầu không đúng: {where}.")
