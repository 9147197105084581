"""Granting, offering and taking back roles, with who did it; staff screens follow from the roles held."""

from .following import EndExpiredRoles, ensure_groups, follow, register, sweep
from .giving import change_expiry, grant, refuse_taking, revoke
from .reach import (
    BY_NUMBER,
    NEEDS_EMAIL,
    LastAdministrator,
    NotHersToGive,
    RoleRefused,
    grantable,
    granter,
    may_grant,
    opens,
    refuse,
)
from .waiting import OFFER_DAYS, accept, decline, lapsed, offer, offers, renew, without_lapsed

__all__ = [
    "BY_NUMBER",
    "NEEDS_EMAIL",
    "OFFER_DAYS",
    "EndExpiredRoles",
    "LastAdministrator",
    "NotHersToGive",
    "RoleRefused",
    "accept",
    "change_expiry",
    "decline",
    "ensure_groups",
    "follow",
    "grant",
    "grantable",
    "granter",
    "lapsed",
    "may_grant",
    "offer",
    "offers",
    "opens",
    "refuse",
    "refuse_taking",
    "register",
    "renew",
    "revoke",
    "sweep",
    "without_lapsed",
]
