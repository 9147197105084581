"""Every look of the staff at a person's data is written down, and she can read it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from .access import roles_of
from .models import Learner, Look, Role, User

# Whose words say why she was let in, when she holds several.
_FIRST = [
    Role.Kind.OFFICIAL_MANAGE,
    Role.Kind.TRAINER,
    Role.Kind.OFFICIAL_VIEW,
    Role.Kind.ADMINISTRATOR,
    Role.Kind.EDITOR,
]


def note(*, by: User | AnonymousUser, learners: Iterable[Learner | int], screen: str, why: str = "") -> int:
    """Write down that `by` saw these people on `screen` (Vietnamese words she will read); returns how many.

    Once per person, screen and day, with every reason given that day; one's own people are left out.
    Four queries, however many people; a fifth for a reason.
    """
    pks = {each if isinstance(each, int) else each.pk for each in learners}
    if not pks or not isinstance(by, User):
        return 0
    seen = Learner.objects.filter(pk__in=pks).exclude(user=by)
    places = list(seen.values_list("pk", "commune_id", "commune__parent_id"))
    if not places:
        return 0
    roles = sorted(
        roles_of(by).select_related("place", "organisation"),
        key=lambda role: _FIRST.index(Role.Kind(role.kind)),
    )
    now, name = timezone.now(), by.name[:100]
    day = timezone.localdate(now)
    if why:
        _add_reason(Look.objects.filter(learner__in=pks, by=by, screen=screen[:80], day=day), why)
    rows = [
        Look(
            learner_id=pk,
            by=by,
            name=name,
            role=_words(roles, {commune, parent}),
            screen=screen[:80],
            why=why[:300],
            day=day,
            at=now,
        )
        for pk, commune, parent in places
    ]
    return len(Look.objects.bulk_create(rows, ignore_conflicts=True))


def _add_reason(earlier: QuerySet[Look], why: str) -> None:
    """She opened the screen before she gave her reason, or gives another: the person reads each."""
    for look in earlier:
        said = look.why.split("; ") if look.why else []
        if why not in said:
            Look.objects.filter(pk=look.pk).update(why="; ".join([*said, why])[:300])


def _words(roles: list[Role], places: set[int | None]) -> str:
    """The role that reaches her place, else the first there is (one for an organisation, say)."""
    fitting = [role for role in roles if role.place_id in places and role.organisation_id is None]
    for role in (*fitting, *roles):
        return f"{role.get_kind_display()}, {role.organisation or role.place}"[:200]
    return ""
