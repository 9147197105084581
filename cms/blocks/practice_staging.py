"""A practice as its template shows it: every act with its id, every screen with what is still to come."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from quizzes import pretending
from quizzes.pretending import screen_id, squashed


@dataclass(frozen=True)
class Act:
    id: str
    label: str
    to: str
    name: str  # of the screen it leads to
    wrong: bool
    why: str
    told: str = ""  # in the written version


@dataclass(frozen=True)
class Staged:
    """A part: what its words are (`value`), the picture itself, and its acts in order."""

    kind: str
    value: Mapping[str, Any]
    acts: list[Act] = field(default_factory=list)
    picture: Any = None

    @property
    def act(self) -> Act | None:
        return self.acts[0] if self.acts else None

    @property
    def typed(self) -> str:
        """What practice.js compares with: {accept, refuse}, folded as it folds what is typed."""
        lists = {
            name: sorted({squashed(one) for one in self.value.get(name) or ()})
            for name in ("accept", "refuse")
        }
        return json.dumps(lists, ensure_ascii=False)

    @property
    def places(self) -> list[tuple[Mapping[str, Any], Act]]:
        return list(zip(self.value.get("places") or (), self.acts, strict=True))


@dataclass(frozen=True)
class StagedScreen:
    id: str
    number: int
    name: str
    say: str
    ending: str
    signs: Sequence[str]
    left: int
    parts: list[Staged]

    @property
    def acts(self) -> list[Act]:
        return [act for part in self.parts for act in part.acts]

    @property
    def on_call(self) -> bool:
        """What is written in its bubbles is heard, not read."""
        return any(part.kind == "call" for part in self.parts)


@dataclass(frozen=True)
class Stage:
    screens: list[StagedScreen]


def stage(screens: Sequence[Mapping[str, Any]], pictures: Mapping[int, Any]) -> Stage:
    names = {screen_id(screen["name"]): screen["name"] for screen in screens}
    left = pretending.steps_left(screens)
    return Stage([_screen(screen, n, names, left, pictures) for n, screen in enumerate(screens, 1)])


def _staged_act(act: Mapping[str, Any], names: Mapping[str, str]) -> Act:
    to, text = act["to"], act["text"]
    return Act(act["id"], text, to, names.get(to, ""), not act["correct"], act["feedback"], text)


def _screen(
    screen: Mapping[str, Any],
    number: int,
    names: Mapping[str, str],
    left: Mapping[str, int],
    pictures: Mapping[int, Any],
) -> StagedScreen:
    own = screen_id(screen["name"])
    waiting = [_staged_act(act, names) for act in pretending.acts_of([screen])]
    parts = []
    for part in screen.get("parts") or ():
        count = 2 if part["part"] in pretending.TYPED else len(pretending.spots(part))
        acts, waiting = waiting[:count], waiting[count:]
        if part["part"] not in pretending.TYPED:
            acts = [replace(act, told=f"chọn “{act.label}”") for act in acts]
        parts.append(Staged(part["part"], part, acts, pictures.get(part.get("picture") or 0)))
    return StagedScreen(
        own, number, screen["name"], screen["say"], screen.get("ending") or "", screen.get("signs") or (),
        left.get(own, 0), parts,
    )  # fmt: skip
