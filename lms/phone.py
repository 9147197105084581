"""Pages about what a phone keeps: the same bytes for everybody, filled by the phone itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """`/viec-tren-may/`: what was done on this phone and is not sent, or needs a look."""
    return render(request, "lms/phone/waiting.html")


@require_safe
def carry(request: HttpRequest) -> HttpResponse:
    """`/mang-theo/`: takes what another browser learned, out of the address's fragment."""
    return render(request, "lms/phone/carry.html")
