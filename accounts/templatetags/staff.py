"""What the navigation of the desk asks about whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from common.phones import masked
from places.models import Place

from ..access import may, places_within, roles_of
from ..models import Alarm, DataRequest, HelpMessage, Role

register = template.Library()


register.filter("phone_masked", masked)


def has_role(context: dict[str, Any], *kinds: str) -> bool:
    """Whether one of her roles does what one of these does; one query a page."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return False
    return any(kind in may(*kinds) for kind, _ in desk_roles(request))


def desk_roles(request: HttpRequest) -> set[tuple[str, str]]:
    """(kind, level of its place, "" for an organisation) of her roles; one query a page."""
    if not hasattr(request, "_desk_roles"):
        held = roles_of(request.user).values_list("kind", "place__level", "organisation")
        request._desk_roles = {  # type: ignore[attr-defined]
            (kind, "" if organisation else level) for kind, level, organisation in held
        }
    found: set[tuple[str, str]] = request._desk_roles  # type: ignore[attr-defined]
    return found


@register.simple_tag(takes_context=True)
def open_alarms(context: dict[str, Any]) -> int:
    """Alarms that wait, for whoever reads them; none for anybody else. A query only for them."""
    request = context.get("request")
    if not sees_alarms(context):
        return 0
    if not hasattr(request, "_open_alarms"):
        request._open_alarms = Alarm.objects.filter(handled_at=None).exclude(raised_at=None).count()  # type: ignore[union-attr]
    return int(request._open_alarms)  # type: ignore[union-attr]


@register.simple_tag(takes_context=True)
def open_work(context: dict[str, Any]) -> dict[str, int]:
    """What waits on her desks: {requests, late, messages}; empty for who manages nobody. Two queries."""
    if not has_role(context, Role.Kind.OFFICIAL_MANAGE):
        return {}
    user = context["request"].user
    asked = DataRequest.objects.visible_to(user).open().filter(erase_at=None)
    places = places_within(user, Role.Kind.OFFICIAL_MANAGE)
    wrote = HelpMessage.objects.filter(place__in=places, state=HelpMessage.State.OPEN)
    terms = asked.annotate(term=DataRequest.TERM).values_list("term", flat=True)
    waits, today = list(terms), timezone.localdate()
    return {
        "requests": len(waits),
        "late": sum(term < today for term in waits),
        "messages": wrote.count(),
    }


def sees_alarms(context: dict[str, Any]) -> bool:
    """As `alarms.sees`, from the roles that the page has read already."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return False
    kinds = may(Role.Kind.OFFICIAL_VIEW)
    return any(kind in kinds and level == Place.Level.PROVINCE for kind, level in desk_roles(request))


@register.simple_tag(takes_context=True)
def manages(context: dict[str, Any]) -> bool:
    """Whether she looks after people somewhere."""
    return has_role(context, Role.Kind.OFFICIAL_MANAGE)


@register.simple_tag(takes_context=True)
def makes_cards(context: dict[str, Any]) -> bool:
    """Whether she may print learner cards."""
    return has_role(context, Role.Kind.OFFICIAL_MANAGE, Role.Kind.TRAINER)


@register.simple_tag(takes_context=True)
def edits(context: dict[str, Any]) -> bool:
    """Whether she writes lessons."""
    return has_role(context, Role.Kind.EDITOR)
