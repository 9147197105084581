"""A person corrects what we keep about her. Facts keep what was true when they happened."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest

from places.models import Place

from . import consents
from .doors import enter
from .models import Learner, User
from .registering import neighbourhood_of


@transaction.atomic
def correct(
    *,
    learner: Learner,
    name: str,
    commune: Place,
    neighbourhood: str,
    birth_year: int,
    group: str,
    gender: str,
    guardian_name: str = "",
    guardian_consent: bool = False,
) -> Learner:
    """Store the corrections; a guardian who joins is recorded as a new consent."""
    learner.name, learner.commune, learner.birth_year = name, commune, birth_year
    learner.group, learner.gender = group, gender or Learner.Gender.UNSTATED
    learner.neighbourhood = neighbourhood_of(commune, neighbourhood)
    learner.save(update_fields=["name", "commune", "birth_year", "group", "gender", "neighbourhood"])
    if learner.user and learner.user.learners.count() == 1 and learner.user.name != name:
        User.objects.filter(pk=learner.user.pk).update(name=name)
    if guardian_name and guardian_consent:
        consents.renew(learner=learner, guardian_name=guardian_name)
    return learner


def change_pin(request: HttpRequest, *, current: str, pin: str) -> User:
    """A new PIN for whoever knows the present one; guarded like the door. Raises NotIn, TooMany."""
    me = cast(User, request.user)
    user = enter(request, login=me.phone or me.email or "", secret=current)
    user.set_password(pin)
    user.save(update_fields=["password"])
    return user
