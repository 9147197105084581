"""The curriculum keeps its own rules: short, plain, illustrated, and every answer explained."""

import re
import unicodedata
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings

from cms.importing import markdown
from cms.importing.package import (
    Bullets,
    Callout,
    Heading,
    Illustration,
    Lesson,
    Package,
    Paragraph,
    Practice,
    Run,
    Steps,
)
from cms.importing.reading import read_path
from quizzes.pretending import acts_of

CONTENT = settings.BASE_DIR / "content"
PACKAGES = [read_path(place) for place in sorted(CONTENT.iterdir()) if place.is_dir()]
LESSONS = [(package, lesson) for package in PACKAGES for lesson in package.lessons]
SVG = "{http://www.w3.org/2000/svg}"
courses = pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.code)
lessons = pytest.mark.parametrize(("package", "lesson"), LESSONS, ids=[lesson.key for _, lesson in LESSONS])


def lines_of(lesson: Lesson) -> list[str]:
    """Every stretch of words a reader meets, pictures apart."""
    lines: list[str] = []
    for block in lesson.blocks:
        if isinstance(block, Heading):
            lines.append(block.text)
        elif isinstance(block, Paragraph):
            lines.append(markdown.plain(block.runs))
        elif isinstance(block, Steps):
            lines += [f"{action} {markdown.plain(detail)}" for action, detail in block.items]
        elif isinstance(block, Bullets):
            lines += [markdown.plain(item) for item in block.items]
        elif isinstance(block, Callout):
            lines += [markdown.plain(paragraph) for paragraph in block.paragraphs]
    return lines


def syllables(text: str) -> int:
    """Vietnamese writes each syllable apart."""
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def sentences(lines: list[str]) -> list[str]:
    parts = (part for line in lines for part in re.split(r"[.!?:;](?=[\s”)\"]|$)", line))
    return [part.strip() for part in parts if syllables(part)]


def runs_of(lesson: Lesson) -> list[Run]:
    runs: list[Run] = []
    for block in lesson.blocks:
        if isinstance(block, Paragraph):
            runs += block.runs
        elif isinstance(block, Steps):
            runs += [run for _, detail in block.items for run in detail]
        elif isinstance(block, Bullets):
            runs += [run for item in block.items for run in item]
        elif isinstance(block, Callout):
            runs += [run for paragraph in block.paragraphs for run in paragraph]
    return runs


def pictures_of(lesson: Lesson) -> list[Illustration]:
    return [block for block in lesson.blocks if isinstance(block, Illustration)]


def test_there_are_courses():
    assert {package.code: len(package.lessons) for package in PACKAGES}.items() >= {
        "KNS01": 6,
        "KNS04": 5,
    }.items()


@courses
def test_everything_in_a_package_is_used(package: Package):
    assert package.left_out == ()


@courses
def test_files_are_nfc_with_plain_line_ends(package: Package):
    for place in (CONTENT / package.code.lower()).rglob("*"):
        if place.is_file():
            content = place.read_bytes()
            assert b"\r" not in content
            assert not content.startswith(b"\xef\xbb\xbf")
            assert unicodedata.is_normalized("NFC", content.decode())


@courses
def test_the_bank_is_large_enough(package: Package):
    assert package.final_test is not None
    assert (package.final_test.draw, package.final_test.pass_percent, package.pass_percent) == (10, 80, 80)
    assert len(package.bank) >= 24
    keys = {lesson.key for lesson in package.lessons}
    assert {question.lesson for question in package.bank} == keys


@courses
def test_every_question_explains_itself(package: Package):
    texts = [question.text for question in package.questions]
    assert len(set(texts)) == len(texts)
    for question in package.questions:
        assert syllables(question.explanation) >= 5, question.key
        if question.purpose == "practice":
            assert all(choice.feedback for choice in question.choices), question.key
        for line in (question.text, question.explanation, *(c.text for c in question.choices)):
            assert all(syllables(s) <= 30 for s in sentences([line])), (question.key, line)


@courses
def test_the_right_answer_is_not_told_by_its_place(package: Package):
    single = [q for q in package.bank if q.kind == "single"]
    first = sum(q.choices[0].correct for q in single)
    assert 0 < first < len(single) * 0.6


@lessons
def test_a_lesson_is_short_and_plain(package: Package, lesson: Lesson):
    lines = lines_of(lesson)
    assert 250 <= sum(map(syllables, lines)) <= 500
    lengths = [syllables(sentence) for sentence in sentences(lines)]
    assert sum(lengths) / len(lengths) <= 15
    assert max(lengths) <= 30
    assert lesson.objective
    assert any(isinstance(block, Steps) for block in lesson.blocks)


