"""Our own format: course.yaml, lessons/*.md, questions/*.yaml, media/*. See docs/course-package.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from common.text import hidden, nfc

from . import markdown, media
from . import practices as practising
from . import strict_yaml as y
from .package import (
    FORMAT,
    Choice,
    FinalTest,
    Illustration,
    LeftOut,
    Lesson,
    Media,
    Package,
    Paragraph,
    Practice,
    Question,
)
from .problems import HIDDEN, Problems

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
SLUG_HINT = "chỉ dùng chữ thường không dấu, số và dấu gạch nối."
STEM = r"[a-z0-9][a-z0-9-]*"
PER_LESSON = 12
SOURCES, SOURCE = 50, 2000  # how many, how long
COMPETENCE = r"[1-9]\.[1-9]"
ASIDE = re.compile(r"(?:README|LICENSE|LICENCE|CHANGELOG)(?:\.(?:md|txt))?", re.IGNORECASE)

slug = y.text(most=100, pattern=SLUG, hint=SLUG_HINT)
key = y.text(most=60, pattern=SLUG, hint=SLUG_HINT)
competences = y.listing(
    y.text(most=5, pattern=COMPETENCE, hint="mã năng lực như 4.2 (Thông tư 02/2025/TT-BGDĐT)."), most=24
)
COURSE = y.record(
    {
        "format": y.integer(0, 1000),
        "code": y.text(
            most=40,
            pattern=r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*",
            hint="chỉ dùng chữ không dấu, số và dấu gạch nối.",
        ),
        "slug": slug,
        "title": y.text(most=255),
        "summary": y.text(most=400),
        "lessons": y.listing(
            y.text(most=120, pattern=STEM, hint="tên tệp trong lessons/, không có đuôi .md."),
            least=1,
            most=200,
        ),
        "rule": y.record({"required": y.one_of("all"), "pass_percent": y.integer(1, 100)}),
    },
    {
        "audience": y.text(most=200),
        "language": y.one_of("vi"),
        "licence": y.text(most=40),
        "competences": competences,
        "cover": y.text(most=120, pattern=r"media/[A-Za-z0-9][A-Za-z0-9._-]*", hint="một tệp trong media/."),
        "final_test": y.record(
            {"draw": y.integer(1, 50)},
            {
                "pass_percent": y.integer(1, 100),
                "attempts_per_day": y.integer(1, 20),
                "wait_minutes": y.integer(0, 1440),
                "time_limit_minutes": y.integer(1, 240),
            },
        ),
    },
)


def source(node: yaml.Node, spot: y.Spot) -> Any:
    """One source as a paragraph of the lesson's Markdown: words, **bold**, links."""
    typed = y.text(most=SOURCE)(node, spot)
    if typed is y.MISSING:
        return typed
    problems = Problems()
    blocks = markdown.read(typed, problems=problems, origin="")
    if problems.found:
        return spot.refuse(node, problems.found[0].message)
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph) and blocks[0].runs:
        return blocks[0].runs
    return spot.refuse(node, "mỗi nguồn là một đoạn chữ, như “[Tên trang](https://…), tên cơ quan”.")


FRONT = y.record(
    {
        "key": key,
        "slug": slug,
        "title": y.text(most=255),
        "objective": y.text(most=300),
        "minutes": y.integer(1, 120),
    },
    {"competences": competences, "required": y.boolean, "sources": y.listing(source, most=SOURCES)},
)
QUESTIONS = y.listing(
    y.record(
        {
            "key": key,
            "kind": y.one_of("single", "multiple", "truefalse"),
            "text": y.text(most=600),
            "choices": y.listing(
                y.record(
                    {"text": y.text(most=300)}, {"correct": y.boolean, "feedback": y.text(most=400, least=0)}
                ),
                least=2,
                most=5,
            ),
            "explanation": y.text(most=1000, least=0),
        },
        {"lesson": key},
    ),
    least=1,
    most=500,
)


def recognises(files: Mapping[str, bytes]) -> bool:
    return "course.yaml" in files


def read(files: Mapping[str, bytes], digest: str) -> Package:
    """The package, every reference checked. Raises PackageRefused."""
    reader = _Reader(files)
    package = reader.package(digest)
    reader.problems.stop()
    if package is None:  # a fault always comes with a problem
        raise AssertionError("a package without problems and without content")
    return package


