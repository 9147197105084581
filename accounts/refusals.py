"""The page for whoever may not do now what she just did (`accounts.acting`), wherever it was."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .acting import CannotAct


class CannotActAnswer:
    """A middleware: the refusal in words, and the way to what she may do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CannotAct):
            return None
        answer = render(request, "accounts/cannot_act.html", {"refusal": exception}, status=409)
        answer["Cache-Control"] = "no-store"
        return answer
