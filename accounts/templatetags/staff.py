"""What the navigation of the desk asks about whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from common.phones import masked
from places.models import Place

from .. import at_work
from ..access import may, places_within, roles_of
from ..models import Alarm, DataRequest, HelpMessage, Learner, Role, User

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
    """(kind, level of its place, "" for an organisation) of her roles; one query a page.

    None while another person of a shared sign-in is learning.
    """
    if not hasattr(request, "_desk_roles"):
        others = Learner.objects.standing().filter(user=OuterRef("user")).exclude(seat=1)
        held = roles_of(request.user).annotate(shared=Exists(others))
        rows = list(held.values_list("kind", "place__level", "organisation", "shared"))
        if any(row[3] for row in rows) and not at_work.is_hers(request):
            rows = []
        request._desk_roles = {  # type: ignore[attr-defined]
            (kind, "" if organisation else level) for kind, level, organisation, _ in rows
        }
    found: set[tuple[str, str]] = request._desk_roles  # type: ignore[attr-defined]
    return found


@register.simple_tag(takes_context=True)
def roles_here(context: dict[str, Any]) -> list[Role]:
    """What whoever is learning is given to do; of nobody else on her sign-in. One query of staff."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not getattr(user, "is_staff", False) or not at_work.is_hers(request):
        return []
    return list(roles_of(request.user).select_related("place", "organisation").order_by("pk"))


@register.simple_tag(takes_context=True)
def open_alarms(context: dict[str, Any]) -> int:
    """Alarms that wait, for whoever reads them; none for anybody else."""
    return _waits(context)["alarms"] if sees_alarms(context) else 0


@register.simple_tag(takes_context=True)
def open_work(context: dict[str, Any]) -> dict[str, int]:
    """What waits on her desks: {requests, late, messages}; empty for who manages nobody."""
    return _waits(context) if has_role(context, Role.Kind.OFFICIAL_MANAGE) else {}


def _waits(context: dict[str, Any]) -> dict[str, int]:
    """How much waits for this member of staff: one query a page."""
    request = context["request"]
    if not hasattr(request, "_waits"):
        asked = DataRequest.objects.visible_to(request.user).open().filter(erase_at=None)
        places = places_within(request.user, Role.Kind.OFFICIAL_MANAGE)
        counted = {
            "alarms": Alarm.objects.filter(handled_at=None).exclude(raised_at=None),
            "requests": asked,
            "late": asked.annotate(term=DataRequest.TERM).filter(term__lt=timezone.localdate()),
            "messages": HelpMessage.objects.filter(place__in=places, state=HelpMessage.State.OPEN),
        }
        numbers = {name: _number(rows) for name, rows in counted.items()}
        request._waits = User.objects.filter(pk=request.user.pk).values(**numbers).get()
    found: dict[str, int] = request._waits
    return found


def _number(rows: QuerySet[Any]) -> Coalesce:
    """How many there are, as a part of another query."""
    together = rows.order_by().annotate(together=Value(1)).values("together")
    return Coalesce(Subquery(together.annotate(n=Count("pk", distinct=True)).values("n")), 0)


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
