"""Everything that is held about a person, as one document. docs/your-data.md describes it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from .holdings import Holding, as_json
from .mentions import Person
from .merging import family
from .models import Learner
from .people import rooms

FORMAT = "hoc-vu-so/du-lieu-cua-toi"
VERSION = 1
ANOTHER = "về một người khác học chung số này"


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
    neighbours = _neighbours(learner)
    for room, handlers in rooms().items():
        own = handlers.export(learner) if handlers.export else []
        declared = [_declared(holding, learner, neighbours) for holding in handlers.holds if holding.title]
        sections += [{"room": room, **section} for section in (*own, *declared) if section["rows"]]
    return {"name": learner.name, "id": str(learner.public_id), "sections": sections}


def _neighbours(learner: Learner) -> list[Person]:
    """Who else learns on her sign-in, or did: by the whole name, and by the name they are called."""
    if learner.user_id is None:
        return []
    hers = [each.pk for each in family(learner)]
    there = Q(user=learner.user_id) | Q(partings__user=learner.user_id)
    others = Learner.objects.filter(there).exclude(pk__in=hers).distinct()
    return [Person((each.name, each.given_name)) for each in others]


def _declared(holding: Holding, learner: Learner, neighbours: list[Person]) -> dict[str, Any]:
    """The rows of a shared sign-in without what tells of the others on it."""
    section = holding.section(learner)
    if not neighbours or holding.of_learner:
        return section
    rows = [
        {label: _hers(value, neighbours) for label, value in row.items() if label not in holding.private}
        for row in section["rows"]
    ]
    return {**section, "rows": rows}


def _hers(value: Any, neighbours: list[Person]) -> Any:
    if isinstance(value, str) and any(person.is_in(value, near=True) for person in neighbours):
        return ANOTHER
    return value
