"""The bank of the final test, as the package has it: put, revised, retired."""

from __future__ import annotations

from django.db.models import QuerySet

from courses.models import Course, Item
from ledger.recording import digest_of
from quizzes import banking
from quizzes.models import Question as Row

from .. import publishing
from ..models import CoursePage
from .package import Package, Question
from .report import NEW, SAME, UPDATED, Line, Report, question_origin
from .streams import raw_choices

HELD = "ngân hàng của khóa học đang mở chỉ đổi khi xuất bản (--publish)"
EDITED = "đã có người sửa câu này; giữ bản đang dùng (dùng --force để lấy theo gói)"
RETIRED = "gói không còn câu này; đã rút khỏi ngân hàng"


def fill(package: Package, page: CoursePage, report: Report, *, live: bool, force: bool = False) -> None:
    """Put what differs. Questions have no drafts: without `live`, the bank of a released course stays.

    A question that a person changed or retired since the last import is kept unless `force`.
    Four queries when nothing differs.
    """
    course = publishing.course_of(page)
    rows = {row.key: row for row in _rows(course)}
    in_order = _in_order(package, rows)
    items = {item.key: item for item in Item.objects.filter(course=course)}
    held = not live and course.current_edition_id is not None
    for position, question in enumerate(package.bank):
        row, item = rows.get(question.key), items.get(question.lesson)
        placed = in_order or (row is not None and row.position == position)
        linked = item is None or (row is not None and row.item_id == item.pk)
        reason = _why_not(row, question, placed and linked, held=held, force=force)
        report.questions.append(
            Line(question_origin(question), reason in {"", SAME}, reason or (UPDATED if row else NEW))
        )
        if not reason:
            _put(course, question, item, position)
            report.changed += 1
    if not held:
        _retire(package, rows, report)


def _rows(course: Course) -> QuerySet[Row]:
    exam = course.questions.filter(purpose="exam")
    return exam.select_related("revision").order_by("position", "pk")


def _in_order(package: Package, rows: dict[str, Row]) -> bool:
    """The package's questions are all here and stand in its order; others may stand between."""
    wanted = [question.key for question in package.bank]
    return wanted == [key for key in rows if key in set(wanted)]


def _why_not(row: Row | None, question: Question, placed: bool, *, held: bool, force: bool) -> str:
    """SAME, or why the question is not taken; empty when it is to be put."""
    if row is not None:
        wanted, now = wording_digest(question), standing_digest(row)
        edited = row.source_digest not in {"", now}
        if now == wanted and placed:
            return SAME
        if edited and not force:
            return SAME if row.source_digest == wanted else EDITED
    return HELD if held else ""


def _put(course: Course, question: Question, item: Item | None, position: int) -> None:
    banking.put_question(
        course=course,
        key=question.key,
        purpose="exam",
        kind=question.kind,
        text=question.text,
        choices=raw_choices(question),
        explanation=question.explanation,
        item=item,
        position=position,
    )
    Row.objects.filter(key=question.key).update(source_digest=wording_digest(question))


def _retire(package: Package, rows: dict[str, Row], report: Report) -> None:
    """What an earlier package brought and this one has no more; an editor's own questions stay."""
    kept = {question.key for question in package.bank}
    for key, row in rows.items():
        if key not in kept and row.revision_id is not None and row.source_digest:
            banking.retire(question=row, enough=False)
            Row.objects.filter(pk=row.pk).update(source_digest=digest_of("retired"))
            report.changed += 1
            report.questions.append(Line(f"questions/final.yaml#{key}", False, RETIRED))


def wording_digest(question: Question) -> str:
    return digest_of([question.kind, question.text, raw_choices(question), question.explanation])


def standing_digest(row: Row) -> str:
    """The digest of what is asked now; of nothing when the question is retired."""
    revision = row.revision
    if revision is None:
        return digest_of("retired")
    choices = [{name: c.get(name) for name in ("text", "correct", "feedback")} for c in revision.choices]
    return digest_of([revision.kind, revision.text, choices, revision.explanation])
