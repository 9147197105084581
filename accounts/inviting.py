"""Inviting staff by e-mail: one link for one person, for seven days, used once.

A role is offered and shown as "chưa nhận lời mời"; it is in force once the link was
opened and the role accepted: by somebody new with a password of her own choice, by who
has a sign-in already as herself, signed in. To whoever invites, both look the same.
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
from django.utils.formats import date_format

from common.retrying import again

from . import roles, tokens
from .messages import tell
from .models import Invitation, Role, User
from .passwords import check_password
from .pins import check_pin
from .roles import OFFER_DAYS, granter, offers
from .seating import hold, seat_alone

logger = logging.getLogger(__name__)

DAYS = OFFER_DAYS
BATCH = 50
_PURPOSE = "invitation"


class InvitationRefused(Exception):
    """The message is in Vietnamese."""


class Gone(Exception):
    """The link opens nothing; `why` is unknown, used, ended, lapsed, expired or in_already."""

    def __init__(self, why: str, invitation: Invitation | None = None) -> None:
        super().__init__(why)
        self.why, self.invitation = why, invitation


def is_waiting(user: User) -> bool:
    """She was invited and has not set a password yet."""
    return bool(user.email) and not user.has_usable_password()


def may_invite(by: User, user: User) -> bool:
    """Whether something waits that `by` offered; a link that sets a password opens no role from elsewhere."""
    if by.pk == user.pk or user.is_superuser or not user.is_active:
        return False
    if not is_waiting(user):
        return bool(offers(user, by, late=True))
    held = Role.objects.active().filter(user=user).exists()
    return reaches_all(by, user, offered=True) and bool(held or offers(user, by, late=True))


def reaches_all(by: User, user: User, *, offered: bool) -> bool:
    """Whether `by` could give all that she holds.

    Only then may a link to her password pass through these hands: it would open the rest too.
    `offered`: and all that waits for her. A first password is the way to it; to who has one an
    offer opens through its own link and her own sign-in alone, so it is in no reset's way.
    """
    may = granter(by)
    rows = Role.objects.standing() if offered else Role.objects.active()
    standing = rows.filter(user=user).select_related("place", "organisation", "granted_by")
    return all(
        may(role.kind, role.place, role.organisation) or (role.granted_by_id != by.pk and roles.lapsed(role))
        for role in standing
    )


def _is_above(invitation: Invitation) -> bool:
    """It sets a password, and what it would open by now is more than its giver may give."""
    by = invitation.invited_by
    if by is None:
        return not invitation.resets  # a reset by the operator
    return not reaches_all(by, invitation.user, offered=not invitation.resets)


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
    """A fresh link; the one before from the same hands ends. Goes out by mail where mail is set.

    Raises InvitationRefused.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if not may_invite(by, user):
        raise InvitationRefused(
            "Người này còn vai trò hoặc lời mời do nơi khác giao và chưa đặt mật khẩu, "
            "nên bạn không làm lời mời được. Hãy đợi người ấy nhận lời mời, "
            "hoặc nhờ người phụ trách cấp trên."
        )
    now = timezone.now()
    roles.renew(user=user, by=by)
    Invitation.objects.standing().filter(user=user, invited_by=by, resets=False).update(ended_at=now)
    invitation = Invitation.objects.create(
        user=user, invited_by=by, made_at=now, expires_at=now + datetime.timedelta(days=DAYS)
    )
    logger.info("User %s invited by %s.", user.pk, by.pk)
    if settings.MAIL:
        transaction.on_commit(hint, robust=True)
    return invitation


def hint() -> None:
    """Wake the worker; beat finds the row within the minute anyway."""
    from .tasks import send_invitations

    send_invitations.delay()


@transaction.atomic
def call_back(*, by: User, user: User, resets: bool | None = None) -> int:
    """The links `by` handed out open nothing any more; her roles are taken back on their own.

    `resets`: only those to another password, or only the others. Raises InvitationRefused.
    """
    standing = Invitation.objects.standing().filter(user=user, invited_by=by)
    if resets is not None:
        standing = standing.filter(resets=resets)
    if not standing.exists():
        raise InvitationRefused("Bạn không thu lại được lời mời này.")
    return standing.update(ended_at=timezone.now())


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
    _refuse_gone(row)
    return row


def _refuse_gone(row: Invitation) -> None:
    """Raises Gone."""
    if row.used_at:
        raise Gone("used", row)
    if row.ended_at or not row.user.is_active:
        raise Gone("ended", row)
    if row.ran_out:
        raise Gone("expired", row)
    if not Role.objects.standing().filter(user=row.user).exists():
        raise Gone("ended", row)
    if (
        row.user.has_usable_password() and not row.resets
    ):  # set by another way since: this link must not set it anew
        raise Gone("in_already", row)
    if _is_above(row) or not opened(row):
        raise Gone("ended", row)


def opened(invitation: Invitation) -> list[Role]:
    """What she has once it is accepted: what she holds, and what its giver offered.

    Another password takes up no offer. To who has a sign-in only the offer is said: a letter
    goes through hands that need not know the rest.
    """
    user = invitation.user
    held = Role.objects.active().filter(user=user).select_related("place", "organisation")
    if invitation.resets:
        return list(held)
    offered = offers(user, invitation.invited_by)
    return offered if user.has_usable_password() else [*held, *offered]


