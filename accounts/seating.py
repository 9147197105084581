"""Who takes a role by her number learns with it alone, and sits first: the role is hers (`at_work`)."""

from __future__ import annotations

from . import acting, at_work
from .models import Learner, User
from .roles import RoleRefused


class SharedNumber(RoleRefused):
    """Others learn with the number too: what the role opens would be open to them."""

    def __init__(self) -> None:
        super().__init__(
            "Số này có người khác học chung, nên chưa nhận được. Hãy để người kia ra học riêng bằng số của "
            "họ, rồi mở lại liên kết này. Bạn ra riêng bằng số khác thì xin lời mời mới cho số ấy."
        )


def hold(user: User) -> bool:
    """First her people's rows, then the sign-in (`acting`); False when it was erased a moment ago."""
    acting.hold(*Learner.objects.filter(user=user))
    return user.pk in acting.hold_sign_ins(user)


def seat_alone(user: User) -> None:
    """Call in a transaction that holds her sign-in (`hold`): nobody is added beside. Raises SharedNumber."""
    if at_work.others_on(user):
        raise SharedNumber
    _sit_first(user)


def _sit_first(user: User) -> None:
    """Who is left alone on a number is its own person from now on, wherever she sat before.

    A record that was merged away may keep the first seat: the two change places, as no seat is
    taken twice.
    """
    alone = Learner.objects.standing().filter(user=user).first()
    if alone is None or alone.seat == 1:
        return
    first = Learner.objects.filter(user=user, seat=1)
    merged = list(first.values_list("pk", flat=True))
    first.update(user=None, seat=None)
    Learner.objects.filter(pk=alone.pk).update(seat=1)
    Learner.objects.filter(pk__in=merged).update(user=user, seat=alone.seat)
