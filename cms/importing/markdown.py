"""The small Markdown of a lesson ⇄ blocks. What is not understood is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from common.text import hidden, nfc

from .package import (
    CALLOUTS,
    Block,
    Bullets,
    Callout,
    Heading,
    Illustration,
    Inline,
    Paragraph,
    PracticeMark,
    Run,
    Steps,
)
from .problems import HIDDEN, Problems

CHARACTERS = 60_000
HEADING, ACTION, TEXT, ITEMS = 150, 200, 250, 20  # what the blocks of a lesson hold
MARKER = re.compile(r"\[!([A-Z]+)\]")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MEDIA = re.compile(r"\.\./media/([A-Za-z0-9][A-Za-z0-9._-]*)")
INNER = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9._~-]*/?)*(?:#[A-Za-z0-9_-]+)?")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
REFUSED = {
    "html_block": "không dùng thẻ HTML.",
    "html_inline": "không dùng thẻ HTML.",
    "fence": "không dùng khối mã.",
    "code_block": "không lùi đầu dòng bốn dấu cách (thành khối mã).",
    "code_inline": "không dùng dấu ` (mã).",
    "table_open": "không dùng bảng.",
    "hr": "không dùng đường kẻ ngang.",
    "em_open": "không dùng chữ nghiêng (một dấu *); chỉ có **chữ đậm**.",
    "s_open": "không dùng chữ gạch ngang.",
    "hardbreak": "không ngắt dòng giữa đoạn; hãy để một dòng trống.",
    "image": "hình minh họa phải đứng một mình trên dòng.",
}


def link_fault(href: str) -> str:
    """Why the link is refused, or an empty string. Only https://… and /inner/ paths are links here."""
    if hidden(href):
        return HIDDEN
    if INNER.fullmatch(href):
        return ""
    try:
        parts = urlsplit(href)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return "đường dẫn không hợp lệ."
    if parts.scheme != "https" or not parts.netloc:
        return "đường dẫn phải bắt đầu bằng https:// hoặc là đường dẫn trong trang, như /tro-giup/."
    if port or parts.username or "@" in parts.netloc or not HOST.fullmatch(host):
        return "tên miền trong đường dẫn không hợp lệ."
    return "" if not re.search(r"[\s<>\"'`\\]", href) else "đường dẫn có ký tự không hợp lệ."


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # so that a bad link is seen, and refused
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


