"""What each room keeps under a key to a person or a sign-in, and what becomes of it.

A row of a table of a room is declared once, beside the table's room:

    Holding("courses.ItemDone", "learner", merge=MOVES, erase=GOES, title="Bài đã học xong",
            shows={"Bài học": "item.title", "Ngày": "done_at"})

and merging, erasing and the person's own copy follow from it. `tests/accounts/test_holdings.py`
fails on a key to `Learner` or `User` that nobody declared.
"""

from __future__ import annotations

import datetime
import decimal
import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from .models import Learner

# When two records are found to be one person.
MOVES = "moves"  # the row becomes the canonical person's, unless a constraint of its table says she has one
STAYS = "stays"  # the row stays with the record it was made for
OWN = "own"  # the room's own handler knows
# When a person is erased.
GOES = "goes"  # the row is deleted
FORGETS = "forgets"  # the row stays and its key is emptied


@dataclass(frozen=True)
class Holding:
    """One key to a `Learner` or a `User`.

    `shows` is what the person reads of the row in her own copy: Vietnamese label to dotted
    path (a method is called). Without a title the row is not shown, and `why` says so.
    """

    model: str  # "courses.ItemDone"
    key: str  # "learner"
    erase: str
    merge: str = STAYS
    title: str = ""
    shows: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    private: frozenset[str] = frozenset()  # labels not shown of a sign-in on which several learn
    blanks: tuple[str, ...] = ()  # columns beside a key that FORGETS: they bear her name, as of then

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def of_learner(self) -> bool:
        """Whether it names a person; else it names a sign-in."""
        related = self.table._meta.get_field(self.key).related_model
        return related is apps.get_model("accounts.Learner")

    def rows(self, learner: Learner) -> models.QuerySet[Any]:
        """Her rows, oldest first; of a key to a sign-in, those of the one she uses."""
        owner = learner.pk if self.of_learner else learner.user_id
        found: models.QuerySet[Any] = self.table._default_manager.filter(**{f"{self.key}_id": owner or 0})
        return found.order_by("pk")

    def section(self, learner: Learner) -> dict[str, Any]:
        rows = [{label: plain(row, path) for label, path in self.shows.items()} for row in self.rows(learner)]
        return {"title": self.title, "rows": rows}


@dataclass(frozen=True)
class Words:
    """Columns in which people type, so that a row of somebody else's may tell of an erased person."""

    model: str
    columns: tuple[str, ...]
    where: Mapping[str, object] = field(default_factory=dict)  # the rows that have words, of a large table
    grows: bool = False  # rows are added without end: they are looked through before anybody has to wait
    touched: str = (
        ""  # the column that says when words were written into an old row; of a large table indexed
    )

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)


def plain(row: object, path: str) -> Any:
    """What lies at the end of a dotted path, as a JSON value; None on a way that ends early."""
    value: Any = row
    for name in path.split("."):
        value = getattr(value, name, None)
        if callable(value):
            value = value()
    return as_json(value)


def as_json(value: Any) -> Any:
    """Times in local time with their offset, so that a person reads her own clock."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, datetime.date | uuids.UUID | decimal.Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    return str(value)
