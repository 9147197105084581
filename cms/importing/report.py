"""What an import did, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from .package import Package, Practice, Question
from .problems import PackageRefused

NEW, UPDATED, SAME = "mới", "cập nhật", "không đổi"


@dataclass(frozen=True)
class Line:
    """A file or a question of the package, whether it is in, and how or why not."""

    origin: str
    taken: bool
    reason: str


@dataclass
class Report:
    """`changed` counts pages, pictures and bank questions that are not what they were."""

    course: str
    pages: list[Line] = field(default_factory=list)
    questions: list[Line] = field(default_factory=list)
    media: list[Line] = field(default_factory=list)
    changed: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def refused_lines(self) -> list[Line]:
        return [line for line in (*self.pages, *self.questions, *self.media) if not line.taken]

    def add_left_out(self, package: Package) -> None:
        for left in package.left_out:
            getattr(self, left.kind).append(Line(left.origin, False, left.reason))


def question_origin(question: Question | Practice) -> str:
    return f"{question.origin}#{question.key}"


def refusal(error: PackageRefused, course: str = "") -> dict[str, Any]:
    """The same shape for a package that was refused whole: nothing is taken."""
    kinds: dict[str, list[Line]] = {"lessons": [], "questions": [], "media": []}
    for problem in error.problems:
        folder = problem.origin.split("/")[0].replace("practices", "questions")
        kinds.get(folder, []).append(Line(problem.origin, False, problem.message))
    return {
        "course": course,
        "pages": _plain(kinds["lessons"]),
        "questions": _plain(kinds["questions"]),
        "media": _plain(kinds["media"]),
        "changed": 0,
        "errors": error.lines,
    }


def _plain(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]