@lessons
def test_a_lesson_has_its_own_drawing(package: Package, lesson: Lesson):
    drawings = pictures_of(lesson)
    assert drawings
    for drawing in drawings:
        content = (CONTENT / package.code.lower() / drawing.media).read_bytes()
        assert len(content) < 15_000
        root = ElementTree.fromstring(content)
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")
        assert syllables(drawing.alt) >= 5
        others = [i.media for _, other in LESSONS if other is not lesson for i in pictures_of(other)]
        assert drawing.media not in others


@lessons
def test_a_lesson_asks_two_to_four_questions(package: Package, lesson: Lesson):
    assert 2 <= len(package.check_questions(lesson.key)) <= 4


@lessons
def test_links_lead_only_to_public_authorities(package: Package, lesson: Lesson):
    for run in runs_of(lesson):
        host = urlsplit(run.href).hostname
        assert not run.href or host is None or host == "gov.vn" or host.endswith(".gov.vn")


def test_keys_and_slugs_are_used_once():
    keys = [lesson.key for _, lesson in LESSONS] + [q.key for p in PACKAGES for q in p.questions]
    assert len(set(keys)) == len(keys)
    assert len({package.slug for package in PACKAGES}) == len(PACKAGES)


def test_cleaning_leaves_the_drawings_as_they_were():
    """The cleaner may order attributes; every shape and every word stays."""
    for package in PACKAGES:
        for media in package.media.values():
            before = ElementTree.fromstring((CONTENT / package.code.lower() / media.origin).read_bytes())
            after = ElementTree.fromstring(media.content)
            assert [(e.tag, e.attrib) for e in after.iter()] == [(e.tag, e.attrib) for e in before.iter()]
            assert [t.strip() for t in after.itertext() if t.strip()] == [
                t.strip() for t in before.itertext() if t.strip()
            ]


PRACTICES = [(package, practice) for package in PACKAGES for practice in package.practices]
practices = pytest.mark.parametrize(
    ("package", "practice"), PRACTICES, ids=[practice.key for _, practice in PRACTICES]
)


# What is done there, and what is seen on the way.
SUBJECTS = {
    "kns01-01-t1": ("cỡ chữ", "to lên"),
    "kns01-02-t1": ("wi-fi", "mật khẩu"),
    "kns01-03-t1": (".apk", "kho ứng dụng"),
    "kns01-04-t1": ("giọng nói", "micrô"),
    "kns01-06-t1": ("khóa màn hình", "mã pin"),
    "kns04-01-t1": ("công an", "cúp máy"),
    "kns04-01-t2": ("ngân hàng", "đường dẫn"),
    "kns04-02-t1": ("dịch vụ công", ".gov.vn"),
    "kns04-03-t1": ("mã 6 số", "cháu"),
    "kns04-04-t1": ("gọi video", "miệng"),
    "kns04-05-t1": ("ngân hàng", "khóa"),
}


@pytest.mark.parametrize(("key", "words"), SUBJECTS.items())
def test_what_must_be_practised_is_there(key: str, words: tuple[str, ...]):
    practice = next(practice for _, practice in PRACTICES if practice.key == key)
    said = " ".join([practice.title, *words_of(practice.screens)]).casefold()
    assert [word for word in words if word not in said] == []


def words_of(value: object) -> list[str]:
    """Every stretch of words on the screens."""
    if isinstance(value, dict):
        told = [
            one for name, one in value.items() if name not in {"part", "ending", "picture", "icon", "look"}
        ]
        return [line for one in told for line in words_of(one)]
    if isinstance(value, list):
        return [line for one in value for line in words_of(one)]
    return [value] if isinstance(value, str) else []


@practices
def test_a_practice_is_plain_and_every_slip_is_explained(package: Package, practice: Practice):
    for sentence in sentences(words_of(practice.screens)):
        assert syllables(sentence) <= 30, sentence
    slips = [act for act in acts_of(practice.screens) if not (act["correct"] and act["to"])]
    assert slips
    assert all(syllables(act["feedback"]) >= 5 for act in slips)
    assert not re.search(r"\b(ngu|dốt|sai rồi|bất cẩn|cả tin)\b", " ".join(words_of(practice.screens)))


@practices
def test_who_can_be_tricked_is_shown_the_signs(package: Package, practice: Practice):
    ends = {screen["ending"]: screen for screen in practice.screens}
    assert len(ends["good"]["signs"]) >= 2
    if package.code == "KNS04":
        assert len(ends["tricked"]["signs"]) >= 3


@practices
def test_no_real_address_or_number_is_shown(package: Package, practice: Practice):
    for line in words_of(practice.screens):
        for host in re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:com|vn|net|org|info|example)\b", line):
            assert f".{host}".endswith((".example", ".gov.vn")), line
        assert not re.search(r"(?:\+84|\b0)[35789](?:[ .]?\d){8}\b", line), line


@practices
def test_pictures_of_a_practice_are_in_the_same_hand(package: Package, practice: Practice):
    for path in practice.media():
        content = (CONTENT / package.code.lower() / path).read_bytes()
        root = ElementTree.fromstring(content)
        assert len(content) < 15_000
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")
