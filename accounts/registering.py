"""A person signs up: a way to sign in, a learner, and her consent, all or nothing."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.text import fold, visible
from places.models import Neighbourhood, Place

from . import codes, consents, messages
from .models import Consent, Learner, User
from .people import announce_consent


class PhoneTaken(Exception):
    """The number is in use: without an SMS gateway the screen says so."""


def register(
    *,
    name: str,
    phone: str,
    pin: str = "",
    hashed: str = "",
    commune: Place,
    birth_year: int,
    group: str,
    guardian_name: str = "",
    proved: bool = False,
) -> Learner:
    """A new User with its Learner and Consent; raises PhoneTaken.

    `proved`: she proved just now that the number is hers, so whoever had it loses it
    (and nothing else). `hashed`: her PIN as `make_password` gave it, instead of the PIN.
    Hashing the PIN takes longest and happens before the transaction.
    """
    user = User(phone=phone, name=name, password=hashed or make_password(pin))
    with transaction.atomic():
        if proved:
            _take_number(phone)
            user.phone_verified_at = timezone.now()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            if User.objects.filter(phone=phone).exists():
                raise PhoneTaken from None
            raise
        learner = Learner.objects.create(
            user=user, seat=1, name=name, commune=commune, birth_year=birth_year, group=group
        )
        first_consent(learner=learner, guardian_name=guardian_name)
    return learner


def _take_number(phone: str) -> None:
    """The former holder keeps her learners; she is told, and comes back with another number."""
    former = User.objects.filter(phone=phone).first()
    if former is None:
        return
    User.objects.filter(pk=former.pk).update(phone=None, phone_verified_at=None, phone_lost_at=timezone.now())
    codes.cancel(user=former)
    messages.tell(
        user=former,
        text="Có người vừa chứng minh số điện thoại bạn dùng để đăng nhập nay là của họ. Kết quả học của bạn "
        "vẫn còn nguyên. Hãy gặp cán bộ văn hóa – xã hội của xã, phường để đổi sang số mới.",
    )


def first_consent(*, learner: Learner, guardian_name: str = "") -> Consent:
    """She agreed just now that her learning is kept; inside the caller's transaction."""
    consent = Consent.objects.create(
        learner=learner,
        purpose=Consent.Purpose.LEARNING,
        version=consents.CURRENT,
        channel=Consent.Channel.ONLINE,
        guardian_name=guardian_name,
    )
    announce_consent(consent)
    return consent


def neighbourhood_of(place: Place, name: str) -> Neighbourhood | None:
    """The thôn or tổ dân phố of this name, known or new; None for no name."""
    wanted = visible(name)
    if not wanted:
        return None
    for known in place.neighbourhoods.all():
        if fold(known.name) == fold(wanted):
            return known
    found, _ = Neighbourhood.objects.get_or_create(place=place, name=wanted)
    return found