def check_secret(typed: str, *, user: User) -> str:
    """The password, or the PIN of who signs in by phone; ValidationError when it is easy to guess."""
    if user.email:
        return check_password(typed, user=user)
    for learner in user.learners.all():
        check_pin(typed, birth_year=learner.birth_year, phone=user.phone or "")
    return check_pin(typed, phone=user.phone or "")


@again()
def accept(*, invitation: Invitation, password: str) -> User:
    """Sets her password (or PIN) and uses the link up; of two at the same moment one succeeds.

    Raises ValidationError (it is easy to guess), Gone or SharedNumber.
    """
    user = invitation.user
    check_secret(password, user=user)
    user.set_password(password)  # takes its 60 ms before the transaction
    with transaction.atomic():
        hold(user)
        now = User.objects.get(pk=user.pk)
        if now.has_usable_password() and not invitation.resets:
            raise Gone("in_already", invitation)
        if _is_above(invitation):
            raise Gone("ended", invitation)
        taken = Invitation.objects.standing().filter(pk=invitation.pk, expires_at__gt=timezone.now())
        if not taken.update(used_at=timezone.now()):
            raise Gone("used", invitation)
        user.save(update_fields=["password"])
        if not invitation.resets:
            if not user.email:
                seat_alone(user)
            roles.accept(user=user, by=invitation.invited_by)
        else:
            at = date_format(timezone.localtime(), "H:i d/m/Y")
            tell(user=user, text=f"Mật khẩu của bạn vừa được đặt lại lúc {at}.")
    logger.info("User %s took up the invitation.", user.pk)
    return user


@again()
@transaction.atomic
def take(*, invitation: Invitation, yes: bool) -> int:
    """Who has a sign-in answers; returns how many roles came into force, 0 for a no.

    Who signs in by number must learn with it alone. Raises Gone, SharedNumber.
    """
    user, by = invitation.user, invitation.invited_by
    if yes and not user.email:
        hold(user)
        seat_alone(user)
    standing = Invitation.objects.standing().filter(pk=invitation.pk, expires_at__gt=timezone.now())
    if not standing.update(used_at=timezone.now()):
        raise Gone("used", invitation)
    if not yes:
        roles.decline(user=user, by=by)
        return 0
    taken = len(roles.accept(user=user, by=by))
    if not taken:  # the giver lost the power a moment ago: the link stays unused
        raise Gone("lapsed", invitation)
    return taken


def why_nothing_waits(invitation: Invitation) -> str:
    """She is offered nothing by this link: it was taken back, or its giver may not give it any more."""
    made = Role.objects.offered().filter(user=invitation.user, granted_by=invitation.invited_by)
    return "lapsed" if invitation.invited_by and made.exists() else "ended"


# --- by mail ------------------------------------------------------------------

SUBJECT = "Lời mời cùng làm việc trên Học Vụ Số"
RESET_SUBJECT = "Đặt lại mật khẩu Học Vụ Số"


def words(invitation: Invitation) -> str:
    until = timezone.localtime(invitation.expires_at)
    last = f"Liên kết dùng được một lần, đến {until:%H:%M} ngày {until:%d/%m/%Y}. "
    last += "Đừng chuyển liên kết cho ai.\n"
    by = invitation.invited_by or "Học Vụ Số"
    if invitation.resets:
        return (
            f"Chào {invitation.user.name or 'bạn'},\n\n"
            f"{by} giúp bạn đặt lại mật khẩu Học Vụ Số:\n{link(invitation)}\n\n"
            f"{last}Mật khẩu cũ vẫn dùng được cho đến khi bạn đặt mật khẩu mới.\n"
            "Nếu bạn không nhờ, hãy bỏ qua thư này và báo cho người quản trị.\n"
        )
    opens = opened(invitation)
    held = "\n".join(f"- {role.get_kind_display()}: {role.organisation or role.place}" for role in opens)
    return (
        f"Chào {invitation.user.name or 'bạn'},\n\n"
        f"{by} mời bạn nhận việc trên Học Vụ Số:\n{held}\n\n"
        f"Hãy mở liên kết sau để nhận việc và bắt đầu:\n{link(invitation)}\n\n"
        f"{last}Nếu bạn không biết lời mời này là gì, hãy bỏ qua thư.\n"
    )


def _opens_something(invitation: Invitation) -> bool:
    """A letter with a dead link would be of no use; who made it lost the power, or she answered."""
    try:
        _refuse_gone(invitation)
    except Gone as gone:
        return gone.why == "in_already" and bool(offers(invitation.user, invitation.invited_by))
    return True


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
        if not _opens_something(invitation):
            continue
        claimed = Invitation.objects.to_mail().filter(pk=invitation.pk, mail_tries=invitation.mail_tries)
        if not claimed.update(mail_tries=F("mail_tries") + 1):
            continue
        try:
            mail.EmailMessage(
                RESET_SUBJECT if invitation.resets else SUBJECT,
                words(invitation),
                to=[invitation.user.email or ""],
                connection=connection,
            ).send()
        except Exception as error:  # a dead mail server is tried again by the next sweep
            logger.warning("Invitation %s was not mailed: %s", invitation.pk, type(error).__name__)
            continue
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
        sent += 1
    return sent