@dataclass
class _Reader:
    tokens: Sequence[Token]
    problems: Problems
    origin: str
    first_line: int
    at: int = 0

    def line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + self.first_line

    def refuse(self, token: Token, message: str) -> None:
        self.problems.add(self.origin, self.line(token), message)

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def until(self, closing: str) -> list[Token]:
        """The tokens up to the one that closes this level; it is passed over."""
        depth = 1
        inside: list[Token] = []
        while True:
            token = self.next()
            depth += (token.type == closing.replace("_close", "_open")) - (token.type == closing)
            if not depth:
                return inside
            inside.append(token)

    def blocks(self) -> Iterator[Block]:
        while self.at < len(self.tokens):
            token = self.next()
            yield from self.block(token)

    def block(self, token: Token) -> Iterator[Block]:
        if token.type == "paragraph_open":
            yield from self.paragraph()
        elif token.type == "heading_open":
            yield from self.heading(token)
        elif token.type == "ordered_list_open":
            yield from self.steps(token)
        elif token.type == "bullet_list_open":
            yield from self.bullets(token)
        elif token.type == "blockquote_open":
            yield from self.callout(token)
        else:
            self.refuse(token, REFUSED.get(token.type, f"không hiểu đoạn này ({token.type})."))
            if token.nesting == 1:
                self.until(token.type.replace("_open", "_close"))

    def paragraph(self) -> Iterator[Block]:
        inline = self.until("paragraph_close")[0]
        children = inline.children or []
        if len(children) == 1 and children[0].type == "image":
            yield from self.illustration(inline, children[0])
        else:
            yield Paragraph(self.runs(inline))

    def illustration(self, inline: Token, image: Token) -> Iterator[Block]:
        source = MEDIA.fullmatch(str(image.attrs.get("src", "")))
        words = _alt(image), nfc(str(image.attrs.get("title", "")))
        alt, caption = (" ".join(part.split()) for part in words)
        if any(hidden(part) for part in words):
            self.refuse(inline, HIDDEN)
        elif not source:
            self.refuse(inline, "hình phải nằm trong gói, viết là ../media/tên-tệp.svg.")
        elif not 1 <= len(alt) <= TEXT:
            self.refuse(inline, f"hình cần lời mô tả (alt), nhiều nhất {TEXT} ký tự.")
        elif len(caption) > TEXT:
            self.refuse(inline, f"chú thích hình dài quá {TEXT} ký tự.")
        else:
            yield Illustration(f"media/{source[1]}", alt, caption)

    def heading(self, token: Token) -> Iterator[Block]:
        inline = self.until("heading_close")[0]
        if token.tag != "h2" or token.markup != "##":
            self.refuse(token, "chỉ dùng tiêu đề cấp hai (##).")
            return
        runs = self.runs(inline)
        if any(run.bold or run.href for run in runs):
            self.refuse(token, "tiêu đề không có chữ đậm hay đường dẫn.")
        title = plain(runs)
        if not 1 <= len(title) <= HEADING:
            self.refuse(token, f"tiêu đề để trống hoặc dài quá {HEADING} ký tự.")
        yield Heading(title)

    def steps(self, token: Token) -> Iterator[Block]:
        if token.attrs.get("start", 1) != 1:
            self.refuse(token, "các bước phải đánh số từ 1.")
        steps = []
        for runs in self.items("ordered_list_close"):
            if not runs or not runs[0].bold or runs[0].href:
                self.refuse(token, "mỗi bước phải bắt đầu bằng việc cần làm, in đậm: 1. **Làm việc này.**")
                continue
            if len(runs[0].text) > ACTION:
                self.refuse(token, f"việc cần làm của một bước dài quá {ACTION} ký tự.")
            steps.append((runs[0].text.strip(), trimmed(runs[1:])))
        if len(steps) > ITEMS:
            self.refuse(token, f"nhiều quá {ITEMS} bước liền nhau.")
        yield Steps(tuple(steps))

    def bullets(self, token: Token) -> Iterator[Block]:
        items = tuple(self.items("bullet_list_close"))
        if len(items) > ITEMS:
            self.refuse(token, f"danh sách dài quá {ITEMS} mục.")
        yield Bullets(items)

    def items(self, closing: str) -> Iterator[Inline]:
        waiting: Token | None = None
        for token in self.until(closing):
            if token.type == "inline":
                waiting = None
                yield self.runs(token)
            elif token.type == "list_item_open":
                waiting = token
            elif token.type == "list_item_close" and waiting:
                self.refuse(waiting, "mục này để trống.")
            elif token.type == "paragraph_open" and not token.hidden:
                self.refuse(token, "mỗi mục một đoạn, giữa các mục không để dòng trống.")
            elif token.nesting >= 0 and token.type != "paragraph_open":
                self.refuse(
                    token, REFUSED.get(token.type, "trong danh sách chỉ có chữ, không có gì lồng vào.")
                )

    def callout(self, token: Token) -> Iterator[Block]:
        paragraphs: list[Inline] = []
        for inner in self.until("blockquote_close"):
            if inner.type == "inline":
                paragraphs.append(self.runs(inner))
            elif inner.type not in {"paragraph_open", "paragraph_close"} and inner.nesting >= 0:
                self.refuse(inner, REFUSED.get(inner.type, "trong khung chỉ có các đoạn chữ."))
        first = paragraphs[0][0] if paragraphs and paragraphs[0] else Run("")
        marker = MARKER.match(first.text)
        kind = marker[1].lower() if marker and not first.bold and not first.href else ""
        if kind not in {*CALLOUTS, "practice"} or marker is None:
            self.refuse(token, "khung phải mở đầu bằng [!TIP], [!WARNING], [!EXAMPLE] hoặc [!PRACTICE].")
            return
        rest = trimmed((Run(first.text[marker.end() :]), *paragraphs[0][1:]))
        if kind == "practice":
            yield from self.practice(token, [rest, *paragraphs[1:]])
            return
        kept = tuple(p for p in (rest, *paragraphs[1:]) if p)
        if not kept:
            self.refuse(token, "khung không có chữ.")
            return
        yield Callout(kind, kept)  # type: ignore[arg-type]

    def practice(self, token: Token, paragraphs: Sequence[Inline]) -> Iterator[Block]:
        key = plain(paragraphs[0])
        if len(paragraphs) > 1 or not KEY.fullmatch(key):
            self.refuse(token, "[!PRACTICE] chỉ có khóa của một phần thử làm, như kns04-01-t1.")
            return
        yield PracticeMark(key)

    def runs(self, inline: Token) -> Inline:
        found: list[Run] = []
        bold, href = 0, ""
        for token in inline.children or []:
            if token.type in {"text", "text_special", "softbreak"}:
                found.append(Run(" " if token.type == "softbreak" else nfc(token.content), bold > 0, href))
            elif token.type in {"strong_open", "strong_close"}:
                bold += token.nesting
            elif token.type == "link_open":
                href = self.link(inline, token)
            elif token.type == "link_close":
                href = ""
            elif token.nesting >= 0:
                self.refuse(inline, REFUSED.get(token.type, f"không hiểu đoạn này ({token.type})."))
        if hidden("".join(run.text for run in found)):  # written as entities: &#x202e;
            self.refuse(inline, HIDDEN)
        return trimmed(tuple(found))

    def link(self, inline: Token, token: Token) -> str:
        href = str(token.attrs.get("href", ""))
        if token.markup == "autolink":
            self.refuse(inline, "hãy viết đường dẫn dạng [chữ](https://…).")
        elif token.attrs.get("title"):
            self.refuse(inline, "đường dẫn không có lời chú trong ngoặc kép.")
        elif fault := link_fault(href):
            self.refuse(inline, fault)
        return href


