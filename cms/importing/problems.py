"""Faults of a package, collected so that an author mends them in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

SHOWN = 20
HIDDEN = "có ký tự không nhìn thấy hay bị hỏng; hãy xóa và gõ lại chỗ đó."


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, in Vietnamese, in which file and on which line (1 is the first; 0: the whole file)."""

    origin: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.origin}, dòng {self.line}" if self.line else self.origin
        return f"{where}: {self.message}" if where else self.message


class PackageRefused(Exception):
    """The package is refused whole. `str()` is one line; `problems` has the details."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.summary)

    @property
    def summary(self) -> str:
        count = len(self.problems)
        first = str(self.problems[0]) if self.problems else "không rõ lỗi"
        more = f" (và {count - 1} lỗi nữa)" if count > 1 else ""
        return f"Không nhận gói, chưa có gì thay đổi. {first}{more}"

    @property
    def lines(self) -> list[str]:
        """At most 20 lines, one for each fault."""
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        left = len(self.problems) - SHOWN
        return [*lines, f"… và {left} lỗi nữa."] if left > 0 else lines


@dataclass
class Problems:
    """A collector: go on after a fault, stop when there are absurdly many."""

    found: list[Problem] = field(default_factory=list)

    def add(self, origin: str, line: int, message: str) -> None:
        self.found.append(Problem(origin, line, message))
        if len(self.found) >= SHOWN * 10:
            self.stop()

    def stop(self) -> None:
        """Raise PackageRefused if anything was found."""
        if self.found:
            raise PackageRefused(self.found)
