"""Ways to sign in (User), people (Learner), what they may do (Role) and agreed to (Consent)."""

from .consents import Consent
from .doors import PinAlarm, SlowDown, TriedPin
from .merges import Merge, MergedRow
from .people import HOUSEHOLD, Learner, LearnerQuerySet, User, UserManager
from .roles import Role, RoleQuerySet

__all__ = [
    "HOUSEHOLD",
    "Consent",
    "Learner",
    "LearnerQuerySet",
    "Merge",
    "MergedRow",
    "PinAlarm",
    "Role",
    "RoleQuerySet",
    "SlowDown",
    "TriedPin",
    "User",
    "UserManager",
]
