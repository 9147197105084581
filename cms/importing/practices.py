"""practices/*.yaml: pretend screens as files. See docs/course-package.md and quizzes/pretending.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from quizzes import pretending

from ..blocks.practices import ICONS, LOOKS
from . import strict_yaml as y
from .package import Lesson, Practice, PracticeMark
from .problems import Problems

PER_LESSON = 4
name, said = y.text(most=60), y.text(most=400)
label = y.text(most=80)
picture = y.text(most=120, pattern=r"media/[A-Za-z0-9][A-Za-z0-9._-]*", hint="một tệp trong media/.")
ACTED: dict[str, y.Field] = {"to": name, "wrong": y.boolean, "why": said}
PERCENT = {
    "left": y.integer(0, 95),
    "top": y.integer(0, 95),
    "width": y.integer(5, 100),
    "height": y.integer(5, 100),
}
typed = y.listing(y.text(most=80), most=12)
TYPED: dict[str, y.Field] = {"label": label, "accept": typed, "to": name, "why": said}
TYPED_MORE: dict[str, y.Field] = {"hint": y.text(most=160), "refuse": typed, "praise": said}
option = y.record({"label": label}, ACTED)
place = y.record({"label": label, **PERCENT}, ACTED)
# What each part must say, and what it may.
PARTS: dict[str, tuple[dict[str, y.Field], dict[str, y.Field]]] = {
    "bar": ({"title": name}, {"note": label}),
    "address": ({"text": y.text(most=120)}, {}),
    "words": ({"text": said}, {}),
    "bubble": ({"text": said}, {"mine": y.boolean}),
    "call": ({"who": name}, {"note": label, "picture": picture, "alt": y.text(most=250)}),
    "picture": ({"picture": picture, "alt": y.text(most=250)}, {"places": y.listing(place, most=6)}),
    "row": ({"label": label}, {"note": label, "icon": y.one_of(*dict(ICONS)), **ACTED}),
    "button": ({"label": label}, {"look": y.one_of(*dict(LOOKS)), **ACTED}),
    "toggle": ({"label": label}, {"turned_on": y.boolean, **ACTED}),
    "field": (TYPED, TYPED_MORE),
    "keypad": (TYPED, {"digits": y.integer(1, 12), **TYPED_MORE}),
    "choice": ({"label": y.text(most=160), "options": y.listing(option, least=2, most=5)}, {}),
}
DEFAULTS: dict[str, dict[str, Any]] = {"button": {"look": "quiet"}, "keypad": {"digits": 6}}


def part(node: yaml.Node, spot: y.Spot) -> Any:
    """A part of a screen: which one it is says which fields it has."""
    kinds = {}
    if isinstance(node, yaml.MappingNode):
        kinds = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    kind = kinds.get("part")
    if not isinstance(kind, yaml.ScalarNode) or kind.value not in PARTS:
        return spot.refuse(node, f"mục part phải là một trong: {', '.join(PARTS)}.")
    required, optional = PARTS[kind.value]
    return y.record({"part": y.one_of(kind.value), **required}, optional)(node, spot)


SCREEN = y.record(
    {"name": name, "say": y.text(most=500)},
    {
        "parts": y.listing(part, most=pretending.PARTS),
        "ending": y.one_of(pretending.GOOD, pretending.TRICKED),
        "signs": y.listing(y.text(most=250), most=8),
    },
)
PRACTICES = y.listing(
    y.record(
        {
            "key": y.text(
                most=60, pattern=r"[a-z0-9]+(?:-[a-z0-9]+)*", hint="chữ thường không dấu, số, gạch nối."
            ),
            "title": y.text(most=120),
            "screens": y.listing(SCREEN, least=pretending.SCREENS[0], most=pretending.SCREENS[1]),
        },
        {"intro": said},
    ),
    least=1,
    most=PER_LESSON,
)


def read(row: Mapping[str, Any], *, origin: str, lesson: str, problems: Problems) -> Practice:
    """A whole row as a practice; the first fault of each of its screens is told with its line."""
    screens = [_screen(screen) for screen in row["screens"]]
    lines = [screen["_line"] for screen in row["screens"]]
    for number, fault in pretending.faults(screens):
        line, where = (row["_line"], "") if number < 0 else (lines[number], f"“{screens[number]['name']}”: ")
        problems.add(origin, line, f"thử làm {row['key']}: {where}{fault}")
    return Practice(origin, row["key"], row["title"], row.get("intro", ""), screens, lesson)


def _screen(row: Mapping[str, Any]) -> dict[str, Any]:
    """As the editor's block gives it: everything a screen has, of its parts only what says something."""
    parts = [{**DEFAULTS.get(one["part"], {}), **_said(one)} for one in row.get("parts", ())]
    return {
        "name": row["name"],
        "say": row["say"],
        "parts": parts,
        "ending": row.get("ending", ""),
        "signs": list(row.get("signs", ())),
    }


def _said(value: Mapping[str, Any]) -> dict[str, Any]:
    plain = {}
    for key, one in value.items():
        if isinstance(one, list):
            one = [_said(each) if isinstance(each, dict) else each for each in one]
        if key != "_line" and one is not False and one != []:
            plain[key] = one
    return plain


def check_places(lesson: Lesson, practices: Iterable[Practice], problems: Problems) -> None:
    """Every practice of the lesson's file stands in the lesson, once; and nothing else does."""
    marks = [block.key for block in lesson.blocks if isinstance(block, PracticeMark)]
    keys = {practice.key: practice.origin for practice in practices}
    for key in marks:
        if key not in keys:
            problems.add(
                lesson.origin, 0, f"không có phần thử làm “{key}” trong practices/{lesson.stem}.yaml."
            )
        elif marks.count(key) > 1:
            problems.add(lesson.origin, 0, f"phần thử làm “{key}” có hai lần trong bài.")
    for key in keys.keys() - set(marks):
        problems.add(
            keys[key], 0, f"phần thử làm “{key}” chưa có chỗ trong bài: thêm “> [!PRACTICE]” và khóa."
        )


# --- To and from a StreamField ------------------------------------------------


def to_raw(practice: Practice, pictures: Mapping[str, int]) -> dict[str, Any]:
    """The value of a practice block."""

    def part_of(part: Mapping[str, Any]) -> dict[str, Any]:
        value = {key: one for key, one in part.items() if key != "part"}
        if "picture" in value:
            value["picture"] = pictures[value["picture"]]
        return {"type": part["part"], "value": value}

    screens = [
        {**screen, "parts": [part_of(part) for part in screen["parts"]]} for screen in practice.screens
    ]
    return {"title": practice.title, "intro": practice.intro, "screens": screens}


def from_value(value: Any, *, origin: str, key: str, lesson: str, media_of: Callable[[int], str]) -> Practice:
    """The practice as a package says it: words on one line, pictures by path."""

    def tidy(one: Any) -> Any:
        if isinstance(one, str):
            return " ".join(one.split())
        if isinstance(one, list):
            return [tidy(each) for each in one]
        if isinstance(one, dict):
            return {k: media_of(each) if k == "picture" else tidy(each) for k, each in one.items()}
        return one

    screens = tidy(value.screens())
    return Practice(origin, key, tidy(value["title"]), tidy(value["intro"] or ""), screens, lesson)


def as_row(practice: Practice) -> dict[str, Any]:
    """For the YAML of an export."""
    keep = ("name", "say", "parts", "ending", "signs")
    screens = [{k: screen[k] for k in keep if screen[k]} for screen in practice.screens]
    head = {"key": practice.key, "title": practice.title}
    return {**head, **({"intro": practice.intro} if practice.intro else {}), "screens": screens}
