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


# Percent of the browser's own letters, which may be large already.
SIZES = [
    ("", "Như máy (100\u00a0%)"),
    ("115", "To hơn (115\u00a0%)"),
    ("130", "To (130\u00a0%)"),
    ("150", "Rất to (150\u00a0%)"),
    ("175", "To gần gấp đôi (175\u00a0%)"),
    ("200", "To gấp đôi (200\u00a0%)"),
]
THEMES = [("", "Theo máy"), ("light", "Nền sáng"), ("dark", "Nền tối")]


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """`/hien-thi/`: letters, colours, motion and ways to learn, kept with each learner, and on the phone."""
    return render(request, "lms/phone/display.html", {"sizes": SIZES, "themes": THEMES})
