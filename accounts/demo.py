"""One sign-in of every kind for trying the site out. Only where DEMO=1."""

from __future__ import annotations

import base64
import hashlib
import hmac
from contextlib import suppress
from dataclasses import asdict, dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from common.phones import spoken
from places.models import Place

from .models import Learner, Role, User
from .pins import check_pin
from .registering import register
from .roles import grant
from .second_factor import is_demanded

BIRTH_YEAR = 1964


class NoDemo(Exception):
    """This site is not for trying out, or has no communes yet."""


@dataclass(frozen=True)
class Account:
    """One line of `demo_accounts --json`."""

    role: str
    login: str
    secret: str
    totp: str | None
    place: str


@dataclass(frozen=True)
class _Wanted:
    role: str
    login: str
    name: str
    kind: str
    city: bool = False


_STAFF = (
    _Wanted("trainer", "huong-dan@demo.invalid", "Trần Văn Bình", Role.Kind.TRAINER),
    _Wanted("official", "can-bo-xa@demo.invalid", "Phạm Thị Chi", Role.Kind.OFFICIAL_MANAGE),
    _Wanted("official", "can-bo@demo.invalid", "Lê Văn Minh", Role.Kind.OFFICIAL_MANAGE, city=True),
    _Wanted("editor", "bien-tap@demo.invalid", "Vũ Thị Biên", Role.Kind.EDITOR, city=True),
    _Wanted("administrator", "quan-tri@demo.invalid", "Đỗ Văn Quản", Role.Kind.ADMINISTRATOR, city=True),
)
_PHONE = "+84900000001"
_LEARNER = "Nguyễn Thị Lan"


def _bytes(*parts: object) -> bytes:
    text = "/".join(map(str, ("demo", *parts)))
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()


def _password(login: str) -> str:
    return _bytes(login).hex()[:16]


def _pin() -> str:
    """The first six digits derived from SECRET_KEY that our own rules accept."""
    for attempt in range(1000):
        pin = f"{int.from_bytes(_bytes('pin', attempt)[:8], 'big') % 1_000_000:06d}"
        with suppress(ValidationError):
            return check_pin(pin, birth_year=BIRTH_YEAR, phone=_PHONE)
    raise AssertionError("no PIN in a thousand")


def ensure_demo_accounts() -> list[Account]:
    """Make or mend the demo sign-ins; the same secrets as long as SECRET_KEY stays. Raises NoDemo."""
    if not settings.DEMO:
        raise NoDemo("Tài khoản dùng thử chỉ có khi DEMO=1.")
    city = Place.objects.current().filter(code=settings.PROVINCE_CODE).first()
    communes = Place.objects.current().communes().filter(parent=city).order_by("code")
    commune = communes.filter(code="10750").first() or communes.first()
    if city is None or commune is None:
        raise NoDemo("Chưa có xã, phường nào: hãy chạy lệnh seed trước.")
    accounts = [_learner(commune)]
    accounts += [_staff(wanted, city if wanted.city else commune) for wanted in _STAFF]
    return accounts


def _learner(commune: Place) -> Account:
    pin = _pin()
    user = User.objects.filter(phone=_PHONE).first()
    if user is None:
        register(
            name=_LEARNER,
            phone=_PHONE,
            pin=pin,
            commune=commune,
            birth_year=BIRTH_YEAR,
            group=Learner.Group.CITIZEN,
        )
    else:
        _mend(user, pin)
    return Account("learner", spoken(_PHONE).replace(" ", ""), pin, None, commune.code)


def _staff(wanted: _Wanted, place: Place) -> Account:
    password = _password(wanted.login)
    user = User.objects.filter(email=wanted.login).first()
    if user is None:
        user = User(email=wanted.login, name=wanted.name)
        user.set_password(password)
        user.save()
    else:
        _mend(user, password)
    if not Role.objects.active().filter(user=user, kind=wanted.kind, place=place).exists():
        grant(by=None, user=user, kind=wanted.kind, place=place)
    totp = _second_factor(user, wanted.login) if is_demanded(user) else None
    return Account(wanted.role, wanted.login, password, totp, place.code)


def _second_factor(user: User, login: str) -> str:
    """The secret of her app, the same as long as SECRET_KEY stays, though a visitor may have changed it."""
    secret = base64.b32encode(_bytes("totp", login)[:20]).decode()
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None or decrypt(app.data["secret"]) != secret:
        Authenticator.objects.filter(user=user).delete()
        TOTP.activate(user, secret)
    return secret


@transaction.atomic
def _mend(user: User, secret: str) -> None:
    """Somebody who tried the site may have changed the PIN or closed the sign-in."""
    if not user.check_password(secret):
        user.set_password(secret)
        user.save(update_fields=["password"])
    if not user.is_active:
        User.objects.filter(pk=user.pk).update(is_active=True)


def as_json(accounts: list[Account]) -> list[dict[str, str | None]]:
    return [asdict(account) for account in accounts]
