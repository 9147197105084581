"""What a person chose to see: letters, colours, motion, ways to learn. Hers on every phone.

The phone keeps a copy for the first paint (`lms/static/lms/js/looks.js`), and sends each choice through the
queue. Of two phones the later choice stands, by the phone's time as the server corrects it, never after now.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from .merging import note
from .models import Learner, Merge

# What can be chosen, in the order of the page; each value in words, for her own copy.
CHOICES: dict[str, dict[str, str]] = {
    "text": {size: f"cỡ chữ {size} %" for size in ("115", "130", "150", "175", "200")},
    "theme": {"light": "nền sáng", "dark": "nền tối"},
    "contrast": {"high": "tương phản cao"},
    "motion": {"less": "bớt chuyển động"},
    "simple": {"1": "từng bước một"},
    "words": {"1": "bài chỉ có chữ"},
}
_TABLE = "accounts.Learner.display"  # in the journal of merges; the seat has rows of its own


def known(sent: Mapping[str, Any]) -> dict[str, str]:
    """What of it can be chosen; nothing else is ever kept."""
    return {
        name: sent[name]
        for name, values in CHOICES.items()
        if isinstance(sent.get(name), str) and sent[name] in values
    }


def keep(*, learner: Learner, chosen: Mapping[str, Any] | None, at: datetime.datetime | None = None) -> bool:
    """Hers from `at` on, unless she chose later elsewhere; says whether it stands.

    None takes everything back: she sees what the phone shows to nobody in particular. Also of who is
    leaving: it is no learning. One query.
    """
    now = timezone.now()
    at = min(at or now, now)
    earlier = Learner.objects.filter(Q(display_at=None) | Q(display_at__lte=at), pk=learner.pk)
    kept = None if chosen is None else known(chosen)
    return earlier.update(display=kept, display_at=at) == 1


def seen_by(learner: Learner) -> dict[str, str] | None:
    """In the order of the page, whatever order the database gives."""
    return None if learner.display is None else known(learner.display)


def words_of(learner: Learner) -> str | None:
    chosen = seen_by(learner)
    if chosen is None:
        return None
    return ", ".join(CHOICES[name][value] for name, value in chosen.items()) or "như máy"


def merge(merge: Merge) -> None:
    """She is one person, so her last choice stands."""
    hers, other = _of(merge.canonical_id), _of(merge.duplicate_id)
    if other["display_at"] and (not hers["display_at"] or hers["display_at"] < other["display_at"]):
        note(merge, _TABLE, merge.canonical_id, _written(hers), _written(other))
        Learner.objects.filter(pk=merge.canonical_id).update(**other)


def unmerge(merge: Merge) -> None:
    """As before, unless she chose anew since."""
    row = merge.rows.filter(table=_TABLE).first()
    if row and _written(_of(merge.canonical_id)) == row.after:
        before = row.before["display_at"]
        Learner.objects.filter(pk=merge.canonical_id).update(
            display=row.before["display"], display_at=parse_datetime(before) if before else None
        )


def _of(pk: int) -> dict[str, Any]:
    return dict(Learner.objects.values("display", "display_at").get(pk=pk))


def _written(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "display_at": row["display_at"] and row["display_at"].isoformat()}
