"""A person takes her consent back or asks to be erased: it stops at once, and can be undone for three days.

The law gives 15 days; three leave time for a slip of the finger, or of somebody else's.
From the first moment nothing more is recorded: `acting` says what she may do until then.
"""

from __future__ import annotations

import datetime
import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from common.retrying import again

from . import alarms, consents, messages, requesting
from .merging import hold_family
from .models import Consent, DataRequest, Erasure, Learner, Merge, Notice
from .people import announce_consent

logger = logging.getLogger(__name__)

UNDO = datetime.timedelta(days=3)
LATE = datetime.timedelta(hours=1)  # after its time, an erasure that was not carried out is an alarm
BATCH = 20


@again()
@transaction.atomic
def leave(*, learner: Learner, kind: str) -> DataRequest:
    """Stop now and erase in three days. `kind`: ERASE or WITHDRAW. Twice is the first time.

    Hers are all records merged into hers too. Raises acting.Gone.
    """
    members = hold_family(learner)
    known = members[0].data_requests.open().filter(erase_at__isnull=False).first()
    if known:
        return known
    at = timezone.now() + UNDO
    records = [each.pk for each in members]
    Learner.objects.filter(pk__in=records).update(leaving_at=at)
    learner.leaving_at = at
    Consent.objects.filter(learner__in=records, withdrawn_at=None).update(withdrawn_at=at - UNDO)
    learner = members[0]
    request = requesting.ask(learner=learner, kind=kind, erase_at=at)
    messages.tell(
        learner=learner,
        sms_text="Học Vụ Số: có người học trên số này vừa xin xóa dữ liệu, sẽ xóa sau 3 ngày. "
        "Không phải người nhà bạn làm? Hãy đăng nhập rồi bấm “Tôi ở lại”.",
        text=_warning(at),
    )
    return request


@again()
@transaction.atomic
def stay(*, learner: Learner) -> bool:
    """Undo in time: she agrees again, and learns on. False when she was not leaving.

    A child cannot agree alone, and staying must always be possible: the consent of her
    guardian, which leaving had ended, stands again; no new one is made. Raises acting.Gone.
    """
    members = hold_family(learner)
    request = members[0].data_requests.open().filter(erase_at__isnull=False).first()
    if request is None and members[0].leaving_at is None:
        return False
    if request:
        requesting.cancel(request=request)
        _withdraw_warning(members[0], request)
    for merged in members[1:]:  # she agrees anew for herself; theirs stand as they were
        _give_back(merged)
    Learner.objects.filter(pk__in=[each.pk for each in members]).update(leaving_at=None)
    learner.leaving_at = members[0].leaving_at = None
    learner = members[0]
    if not consents.is_child(learner.birth_year):
        announce_consent(consents.give(learner=learner, purpose=Consent.Purpose.LEARNING))
    elif request and request.erase_at:
        ended = learner.consents.filter(purpose=Consent.Purpose.LEARNING)
        ended.filter(withdrawn_at=request.erase_at - UNDO).update(withdrawn_at=None)
    return True


def _withdraw_warning(learner: Learner, request: DataRequest) -> None:
    """The notice that says when she is erased is not true any more; she reads that she stays."""
    if request.erase_at:
        Notice.objects.filter(learner=learner, text=_warning(request.erase_at)).delete()
    at = timezone.localtime()
    messages.tell(
        learner=learner, text=f"Bạn ở lại từ {at:%H:%M %d/%m/%Y}. Không xóa gì: kết quả học vẫn còn nguyên."
    )


def _warning(at: datetime.datetime) -> str:
    day = timezone.localtime(at)
    return (
        f"Dữ liệu học của bạn sẽ xóa lúc {day:%H:%M} ngày {day:%d/%m/%Y}. "
        "Không phải bạn? Hãy mở “Dữ liệu của tôi” và bấm “Tôi ở lại”."
    )


def unmerge(merge: Merge) -> None:
    """Two people again: only she leaves who asked. The other's consents stand as before.

    It was the canonical person who asked: who is leaving is not merged.
    """
    if merge.duplicate.leaving_at:
        _give_back(merge.duplicate)
        Learner.objects.filter(pk=merge.duplicate_id).update(leaving_at=None)
        merge.duplicate.leaving_at = None


def _give_back(record: Learner) -> None:
    """The consents that leaving ended, by the moment at which it did."""
    if record.leaving_at:
        ended = Consent.objects.filter(learner=record, withdrawn_at=record.leaving_at - UNDO)
        ended.update(withdrawn_at=None)


def sweep(now: datetime.datetime | None = None) -> int:
    """Erase whoever's time to undo is over, each in a transaction of its own; returns how many.

    One that fails is counted, tried again after all others, and raises the alarm: the law's
    15 days go on.
    """
    now = now or timezone.now()
    due = DataRequest.objects.open().filter(erase_at__lte=now)
    turns = due.order_by("erase_tries", "erase_at", "pk").values_list("pk", flat=True)
    done = sum(_carry_out(pk) for pk in list(turns[:BATCH]))
    late = due.filter(erase_at__lte=now - LATE).count()
    if late:
        alarms.count("late")
        logger.error("%s requests to be erased are over their time.", late)
    return done


def _carry_out(pk: int) -> bool:
    try:
        request = DataRequest.objects.select_related("learner").get(pk=pk)
        requesting.erase(request=request, by=None, reason=Erasure.Reason.HERSELF)
    except (requesting.Closed, DataRequest.DoesNotExist):
        return False  # undone, or another worker's, in this very moment
    except Exception:
        logger.exception("Request %s could not be carried out.", pk)
        DataRequest.objects.filter(pk=pk).update(erase_tries=F("erase_tries") + 1)
        alarms.count("erasing")
        return False
    return True
