"""Everything that is held about a person, as one document. docs/your-data.md describes it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from .holdings import as_json
from .merging import family
from .models import Learner
from .people import rooms

FORMAT = "hoc-vu-so/du-lieu-cua-toi"
VERSION = 1


def collect(learner: Learner) -> dict[str, Any]:
    """What all rooms hold about her, as plain JSON values; of all her records when some were merged.

    `records` has one entry per record, hers first; each has `sections` of {room, title, rows},
    where a row maps Vietnamese labels to values. Sections without rows are left out.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": as_json(timezone.now()),
        "records": [_record(member) for member in family(learner)],
    }


def _record(learner: Learner) -> dict[str, Any]:
    sections = []
    for room, handlers in rooms().items():
        own = handlers.export(learner) if handlers.export else []
        declared = [holding.section(learner) for holding in handlers.holds if holding.title]
        sections += [{"room": room, **section} for section in (*own, *declared) if section["rows"]]
    return {"name": learner.name, "id": str(learner.public_id), "sections": sections}
