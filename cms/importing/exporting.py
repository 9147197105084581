"""The live state of a course as the files of a package. Importing them again changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import yaml

from common.text import ascii_slug, hidden, nfc
from quizzes.models import Question as Row

from ..models import CoursePage, LessonPage, Picture
from . import markdown
from .package import FORMAT, Choice, FinalTest, Lesson, Question
from .pictures import origin_of
from .practices import as_row
from .problems import PackageRefused, Problem
from .reading import read_files
from .standing import final_test_of, lesson_of
from .streams import practices_of, questions_of


class NothingToExport(Exception):
    """There is no such live course; the message says so in Vietnamese."""


def export(code: str) -> dict[str, bytes]:
    """The files of the course's package. Raises NothingToExport, or PackageRefused should the
    pages hold what no package can (then the message names the lesson)."""
    page = CoursePage.objects.live().filter(code__iexact=code).first()
    if page is None:
        raise NothingToExport(f"Không có khóa học nào đã xuất bản mang mã “{code}”.")
    pages = list(LessonPage.objects.child_of(page).live().order_by("path"))
    if not pages:
        raise NothingToExport(f"Khóa học {page.code} chưa có bài học nào đã xuất bản.")
    if filmed := [one for one in pages if any(block.block_type == "film" for block in one.body)]:
        words = "có phim; gói khóa học chưa mang được phim, hãy gỡ phim khỏi bài rồi xuất lại"
        raise PackageRefused([Problem(one.title, 0, words) for one in filmed])
    names = media_names(page, pages)
    lessons = [
        lesson_of(lesson, stem=f"{n:02}-{lesson.slug}", names=names) for n, lesson in enumerate(pages, 1)
    ]
    files = {"course.yaml": _course(page, lessons, names), **_media(names)}
    for lesson, lesson_page in zip(lessons, pages, strict=True):
        files[lesson.origin] = _lesson(lesson)
        origin = f"questions/{lesson.stem}.yaml"
        if questions := questions_of(lesson_page, origin):
            files[origin] = _questions(questions)
        origin = f"practices/{lesson.stem}.yaml"
        if practices := practices_of(lesson_page, origin, names):
            files[origin] = _yaml([as_row(practice) for practice in practices])
    if page.has_test and (bank := bank_of(page, {lesson.key for lesson in lessons})):
        files["questions/final.yaml"] = _questions(bank, with_lesson=True)
    read_files(files)
    return files


def lessons_of(code: str) -> list[int]:
    """The ids of the live lessons that a package of this course holds."""
    page = CoursePage.objects.live().filter(code__iexact=code).first()
    return list(LessonPage.objects.child_of(page).live().values_list("pk", flat=True)) if page else []


def media_names(page: CoursePage, lessons: Sequence[LessonPage]) -> dict[int, str]:
    """A path in the package for each picture used, by id."""
    used = [page.cover] if page.cover else []
    for lesson in lessons:
        for block in lesson.body:
            if block.block_type == "illustration":
                used.append(block.value["picture"])
            elif block.block_type == "steps":
                used += [step["picture"] for step in block.value]
            elif block.block_type == "practice":
                used += block.value.pictures().values()
    names: dict[int, str] = {}
    for picture in used:
        if picture and picture.pk not in names:
            names[picture.pk] = _media_name(page, picture, set(names.values()))
    return names


def _media_name(page: CoursePage, picture: Picture, taken: set[str]) -> str:
    prefix = origin_of(page.code or "", "")
    if picture.origin and picture.origin.startswith(prefix):
        return picture.origin.removeprefix(prefix)
    path = PurePosixPath(picture.origin or picture.plain_name or "hinh.svg")
    stem = ascii_slug(path.stem) or "hinh"
    name, n = f"media/{stem}{path.suffix.lower()}", 1
    while name in taken:
        n += 1
        name = f"media/{stem}-{n}{path.suffix.lower()}"
    return name


def _media(names: Mapping[int, str]) -> dict[str, bytes]:
    files = {}
    for pk, picture in Picture.objects.in_bulk(list(names)).items():
        with picture.file.open("rb") as stream:
            files[names[pk]] = stream.read()
    return files


def bank_of(page: CoursePage, keys: set[str]) -> list[Question]:
    """The live questions of the final test's bank, in order."""
    rows = Row.objects.filter(course__code=page.code, purpose="exam", revision__isnull=False)
    found = []
    for row in rows.select_related("revision", "item").order_by("position", "pk"):
        revision = row.revision
        if revision is None:
            continue
        choices = (Choice(c["text"], bool(c["correct"]), c.get("feedback") or "") for c in revision.choices)
        found.append(
            Question(
                origin="questions/final.yaml",
                key=row.key,
                kind=revision.kind,  # type: ignore[arg-type]
                text=revision.text,
                choices=tuple(choices),
                explanation=revision.explanation,
                lesson=row.item.key if row.item and row.item.key in keys else "",
                purpose="exam",
            )
        )
    return found


