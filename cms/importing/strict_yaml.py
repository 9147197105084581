"""YAML read by schema: every value is text until a field says otherwise.

So `no`, `08:30` or `113` mean what the author typed. Anchors, tags, duplicate
keys, several documents and deep nesting are refused with their line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from common.text import hidden, nfc

from .problems import HIDDEN, Problems

DEPTH = 8
CHARACTERS = 300_000
PLAIN_INT = re.compile(r"(0|[1-9][0-9]{0,8})")


class Missing:
    """Stands for a value whose fault is already reported."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = Missing()


@dataclass(frozen=True)
class Spot:
    """Where we are: the file, the line its YAML begins on, the path of fields."""

    problems: Problems
    origin: str
    first_line: int = 1
    path: str = ""

    def at(self, name: str) -> Spot:
        return Spot(self.problems, self.origin, self.first_line, f"{self.path}.{name}" if self.path else name)

    def refuse(self, node: yaml.Node | None, message: str) -> Any:
        line = node.start_mark.line + self.first_line if node is not None else 0
        self.problems.add(self.origin, line, f"{self.path}: {message}" if self.path else message)
        return MISSING


Field = Callable[[yaml.Node, Spot], Any]


class _Fault(Exception):
    def __init__(self, message: str, mark: Any = None) -> None:
        super().__init__(message)
        self.mark = mark


def compose(text: str, spot: Spot) -> yaml.Node | None:
    """The one document as nodes with their lines; None when it is refused."""
    try:
        return _composed(text)
    except _Fault as fault:
        line = fault.mark.line + spot.first_line if fault.mark else 0
        spot.problems.add(spot.origin, line, str(fault))
    return None


def _composed(text: str) -> yaml.Node:
    if len(text) > CHARACTERS:
        raise _Fault(f"tệp dài quá {CHARACTERS:,} ký tự.".replace(",", "."))
    try:
        _refuse_cleverness(text)
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape may name no character at all
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        hint = "hãy xem dấu hai chấm, dấu nháy và khoảng trắng đầu dòng"
        raise _Fault(f"không đúng cú pháp YAML ({hint}).", mark) from error
    if node is None:
        raise _Fault("tệp để trống.")
    _clean_scalars(node)
    return node


def _clean_scalars(node: yaml.Node) -> None:
    """Keys and values as they will be stored: escapes say what the file's own characters may not."""
    if isinstance(node, yaml.ScalarNode):
        if hidden(node.value):
            raise _Fault(HIDDEN, node.start_mark)
        node.value = nfc(node.value)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                _clean_scalars(part)
    else:
        for part in node.value:
            _clean_scalars(part)


def _refuse_cleverness(text: str) -> None:
    """No anchors, tags or deep nesting: found before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Fault("không dùng neo (&) hay bí danh (*) của YAML.", event.start_mark)
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Fault("không dùng nhãn kiểu (!) của YAML.", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise _Fault("lồng nhau quá nhiều tầng.", event.start_mark)


def text(*, most: int = 255, least: int = 1, pattern: str = "", hint: str = "") -> Field:
    """A scalar as typed. `most` and `least` count characters."""

    def read(node: yaml.Node, spot: Spot) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return spot.refuse(node, "phải là một dòng chữ.")
        value = " ".join(node.value.split())
        if node.style is None and value in {"~", "null"}:
            value = ""
        if len(value) < least:
            return spot.refuse(node, "không được để trống.")
        if len(value) > most:
            return spot.refuse(node, f"dài {len(value)} ký tự, nhiều nhất {most}.")
        if pattern and not re.fullmatch(pattern, value):
            return spot.refuse(node, f"“{value[:60]}” không đúng dạng; {hint}")
        return value

    return read


def integer(low: int, high: int) -> Field:
    def read(node: yaml.Node, spot: Spot) -> Any:
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        if not plain or not PLAIN_INT.fullmatch(node.value):
            return spot.refuse(node, f"phải là số nguyên từ {low} đến {high}.")
        value = int(node.value)
        return value if low <= value <= high else spot.refuse(node, f"phải từ {low} đến {high}.")

    return read


def boolean(node: yaml.Node, spot: Spot) -> Any:
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    if not plain or node.value not in {"true", "false"}:
        return spot.refuse(node, "phải là true hoặc false.")
    return node.value == "true"


def one_of(*allowed: str) -> Field:
    def read(node: yaml.Node, spot: Spot) -> Any:
        if not isinstance(node, yaml.ScalarNode) or node.value not in allowed:
            return spot.refuse(node, f"phải là một trong: {', '.join(allowed)}.")
        return node.value

    return read


def listing(item: Field, *, least: int = 0, most: int = 500) -> Field:
    def read(node: yaml.Node, spot: Spot) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return spot.refuse(node, "phải là một danh sách.")
        if not least <= len(node.value) <= most:
            return spot.refuse(node, f"phải có từ {least} đến {most} mục, đang có {len(node.value)}.")
        values = [item(child, spot.at(str(n))) for n, child in enumerate(node.value, 1)]
        return MISSING if any(value is MISSING for value in values) else values

    return read


def record(required: dict[str, Field], optional: dict[str, Field] | None = None) -> Field:
    """A mapping with exactly these fields; gives {name: value} with `_line` of its start."""
    fields = {**required, **(optional or {})}

    def read(node: yaml.Node, spot: Spot) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return spot.refuse(node, "phải gồm các dòng “tên: giá trị”.")
        values: dict[str, Any] = {"_line": node.start_mark.line + spot.first_line}
        for key, child in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in fields:
                spot.refuse(key, f"không có mục tên “{str(name)[:40]}”.")
            elif name in values:
                spot.refuse(key, f"mục “{name}” viết hai lần.")
            else:
                values[name] = fields[name](child, spot.at(name))
        for name in required.keys() - values.keys():
            values[name] = spot.refuse(node, f"thiếu mục “{name}”.")
        return values

    return read
