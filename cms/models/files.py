"""Files that editors upload: names that never come back, and what becomes of those that are replaced."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.utils.crypto import get_random_string

from courses.models import ItemRevision

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def fresh(filename: str = "") -> str:
    """A name that is never given out again: phones, caches and prices keep what one name held.

    The chance part stands in front, where nobody shortens long names.
    """
    return f"{get_random_string(12, _LETTERS)}-{filename}"


def is_told(name: str) -> bool:
    """Whether a published text names this file."""
    return ItemRevision.objects.filter(html__contains=name).exists()


def in_its_place(old: str, new: str) -> None:
    """Texts as they were published, which learners of a withdrawn lesson read, name the new file."""
    told = ItemRevision.objects.filter(html__contains=old)
    told.update(html=Replace("html", Value(old), Value(new)))


def drop_files(names: Iterable[str]) -> None:
    """Once all is committed."""
    for name in filter(None, names):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
