"""Addresses longer than any of ours: refused in words, before gunicorn refuses them in English."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

MAX_BYTES = 4000  # of path and query as sent; deploy/gunicorn.conf.py reads twice as many


class LongAddress:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if len(request.path.encode()) + len(request.META.get("QUERY_STRING", "")) > MAX_BYTES:
            return render(request, "414.html", status=414)
        return self.get_response(request)
