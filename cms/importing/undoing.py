"""Taking back what was written outside one transaction, when a later part fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from django.db import transaction
from wagtail.models import Page, Revision

from ..models import BasePage, Picture

logger = logging.getLogger(__name__)
KEPT = (
    "latest_revision_id",
    "latest_revision_created_at",
    "has_unpublished_changes",
    "draft_title",
)


class Undo:
    """`with Undo() as undo:` runs what was noted, last first, when the block fails in any way."""

    def __init__(self) -> None:
        self._acts: list[Callable[[], Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        for act in reversed(self._acts):
            try:
                with transaction.atomic():
                    act()
            except Exception:
                logger.exception("An import could not be taken back completely")

    def note(self, act: Callable[[], Any]) -> None:
        self._acts.append(act)

    def picture(self, picture: Picture) -> None:
        """The picture goes, with its file."""
        pk = picture.pk
        self.note(lambda: [found.delete() for found in Picture.objects.filter(pk=pk)])

    def origin(self, picture: Picture, before: int | None) -> None:
        """The picture before this one has its origin again."""
        pk, origin = picture.pk, picture.origin

        def act() -> None:
            Picture.objects.filter(pk=pk).update(origin=None)
            Picture.objects.filter(pk=before).update(origin=origin)

        if before:
            self.note(act)

    def page(self, old: BasePage | None, new: BasePage) -> None:
        """A new page goes; an old one has its latest revision again."""
        if old is None:
            self.note(lambda: Page.objects.get(pk=new.pk).specific.delete())
            return
        row = {name: getattr(old, name) for name in KEPT}
        if hasattr(old, "question_keys"):
            row["question_keys"] = dict(old.question_keys)
        model, pk, last = type(old), old.pk, old.latest_revision_id or 0

        def act() -> None:
            model.objects.filter(pk=pk).update(**row)
            Revision.objects.filter(object_id=str(pk), pk__gt=last).filter(
                base_content_type__app_label="wagtailcore", base_content_type__model="page"
            ).delete()

        self.note(act)
