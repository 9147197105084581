"""Two records that are one person: the duplicate's rows go to the canonical one, and can come back.

Nothing is deleted and nothing is written over: each changed row is in the journal
(`MergedRow`). Rows that the canonical person has already (the same lesson, the same
course) stay with the duplicate. A merged record is nobody's any more: it is not
chosen, not signed in to, not suggested; what it still sends is the canonical person's.

Merges make a star, never a chain: who was merged into somebody takes no other record,
and who took records is not merged herself. So one look finds the canonical person.
They are undone in the reverse order, because a later one built on the earlier.

Who locks what: see `acting`: both learners' rows, then their sign-ins.
"""

from __future__ import annotations

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from common.retrying import again
from common.text import visible

from . import acting
from .access import organisations_within, places_within
from .holdings import MOVES, Holding
from .messages import tell
from .models import Learner, LearnerQuerySet, Merge, MergedRow, Role, User
from .people import rooms

REASON_LETTERS = 300


class MergeRefused(Exception):
    """A refusal whose message may be shown."""

    message = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class SamePerson(MergeRefused):
    message = "Đây là cùng một hồ sơ. Hãy chọn hai hồ sơ khác nhau."


class NotYours(MergeRefused):
    message = "Bạn chỉ gộp được hai hồ sơ cùng ở nơi bạn quản lý."


class AlreadyMerged(MergeRefused):
    message = "Hồ sơ này đã được gộp vào một hồ sơ khác. Muốn gộp lại, hãy bỏ lần gộp đó trước."


class IntoMerged(MergeRefused):
    message = "Hồ sơ chính đã chọn lại là hồ sơ đã gộp vào một hồ sơ khác. Hãy chọn hồ sơ đang dùng."


class HasDuplicates(MergeRefused):
    message = (
        "Hồ sơ này đang là hồ sơ chính của một lần gộp khác. Hãy giữ nó làm hồ sơ chính, "
        "hoặc bỏ lần gộp kia trước."
    )


class OneIsTest(MergeRefused):
    message = "Một trong hai là hồ sơ thử, không tính vào số liệu, nên không gộp được."


class OneIsLeaving(MergeRefused):
    message = (
        "Một trong hai người đã xin xóa dữ liệu. Hãy đợi đến khi hồ sơ ấy được xóa, hoặc người ấy chọn ở lại."
    )


class Working(MergeRefused):
    message = (
        "Một trong hai hồ sơ đăng nhập bằng số đang giữ vai trò cán bộ hoặc người hướng dẫn, "
        "nên người khác không học bằng số ấy được. Hãy thu lại vai trò trước, rồi giao lại sau."
    )


class ReasonMissing(MergeRefused):
    message = "Hãy ghi vì sao bạn biết hai hồ sơ là của một người."


class AlreadyUndone(MergeRefused):
    message = "Lần gộp này đã được bỏ trước đó."


class LaterMergeStands(MergeRefused):
    message = "Sau lần gộp này, hồ sơ chính còn nhận thêm một hồ sơ nữa. Hãy bỏ lần gộp sau trước."


def managed_by(user: User) -> LearnerQuerySet:
    """The people whose records she may merge and erase: of the places and organisations she manages."""
    kind = Role.Kind.OFFICIAL_MANAGE
    return Learner.objects.filter(
        Q(commune__in=places_within(user, kind)) | Q(organisation__in=organisations_within(user, kind))
    )


def canonical_of(learner: Learner) -> Learner:
    """Herself, or the record that hers was merged into. One query."""
    merge = Merge.objects.filter(duplicate=learner, undone_at=None).select_related("canonical").first()
    return merge.canonical if merge else learner


def family(learner: Learner) -> list[Learner]:
    """All records of the person: the canonical one first, then those merged into it."""
    root = canonical_of(learner)
    merged = Learner.objects.filter(
        merged_as_duplicate__canonical=root, merged_as_duplicate__undone_at=None
    ).order_by("pk")
    return [root, *merged]


def canonical_ids(people: set[int]) -> dict[int, int]:
    """Of those who are merged, the number of the canonical person. One query."""
    standing = Merge.objects.filter(duplicate__in=people, undone_at=None)
    return dict(standing.values_list("duplicate_id", "canonical_id"))


def hold_family(learner: Learner) -> list[Learner]:
    """`family`, each row held until the transaction ends. Raises acting.Gone."""
    held: set[int] = set()
    while True:
        members = family(learner)
        wanted = {learner.pk, *(each.pk for each in members)}
        if wanted <= held:
            return members
        if learner.pk not in acting.hold(*wanted):
            raise acting.Gone
        held |= wanted


