"""Undoing a leave with one's record: back to the shared sign-in, within a week.

She does it herself, or an official for her: whoever holds a shared phone may have sent her
record to a number that is not hers.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from common.phones import masked
from common.retrying import again

from . import acting, coming_back, household, looks, messages
from .models import Learner, Parting, User

DAYS = household.LEAVE_DAYS


class CannotReturn(household.HouseholdError):
    def __init__(self) -> None:
        super().__init__(f"Không trở về máy cũ được nữa. Việc này chỉ làm được trong {DAYS} ngày.")


def open_parting(learner: Learner) -> Parting | None:
    """That she left a shared sign-in with her record, and may still go back."""
    since = timezone.now() - datetime.timedelta(days=DAYS)
    found = Parting.objects.filter(learner=learner, with_record=True, ended_at=None, left_at__gt=since)
    return found.select_related("user").first()


@again()
@transaction.atomic
def go_back(*, learner: Learner) -> User:
    """She learns on the shared sign-in again, with the own PIN she had there; her number is free again.

    Raises CannotReturn, household.Full, household.HoldsRole, household.HolderStays.
    """
    parting, own = open_parting(learner), learner.user
    if parting is None or own is None:
        raise CannotReturn
    acting.hold(learner)
    if parting.user_id not in acting.hold_sign_ins(parting.user_id, own):
        raise CannotReturn
    household.refuse_working(parting.user_id)
    household.refuse_leaving_work(own)
    pin = parting.pin
    if not Parting.objects.filter(pk=parting.pk, ended_at=None).update(ended_at=timezone.now(), pin=""):
        raise CannotReturn
    learner.pin = pin
    household.sit(learner, parting.user)
    Learner.objects.filter(pk=learner.pk).update(pin=pin)
    at = f"{timezone.localtime():%H:%M %d/%m/%Y}"
    messages.tell(user=parting.user, text=f"{learner.name} học lại trên máy này từ {at}.")
    messages.tell(
        learner=learner,
        text=f"Bạn đã trở về học trên máy cũ lúc {at}. Số riêng {masked(own.phone or '')} không đăng nhập "
        "được nữa; nếu đã nối danh tính, hãy nối lại trên máy này.",
    )
    if not own.email and not Learner.objects.filter(user=own).exists():
        own.delete()
    return parting.user


def bring_home(*, by: User, learner: Learner, reason: str) -> User:
    """By the staff, for her who did not leave herself. Raises coming_back.Refused, CannotReturn, Full."""
    if not coming_back.helps(by, learner):
        raise coming_back.Refused("Không giúp được người này theo cách đó.")
    with transaction.atomic():
        looks.note(by=by, learners=[learner], screen="Đưa về máy cũ", why=reason)
        home = go_back(learner=learner)
        messages.tell(
            learner=learner,
            text=f"{by.name or 'Cán bộ'} đã đưa bạn về học trên máy cũ. Lý do: {reason}"[:500],
        )
    return home
