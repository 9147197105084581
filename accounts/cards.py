"""Learner cards: sign-in for two hours, for learning only.

A card holds a number of 16 digits and, in its QR code, an address whose fragment
leads back to the card's row. Both are derived from the row under keys of their own:
the database alone makes no card. What is hers alone (data, papers, final test) asks
for the PIN first; the end of a card ends the sessions it opened.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from common.retrying import again
from common.text import visible

from . import acting, alarms, messages, tokens
from .devices import known_device
from .doors import mark, note_address, refuse_crowd
from .models import Card, CardPrint, CardUse, Learner, User
from .sessions import CARD, choose, current_learner, forget_learner
from .signing import BORROWED, sign_out

logger = logging.getLogger(__name__)

HOURS = 2
WRONG_A_DAY = 100  # cards that do not exist, over the whole site, before the alarm
DIGITS = 16
# By name, so that a new address is shut until somebody opens it here.
# Pages that are the same for everyone: the session is not even looked at.
_PUBLIC = frozenset(
    {
        "wagtail_serve",
        "search",
        "healthz",
        "readyz",
        "media",
        "waiting",
        "carry",
        "display",
        "service_worker",
        "manifest",
        "offline",
        "offline_course",
        "campaign:public",
        "campaign:public_place",
        "campaign:proof",
        "api:read_figures",
        "api:search",
        "api:draw",
        "api:openapi-json",
    }
)
# What anybody may see or send, and so as nobody.
_AS_NOBODY = frozenset(
    {
        "certificates:check",
        "certificates:paper",
        "certificates:picture",
        "accounts:help_write",
        "accounts:feedback",
        "accounts:feedback_thanks",
    }
)
# Learning, and the doors: there she proves who she is, or leaves.
_BY_CARD = frozenset(
    {
        "learning:home",
        "learning:finished",
        "learning:newer_edition",
        "learning:lesson_done",
        "learning:withdrawn",
        "learning:known",
        "learning:refresher",
        "api:get_who",
        "api:get_me",
        "api:get_course",
        "api:get_item",
        "api:post_queue",
        "accounts:help",
        "accounts:card",
        "accounts:card_enter",
        "accounts:card_pin",
        "accounts:signin",
        "accounts:signup",
        "accounts:signout",
        "accounts:unsent",
        "accounts:forgotten",
        "accounts:forgotten_code",
        "accounts:forgotten_who",
        "accounts:forgotten_pin",
    }
)
_PURPOSE = "card"


class NoCard(Exception):
    """No learner can sign in by this; the message is for the person."""


class CannotHave(Exception):
    """This person can have no card; the message says why."""


# --- making ---------------------------------------------------------------------


def number(card: Card) -> str:
    """The 16 digits printed on it: 15 derived ones and Luhn's check digit."""
    return _number(card.reference)


def _number(reference: uuid.UUID) -> str:
    value = int.from_bytes(tokens.mac("card-number", reference.hex)[:12], "big") % 10 ** (DIGITS - 1)
    body = f"{value:0{DIGITS - 1}d}"
    return body + str(-_luhn(body + "0") % 10)


def _luhn(digits: str) -> int:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10


def grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def address(card: Card) -> str:
    """What its QR code says; browsers do not send what stands behind the #."""
    site = settings.SITE_URL.rstrip("/")
    return f"{site}{reverse('accounts:card')}#{tokens.seal(_PURPOSE, card.reference)}"


def may_have(learner: Learner) -> bool:
    """She signs in by phone; staff never by card. Who shares a number with staff keeps hers."""
    user = learner.user
    if user is None or user.email or not user.is_active:
        return False
    return not user.is_staff or learner.seat != 1


@again()
@transaction.atomic
def card_of(learner: Learner, *, by: User | None) -> Card:
    """Her standing card; a new one when she has none. Raises CannotHave."""
    if not may_have(learner):
        raise CannotHave("Người này chưa có số điện thoại để đăng nhập, nên chưa làm thẻ được.")
    standing = Card.objects.filter(learner=learner, ended_at=None).first()
    if standing:
        return standing
    try:
        acting.begin(learner)
    except acting.CannotAct as refusal:
        raise CannotHave(str(refusal)) from None
    reference = uuid.uuid4()
    try:
        with transaction.atomic():
            card = Card.objects.create(
                learner=learner, reference=reference, number_mark=_mark(_number(reference)), made_by=by
            )
    except IntegrityError:  # another was made at this moment
        return Card.objects.get(learner=learner, ended_at=None)
    logger.info("Card %s made by %s.", card.pk, by.pk if by else None)
    return card


def _mark(digits: str) -> str:
    return mark("card-number", digits)


@again()
@transaction.atomic
def end(learner: Learner, *, by: User | None) -> int:
    """Her card opens nothing from now on, and what it opened is closed. Returns how many ended."""
    acting.hold(learner)
    cards = list(Card.objects.select_for_update().filter(learner=learner, ended_at=None))
    for card in cards:
        card.ended_at, card.ended_by = timezone.now(), by
        card.save(update_fields=["ended_at", "ended_by"])
        logger.info("Card %s ended by %s.", card.pk, by.pk if by else None)
        keys = list(card.uses.values_list("session_key", flat=True))
        card.uses.all().delete()
        _close(keys)
    return len(cards)