@again()
@transaction.atomic
def merge(*, by: User, duplicate: Learner, canonical: Learner, reason: str) -> Merge:
    """From now on the duplicate's record is the canonical person's. Raises MergeRefused.

    Every room moves its rows; a course that only both records together complete is
    completed now, for the canonical person. The counts follow with the next fold.
    """
    reason = visible(reason)[:REASON_LETTERS]
    if not reason:
        raise ReasonMissing
    duplicate, canonical = _locked(duplicate, canonical)
    _check(by, duplicate, canonical)
    merged = Merge.objects.create(
        duplicate=duplicate, canonical=canonical, merged_at=timezone.now(), merged_by=by, reason=reason
    )
    for handlers in rooms().values():
        for holding in handlers.holds:
            if holding.merge == MOVES:
                move(merged, holding)
        if handlers.merge:
            handlers.merge(merged)
    tell(
        learner=canonical,
        text=f"Cán bộ vừa gộp vào hồ sơ này một hồ sơ khác của bạn, lập ngày "
        f"{date_format(timezone.localtime(duplicate.created_at), 'd/m/Y')}: bài học, kết quả và giấy nay ở "
        "một chỗ. Nếu bạn không có hồ sơ thứ hai, hãy báo cán bộ văn hóa – xã hội của xã, phường.",
    )
    return merged


@again()
@transaction.atomic
def unmerge(*, by: User, merge: Merge, reason: str = "") -> Merge:
    """Two people again, each with her own rows as before. Raises MergeRefused.

    What was done after the merge stays with the canonical person. `reason`: asked by the screen.
    """
    _locked(merge.duplicate, merge.canonical)
    merge = Merge.objects.select_related("duplicate", "canonical").get(pk=merge.pk)
    if managed_by(by).filter(pk__in=[merge.duplicate_id, merge.canonical_id]).count() < 2:
        raise NotYours
    if merge.undone_at:
        raise AlreadyUndone
    if Merge.objects.filter(canonical=merge.canonical, undone_at=None, pk__gt=merge.pk).exists():
        raise LaterMergeStands
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.undone_why = visible(reason)[:REASON_LETTERS]
    merge.save(update_fields=["undone_at", "undone_by", "undone_why"])
    for handlers in rooms().values():
        for holding in handlers.holds:
            if holding.merge == MOVES:
                _move_back(merge, holding)
        if handlers.unmerge:
            handlers.unmerge(merge)
    for person in (merge.canonical, merge.duplicate):
        tell(
            learner=person,
            text="Cán bộ đã bỏ lần gộp hai hồ sơ: đây lại là hai người, mỗi người có lại bài học, kết quả và "
            "giấy của mình như trước. Thấy thiếu gì, hãy báo cán bộ văn hóa – xã hội của xã, phường.",
        )
    return merge


def note(merge: Merge, table: str, row: int, before: dict[str, object], after: dict[str, object]) -> None:
    """Write a changed row of `table` into the journal."""
    MergedRow.objects.create(merge=merge, table=table, row=row, before=before, after=after)


def _locked(duplicate: Learner, canonical: Learner) -> tuple[Learner, Learner]:
    held = acting.hold(duplicate, canonical)
    if len(held) < 2 and duplicate.pk != canonical.pk:
        raise NotYours  # one was erased a moment ago
    acting.hold_sign_ins(*(each.user_id for each in held.values()))
    both = Learner.objects.select_related("user", "commune", "neighbourhood", "organisation")
    found = both.in_bulk(held.keys())
    return found[duplicate.pk], found[canonical.pk]


def _check(by: User, duplicate: Learner, canonical: Learner) -> None:
    if duplicate.pk == canonical.pk:
        raise SamePerson
    if managed_by(by).filter(pk__in=[duplicate.pk, canonical.pk]).count() < 2:
        raise NotYours
    standing = Merge.objects.filter(undone_at=None)
    if standing.filter(duplicate=duplicate).exists():
        raise AlreadyMerged
    if standing.filter(duplicate=canonical).exists():
        raise IntoMerged
    if standing.filter(canonical=duplicate).exists():
        raise HasDuplicates
    if duplicate.is_test != canonical.is_test:
        raise OneIsTest
    if duplicate.leaving_at or canonical.leaving_at:
        raise OneIsLeaving


def move(merge: Merge, holding: Holding) -> None:
    """All rows of the key that no constraint of their table holds back; may be repeated."""
    rows = holding.table._default_manager.filter(**{holding.key: merge.duplicate_id})
    wanted = list(rows.order_by("pk").values_list("pk", flat=True))
    if not wanted:
        return
    if not _handed(holding, wanted, merge.canonical_id):
        wanted = [pk for pk in wanted if _handed(holding, [pk], merge.canonical_id)]
    before, after = {holding.key: merge.duplicate_id}, {holding.key: merge.canonical_id}
    MergedRow.objects.bulk_create(
        MergedRow(merge=merge, table=holding.model, row=pk, before=before, after=after) for pk in wanted
    )


def _move_back(merge: Merge, holding: Holding) -> None:
    """The journal's rows, but for those that are not the canonical person's any more."""
    moved = list(
        merge.rows.filter(table=holding.model, after__has_key=holding.key).values_list("row", flat=True)
    )
    hers = holding.table._default_manager.filter(pk__in=moved, **{holding.key: merge.canonical_id})
    hers.update(**{holding.key: merge.duplicate_id})


def _handed(holding: Holding, rows: list[int], to: int) -> bool:
    table: type[models.Model] = holding.table
    try:
        with transaction.atomic():
            table._default_manager.filter(pk__in=rows).update(**{holding.key: to})
    except IntegrityError:
        return False
    return True