def _course(page: CoursePage, lessons: Sequence[Lesson], names: Mapping[int, str]) -> bytes:
    test = final_test_of(page)
    head: dict[str, Any] = {
        "format": FORMAT,
        "code": page.code,
        "slug": page.slug,
        "title": page.title,
        "summary": " ".join(page.summary.split()),
        "audience": page.audience,
        "language": "vi",
        "licence": page.licence,
        "competences": list(page.competences or ()),
        "cover": names.get(page.cover_id or 0),
        "lessons": [lesson.stem for lesson in lessons],
        "rule": {"required": "all", "pass_percent": (test or FinalTest()).pass_percent},
        "final_test": vars(test) if test else None,
    }
    return _yaml({name: value for name, value in head.items() if value not in (None, "", [])})


def _lesson(lesson: Lesson) -> bytes:
    front: dict[str, Any] = {
        "key": lesson.key,
        "slug": lesson.slug,
        "title": lesson.title,
        "objective": lesson.objective,
        "minutes": lesson.minutes,
    }
    if lesson.competences:
        front["competences"] = list(lesson.competences)
    if not lesson.required:
        front["required"] = False
    if lesson.sources:
        front["sources"] = [markdown.line(runs) for runs in lesson.sources]
    return b"---\n" + _yaml(front) + b"---\n" + _bytes(markdown.write(lesson.blocks))


def _questions(questions: Sequence[Question], *, with_lesson: bool = False) -> bytes:
    rows = []
    for question in questions:
        row: dict[str, Any] = {
            "key": question.key,
            "kind": question.kind,
            "text": question.text,
            "choices": [_choice(choice) for choice in question.choices],
            "explanation": question.explanation,
        }
        if with_lesson and question.lesson:
            row["lesson"] = question.lesson
        rows.append(row)
    return _yaml(rows)


def _choice(choice: Choice) -> dict[str, Any]:
    row: dict[str, Any] = {"text": choice.text}
    if choice.correct:
        row["correct"] = True
    if choice.feedback:
        row["feedback"] = choice.feedback
    return row


def _yaml(value: Any) -> bytes:
    return _bytes(yaml.safe_dump(_seen(value), allow_unicode=True, sort_keys=False, width=100_000))


def _seen(value: Any) -> Any:
    """The value without what no package may hold: once dumped, YAML has it as escapes."""
    if isinstance(value, dict):
        return {name: _seen(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_seen(part) for part in value]
    return _visible(value) if isinstance(value, str) else value


def _bytes(text: str) -> bytes:
    """UTF-8, NFC, without the invisible characters that come along when people paste."""
    return nfc(re.sub(r"[ \t]+\n", "\n", _visible(text))).encode()


def _visible(text: str) -> str:
    return nfc("".join(c for c in text if not hidden(c)))