def _alt(image: Token) -> str:
    """The words of a description as a reader gets them: marks and entities are read by now."""
    children = image.children or []
    return nfc("".join(" " if child.type == "softbreak" else child.content for child in children))


def trimmed(runs: Inline) -> Inline:
    """Neighbours of one style joined, runs of spaces single, none at the ends."""
    joined: list[Run] = []
    for run in runs:
        if joined and (joined[-1].bold, joined[-1].href) == (run.bold, run.href):
            run = Run(joined.pop().text + run.text, run.bold, run.href)
        if run.text:
            joined.append(run)
    tidy: list[Run] = []
    for run in joined:
        text = re.sub(r"[ \t\n]+", " ", run.text)
        if not tidy or tidy[-1].text.endswith(" "):
            text = text.lstrip(" ")
        if text:
            tidy.append(Run(text, run.bold, run.href))
    while tidy and not tidy[0].text.strip():
        tidy.pop(0)
    if tidy:
        tidy[0] = Run(tidy[0].text.lstrip(), tidy[0].bold, tidy[0].href)
    while tidy:
        last = tidy.pop()
        if text := last.text.rstrip():
            return (*tidy, Run(text, last.bold, last.href))
    return ()


def plain(runs: Inline) -> str:
    return "".join(run.text for run in runs)


def read(text: str, *, problems: Problems, origin: str, first_line: int = 1) -> tuple[Block, ...]:
    """The blocks of a lesson's body. `first_line` is the line of the file that `text` begins on."""
    if len(text) > CHARACTERS:
        problems.add(origin, 0, f"bài dài quá {CHARACTERS:,} ký tự.".replace(",", "."))
        return ()
    environment: dict[str, object] = {}
    tokens = _parser().parse(text, environment)
    if environment.get("references"):
        problems.add(origin, 0, "không dùng đường dẫn tham chiếu ([chữ]: https://…).")
    return tuple(_Reader(tokens, problems, origin, first_line).blocks())


