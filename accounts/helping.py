"""Help nearby and feedback: what is written without an account is bounded, and forgotten after a year."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from common import throttles
from places.models import Place

from .doors import address_of
from .models import Feedback, HelpContact, HelpMember, HelpMessage, User

AN_HOUR = 60  # messages and feedback from one address: a hall's worth


class TooOften(Exception):
    """The message is for the person; what she wrote stays in her form."""


def allow(request: HttpRequest) -> None:
    address = address_of(request)
    if not throttles.allowed(f"help:{address}", limit=AN_HOUR, seconds=3600):
        raise TooOften("Vừa có nhiều lời nhắn gửi từ đây. Hãy đợi một lát rồi gửi lại; chữ bạn ghi vẫn còn.")


def put_contact(*, by: User, place: Place, **said: str) -> HelpContact:
    """What is shown of the commune from now on."""
    changed = {**said, "changed_by": by, "changed_at": timezone.now()}
    contact, _ = HelpContact.objects.update_or_create(place=place, defaults=changed)
    return contact


def withdraw(member: HelpMember) -> bool:
    """Name and number go at once; that she had agreed, and when, stays."""
    standing = HelpMember.objects.filter(pk=member.pk, withdrawn_at=None)
    return bool(standing.update(withdrawn_at=timezone.now(), name="", phone="", area=""))


def handle(*, by: User, message: HelpMessage, state: str) -> None:
    HelpMessage.objects.filter(pk=message.pk).update(state=state, handled_at=timezone.now(), handled_by=by)


def give_feedback(*, page: str, helped: bool, text: str) -> Feedback:
    return Feedback.objects.create(page=page, helped=helped, text=text)


def close_feedback(*, by: User, feedback: Feedback) -> None:
    Feedback.objects.filter(pk=feedback.pk, closed_at=None).update(closed_at=timezone.now(), closed_by=by)
