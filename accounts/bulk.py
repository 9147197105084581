"""Inviting many at once from a file: every row gets a verdict first, and is done once.

A list is done in short transactions (at most a second of the write lock each), by
whoever confirms it and by the worker; killed anywhere, it goes on where it stopped.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from common import phones, sheets
from common.retrying import again
from common.text import clean_name, fold
from places.models import Organisation, Place

from . import inviting, offering, roles
from .forms_roles import UntilField, end_of, places_of
from .models import InvitationList, NumberOffer, Role, User

MOST = 2000
SECONDS = 1.0  # of one transaction
COLUMNS = {
    "Họ và tên": "name",
    "Thư điện tử": "email",
    "Số điện thoại": "phone",
    "Vai trò": "kind",
    "Mã xã, phường": "place",
    "Tổ chức": "organisation",
    "Đến hết ngày": "until",
}
NEEDED = ("Họ và tên", "Vai trò")
KINDS = (Role.Kind.TRAINER, Role.Kind.OFFICIAL_VIEW, Role.Kind.OFFICIAL_MANAGE)
Row = dict[str, Any]  # line, name, email, phone, kind, place, organisation (pks), where, until, verdict, why


class Verdict:
    NEW, ROLE, HELD, WRONG = "new", "role", "held", "wrong"


class _Wrong(Exception):
    pass


def template(by: User) -> bytes:
    """The file to fill in, with her places and what the columns mean on a second sheet."""
    words = [Role.Kind(kind).label for kind in roles.grantable(by) if kind in KINDS]
    help_lines = [
        ["Cột", "Ghi gì"],
        ["Họ và tên", "Như trên giấy tờ, nhiều nhất 60 chữ."],
        ["Thư điện tử", "Mỗi người một địa chỉ; người ấy sẽ đăng nhập bằng địa chỉ này."],
        [
            "Số điện thoại",
            "Ghi khi người ấy không có thư điện tử; người ấy đăng nhập bằng số này. "
            "Chỉ cho người hướng dẫn và cán bộ xem số liệu.",
        ],
        ["Vai trò", "Một trong: " + "; ".join(words) + "."],
        ["Mã xã, phường", "Mã 5 chữ số hoặc tên xã, phường. Để trống nếu bạn chỉ phụ trách một nơi."],
        ["Tổ chức", "Chỉ ghi khi vai trò chỉ trong một trường, hội, doanh nghiệp, tổ công nghệ số."],
        ["Đến hết ngày", "Ngày cuối cùng, ví dụ 31/12/2026. Để trống nếu không có hạn."],
        ["", ""],
        ["Ví dụ", "Nguyễn Văn A | a@haiphong.gov.vn | | Người hướng dẫn | 10750 | | 31/12/2026"],
        ["Ví dụ", "Trần Thị B | | 0912 345 678 | Người hướng dẫn | 10750 | |"],
    ]
    codes = [["Mã", "Tên"], *([place.code, place.name] for place in places_of(by))]
    return sheets.write(
        {"Danh sách": [list(COLUMNS)], "Hướng dẫn": help_lines, "Mã xã, phường": codes},
        widths=(30, 34, 18, 24, 22, 34, 16),
        choices={3: words},
        rows=MOST,
    )


def read(*, by: User, content: bytes, file_name: str) -> InvitationList:
    """The file with a verdict for every row, not yet confirmed. Raises sheets.BadSheet."""
    lines = sheets.read(content, columns=COLUMNS, needed=NEEDED, most=MOST)
    if not lines:
        raise sheets.BadSheet("Tệp chưa có dòng nào. Hãy ghi mỗi người một dòng dưới dòng tiêu đề.")
    rows = _Judge(by, lines).rows()
    return InvitationList.objects.create(by=by, file_name=file_name[:100], rows=rows)


class _Judge:
    """What is known beforehand is read once: the number of queries does not grow with the rows."""

    def __init__(self, by: User, lines: list[sheets.Line]) -> None:
        self.by, self.lines = by, lines
        self.may = roles.granter(by)
        self.kinds = {fold(Role.Kind(kind).label): str(kind) for kind in KINDS}
        self.places = list(places_of(by))
        self.by_name: dict[str, list[Place]] = {}
        for place in self.places:
            for name in {place.code, fold(place.name), fold(place.short_name)}:
                self.by_name.setdefault(name, []).append(place)
        inside = Organisation.objects.filter(place__in=[place.pk for place in self.places])
        self.organisations = (
            {(one.place_id, fold(one.name)): one for one in inside.select_related("parent__parent")}
            if any(line.cells.get("organisation") for line in lines)
            else {}
        )
        emails = {line.cells.get("email", "").lower() for line in lines}
        self.users = {user.email: user for chunk in _chunks(emails) for user in _by_email(chunk)}
        pks = [user.pk for user in self.users.values()]
        self.held = {
            (role.user_id, role.kind, role.place_id, role.organisation_id): role
            for chunk in _chunks(pks)
            for role in roles.without_lapsed(Role.objects.standing().filter(user__in=chunk))
        }
        typed = {_number(line.cells.get("phone", "")) for line in lines} - {""}
        self.numbers = {  # held by who signs in with the number; known to `by`, who sees these roles
            (role.user.phone, role.kind, role.place_id, role.organisation_id): role.last_day
            for chunk in _chunks(typed)
            for role in Role.objects.active().filter(user__phone__in=chunk).select_related("user")
        }
        self.offered = {
            (one.phone, one.kind, one.place_id, one.organisation_id)
            for chunk in _chunks(typed)
            for one in NumberOffer.objects.standing().filter(phone__in=chunk, invited_by=by)
            if not one.ran_out
        }
        self.seen: dict[tuple[object, ...], int] = {}

    def rows(self) -> list[Row]:
        return [self._row(line) for line in self.lines]

    def _row(self, line: sheets.Line) -> Row:
        shown = {key: line.cells.get(key, "")[:100] for key in COLUMNS.values()}
        row: Row = {**shown, "line": line.number, "where": shown["organisation"] or shown["place"], "why": ""}
        row |= {"place": None, "organisation": None}
        try:
            row |= self._judged(line)
        except (_Wrong, ValidationError) as error:
            why = error.messages[0] if isinstance(error, ValidationError) else str(error)
            row |= {"verdict": Verdict.WRONG, "why": why, "phone": _number(row["phone"]) or row["phone"]}
        return row

    def _judged(self, line: sheets.Line) -> Row:
        if line.formulas:
            raise _Wrong("Có ô là công thức. Hãy gõ thẳng chữ vào ô.")
        cells = line.cells
        name, (email, phone) = clean_name(cells.get("name", "")), self._login(cells)
        kind, place = self._kind(cells.get("kind", "")), self._place(cells.get("place", ""))
        organisation = self._organisation(place, cells.get("organisation", ""))
        until = UntilField(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]).clean(cells.get("until", ""))
        user = self.users.get(email) if email else None
        if (user and user.pk == self.by.pk) or (phone and phone == self.by.phone):
            raise _Wrong("Không ai tự giao vai trò cho chính mình.")
        if not self.may(kind, place, organisation):
            raise _Wrong(f"Bạn không giao được vai trò này cho {organisation or place}.")
        if phone and kind not in roles.BY_NUMBER:
            raise _Wrong(roles.NEEDS_EMAIL)
        key = (email or phone, kind, place.pk, organisation.pk if organisation else None)
        if key in self.seen:
            raise _Wrong(f"Lặp lại dòng {self.seen[key]}.")
        self.seen[key] = line.number
        verdict, why, waits = Verdict.NEW, "", False  # whether the address is known here is nobody's business
        if user and (user.pk, *key[1:]) in self.held:
            held = self.held[(user.pk, *key[1:])]
            verdict, waits = Verdict.HELD, held.waiting
            why = "Người này chưa nhận lời mời." if waits else _until(held.last_day, until)
        elif phone and key in self.numbers:
            verdict, why = Verdict.HELD, _until(self.numbers[key], until)
        elif phone and key in self.offered:
            verdict, why, waits = Verdict.HELD, "Số này chưa nhận lời mời của bạn.", True
        return {
            "why": why,
            "name": name,
            "email": email,
            "phone": phone,
            "kind": kind,
            "place": place.pk,
            "organisation": organisation.pk if organisation else None,
            "where": str(organisation or place),
            "until": until.isoformat() if until else "",
            "verdict": verdict,
            "waits": waits,
        }

    def _login(self, cells: Mapping[str, str]) -> tuple[str, str]:
        """Her address or, when there is none, her number; the other is empty."""
        email, phone = cells.get("email", ""), cells.get("phone", "")
        if email or not phone:
            return self._email(email), ""
        number = _number(phone)
        if not number:
            raise _Wrong("Số điện thoại chưa đúng. Ví dụ: 0912 345 678.")
        return "", number

    def _email(self, typed: str) -> str:
        try:
            validate_email(typed)
        except ValidationError:
            raise _Wrong(
                "Thư điện tử chưa đúng." if typed else "Thiếu thư điện tử hoặc số điện thoại."
            ) from None
        return typed.lower()

    def _kind(self, typed: str) -> str:
        kind = self.kinds.get(fold(typed))
        if kind is None:
            raise _Wrong(f"Không có vai trò “{typed[:40]}”." if typed else "Thiếu vai trò.")
        return kind

    def _place(self, typed: str) -> Place:
        if not typed and len(self.places) == 1:
            return self.places[0]
        found = self.by_name.get(fold(typed), [])
        if not typed:
            raise _Wrong("Thiếu mã xã, phường.")
        if len(found) > 1:
            raise _Wrong(f"Có nhiều nơi tên “{typed[:40]}”. Hãy ghi mã 5 chữ số.")
        if not found:
            raise _Wrong(f"“{typed[:40]}” không phải nơi bạn phụ trách.")
        return found[0]

    def _organisation(self, place: Place, typed: str) -> Organisation | None:
        if not typed:
            return None
        found = self.organisations.get((place.pk, fold(typed)))
        if found is None:
            raise _Wrong(f"Ở {place.name} chưa có tổ chức tên “{typed[:60]}”.")
        return found


def _until(held: datetime.date | None, wanted: datetime.date | None) -> str:
    """Until when she holds it already; that another day in the file changes nothing."""
    words = f"Đang giữ đến hết ngày {held:%d/%m/%Y}." if held else "Đang giữ, không có hạn."
    return words if held == wanted else f"{words} Hạn trong tệp không được dùng: hãy đổi ở trang vai trò."


def _number(typed: str) -> str:
    """As kept; spreadsheets drop the first 0. Empty when it is no number."""
    try:
        return phones.normalise(f"0{typed}" if re.fullmatch(r"[35789]\d{8}", typed) else typed)
    except ValidationError:
        return ""


def _by_email(emails: list[Any]) -> Iterable[User]:
    return User.objects.filter(email__in=emails)


def _chunks(values: Iterable[Any], size: int = 500) -> Iterable[list[Any]]:
    kept = list(values)
    for start in range(0, len(kept), size):
        yield kept[start : start + size]


# --- doing it -------------------------------------------------------------------


def confirm(*, batch: InvitationList) -> bool:
    """Start; a second press changes nothing. What a second can do is done at once."""
    waiting = InvitationList.objects.filter(pk=batch.pk, confirmed_at=None)
    if not waiting.update(confirmed_at=timezone.now()):
        return False
    if not advance(batch.pk):
        from .tasks import advance_invitations

        transaction.on_commit(advance_invitations.delay, robust=True)
    return True


def sweep() -> int:
    """Go on with every list that was confirmed; returns how many lists were looked at."""
    waiting = InvitationList.objects.exclude(confirmed_at=None).filter(done_at=None)
    pks = list(waiting.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        while not advance(pk):
            pass
    return len(pks)


@again()  # two lists with the same people in another order wait for each other
@transaction.atomic
def advance(pk: int) -> bool:
    """Do rows for about a second; True when nothing is left. Safe to run beside itself."""
    batch = InvitationList.objects.select_for_update().select_related("by").get(pk=pk)
    if batch.done_at:
        return True
    started = time.monotonic()
    while batch.position < len(batch.rows) and time.monotonic() - started < SECONDS:
        row = batch.rows[batch.position]
        batch.results.append(_done(batch.by, row))
        batch.position += 1
    if batch.position == len(batch.rows):
        batch.done_at = timezone.now()
    batch.save(update_fields=["position", "results", "done_at"])
    return batch.done_at is not None


def _done(by: User, row: Row) -> list[str]:
    """[what became of it, why]: invited, role, held, or wrong."""
    if row["verdict"] in {Verdict.WRONG, Verdict.HELD}:
        return [row["verdict"], row["why"]]
    try:
        with transaction.atomic():
            return [_invited(by, row), ""]
    except (roles.RoleRefused, inviting.InvitationRefused) as refusal:
        return [Verdict.WRONG, str(refusal)]
    except (Place.DoesNotExist, Organisation.DoesNotExist):
        return [Verdict.WRONG, "Nơi này không còn nữa."]


def _invited(by: User, row: Row) -> str:
    place = Place.objects.get(pk=row["place"])
    inside = Organisation.objects.get(pk=row["organisation"]) if row["organisation"] else None
    until = end_of(UntilField().clean(row["until"])) if row["until"] else None
    if row.get("phone"):
        return _to_number(by, row, place=place, organisation=inside, expires_at=until)
    user = inviting.person(email=row["email"], name=row["name"])
    held = {"user": user, "kind": row["kind"], "place": place, "organisation": inside}
    if roles.without_lapsed(Role.objects.standing().filter(**held)):
        return Verdict.HELD
    roles.offer(by=by, name=row["name"], expires_at=until, **held)
    inviting.invite(by=by, user=user)
    return Verdict.NEW


def _to_number(by: User, row: Row, **what: Any) -> str:
    try:
        offering.offer(by=by, phone=row["phone"], name=row["name"], kind=row["kind"], **what)
    except offering.AlreadyHeld:
        return Verdict.HELD
    return Verdict.NEW
