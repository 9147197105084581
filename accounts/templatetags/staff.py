"""What the navigation of the desk asks about whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import template

from common.phones import masked

from ..access import roles_of
from ..models import Role

register = template.Library()


register.filter("phone_masked", masked)


@register.simple_tag(takes_context=True)
def manages(context: dict[str, Any]) -> bool:
    """Whether she looks after people somewhere; one query for signed-in staff."""
    user = getattr(context.get("request"), "user", None)
    return bool(user and user.is_authenticated and roles_of(user, Role.Kind.OFFICIAL_MANAGE).exists())


@register.simple_tag(takes_context=True)
def makes_cards(context: dict[str, Any]) -> bool:
    """Whether she may print learner cards."""
    user = getattr(context.get("request"), "user", None)
    kinds = (Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)
    return bool(user and user.is_authenticated and roles_of(user, *kinds).exists())
