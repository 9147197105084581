"""What the navigation of the desk asks about whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import template

from common.phones import masked

from ..access import may, roles_of
from ..models import Role

register = template.Library()


register.filter("phone_masked", masked)


def _may(context: dict[str, Any], *kinds: str) -> bool:
    """Whether one of her roles does what one of these does; one query a page."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return False
    if not hasattr(request, "_desk_kinds"):
        request._desk_kinds = set(roles_of(user).values_list("kind", flat=True))
    return bool(request._desk_kinds & may(*kinds))


@register.simple_tag(takes_context=True)
def manages(context: dict[str, Any]) -> bool:
    """Whether she looks after people somewhere."""
    return _may(context, Role.Kind.OFFICIAL_MANAGE)


@register.simple_tag(takes_context=True)
def makes_cards(context: dict[str, Any]) -> bool:
    """Whether she may print learner cards."""
    return _may(context, Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)


@register.simple_tag(takes_context=True)
def edits(context: dict[str, Any]) -> bool:
    """Whether she writes lessons."""
    return _may(context, Role.Kind.EDITOR)
