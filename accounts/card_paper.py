"""Learner cards as a sheet of A4 (PDF) and as a picture. Never call this inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from common.paper import qr, typesetting

from . import cards
from .models import Card

A_PAGE = 8
_TEMPLATES = Path(__file__).parent / "typst"


def sheet(found: Sequence[Card]) -> bytes:
    """A4, eight cards a page with cut marks, tagged, fonts embedded."""
    return typesetting.pdf(_TEMPLATES / "sheet.typ", _data(found), at=timezone.now())


def picture(card: Card) -> bytes:
    """PNG of 1284 × 810 pixels, sharp enough to be read off a phone."""
    return typesetting.png(_TEMPLATES / "picture.typ", _data([card]))


def _data(found: Sequence[Card]) -> dict[str, Any]:
    where = settings.SITE_URL.partition("//")[2].rstrip("/") + reverse("accounts:card")
    return {
        "title": "Thẻ học",
        "cards": [
            {
                "name": typesetting.drawable(card.learner.name),
                "place": typesetting.drawable(card.learner.commune.name),
                "number": cards.grouped(cards.number(card)),
                "where": where,
                "qr": qr.svg(cards.address(card)),
                "qr_says": "Mã QR của thẻ học",
            }
            for card in found
        ],
    }
