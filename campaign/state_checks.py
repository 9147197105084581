"""The ledger against the tables whose changes it reports: what a learner sees of herself.

Every state row has its live fact, and there are no other live facts, except those of
people who were erased: their rows are gone, their facts stay under a random number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

# COALESCE keeps SQLite from walking the index of undone facts, nearly all of whose keys are NULL.
_LIVE = """
    ledger_fact f WHERE f.kind = '{kind}' AND COALESCE(f.undoes_id, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM ledger_fact u WHERE u.undoes_id = f.id)
"""
# A merged record's facts stay under its own number; the rows that moved are the canonical person's.
_MERGED = """
    f.person IN (SELECT m.duplicate_id FROM accounts_merge m
                 WHERE m.undone_at IS NULL AND m.canonical_id = s.learner_id)
"""
_KNOWN = "EXISTS (SELECT 1 FROM accounts_learner l WHERE l.id = f.person)"


@dataclass(frozen=True)
class Check:
    """`rows` is FROM … of the state table, `same` when a fact of `kind` belongs to a row.

    `same` is said of the facts of the row's `whose`: the person, or one merged into her.
    """

    measure: str
    table: str
    kind: str
    rows: str
    same: str
    whose: tuple[str, ...] = ("f.person = s.learner_id", _MERGED)
    less: str = ""  # a kind that takes a fact of `kind` off again


CHECKS = (
    Check(
        "registered",
        "đồng ý lưu việc học",
        "registered",
        "(SELECT DISTINCT learner_id FROM accounts_consent WHERE purpose = 'learning') s WHERE 1 = 1",
        "1 = 1",
    ),
    Check(
        "lessons",
        "bài đã học xong",
        "lesson_done",
        "courses_itemdone s JOIN courses_item i ON i.id = s.item_id WHERE i.kind = 'lesson'",
        "f.item = i.key",
    ),
    Check(
        "known",
        "bài bỏ qua vì đã biết",
        "lesson_known",
        "quizzes_placement s JOIN courses_item i ON i.id = s.item_id WHERE s.passed",
        "f.item = i.key",
    ),
    Check(
        "refreshed",
        "lần ôn lại đã xong",
        "refreshed",
        "quizzes_refresher s JOIN courses_course c ON c.id = s.course_id WHERE s.finished_at IS NOT NULL",
        "f.course = c.code",
    ),
    Check(
        "started",
        "khóa đã bắt đầu",
        "course_started",
        "courses_enrolment s JOIN courses_course c ON c.id = s.course_id WHERE 1 = 1",
        "f.course = c.code",
    ),
    Check(
        "completed",
        "khóa đã hoàn thành",
        "course_completed",
        "courses_enrolment s JOIN courses_course c ON c.id = s.course_id WHERE s.completed_at IS NOT NULL",
        "f.course = c.code",
    ),
    Check(
        "papers",
        "giấy còn hiệu lực",
        "paper_issued",
        "certificates_paper s JOIN courses_course c ON c.id = s.course_id WHERE s.revoked_at IS NULL",
        "f.course = c.code",
        less="paper_revoked",
    ),
    Check(
        "merged",
        "hồ sơ đã gộp",
        "merged",
        "accounts_merge s WHERE s.undone_at IS NULL",
        "f.same_as = s.canonical_id",
        whose=("f.person = s.duplicate_id",),
    ),
)


def differences() -> Iterator[tuple[str, str, int, int, int]]:
    """(measure, table, rows of the state table, live facts of known people, how far apart)."""
    for check in CHECKS:
        rows = _number(f"SELECT COUNT(*) FROM {check.rows}")
        facts = _number(f"SELECT COUNT(*) FROM {_LIVE.format(kind=check.kind)} AND {_KNOWN}")
        if check.less:
            facts -= _number(f"SELECT COUNT(*) FROM {_LIVE.format(kind=check.less)} AND {_KNOWN}")
        # With equal numbers and no row without its fact, there is no fact without its row.
        live = _LIVE.format(kind=check.kind)
        nobody = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {live} AND {whose} AND {check.same})" for whose in check.whose
        )
        missing = _number(f"SELECT COUNT(*) FROM {check.rows} AND {nobody}")
        if rows != facts or missing:
            yield check.measure, check.table, rows, facts, max(abs(rows - facts), missing)


def erased_people() -> int:
    """How many people of the ledger are no longer known: erased, counted without a name."""
    return _number(f"SELECT COUNT(DISTINCT f.person) FROM ledger_fact f WHERE NOT {_KNOWN}")


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