# --- The other way ---------------------------------------------------------


def write(blocks: Sequence[Block]) -> str:
    """Markdown that `read` turns into the same blocks again."""
    return "\n\n".join(_written(block) for block in blocks) + "\n" if blocks else ""


def steady(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks in styles Markdown can say: bold in the middle of a word goes plain."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            block = Paragraph(sayable(block.runs))
        elif isinstance(block, Bullets):
            block = Bullets(tuple(sayable(item) for item in block.items))
        elif isinstance(block, Callout):
            block = Callout(block.kind, tuple(sayable(paragraph) for paragraph in block.paragraphs))
        elif isinstance(block, Steps):
            block = Steps(tuple(_sayable_step(action, detail) for action, detail in block.items))
        kept.append(block)
    return tuple(kept)


def sayable(runs: Inline) -> Inline:
    """The runs, or without bold, or without links too: the first that reads back."""
    for bold, links in ((True, True), (False, True), (False, False)):
        candidate = trimmed(tuple(Run(r.text, r.bold and bold, r.href if links else "") for r in runs))
        if read(line(candidate), problems=Problems(), origin="") == (Paragraph(candidate),):
            return candidate
    return candidate


def _sayable_step(action: str, detail: Inline) -> tuple[str, Inline]:
    """A detail does not begin bold: it would join the action."""
    action = " ".join(action.split())
    for text in (detail, tuple(Run(run.text, False, run.href) for run in detail)):
        steps = Steps(((action, trimmed(text)),))
        if read(_written(steps), problems=Problems(), origin="") == (steps,):
            return steps.items[0]
    return action, trimmed((Run(plain(detail)),))


def _written(block: Block) -> str:
    if isinstance(block, Heading):
        return "## " + _escaped(block.text).replace("#", "\\#")
    if isinstance(block, Paragraph):
        return line(block.runs)
    if isinstance(block, Steps):
        return "\n".join(
            f"{n}. **{_escaped(action)}**{' ' + line(detail, start=False) if detail else ''}"
            for n, (action, detail) in enumerate(block.items, 1)
        )
    if isinstance(block, Bullets):
        return "\n".join(f"- {line(item)}" for item in block.items)
    if isinstance(block, Callout):
        lines = "\n>\n".join(f"> {line(paragraph)}" for paragraph in block.paragraphs)
        return f"> [!{block.kind.upper()}]\n{lines}"
    if isinstance(block, PracticeMark):
        return f"> [!PRACTICE]\n> {block.key}"
    caption = block.caption.replace("\\", "\\\\").replace('"', '\\"')
    return f"![{_escaped(block.alt)}](../{block.media}" + (f' "{caption}")' if caption else ")")


def line(runs: Inline, *, start: bool = True) -> str:
    """One paragraph as Markdown, on one line."""
    out = ""
    groups = [(bold, list(group)) for bold, group in groupby(trimmed(runs), key=lambda run: run.bold)]
    for bold, group in groups:
        words = "".join(_linked(run, start=start and not out and not bold) for run in group)
        if not bold or not words.strip(" "):
            out += words
            continue
        core = words.strip(" ")
        lead, trail = words[: len(words) - len(words.lstrip(" "))], words[len(words.rstrip(" ")) :]
        out += f"{lead}**{core}**{trail}"
    return out


def _linked(run: Run, *, start: bool) -> str:
    text = _escaped(run.text, start=start and not run.href)
    if not run.href or not text.strip(" "):
        return text
    lead, trail = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    return f"{lead}[{text.strip(' ')}]({run.href}){trail}"


def _escaped(text: str, *, start: bool = False) -> str:
    """Characters Markdown would act on, made plain."""
    text = re.sub(r"([\\`*_\[\]<>~|])", r"\\\1", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    text = re.sub(r"!(?=\\\[)", r"\\!", text)
    if start:
        text = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
        text = re.sub(r"^([#+=-])", r"\\\1", text)
    return text
