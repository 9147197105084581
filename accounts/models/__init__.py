"""Ways to sign in (User), people (Learner), what they may do (Role) and agreed to (Consent)."""

from .cards import Card, CardPrint, CardUse
from .codes import Alarm, OneTimeCode
from .consents import Consent
from .corrections import Correction
from .devices import Device, DeviceSession, DeviceUse
from .doors import PinAlarm, SlowDown, TriedPin
from .erasures import Erasure
from .help import Feedback, HelpContact, HelpMember, HelpMessage
from .household import Parting
from .identities import Identity
from .invitations import Invitation, InvitationList, NumberOffer
from .looks import Look
from .merges import Merge, MergedRow
from .messages import Message, Notice, Spending
from .people import HOUSEHOLD, Learner, LearnerQuerySet, User, UserManager
from .requests import DataRequest, DataRequestStep, Objection
from .retention import RetentionRun
from .roles import Role, RoleQuerySet
from .twins import TwoPeople

__all__ = [
    "HOUSEHOLD",
    "Alarm",
    "Card",
    "CardPrint",
    "CardUse",
    "Consent",
    "Correction",
    "DataRequest",
    "DataRequestStep",
    "Device",
    "DeviceSession",
    "DeviceUse",
    "Erasure",
    "Feedback",
    "HelpContact",
    "HelpMember",
    "HelpMessage",
    "Identity",
    "Invitation",
    "InvitationList",
    "Learner",
    "LearnerQuerySet",
    "Look",
    "Merge",
    "MergedRow",
    "Message",
    "Notice",
    "NumberOffer",
    "Objection",
    "OneTimeCode",
    "Parting",
    "PinAlarm",
    "RetentionRun",
    "Role",
    "RoleQuerySet",
    "SlowDown",
    "Spending",
    "TriedPin",
    "TwoPeople",
    "User",
    "UserManager",
]