class _Reader:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.problems = Problems()
        self.used = {"course.yaml"}
        self.left_out: list[LeftOut] = []
        self.keys: dict[str, str] = {}

    def package(self, digest: str) -> Package | None:
        spot = y.Spot(self.problems, "course.yaml")
        head = self.document("course.yaml", COURSE, spot)
        if head is None or not _whole(head):
            return None
        if head["format"] != FORMAT:
            spot.refuse(None, f"format phải là {FORMAT}: gói này viết theo dạng khác.")
            return None
        lessons = self.lessons(head)
        practices = [one for lesson in lessons for one in self.practices(lesson)]
        pictures = self.pictures(lessons, head.get("cover", ""), practices)
        questions = self.all_questions(head, lessons)
        test = self.final_test(head, questions)
        self.refuse_strangers(head["lessons"])
        return Package(
            code=head["code"],
            slug=head["slug"],
            title=head["title"],
            summary=head["summary"],
            audience=head.get("audience", ""),
            licence=head.get("licence", ""),
            competences=tuple(head.get("competences", ())),
            cover=head.get("cover", ""),
            pass_percent=head["rule"]["pass_percent"],
            lessons=tuple(lessons),
            questions=tuple(questions),
            media=pictures,
            final_test=test,
            digest=digest,
            left_out=tuple(self.left_out),
            practices=tuple(practices),
        )

    # --- files -------------------------------------------------------------

    def text(self, origin: str) -> str | None:
        """UTF-8 with or without BOM, any line ends, NFC; None when there is a problem."""
        content = self.files.get(origin)
        if content is None:
            self.problems.add(origin, 0, "gói thiếu tệp này.")
            return None
        self.used.add(origin)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.problems.add(origin, line, "không phải UTF-8; hãy lưu lại tệp bằng bảng mã UTF-8.")
            return None
        text = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
        for line, content_line in enumerate(text.split("\n"), 1):
            if hidden(content_line):
                self.problems.add(origin, line, HIDDEN)
                return None
        return text

    def document(self, origin: str, schema: y.Field, spot: y.Spot) -> Any:
        text = self.text(origin)
        node = y.compose(text, spot) if text is not None else None
        if node is None:
            return None
        value = schema(node, spot)
        return None if value is y.MISSING else value

    def claim(self, name: str, origin: str, line: int) -> None:
        """A key is used once in the whole package."""
        if name in self.keys:
            self.problems.add(origin, line, f"khóa “{name}” đã dùng ở {self.keys[name]}.")
        self.keys.setdefault(name, origin)

    # --- lessons -----------------------------------------------------------

    def lessons(self, head: dict[str, Any]) -> list[Lesson]:
        lessons: list[Lesson] = []
        slugs: dict[str, str] = {}
        self.claim(f"{head['code'].lower()}-kiem-tra", "course.yaml (bài kiểm tra)", 0)
        for stem in _once(head["lessons"], self.problems):
            lesson = self.lesson(stem)
            if lesson is None:
                continue
            self.claim(lesson.key, lesson.origin, 2)
            if lesson.slug in slugs:
                self.problems.add(lesson.origin, 0, f"slug “{lesson.slug}” đã dùng ở {slugs[lesson.slug]}.")
            slugs.setdefault(lesson.slug, lesson.origin)
            lessons.append(lesson)
        return lessons

    def lesson(self, stem: str) -> Lesson | None:
        origin = f"lessons/{stem}.md"
        text = self.text(origin)
        if text is None:
            return None
        front, body = re.match(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|$)", text, re.DOTALL), ""
        if front is None:
            self.problems.add(origin, 1, "phần đầu bài phải nằm giữa hai dòng ---.")
            return None
        body = text[front.end() :]
        spot = y.Spot(self.problems, origin, 2)
        node = y.compose(front[1], spot)
        blocks = markdown.read(
            body, problems=self.problems, origin=origin, first_line=text[: front.end()].count("\n") + 1
        )
        head = FRONT(node, spot) if node is not None else y.MISSING
        if head is y.MISSING or not _whole(head):
            return None
        if not blocks:
            self.problems.add(origin, 0, "bài không có nội dung.")
        return Lesson(
            stem=stem,
            key=head["key"],
            slug=head["slug"],
            title=head["title"],
            objective=head["objective"],
            minutes=head["minutes"],
            competences=tuple(head.get("competences", ())),
            blocks=blocks,
            required=head.get("required", True),
            sources=tuple(head.get("sources", ())),
        )

    def pictures(self, lessons: list[Lesson], cover: str, practices: list[Practice]) -> dict[str, Media]:
        wanted: dict[str, str] = {cover: "course.yaml"} if cover else {}
        for lesson in lessons:
            for block in lesson.blocks:
                if isinstance(block, Illustration):
                    wanted.setdefault(block.media, lesson.origin)
        for practice in practices:
            for media_path in practice.media():
                wanted.setdefault(media_path, practice.origin)
        pictures = {}
        for origin, by in wanted.items():
            if origin not in self.files:
                self.problems.add(by, 0, f"gói thiếu hình “{origin}”.")
            elif picture := media.check(origin, self.files[origin], self.problems):
                pictures[origin] = picture
        self.used |= wanted.keys()
        return pictures

    def practices(self, lesson: Lesson) -> list[Practice]:
        """The practices of the lesson's file; while that has a fault, the lesson is not asked about them."""
        origin = f"practices/{lesson.stem}.yaml"
        rows = []
        if origin in self.files:
            rows = self.document(origin, practising.PRACTICES, y.Spot(self.problems, origin))
            if rows is None or not _whole(rows):
                return []
        found = []
        for row in rows:
            self.claim(row["key"], origin, row["_line"])
            found.append(practising.read(row, origin=origin, lesson=lesson.key, problems=self.problems))
        practising.check_places(lesson, found, self.problems)
        return found

    # --- questions ---------------------------------------------------------

    def all_questions(self, head: dict[str, Any], lessons: list[Lesson]) -> list[Question]:
        questions: list[Question] = []
        # A lesson that could not be read has its own fault: its key is not missed on top of that.
        known = {lesson.key for lesson in lessons} if len(lessons) == len(head["lessons"]) else set()
        for lesson in lessons:
            origin = f"questions/{lesson.stem}.yaml"
            if origin in self.files:
                asked = self.questions(origin, lesson.key, {lesson.key})
                if len(asked) > PER_LESSON:
                    self.problems.add(origin, 0, f"một bài có nhiều nhất {PER_LESSON} câu luyện tập.")
                questions += asked
        if "final_test" in head:
            questions += self.questions("questions/final.yaml", "", known)
        return questions

    def questions(self, origin: str, lesson: str, known: set[str]) -> list[Question]:
        spot = y.Spot(self.problems, origin)
        found = []
        for row in self.document(origin, QUESTIONS, spot) or []:
            if not _whole(row):
                continue
            self.claim(row["key"], origin, row["_line"])
            if known and row.get("lesson", lesson) not in {"", *known}:
                self.problems.add(origin, row["_line"], f"không có bài nào mang khóa “{row['lesson']}”.")
            choices = tuple(
                Choice(c["text"], c.get("correct", False), c.get("feedback", "")) for c in row["choices"]
            )
            if fault := choices_fault(row["kind"], choices):
                self.problems.add(origin, row["_line"], f"câu {row['key']}: {fault}")
            found.append(
                Question(
                    origin=origin,
                    key=row["key"],
                    kind=row["kind"],
                    text=row["text"],
                    choices=choices,
                    explanation=row["explanation"],
                    lesson=lesson or row.get("lesson", ""),
                    purpose="practice" if lesson else "exam",
                )
            )
        return found

    def final_test(self, head: dict[str, Any], questions: list[Question]) -> FinalTest | None:
        if "final_test" not in head:
            return None
        values = {k: v for k, v in head["final_test"].items() if k != "_line"}
        test = FinalTest(**{"pass_percent": head["rule"]["pass_percent"], **values})
        line = head["final_test"]["_line"]
        bank = sum(q.purpose == "exam" for q in questions)
        if bank and test.draw > bank:
            self.problems.add(
                "course.yaml", line, f"final_test.draw: rút {test.draw} câu, ngân hàng chỉ có {bank}."
            )
        if test.pass_percent != head["rule"]["pass_percent"]:
            self.problems.add("course.yaml", line, "final_test.pass_percent phải bằng rule.pass_percent.")
        return test

    # --- the rest ----------------------------------------------------------

    def refuse_strangers(self, stems: list[str]) -> None:
        """Files nobody names: known kinds are reported as left out, others are faults."""
        for origin in sorted(self.files.keys() - self.used):
            if re.fullmatch(rf"lessons/{STEM}\.md", origin):
                reason = "không có trong danh sách lessons của course.yaml."
                self.left_out.append(LeftOut("pages", origin, reason))
            elif re.fullmatch(rf"questions/{STEM}\.yaml", origin):
                reason = "không có bài học hay bài kiểm tra nào dùng."
                self.left_out.append(LeftOut("questions", origin, reason))
            elif re.fullmatch(rf"practices/{STEM}\.yaml", origin):
                self.left_out.append(LeftOut("questions", origin, "không có bài học nào dùng."))
            elif re.fullmatch(r"media/[^/]+\.(?:svg|png|jpe?g)", origin, re.IGNORECASE):
                self.left_out.append(LeftOut("media", origin, "không có bài nào dùng."))
            elif not ASIDE.fullmatch(origin):
                self.problems.add(origin, 0, "gói khóa học không có loại tệp này ở đây.")


def choices_fault(kind: str, choices: tuple[Choice, ...]) -> str:
    """Why the choices do not fit the kind of question, or an empty string."""
    right = sum(choice.correct for choice in choices)
    if len({choice.text.casefold() for choice in choices}) < len(choices):
        return "có hai lựa chọn giống nhau."
    if kind == "truefalse" and [choice.text for choice in choices] != ["Đúng", "Sai"]:
        return "câu đúng hay sai có đúng hai lựa chọn “Đúng” và “Sai”, theo thứ tự đó."
    if right == 0:
        return "chưa có lựa chọn nào đúng (correct: true)."
    if kind != "multiple" and right != 1:
        return f"chỉ được có một lựa chọn đúng, đang có {right}."
    return ""


def _once(stems: list[str], problems: Problems) -> list[str]:
    for stem in sorted({stem for stem in stems if stems.count(stem) > 1}):
        problems.add("course.yaml", 0, f"lessons: “{stem}” có hai lần.")
    return list(dict.fromkeys(stems))


def _whole(value: Any) -> bool:
    """No part of the value stands for a fault."""
    if isinstance(value, dict):
        return all(_whole(part) for part in value.values())
    if isinstance(value, list):
        return all(_whole(part) for part in value)
    return value is not y.MISSING
