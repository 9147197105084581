"""Whose an identity of the state is: asked once, with her phone number and PIN, and undone by her.

An unknown identity waits in the session for ten minutes, as a keyed mark. It
is linked only to a learner whose own PIN was given, and never to staff by
itself: her second factor is still asked for afterwards.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.retrying import again

from . import acting
from .merging import canonical_of
from .models import Identity, Learner
from .signing import sign_out

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

HELD = "identity"
HELD_SECONDS = 600
ON_BORROWED = "identity_borrowed"  # said before she went to the provider


class AlreadyLinked(Exception):
    """The learner has an identity, or the identity a learner; the message is for the person."""


def meet(request: HttpRequest, login: SocialLogin) -> HttpResponse | None:
    """None lets a known identity in, as its learner; another is kept in the session and asked whose it is."""
    found = (
        Identity.objects.filter(account__provider=login.account.provider, account__uid=login.account.uid)
        .select_related("learner__user", "account")
        .first()
    )
    learner = canonical_of(found.learner) if found else None  # two records of hers may have become one
    user = learner.user if learner else None
    if found is None or user is None:  # she left the phone: whose it is now is asked again
        _hold(request, login)
        return redirect("accounts:identity_link")
    if not user.is_active:
        return redirect("accounts:signin")
    if request.user.is_authenticated:
        sign_out(request)  # a new session: nothing of whoever was in stays
    if found.account.user_id != user.pk:  # she took her record to a sign-in of her own
        SocialAccount.objects.filter(pk=found.account.pk).update(user=user)
    login.account, login.user = found.account, user
    return None


def _hold(request: HttpRequest, login: SocialLogin) -> None:
    request.session[HELD] = {
        "provider": login.account.provider,
        "uid": login.account.uid,
        "to": login.state.get("next") or "",
        "borrowed": bool(request.session.get(ON_BORROWED)),
        "at": time.time(),
    }


def held(request: HttpRequest) -> dict[str, Any] | None:
    """The identity that waits for its owner, unless it waited too long."""
    kept = request.session.get(HELD)
    if kept and time.time() - kept["at"] > HELD_SECONDS:
        forget(request)
        return None
    return kept or None


def forget(request: HttpRequest) -> None:
    request.session.pop(HELD, None)


@again()
def link(*, learner: Learner, provider: str, uid: str) -> Identity:
    """From now on this identity signs this learner in. Raises AlreadyLinked."""
    if learner.user is None:
        raise ValueError("a learner without a sign-in cannot sign in by any identity")
    try:
        with transaction.atomic():
            acting.begin(learner)
            account, _ = SocialAccount.objects.get_or_create(
                provider=provider, uid=uid, defaults={"user": learner.user, "extra_data": {}}
            )
            old = Identity.objects.filter(account=account).select_related("learner").first()
            if old and old.learner.user_id is not None and old.learner_id != learner.pk:
                raise AlreadyLinked("Danh tính này đã nối với một người học khác.")
            Identity.objects.filter(account=account).delete()
            SocialAccount.objects.filter(pk=account.pk).update(user=learner.user)
            return Identity.objects.create(account=account, learner=learner)
    except acting.CannotAct as refusal:
        raise AlreadyLinked(str(refusal)) from None
    except IntegrityError:
        raise AlreadyLinked(
            "Người học này đã nối với một danh tính khác. Hãy bỏ nối ở “Dữ liệu của tôi” trước."
        ) from None


def unlink(*, learner: Learner) -> bool:
    """The identity signs nobody in any more; nothing of it is kept."""
    found = Identity.objects.filter(learner=learner).values_list("account", flat=True).first()
    return bool(found and SocialAccount.objects.filter(pk=found).delete()[0])
