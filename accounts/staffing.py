"""What is done to a colleague's sign-in, not to her roles: a new password, locking, unlocking.

Nobody types a password for somebody else. Who may give every role that the person
holds may make one link by which she chooses another; the person is told, with the reason.
"""

from __future__ import annotations

import datetime
import logging

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from . import alarms, looks, messages
from .access import roles_of
from .devices import end_everywhere
from .doors import mark
from .inviting import hint, reaches_all
from .models import Alarm, Invitation, Learner, Role, User
from .roles import RoleRefused, refuse_taking

logger = logging.getLogger(__name__)

RESET_HOURS = 24
HALF = 32  # letters of an alarm's mark: whose second factor was cleared, then by whom


class StaffingRefused(Exception):
    """The message is in Vietnamese."""


class BothHalves(StaffingRefused):
    """Where no letter carries the link, who makes it reads it: password and second factor in one hand."""

    def __init__(self) -> None:
        super().__init__(
            "Trong 24 giờ, một người không vừa đặt lại mật khẩu vừa bỏ đăng nhập hai bước của cùng một đồng "
            "nghiệp. Hãy nhờ người quản trị khác, hoặc đợi đến ngày kia."
        )


def may_reset(by: User, user: User) -> bool:
    """Whether a link to her sign-in may pass through these hands.

    All that she holds is `by`'s to give. What others offer her opens through their own links.
    """
    if by.pk == user.pk or user.is_superuser or not user.is_active or not user.has_usable_password():
        return False
    return Role.objects.active().filter(user=user).exists() and reaches_all(by, user, offered=False)


@transaction.atomic
def reset(*, by: User, user: User, reason: str) -> Invitation:
    """A link for one day by which she chooses another password; she is told. Raises StaffingRefused.

    The password of today stays until she does.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if not may_reset(by, user):
        raise StaffingRefused(
            "Bạn không đặt lại được mật khẩu của người này. Hãy nhờ người phụ trách cấp trên."
        )
    if not user.email:
        raise StaffingRefused(
            "Người này đăng nhập bằng số điện thoại. Quên mã 6 số thì cấp mã dùng một lần ở “Giúp vào lại”. "
            "Mất số thì thu lại vai trò trước, đổi số ở “Giúp vào lại”, rồi mời lại số mới."
        )
    now = timezone.now()
    if not settings.MAIL and _cleared_lately(by, user):
        raise BothHalves
    Invitation.objects.standing().filter(user=user, resets=True).update(ended_at=now)
    link = Invitation.objects.create(
        user=user,
        invited_by=by,
        resets=True,
        made_at=now,
        expires_at=now + datetime.timedelta(hours=RESET_HOURS),
    )
    people = Learner.objects.standing().filter(user=user)
    looks.note(by=by, learners=people, screen="Đặt lại mật khẩu", why=reason)
    at = date_format(timezone.localtime(now), "H:i d/m/Y")
    text = (
        f"{by} vừa làm một liên kết để bạn đặt lại mật khẩu, lúc {at}. Lý do: {reason}. "
        "Nếu bạn không nhờ, hãy báo ngay cho xã, phường."
    )
    short = "Học Vụ Số: vừa có liên kết để đặt lại mật khẩu của bạn. Không nhờ? Hãy báo ngay cho xã, phường."
    messages.tell_holder(user=user, text=text[:500], sms_text=short)
    logger.info("A link to another password of user %s made by %s.", user.pk, by.pk)
    if settings.MAIL and user.email:
        transaction.on_commit(hint, robust=True)
    return link


def may_clear_factor(by: User, user: User) -> bool:
    """An administrator, for a colleague all of whose roles are hers to give. Never for herself.

    The last administrator has the operator's command (`reset_administrator`).
    """
    if by.pk == user.pk or user.is_superuser or not user.is_active:
        return False
    if not roles_of(by, Role.Kind.ADMINISTRATOR).exists():
        return False
    return Authenticator.objects.filter(user=user).exists() and reaches_all(by, user, offered=False)


@transaction.atomic
def clear_factor(*, by: User, user: User, reason: str) -> None:
    """Her app, keys and recovery codes are forgotten and her sessions end: she sets up new ones.

    She and the whole city's staff are told. Raises StaffingRefused.
    """
    people = Learner.objects.standing().filter(user=user)
    User.objects.select_for_update().get(pk=user.pk)
    if not may_clear_factor(by, user):
        raise StaffingRefused(
            "Bạn không bỏ được đăng nhập hai bước của người này. Hãy nhờ người quản trị khác, "
            "hoặc người vận hành máy chủ."
        )
    if not settings.MAIL and _reset_lately(by, user):
        raise BothHalves
    Authenticator.objects.filter(user=user).delete()
    end_everywhere(user)
    looks.note(by=by, learners=people, screen="Bỏ đăng nhập hai bước", why=reason)
    at = date_format(timezone.localtime(), "H:i d/m/Y")
    messages.tell_holder(
        user=user,
        text=f"{by} đã bỏ đăng nhập hai bước của bạn lúc {at}. Lý do: {reason}. Hãy cài lại ngay khi đăng "
        "nhập. Nếu bạn không nhờ, hãy báo ngay cho thành phố."[:500],
        sms_text="Học Vụ Số: đăng nhập hai bước của bạn vừa bị bỏ. Không nhờ? Hãy báo ngay cho thành phố.",
    )
    alarms.count("factor", _of_both(by, user))
    logger.warning("The second factor of user %s was cleared by %s.", user.pk, by.pk)


def _of_both(by: User, user: User) -> str:
    return mark("factor", user.pk)[:HALF] + mark("factor", by.pk)[:HALF]


def _reset_lately(by: User, user: User) -> bool:
    """A link that `by` read may still be opened, or was within a day: the password may be of her choice."""
    since = timezone.now() - datetime.timedelta(hours=RESET_HOURS)
    links = Invitation.objects.filter(user=user, invited_by=by, resets=True)
    return links.filter(Q(made_at__gt=since) | Q(used_at__gt=since)).exists()


def _cleared_lately(by: User, user: User) -> bool:
    """Today or yesterday: alarms are counted by the day."""
    since = timezone.localdate() - datetime.timedelta(days=1)
    return Alarm.objects.filter(kind="factor", mark=_of_both(by, user), day__gte=since).exists()


@transaction.atomic
def reset_by_operator(*, user: User) -> Invitation:
    """The same for the last administrator, by who runs the server; she is told."""
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    Invitation.objects.standing().filter(user=user).update(ended_at=now)
    made = Invitation.objects.create(
        user=user,
        invited_by=None,
        resets=True,
        made_at=now,
        mailed_at=now,  # printed on the operator's screen, not mailed
        expires_at=now + datetime.timedelta(hours=RESET_HOURS),
    )
    at = date_format(timezone.localtime(now), "H:i d/m/Y")
    messages.tell(
        user=user,
        text=f"Người vận hành máy chủ vừa làm một liên kết để bạn đặt lại mật khẩu, lúc {at}. "
        "Nếu bạn không nhờ, hãy báo ngay cho thành phố.",
    )
    logger.warning("A link to another password of administrator %s made by the operator.", user.pk)
    return made


def refuse_locking(*, by: User, user: User) -> None:
    """Raises RoleRefused unless `by` could take back all that she holds. Call in a transaction.

    The last administrator of the city is never locked: nobody could open that again.
    """
    if by.pk == user.pk:
        raise RoleRefused("Bạn không thể tự khóa tên của chính mình.")
    for role in Role.objects.active().filter(user=user).select_related("place", "organisation"):
        refuse_taking(by=by, role=role)
