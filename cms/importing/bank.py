"""The bank of the final test, as the package has it: put, revised, retired."""

from __future__ import annotations

from courses.models import Item
from quizzes import banking
from quizzes.models import Question as Row

from .. import publishing
from ..models import CoursePage
from .package import Package, Question
from .report import NEW, SAME, UPDATED, Line, Report, question_origin
from .streams import raw_choices

HELD = "ngân hàng của khóa học đang mở chỉ đổi khi xuất bản (--publish)"
RETIRED = "gói không còn câu này; đã rút khỏi ngân hàng"


def fill(package: Package, page: CoursePage, report: Report, *, live: bool) -> None:
    """Put what differs. Questions have no drafts: without `live`, the bank of a released course stays.

    Reads two queries when nothing differs.
    """
    course = publishing.course_of(page)
    rows = {
        row.key: row
        for row in course.questions.filter(purpose="exam")
        .select_related("revision")
        .order_by("position", "pk")
    }
    rank = {key: n for n, key in enumerate(key for key, row in rows.items() if row.revision_id)}
    items = {item.key: item for item in Item.objects.filter(course=course)}
    held = not live and course.current_edition_id is not None
    for position, question in enumerate(package.bank):
        row, item = rows.get(question.key), items.get(question.lesson)
        origin = question_origin(question)
        in_place = rank.get(question.key) == position and (item is None or (row and row.item_id == item.pk))
        if row and in_place and says(row, question):
            report.questions.append(Line(origin, True, SAME))
        elif held:
            report.questions.append(Line(origin, False, HELD))
        else:
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
            report.changed += 1
            report.questions.append(Line(origin, True, UPDATED if row else NEW))
    if not held:
        _retire(package, rows, report)


def _retire(package: Package, rows: dict[str, Row], report: Report) -> None:
    kept = {question.key for question in package.bank}
    for key, row in rows.items():
        if key not in kept and row.revision_id is not None:
            banking.retire(question=row)
            report.changed += 1
            report.questions.append(Line(key, False, RETIRED))


def says(row: Row, question: Question) -> bool:
    """The live revision of the row has exactly this wording."""
    revision = row.revision
    if revision is None:
        return False
    choices = [{name: c.get(name) for name in ("text", "correct", "feedback")} for c in revision.choices]
    return (revision.kind, revision.text, revision.explanation, choices) == (
        question.kind,
        question.text,
        question.explanation,
        raw_choices(question),
    )
