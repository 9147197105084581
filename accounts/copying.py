"""A person's copy of her data for reading: plain words, local clock, on a page or as a PDF."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from common.paper import typesetting

_TEMPLATE = Path(__file__).parent / "typst" / "copy.typ"
MOST_ROWS = 500  # of one section in the PDF and on the page; the JSON has them all
Record = dict[str, Any]


def for_people(copy: dict[str, Any]) -> list[Record]:
    """The records of `exporting.collect` with every value in words, and what was left out counted."""
    return [
        {
            "name": record["name"],
            "sections": [
                {
                    "title": section["title"],
                    "rows": [
                        [
                            (label, said(value))
                            for label, value in row.items()
                            if said(value) and not _code(value)
                        ]
                        for row in section["rows"][:MOST_ROWS]
                    ],
                    "more": max(0, len(section["rows"]) - MOST_ROWS),
                }
                for section in record["sections"]
            ],
        }
        for record in copy["records"]
    ]


def _code(value: Any) -> bool:
    """A code that tells machines apart what people tell apart by name and date: in the JSON alone."""
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value))


def said(value: Any) -> str:
    """A JSON value as a person reads it; nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, list):
        return ", ".join(filter(None, map(said, value)))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {said(each)}" for key, each in value.items())
    text = str(value)
    try:
        moment = datetime.datetime.fromisoformat(text) if len(text) >= 10 and text[4:5] == "-" else None
    except ValueError:
        moment = None
    if moment is None:
        return text
    return f"{moment:%d/%m/%Y}" if len(text) == 10 else f"{moment:%H:%M} ngày {moment:%d/%m/%Y}"


def pdf(copy: dict[str, Any]) -> bytes:
    """A4, tagged, our fonts. Whatever a person typed keeps only what they can draw."""
    made = datetime.datetime.fromisoformat(copy["made_at"])
    data = {"made": said(copy["made_at"]), "records": for_people(copy)}
    return typesetting.pdf(_TEMPLATE, _drawable(data), at=made)


def _drawable(value: Any) -> Any:
    if isinstance(value, str):
        return typesetting.drawable(value)
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(each) for each in value]
    return value