def _close(keys: Iterable[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()


@again()
@transaction.atomic
def replace(learner: Learner, *, by: User | None) -> Card:
    """A new card; the old one is dead at once. Raises CannotHave."""
    if not may_have(learner):
        return card_of(learner, by=by)
    end(learner, by=by)
    return card_of(learner, by=by)


@again()
@transaction.atomic
def to_print(learners: Iterable[Learner], *, by: User) -> list[Card]:
    """The cards of those who can have one, each print written down."""
    wanted = list(learners)
    staying = {pk for pk, learner in acting.hold(*wanted).items() if not learner.leaving_at}
    found = [card_of(each, by=by) for each in wanted if each.pk in staying and may_have(each)]
    before = CardPrint.objects.filter(card__in=found, by=by, at__date=timezone.localdate())
    told = set(before.values_list("card", flat=True))  # of these very cards by her, today
    CardPrint.objects.bulk_create([CardPrint(card=card, by=by) for card in found])
    messages.tell_each(
        [card.learner_id for card in found if card.pk not in told],
        text=f"{by.name or 'Cán bộ'} đã in thẻ học của bạn lúc {timezone.localtime():%H:%M %d/%m/%Y}. "
        "Bạn chưa nhận thẻ? Hãy mở “Thẻ học” để làm thẻ mới; thẻ cũ hết dùng ngay.",
    )
    return found


# --- signing in -----------------------------------------------------------------


def find(request: HttpRequest, *, token: str = "", typed: str = "") -> Card:
    """The live card of a QR code or of a typed number. Raises NoCard; `doors.TooMany` after many."""
    rows = Card.objects.filter(ended_at=None).select_related("learner__user", "learner__commune")
    card = None
    if token:
        reference = tokens.unseal(_PURPOSE, token)
        card = rows.filter(reference=reference).first() if reference else None
    elif digits := _digits(typed):
        card = rows.filter(number_mark=_mark(digits)).first()
    if card is None or not known_device(request, card.learner.user):
        refuse_crowd(request)
    if card is None or not may_have(card.learner) or card.learner.user is None:
        note_address(request)
        alarms.count("cards", alarm_from=WRONG_A_DAY)
        raise NoCard(
            "Thẻ này không dùng được. Hãy xem lại số thẻ. Nếu đã làm thẻ mới, thẻ cũ không dùng được nữa."
        )
    return card


def _digits(typed: str) -> str:
    """16 digits whose check digit is right, else nothing. Raises NoCard for a slip, which is no guess."""
    digits = "".join(c for c in visible(typed[:100]) if c.isdecimal() and c.isascii())
    if len(digits) != DIGITS:
        raise NoCard(f"Số thẻ có {DIGITS} chữ số, bạn mới gõ {len(digits)}. Hãy xem lại trên thẻ.")
    if _luhn(digits):
        raise NoCard("Có chữ số gõ nhầm. Hãy so lại từng nhóm 4 số trên thẻ.")
    return digits


def enter(request: HttpRequest, card: Card) -> None:
    """Two hours of learning as her. Whoever was signed in here is signed out first."""
    user = card.learner.user
    assert user is not None  # noqa: S101 - `find` gives no other
    if request.user.is_authenticated:
        sign_out(request)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    until = timezone.now() + datetime.timedelta(hours=HOURS)
    request.session.set_expiry(until)
    request.session[BORROWED] = True  # the end of it leaves nothing here
    request.session[CARD] = {"card": card.pk, "learner": card.learner_id}
    forget_learner(request)
    choose(request, card.learner)
    request.session.save()
    with transaction.atomic():
        # Ended a moment ago: the WHERE clause says so.
        standing = Card.objects.filter(pk=card.pk, ended_at=None).update(last_used_at=timezone.now())
        if standing:
            CardUse.objects.create(card=card, session_key=request.session.session_key or "")
    if not standing:
        sign_out(request)  # after that transaction: it would take back that the session ended
        raise NoCard("Thẻ này vừa được thay bằng thẻ mới.")


def by_card(request: HttpRequest) -> bool:
    """She came in by a card: learning only, until the PIN was typed."""
    return bool(request.session.get(CARD))


def shown_name(learner: Learner) -> str:
    """`Hoa P.`: enough to see that it is the right card, not enough to learn who she is."""
    words = learner.name.split()
    return f"{words[-1]} {words[0][0]}." if len(words) > 1 else words[0]


class CardsLearnOnly:
    """A middleware: by card nothing but learning, and only as her whose card it is.

    It looks at the session only on pages that do so themselves: public pages stay the same for everyone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in _PUBLIC or settings.SESSION_COOKIE_NAME not in request.COOKIES or not by_card(request):
            return None
        learner = current_learner(request)
        if learner is None or learner.pk != request.session[CARD].get("learner"):
            sign_out(request)  # she left this phone's sign-in
            return None
        if name in _AS_NOBODY:
            request.user = AnonymousUser()
            forget_learner(request)
        elif name not in _BY_CARD:
            asked = urlencode({"next": request.get_full_path() if request.method == "GET" else request.path})
            return redirect(f"{reverse('accounts:card_pin')}?{asked}")
        return None
