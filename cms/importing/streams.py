"""Blocks of a package ⇄ the value of a lesson's StreamField. Pure, except that pictures come as ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from .markdown import link_fault, trimmed
from .package import (
    CALLOUTS,
    Block,
    Bullets,
    Callout,
    Choice,
    Heading,
    Illustration,
    Inline,
    Lesson,
    Paragraph,
    Practice,
    PracticeMark,
    Question,
    Run,
    Steps,
)
from .practices import from_value, to_raw


def to_stream(
    lesson: Lesson,
    questions: Iterable[Question],
    pictures: Mapping[str, int],
    practices: Iterable[Practice] = (),
) -> list[dict[str, Any]]:
    """What `authoring.put_lesson` takes as blocks; `pictures` gives the id of each media path.

    The id of a question or practice block is its key in the bank.
    """
    stream: list[dict[str, Any]] = []
    by_key = {practice.key: practice for practice in practices}
    for block in lesson.blocks:
        if isinstance(block, PracticeMark):
            value = to_raw(by_key[block.key], pictures)
            stream.append({"type": "practice", "value": value, "id": block.key})
            continue
        kind, value = _raw(block, pictures)
        stream.append({"type": kind, "value": value})
    return stream + [{"type": "question", "value": _raw_question(q), "id": q.key} for q in questions]


def _raw(block: Block, pictures: Mapping[str, int]) -> tuple[str, Any]:
    if isinstance(block, Heading):
        return "heading", block.text
    if isinstance(block, Paragraph):
        return "paragraph", to_html(block.runs)
    if isinstance(block, Steps):
        return "steps", [_raw_step(action, detail) for action, detail in block.items]
    if isinstance(block, Bullets):
        return "list", [to_html(item) for item in block.items]
    if isinstance(block, Callout):
        return block.kind, "".join(to_html(paragraph) for paragraph in block.paragraphs)
    if isinstance(block, PracticeMark):
        raise TypeError("a practice comes with its screens: see to_stream")
    return "illustration", {
        "picture": pictures[block.media],
        "alt": block.alt,
        "caption": block.caption,
    }


def _raw_step(action: str, detail: Inline) -> dict[str, Any]:
    return {
        "action": action,
        "explanation": to_html(detail) if detail else "",
        "picture": None,
        "alt": "",
    }


def _raw_question(question: Question) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "text": question.text,
        "choices": raw_choices(question),
        "explanation": question.explanation,
    }


def raw_choices(question: Question) -> list[dict[str, Any]]:
    return [{"text": c.text, "correct": c.correct, "feedback": c.feedback} for c in question.choices]


def to_html(runs: Inline) -> str:
    """One paragraph of rich text."""
    parts = []
    for run in runs:
        part = escape(run.text, quote=False)
        part = f"<b>{part}</b>" if run.bold else part
        parts.append(f'<a href="{escape(run.href)}">{part}</a>' if run.href else part)
    return f"<p>{''.join(parts)}</p>"


# --- Back ------------------------------------------------------------------


def from_stream(
    body: Iterable[Any],
    media_of: Callable[[Any], str],
    href_of: Callable[[int], str],
    keys: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Block, ...]:
    """The blocks of a StreamValue, check questions apart.

    `media_of` gives the path in the package for a picture, `href_of` the address of a page by id,
    `keys` the key of each practice by the id of its block.
    """
    blocks: list[Block] = []
    for child in body:
        value, kind = child.value, child.block_type
        if kind == "heading":
            blocks.append(Heading(" ".join(str(value).split())))
        elif kind == "paragraph":
            blocks += [Paragraph(runs) for runs in from_html(value.source, href_of)]
        elif kind == "steps":
            blocks += _steps(value, media_of, href_of)
        elif kind == "list":
            items = (_joined(from_html(item.source, href_of)) for item in value)
            blocks.append(Bullets(tuple(item for item in items if item)))
        elif kind in CALLOUTS:
            blocks.append(Callout(kind, tuple(from_html(value.source, href_of))))
        elif kind == "illustration" and value["picture"]:
            blocks.append(Illustration(media_of(value["picture"]), value["alt"], value["caption"] or ""))
        elif kind == "film":  # no package has one: who put it there edited the lesson
            blocks.append(Heading(f"Phim: {value['film']}"))
        elif kind == "practice":
            blocks.append(PracticeMark(keys.get(child.id, "")))
    return tuple(blocks)


def _steps(value: Any, media_of: Callable[[Any], str], href_of: Callable[[int], str]) -> list[Block]:
    """Pictures of single steps follow the list: the file has no place for them inside."""
    items, pictures = [], []
    for step in value:
        source = step["explanation"].source if step["explanation"] else ""
        items.append((" ".join(step["action"].split()), _joined(from_html(source, href_of))))
        if step["picture"]:
            pictures.append(Illustration(media_of(step["picture"]), step["alt"], ""))
    return [Steps(tuple(items)), *pictures]


def questions_of(page: Any, origin: str) -> list[Question]:
    """The check questions of a lesson page, by the keys they have in the bank."""
    found = []
    for child in page.body:
        if child.block_type != "question":
            continue
        value = child.value
        found.append(
            Question(
                origin=origin,
                key=page.question_keys.get(child.id, ""),
                kind=value["kind"],
                text=" ".join(value["text"].split()),
                choices=tuple(
                    Choice(
                        " ".join(c["text"].split()),
                        bool(c["correct"]),
                        " ".join((c["feedback"] or "").split()),
                    )
                    for c in value["choices"]
                ),
                explanation=" ".join((value["explanation"] or "").split()),
                lesson=page.item_key or "",
                purpose="practice",
            )
        )
    return found


def practices_of(page: Any, origin: str, names: Mapping[int, str]) -> list[Practice]:
    """The practices of a lesson page; `names` gives the media path of each picture by id."""
    return [
        from_value(
            child.value,
            origin=origin,
            key=page.question_keys.get(child.id, ""),
            lesson=page.item_key or "",
            media_of=lambda pk: names.get(pk, ""),
        )
        for child in page.body
        if child.block_type == "practice"
    ]


def _joined(paragraphs: list[Inline]) -> Inline:
    runs: list[Run] = []
    for paragraph in paragraphs:
        runs += [Run(" "), *paragraph] if runs else paragraph
    return trimmed(tuple(runs))


class _RichText(HTMLParser):
    """The little HTML that the editor stores: p, b, a, br. Everything else counts as its words."""

    def __init__(self, href_of: Callable[[int], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.href_of = href_of
        self.paragraphs: list[list[Run]] = [[]]
        self.bold = 0
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "li", "h2", "h3"}:
            self.paragraphs.append([])
        elif tag in {"b", "strong"}:
            self.bold += 1
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "a":
            self.href = self._address(dict(attrs))

    def _address(self, attrs: Mapping[str, str | None]) -> str:
        if attrs.get("linktype") == "page" and str(attrs.get("id") or "").isdigit():
            return self.href_of(int(str(attrs["id"])))
        return attrs.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "li", "h2", "h3"}:
            self.paragraphs.append([])
        elif tag in {"b", "strong"}:
            self.bold = max(0, self.bold - 1)
        elif tag == "a":
            self.href = ""

    def handle_data(self, data: str) -> None:
        self.paragraphs[-1].append(Run(data, self.bold > 0, self.href))


def from_html(html: str, href_of: Callable[[int], str]) -> list[Inline]:
    """The paragraphs of a rich text, empty ones left out; a link that no package may hold goes plain."""
    parser = _RichText(href_of)
    parser.feed(html)
    parser.close()
    paragraphs = (trimmed(tuple(_taken(run) for run in runs)) for runs in parser.paragraphs)
    return [runs for runs in paragraphs if runs]


def _taken(run: Run) -> Run:
    return Run(run.text, run.bold) if run.href and link_fault(run.href) else run
