"""What is read of a lesson, sentence by sentence, in the order of its page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .marking import Marked, marked

if TYPE_CHECKING:
    from ..models import LessonPage

PAUSE = 8  # the silence after a sentence, in letters, where a recording's marks must be guessed


@dataclass(frozen=True)
class Text:
    """A lesson's name, objective and body, their sentences marked."""

    parts: tuple[Marked, Marked, Marked]

    @property
    def title(self) -> SafeString:
        return mark_safe(self.parts[0].html)

    @property
    def objective(self) -> SafeString:
        return mark_safe(self.parts[1].html)

    @property
    def body(self) -> SafeString:
        return mark_safe(self.parts[2].html)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for part in self.parts for sentence in part.sentences)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.sentences).encode()).hexdigest()

    def guessed(self, milliseconds: int) -> list[int]:
        """Where each sentence begins if all is read at one pace, in milliseconds."""
        weights = [len(one) + PAUSE for one in self.sentences]
        total = sum(weights) or 1
        return [milliseconds * sum(weights[:n]) // total for n in range(len(weights))]


def text_of(page: LessonPage, told: Callable[[str], str] = str) -> Text:
    """What is read of this page as it stands; `told` makes another form of its body."""
    body = told(render_to_string("cms/lesson_body.html", {"parts": page.parts(), "page": page}))
    return Text((marked(escape(page.title)), marked(escape(page.objective)), marked(body)))
