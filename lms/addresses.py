"""Addresses typed without their last slash, and addresses longer than any of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve
from wagtail.models import Page

MAX_BYTES = 4000  # of path and query as sent; deploy/gunicorn.conf.py reads twice as many


class SlashOfExistingPages(CommonMiddleware):
    """Adds the last slash only where that leads somewhere.

    Wagtail's pattern takes every address, so Django would send "/metrics" to "/metrics/"
    and only then find nothing.
    """

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if not super().should_redirect_with_slash(request):
            return False
        try:
            match = resolve(f"{request.path_info}/")
        except Resolver404:
            return False
        if match.url_name != "wagtail_serve":
            return True
        return Page.route_for_request(request, request.path_info) is not None


class LongAddress:
    """Refuses in words what gunicorn would refuse in English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if len(request.path.encode()) + len(request.META.get("QUERY_STRING", "")) > MAX_BYTES:
            return render(request, "414.html", status=414)
        return self.get_response(request)
