"""Granting and taking back roles, with who did it; staff screens follow from the roles held."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from places.models import Organisation, Place

from .access import roles_of
from .messages import tell_holder
from .models import Invitation, Role, RoleQuerySet, User

logger = logging.getLogger(__name__)

EDITORS, ADMINISTRATORS = "Editors", "Administrators"
EDITOR_SCREENS = "/admin/"
GROUPS = {Role.Kind.EDITOR: EDITORS, Role.Kind.ADMINISTRATOR: ADMINISTRATORS}
OFFER_DAYS = 7  # an offer, and the link to it
_followers: dict[str, Callable[[User, frozenset[str]], None]] = {}


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


def _no_later(
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


def register(room: str, follower: Callable[[User, frozenset[str]], None]) -> None:
    """Call `follower(user, kinds she holds)` in the transaction of every change of a role."""
    _followers[room] = follower


def _make_room(by: User | None, **which: Any) -> dict[str, Any]:
    """What tells a standing role of this kind there; one that is over is put away first.

    It ended by itself, or it is an offer that nobody can take up any more: who made it left.
    """
    held = {**which, "revoked_at": None}
    now = timezone.now()
    before = Role.objects.filter(**held).select_related("granted_by", "place", "organisation").first()
    if before is None:
        return held
    same = Role.objects.filter(pk=before.pk, revoked_at=None, waiting=before.waiting)
    if before.offer_ran_out or (before.expires_at and before.expires_at <= now):
        same.update(revoked_at=now)
    elif lapsed(before):
        same.update(revoked_at=now, revoked_by=by)
    return held


def lapsed(role: Role) -> bool:
    """An offer that is over by itself: it ran out, or its giver left or may not give it any more."""
    if not role.waiting or role.offer_ran_out:
        return role.waiting
    giver = role.granted_by
    return giver is None or not granter(giver)(role.kind, role.place, role.organisation)


def without_lapsed(rows: RoleQuerySet) -> list[Role]:
    """What is held, and what somebody may still take up. Of every giver her own roles are read once."""
    givers: dict[int, Callable[[str, Place, Organisation | None], bool]] = {}
    found = []
    for role in rows.select_related("granted_by", "place", "organisation"):
        giver = role.granted_by
        if role.waiting and giver and giver.pk not in givers:
            givers[giver.pk] = granter(giver)
        open_one = giver and givers.get(giver.pk)
        if not role.waiting or (open_one and open_one(role.kind, role.place, role.organisation)):
            found.append(role)
    return found


@transaction.atomic
def grant(
    *,
    by: User | None,
    user: User,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
    accepted: bool = False,
) -> Role:
    """Give a role for a place and all below it; the same role twice is the one that stands.

    It ends no later than the giver's own. `by` is None only for the operator's commands.
    `accepted`: by herself, signed in, so links by which others offer her more stay. Raises RoleRefused.
    """
    refuse(by=by, user=user, kind=kind, place=place, organisation=organisation)
    expires_at = _no_later(expires_at, by, kind, place, organisation)
    held = _make_room(by, user=user, kind=kind, place=place, organisation=organisation)
    try:
        with transaction.atomic():
            role = Role.objects.create(**held, granted_by=by, expires_at=expires_at)
    except IntegrityError:
        role = Role.objects.get(**held)
        if accepted:
            Role.objects.filter(pk=role.pk, waiting=True).update(waiting=False, granted_by=by)
    else:
        _end_links(user, by, **({"resets": True} if accepted else {}))
        logger.info("Role %s for place %s granted to user %s by %s.", kind, place.pk, user.pk, _pk(by))
    follow(user)
    return role


@transaction.atomic
def offer(
    *,
    by: User,
    user: User,
    name: str,
    kind: str,
    place: Place,
    organisation: Organisation | None = None,
    expires_at: datetime.datetime | None = None,
) -> Role:
    """A role that is in force once its holder has accepted it; who held it before holds it still.

    It ends in seven days unless she has. `name`: as `by` wrote it. She is told where she signs
    in. Raises RoleRefused.
    """
    refuse(by=by, user=user, kind=kind, place=place, organisation=organisation)
    expires_at = _no_later(expires_at, by, kind, place, organisation)
    held = _make_room(by, user=user, kind=kind, place=place, organisation=organisation)
    try:
        with transaction.atomic():
            role = Role.objects.create(
                **held,
                granted_by=by,
                expires_at=expires_at,
                waiting=True,
                offered_name=name[:100],
                offer_ends_at=timezone.now() + datetime.timedelta(days=OFFER_DAYS),
            )
    except IntegrityError:
        role = Role.objects.select_related("granted_by").get(**held)
        if role.waiting and role.granted_by_id != by.pk:
            raise RoleRefused(_offered_by_another(role)) from None
        return role
    logger.info("Role %s for place %s offered to user %s by %s.", kind, place.pk, user.pk, by.pk)
    if user.has_usable_password():
        what = f"{role.get_kind_display()}, {organisation or place}"
        text = f"{by} mời bạn nhận vai trò: {what}. Hãy mở liên kết người ấy gửi hoặc đưa cho bạn để nhận."
        tell_holder(user=user, text=text[:500])
    return role


def _offered_by_another(role: Role) -> str:
    """Whoever may give this role sees it among the roles of her places, with its giver."""
    until = timezone.localtime(role.offer_ends_at)
    return (
        f"{role.granted_by} đã mời người này nhận đúng vai trò này, lời mời còn mở đến {until:%H:%M} "
        f"ngày {until:%d/%m/%Y}. "
        "Hãy để người ấy trả lời, hoặc thu lại vai trò đang chờ đó trong danh sách rồi mời lại."
    )


@transaction.atomic
def renew(*, user: User, by: User) -> int:
    """Another seven days for all that `by` offered her and nobody answered; returns how many."""
    pks = [role.pk for role in offers(user, by, late=True)]
    until = timezone.now() + datetime.timedelta(days=OFFER_DAYS)
    return Role.objects.filter(pk__in=pks, waiting=True, revoked_at=None).update(offer_ends_at=until)


@transaction.atomic
def accept(*, user: User, by: User | None) -> list[Role]:
    """She takes what `by` offered, and `by` may still give; returns the roles in force from now on."""
    taken = [
        role for role in offers(user, by) if Role.objects.offered().filter(pk=role.pk).update(waiting=False)
    ]
    if taken:
        _end_links(user, by, resets=True)  # she has a password: an invitation opens its own offers only
        logger.info("User %s accepted %s of user %s.", user.pk, [role.pk for role in taken], _pk(by))
        follow(user)
    return taken


@transaction.atomic
def decline(*, user: User, by: User | None) -> int:
    """She does not want what `by` offered."""
    pks = [role.pk for role in offers(user, by)]
    return Role.objects.offered().filter(pk__in=pks).update(revoked_at=timezone.now(), revoked_by=user)


def offers(user: User, by: User | None, *, late: bool = False) -> list[Role]:
    """What these hands offered her, still may give, and waits for her answer.

    `late`: what ran out unanswered as well; another link opens it anew.
    """
    if by is None:
        return []
    rows = Role.objects.kept().filter(waiting=True) if late else Role.objects.offered()
    waiting = rows.filter(user=user, granted_by=by).select_related("place", "organisation")
    may = granter(by)
    return [
        role for role in waiting if opens(user, role.kind) and may(role.kind, role.place, role.organisation)
    ]


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


def _end_links(user: User, by: User | None, **which: bool) -> None:
    """A link that somebody else handed out must not open what this role opens."""
    standing = Invitation.objects.standing().filter(user=user, **which)
    (standing.exclude(invited_by=by) if by else standing).update(ended_at=timezone.now())


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


@transaction.atomic
def change_expiry(*, by: User, role: Role, expires_at: datetime.datetime | None) -> Role:
    """The same role until another day: the old row ends and a new one begins, so the history stays whole.

    Raises RoleRefused.
    """
    if role.expires_at == expires_at:
        return role
    refuse(by=by, user=role.user, kind=role.kind, place=role.place, organisation=role.organisation)
    if expires_at is not None:
        _keep_an_administrator(role)
    now = timezone.now()
    if not Role.objects.active().filter(pk=role.pk).update(revoked_at=now, revoked_by=by):
        raise RoleRefused("Vai trò này đã được thu lại hoặc đã hết hạn.")
    logger.info("Expiry of role %s of user %s changed by %s.", role.pk, role.user_id, by.pk)
    return grant(
        by=by,
        user=role.user,
        kind=role.kind,
        place=role.place,
        organisation=role.organisation,
        expires_at=expires_at,
    )


def _keep_an_administrator(role: Role) -> None:
    """Raises LastAdministrator when nobody else could undo a mistake. Call in a transaction.

    The rows are locked together, so two who remove each other cannot both succeed.
    """
    if role.kind != Role.Kind.ADMINISTRATOR or role.place.level != Place.Level.PROVINCE:
        return
    if role.waiting:
        return
    same = Role.objects.filter(
        kind=role.kind, place=role.place, revoked_at=None, expires_at=None, waiting=False
    )
    locked = list(same.select_for_update().order_by("pk").values_list("pk", "user_id"))
    others = [user for pk, user in locked if pk != role.pk]
    if not User.objects.filter(pk__in=others, is_active=True).exclude(pk=role.user_id).exists():
        raise LastAdministrator(
            f"Đây là người quản trị cuối cùng của {role.place.name}. "
            "Hãy giao vai trò quản trị không thời hạn cho người khác trước."
        )


def refuse_taking(*, by: User, role: Role) -> None:
    """Raises RoleRefused when `by` may not take this role back. Call in a transaction."""
    if not may_grant(by, kind=role.kind, place=role.place, organisation=role.organisation):
        raise NotHersToGive("Vai trò này do cấp trên giao, bạn không thu lại được.")
    _keep_an_administrator(role)


@transaction.atomic
def revoke(*, by: User | None, role: Role) -> bool:
    """Take a role back; False when it was taken back before.

    Raises NotHersToGive (who may give a role may take it back) or LastAdministrator.
    """
    if by is not None:
        refuse_taking(by=by, role=role)
    done = Role.objects.filter(pk=role.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    if done:
        logger.info(
            "Role %s for place %s taken from user %s by %s.", role.kind, role.place_id, role.user_id, _pk(by)
        )
        follow(role.user)
        if not role.waiting:
            what = f"{role.get_kind_display()}, {role.organisation or role.place}"
            who = by or "Người vận hành"
            text = f"{who} đã thu lại vai trò của bạn: {what}. Việc học của bạn vẫn như cũ."
            tell_holder(user=role.user, text=text[:500])
    return bool(done)


def _pk(user: User | None) -> object:
    return user.pk if user else "operator"


def follow(user: User) -> None:
    """Bring `is_staff` and the groups of Wagtail in line with the roles held today."""
    held = list(Role.objects.active().filter(user=user).values_list("kind", "place__level"))
    kinds = frozenset(kind for kind, level in held if kind not in GROUPS or level == Place.Level.PROVINCE)
    user.is_staff = bool(held)
    user.save(update_fields=["is_staff"])
    ours = ensure_groups()
    wanted = [ours[GROUPS[Role.Kind(kind)]] for kind in kinds if kind in GROUPS]
    user.groups.remove(*(group for group in ours.values() if group not in wanted))
    user.groups.add(*wanted)
    for follower in _followers.values():
        follower(user, kinds)


def ensure_groups() -> dict[str, Group]:
    """The two groups, able to enter the admin; rooms above add what their screens need."""
    enter = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin").first()
    groups = {}
    for name in GROUPS.values():
        groups[name], _ = Group.objects.get_or_create(name=name)
        if enter:
            groups[name].permissions.add(enter)
    return groups


def sweep() -> int:
    """Staff whose last role ran out lose what came with it; returns how many rows were looked at."""
    now = timezone.now()
    users = User.objects.filter(roles__expires_at__lte=now, roles__revoked_at=None, is_staff=True).distinct()
    for user in users:
        end_expired(user)
    return len(users)


def end_expired(user: User) -> bool:
    """What came with her roles that ran out goes; whether any had. One query when none had."""
    now = timezone.now()
    expired = user.roles.filter(expires_at__lte=now, revoked_at=None)
    if not expired.exists():
        return False
    with transaction.atomic():
        expired.update(revoked_at=now)
        follow(user)
    return True


class EndExpiredRoles:
    """A middleware: rights in the editor's screens end with the role, not with the next `sweep`.

    Those screens go by `is_staff` and groups; everywhere else `accounts.access` asks for
    the roles held today. One query a request below /admin/.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(EDITOR_SCREENS) and isinstance(request.user, User):
            user = request.user
            if user.is_staff and end_expired(user):
                request.user = User.objects.get(pk=user.pk)  # without the rights read before
        return self.get_response(request)
