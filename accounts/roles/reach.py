"""Who may give which role for which place, and for whom it fits."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from places.models import Organisation, Place

from ..access import roles_of
from ..models import Role, User

EDITORS, ADMINISTRATORS = "Editors", "Administrators"
GROUPS = {Role.Kind.EDITOR: EDITORS, Role.Kind.ADMINISTRATOR: ADMINISTRATORS}
_ALL = frozenset(Role.Kind.values)
_PROVINCE, _COMMUNE, _ORGANISATION = Place.Level.PROVINCE, Place.Level.COMMUNE, "organisation"


@dataclass(frozen=True)
class Reach:
    """What a role may give (and take back): for its own place, and only for what lies below it."""

    here: frozenset[str]
    below: frozenset[str] = frozenset()


_PEOPLE = frozenset({Role.Kind.TRAINER, Role.Kind.OFFICIAL_VIEW})
_OFFICIALS = _PEOPLE | {Role.Kind.OFFICIAL_MANAGE}
# Who may grant what: (the role she holds, what it is for) → its reach. Whatever is not here, may not.
# Editors and administrators work on the one set of pages of the whole city, so only the city names them.
MAY_GRANT: dict[tuple[str, str], Reach] = {
    (Role.Kind.ADMINISTRATOR, _PROVINCE): Reach(_ALL),
    (Role.Kind.ADMINISTRATOR, _COMMUNE): Reach(_OFFICIALS),
    (Role.Kind.ADMINISTRATOR, _ORGANISATION): Reach(_OFFICIALS),
    (Role.Kind.OFFICIAL_MANAGE, _PROVINCE): Reach(_PEOPLE, below=_OFFICIALS),
    (Role.Kind.OFFICIAL_MANAGE, _COMMUNE): Reach(_PEOPLE),
    (Role.Kind.OFFICIAL_MANAGE, _ORGANISATION): Reach(_PEOPLE),
}
# A sign-in without e-mail opens by 6 digits: what reaches further needs an address and a password.
BY_NUMBER = frozenset({Role.Kind.TRAINER, Role.Kind.OFFICIAL_VIEW})
NEEDS_EMAIL = "Vai trò này cần thư điện tử và mật khẩu: mã 6 số không đủ an toàn."
WHOLE_CITY = frozenset({Role.Kind.EDITOR, Role.Kind.ADMINISTRATOR})  # never for an organisation alone


class RoleRefused(Exception):
    """The role cannot be granted or taken back; the message is in Vietnamese."""


class NotHersToGive(RoleRefused):
    pass


class LastAdministrator(RoleRefused):
    pass


def may_grant(by: User, *, kind: str, place: Place, organisation: Organisation | None = None) -> bool:
    """Whether one of the roles she holds reaches this one. One or two queries."""
    return granter(by)(kind, place, organisation)


def granter(by: User) -> Callable[[str, Place, Organisation | None], bool]:
    """`may_grant` for many questions about one person: her own roles are read once."""
    if not by.is_active:
        return lambda kind, place, organisation: False
    if by.is_superuser:
        return lambda kind, place, organisation: True
    held = list(roles_of(by).select_related("place", "organisation"))
    return lambda kind, place, organisation: any(_reaches(role, kind, place, organisation) for role in held)


def _reaches(role: Role, kind: str, place: Place, organisation: Organisation | None) -> bool:
    if kind in GROUPS and place.level != Place.Level.PROVINCE:
        return False  # `must_fit` refuses it to everybody
    reach = MAY_GRANT.get((role.kind, _ORGANISATION if role.organisation_id else role.place.level))
    if reach is None:
        return False
    if role.organisation_id:
        inside, below = _within(organisation, role.organisation_id)
    else:
        inside = role.place_id in {place.pk, place.parent_id}
        below = role.place_id != place.pk or organisation is not None
    return inside and (kind in reach.here or (below and kind in reach.below))


def no_later(
    wanted: datetime.datetime | None,
    by: User | None,
    kind: str,
    place: Place,
    organisation: Organisation | None,
) -> datetime.datetime | None:
    """What is wanted, or the end of the longest of the giver's roles that reach this one."""
    if by is None or by.is_superuser:
        return wanted
    held = roles_of(by).select_related("place", "organisation")
    ends = [role.expires_at for role in held if _reaches(role, kind, place, organisation)]
    limited = [end for end in ends if end is not None]
    if len(limited) < len(ends) or not limited:
        return wanted
    return min(max(limited), wanted) if wanted else max(limited)


def _within(organisation: Organisation | None, held: int) -> tuple[bool, bool]:
    """Whether it is the one held or lies below it, and whether below."""
    at, steps = organisation, 0
    while at is not None and steps < 5:
        if at.pk == held:
            return True, steps > 0
        at, steps = at.parent, steps + 1
    return False, False


def grantable(by: User) -> list[str]:
    """The kinds she may give somewhere, in the order of their names in the model."""
    if by.is_superuser:
        return list(Role.Kind.values)
    held = roles_of(by).select_related("place")
    kinds: set[str] = set()
    for role in held:
        reach = MAY_GRANT.get((role.kind, _ORGANISATION if role.organisation_id else role.place.level))
        kinds |= (reach.here | reach.below) if reach else frozenset()
    return [kind for kind in Role.Kind.values if kind in kinds]


def opens(user: User, kind: str) -> bool:
    """Whether her sign-in is strong enough for a role of this kind."""
    return bool(user.email) or kind in BY_NUMBER


def must_fit(kind: str, place: Place) -> None:
    """Raises RoleRefused for a role whose screens are the whole site's and a place that is less.

    The editor's screens know one site, no communes.
    """
    if kind in GROUPS and place.level != Place.Level.PROVINCE:
        raise RoleRefused(
            f"Vai trò “{Role.Kind(kind).label}” có quyền trên cả trang nên chỉ giao cho tỉnh, thành phố, "
            f"không giao cho {place.name}."
        )


def refuse(
    *, by: User | None, user: User | None, kind: str, place: Place, organisation: Organisation | None = None
) -> None:
    """Raises RoleRefused when `by` may not give this role to this person (None: somebody new)."""
    if kind not in Role.Kind.values:
        raise RoleRefused(f"Không có vai trò “{kind}”.")
    if user and not opens(user, kind):
        raise RoleRefused(NEEDS_EMAIL)
    if place.valid_to is not None:
        raise RoleRefused(f"{place.name} đã hết hiệu lực, không giao việc cho nơi này được nữa.")
    must_fit(kind, place)
    if organisation and (organisation.place_id != place.pk or kind in WHOLE_CITY):
        raise RoleRefused(f"Vai trò “{Role.Kind(kind).label}” không giao riêng cho {organisation.name} được.")
    if by is None:
        return
    if user and by.pk == user.pk:
        raise NotHersToGive("Không ai tự giao vai trò cho chính mình. Hãy nhờ người phụ trách cấp trên.")
    if not may_grant(by, kind=kind, place=place, organisation=organisation):
        raise NotHersToGive(
            f"Bạn không giao được vai trò “{Role.Kind(kind).label}” cho {organisation or place}. "
            "Hãy nhờ người phụ trách cấp trên."
        )
