"""Inviting staff by e-mail: one link for one person, for seven days, used once.

The role is given at once and shown as "chưa nhận lời mời"; it opens nothing until
the invited person sets her password. Who may give every role that she holds may
hand out, renew or call back her link, and nobody else: a link is the account.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from . import tokens
from .models import Invitation, Role, User
from .passwords import check_password
from .roles import may_grant

logger = logging.getLogger(__name__)

DAYS = 7
BATCH = 50
_PURPOSE = "invitation"


class InvitationRefused(Exception):
    """The message is in Vietnamese."""


class Gone(Exception):
    """The link opens nothing; `why` is unknown, used, ended, expired or in_already."""

    def __init__(self, why: str, invitation: Invitation | None = None) -> None:
        super().__init__(why)
        self.why, self.invitation = why, invitation


def is_waiting(user: User) -> bool:
    """She was invited and has not set a password yet."""
    return bool(user.email) and not user.has_usable_password()


def may_invite(by: User, user: User) -> bool:
    """Whether `by` could give every role that this person holds: her link may pass through these hands."""
    if by.pk == user.pk or user.is_superuser or not is_waiting(user):
        return False
    held = list(Role.objects.active().filter(user=user).select_related("place", "organisation"))
    return bool(held) and all(
        may_grant(by, kind=role.kind, place=role.place, organisation=role.organisation) for role in held
    )


def person(*, email: str, name: str) -> User:
    """Who signs in with this address; made without a password when there is nobody. Call in a transaction."""
    email = email.lower()
    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    user = User(email=email, name=name)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        return User.objects.get(email=email)
    return user


@transaction.atomic
def invite(*, by: User, user: User) -> Invitation:
    """A fresh link; the one before ends. Goes out by mail where mail is set. Raises InvitationRefused."""
    User.objects.select_for_update().get(pk=user.pk)
    if not may_invite(by, user):
        raise InvitationRefused(
            f"{user} còn vai trò do nơi khác giao và chưa đặt mật khẩu, nên bạn không làm lời mời được. "
            "Hãy đợi người ấy nhận lời mời, hoặc nhờ người phụ trách cấp trên."
        )
    now = timezone.now()
    Invitation.objects.standing().filter(user=user).update(ended_at=now)
    invitation = Invitation.objects.create(
        user=user, invited_by=by, made_at=now, expires_at=now + datetime.timedelta(days=DAYS)
    )
    logger.info("User %s invited by %s.", user.pk, by.pk)
    if settings.MAIL:
        transaction.on_commit(_hint, robust=True)
    return invitation


def _hint() -> None:
    from .tasks import send_invitations

    send_invitations.delay()


@transaction.atomic
def call_back(*, by: User, user: User) -> int:
    """Her link opens nothing any more; her roles are taken back on their own. Raises InvitationRefused."""
    if not may_invite(by, user):
        raise InvitationRefused("Bạn không thu lại được lời mời này.")
    return Invitation.objects.standing().filter(user=user).update(ended_at=timezone.now())


def link(invitation: Invitation) -> str:
    """The whole address that opens it."""
    path = reverse("accounts:invited", args=[tokens.seal(_PURPOSE, invitation.reference)])
    return settings.SITE_URL.rstrip("/") + path


def find(token: str) -> Invitation:
    """The invitation of a link. Raises Gone."""
    reference = tokens.unseal(_PURPOSE, token)
    row = (
        reference
        and Invitation.objects.select_related("user", "invited_by").filter(reference=reference).first()
    )
    if not row:
        raise Gone("unknown")
    if row.used_at:
        raise Gone("used", row)
    if row.ended_at or not row.user.is_active or not Role.objects.active().filter(user=row.user).exists():
        raise Gone("ended", row)
    if row.ran_out:
        raise Gone("expired", row)
    if row.user.has_usable_password():  # set by another way since: this link must not set it anew
        raise Gone("in_already", row)
    return row


def accept(*, invitation: Invitation, password: str) -> User:
    """Sets her password and uses the link up; of two at the same moment one succeeds.

    Raises ValidationError (the password is easy to guess) or Gone.
    """
    user = invitation.user
    check_password(password, user=user)
    user.set_password(password)  # takes its 60 ms before the transaction
    with transaction.atomic():
        if User.objects.select_for_update().get(pk=user.pk).has_usable_password():
            raise Gone("in_already", invitation)
        taken = Invitation.objects.standing().filter(pk=invitation.pk, expires_at__gt=timezone.now())
        if not taken.update(used_at=timezone.now()):
            raise Gone("used", invitation)
        user.save(update_fields=["password"])
    logger.info("User %s took up the invitation.", user.pk)
    return user


# --- by mail ------------------------------------------------------------------

SUBJECT = "Lời mời cùng làm việc trên Học Vụ Số"


def words(invitation: Invitation) -> str:
    roles = Role.objects.active().filter(user=invitation.user).select_related("place", "organisation")
    held = "\n".join(f"- {role.get_kind_display()}: {role.organisation or role.place}" for role in roles)
    until = timezone.localtime(invitation.expires_at)
    return (
        f"Chào {invitation.user.name or 'bạn'},\n\n"
        f"{invitation.invited_by or 'Học Vụ Số'} mời bạn nhận việc trên Học Vụ Số:\n{held}\n\n"
        f"Hãy mở liên kết sau để đặt mật khẩu và bắt đầu:\n{link(invitation)}\n\n"
        f"Liên kết dùng được một lần, đến {until:%H:%M} ngày {until:%d/%m/%Y}. Đừng chuyển liên kết cho ai.\n"
        "Nếu bạn không biết lời mời này là gì, hãy bỏ qua thư.\n"
    )


def send_due() -> int:
    """Mail what waits; returns how many went out. A try is counted before it is made."""
    if not settings.MAIL:
        return 0
    sent = 0
    due = list(Invitation.objects.to_mail().select_related("user", "invited_by").order_by("pk")[:BATCH])
    if not due:
        return 0
    connection = mail.get_connection()
    for invitation in due:
        claimed = Invitation.objects.to_mail().filter(pk=invitation.pk, mail_tries=invitation.mail_tries)
        if not claimed.update(mail_tries=F("mail_tries") + 1):
            continue
        try:
            mail.EmailMessage(
                SUBJECT, words(invitation), to=[invitation.user.email or ""], connection=connection
            ).send()
        except Exception as error:  # a dead mail server is tried again by the next sweep
            logger.warning("Invitation %s was not mailed: %s", invitation.pk, type(error).__name__)
            continue
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
        sent += 1
    return sent
