"""A course package as plain data: what reading gives, what writing and exporting take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FORMAT = 1
CALLOUTS = ("tip", "warning", "example")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    href: str = ""


Inline = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    runs: Inline


@dataclass(frozen=True)
class Steps:
    """Numbered steps: what to do (bold in the file), then a sentence or two that explain."""

    items: tuple[tuple[str, Inline], ...]


@dataclass(frozen=True)
class Bullets:
    items: tuple[Inline, ...]


@dataclass(frozen=True)
class Callout:
    kind: Literal["tip", "warning", "example"]
    paragraphs: tuple[Inline, ...]


@dataclass(frozen=True)
class Illustration:
    """`media` is a path in the package: `media/x.svg`."""

    media: str
    alt: str
    caption: str


@dataclass(frozen=True)
class PracticeMark:
    """Where in the lesson the practice of this key stands."""

    key: str


Block = Heading | Paragraph | Steps | Bullets | Callout | Illustration | PracticeMark


@dataclass(frozen=True)
class Lesson:
    stem: str
    key: str
    slug: str
    title: str
    objective: str
    minutes: int
    competences: tuple[str, ...]
    blocks: tuple[Block, ...]
    required: bool = True
    sources: tuple[Inline, ...] = ()

    @property
    def origin(self) -> str:
        return f"lessons/{self.stem}.md"


@dataclass(frozen=True)
class Choice:
    text: str
    correct: bool
    feedback: str


@dataclass(frozen=True)
class Question:
    """`lesson` is the key of the lesson it belongs to or is explained by."""

    origin: str
    key: str
    kind: Literal["single", "multiple", "truefalse"]
    text: str
    choices: tuple[Choice, ...]
    explanation: str
    lesson: str
    purpose: Literal["practice", "exam"]


@dataclass(frozen=True)
class Practice:
    """A pretend screen of a lesson; `screens` as in quizzes.pretending, pictures by their media path."""

    origin: str
    key: str
    title: str
    intro: str
    screens: list[dict[str, Any]]
    lesson: str
    purpose: Literal["practice"] = "practice"

    def media(self) -> list[str]:
        parts = (part for screen in self.screens for part in screen["parts"])
        return [part["picture"] for part in parts if part.get("picture")]


@dataclass(frozen=True)
class Media:
    """A picture, cleaned and checked. `alt` is the drawing's own title, if it has one."""

    origin: str
    content: bytes
    width: int
    height: int
    title: str


@dataclass(frozen=True)
class FinalTest:
    draw: int = 10
    pass_percent: int = 80
    attempts_per_day: int = 3
    wait_minutes: int = 10
    time_limit_minutes: int = 30


@dataclass(frozen=True)
class LeftOut:
    """A file of the package that is not used, and why."""

    kind: Literal["pages", "questions", "media"]
    origin: str
    reason: str


@dataclass(frozen=True)
class Package:
    code: str
    slug: str
    title: str
    summary: str
    audience: str
    licence: str
    competences: tuple[str, ...]
    cover: str
    pass_percent: int
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]
    media: dict[str, Media]
    final_test: FinalTest | None
    digest: str
    left_out: tuple[LeftOut, ...] = field(default=())
    practices: tuple[Practice, ...] = ()

    def check_questions(self, lesson_key: str) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.purpose == "practice" and q.lesson == lesson_key)

    def practices_of(self, lesson_key: str) -> tuple[Practice, ...]:
        return tuple(one for one in self.practices if one.lesson == lesson_key)

    @property
    def asked(self) -> tuple[Question | Practice, ...]:
        """Whatever has a key in the question bank."""
        return (*self.questions, *self.practices)

    @property
    def bank(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.purpose == "exam")
