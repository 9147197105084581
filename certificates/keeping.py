"""What this room keeps under a key to a person, and what a merge of two records means for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.holdings import FORGETS, MOVES, OWN, Holding, Words
from accounts.merging import family
from courses.models import Course, Enrolment

from . import issuing
from .models import Paper

if TYPE_CHECKING:
    from accounts.models import Learner, Merge

TWO_AGAIN = "Bỏ gộp hồ sơ: khóa học này không phải do người giữ giấy hoàn thành."
_STAFF = "tên cán bộ đã làm việc này, không phải dữ liệu của người học"

HOLDS = (
    Holding(
        "certificates.Paper",
        "learner",
        merge=MOVES,
        erase=OWN,
        title="Giấy ghi nhận",
        shows={
            "Số giấy": "number",
            "Khóa học": "course_title",
            "Tên trên giấy": "name",
            "Kết quả (%)": "score_percent",
            "Nơi ghi nhận": "issuer",
            "Hoàn thành": "completed_at",
            "Cấp ngày": "issued_at",
            "Thu hồi ngày": "revoked_at",
            "Lý do thu hồi": "reason",
        },
    ),
    Holding("certificates.Paper", "issued_by", erase=FORGETS, why=_STAFF),
    Holding("certificates.Paper", "revoked_by", erase=FORGETS, why=_STAFF),
)


def guarded(learner: Learner) -> bool:
    """Her paper must not be in the hands of somebody who only shares her phone."""
    return Paper.objects.filter(learner__in=family(learner)).exists()


def unmerge(merge: Merge) -> None:
    """Papers went back already. What the canonical person got only through the merge ends.

    A course that the duplicate completed and that got its paper after the merge gets the
    duplicate's own paper now.
    """
    hers = Paper.objects.live_of(merge.canonical).select_related("course")
    for paper in hers.filter(issued_at__gte=merge.merged_at):
        if issuing.completion_of(merge.canonical, paper.course) is None:
            issuing.revoke(paper=paper, by=merge.undone_by, reason=TWO_AGAIN)
    completed = Enrolment.objects.filter(learner=merge.duplicate, completed_at__isnull=False)
    for course in Course.objects.filter(enrolments__in=completed).order_by("pk"):
        issuing.issue(learner=merge.duplicate, course=course)


WORDS = (
    Words(
        "certificates.Paper",
        ("reason",),
        where={"revoked_at__isnull": False},
        grows=True,
        touched="revoked_at",
    ),
)
