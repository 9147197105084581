"""Words about an erased person in rows to which no key of hers leads.

Lists of staff to invite, what was written to a commune or about a page without an account,
what others asked in her name or were answered about her. Her names (the former ones too) and
her number are all there is to go by: a namesake's may go from such a row as well; a name
that stayed could not be taken back. What `mentions` calls a name decides.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from common.text import nfc

from . import helping, people
from .holdings import Words
from .mentions import NAME, Person
from .models import (
    Consent,
    Correction,
    DataRequest,
    DataRequestStep,
    HelpMember,
    HelpMessage,
    InvitationList,
    Learner,
    MergedRow,
    NumberOffer,
    Parting,
    User,
)

CHUNK = 500  # rows by their numbers in one query
LAST_ROWS = 1000  # looked through again where a look is of a moment ago
EARLIER = datetime.timedelta(hours=1)  # so is what was written into older rows since then
# Columns for a name alone, with rules of their own below.
_NAMED = {
    "accounts.HelpMessage": "name",
    "accounts.DataRequest": "about_name",
    "accounts.Consent": "guardian_name",
}
REMOVED = "đã xóa theo yêu cầu"
NOT_INVITED = "Dòng này đã xóa theo yêu cầu về dữ liệu. Nếu đây là người khác trùng tên, hãy mời riêng."


def sign_ins_of(members: list[Learner]) -> set[int]:
    """The numbers of those she uses, and of those she left: merged into another record, or by unlinking."""
    hers = {each.pk for each in members}
    now = {each.user_id for each in members if each.user_id}
    left = set(Parting.objects.filter(learner__in=hers).values_list("user", flat=True))
    merges = Q(merge__duplicate__in=hers) | Q(merge__canonical__in=hers)
    seats = MergedRow.objects.filter(merges, table="accounts.Learner", row__in=hers)
    merged = {row.before.get("user_id") or row.after.get("user_id") for row in seats}
    return now | left | {pk for pk in merged if pk}


def person_of(members: list[Learner]) -> Person:
    """Her names, today's and those before a correction; her numbers, when nobody else has them."""
    changed = Correction.objects.filter(learner__in=members)
    former = changed.filter(what=Correction.What.NAME).values_list("before", flat=True)
    years = changed.filter(what=Correction.What.BIRTH_YEAR).values_list("before", flat=True)
    return Person(
        names=tuple(dict.fromkeys([*(each.name for each in members), *former])),
        years=tuple({*(each.birth_year for each in members), *map(int, years)}),
    )


def with_numbers(person: Person, gone: Iterable[User]) -> Person:
    """`gone`: the sign-ins that go with her, which nobody else uses: their numbers are hers."""
    return Person(person.names, tuple(user.phone for user in gone if user.phone), person.years)


@dataclass(frozen=True)
class Candidates:
    """Rows that may tell of her, looked up before anybody has to wait: the long part of erasing."""

    spellings: frozenset[str]
    rows: Mapping[tuple[str, str], list[int]]  # by table and column
    newest: Mapping[tuple[str, str], int]  # what came later is looked through when she is erased
    since: datetime.datetime  # and what was written into an earlier row from then on


def look(person: Person) -> Candidates:
    """Goes through the tables that grow without end, without an index; holds nothing.

    A row may be committed after others that were numbered later: the last rows are looked through again.
    """
    since = timezone.now() - EARLIER
    rows: dict[tuple[str, str], list[int]] = {}
    newest: dict[tuple[str, str], int] = {}
    names = [Words(model, (column,), grows=True) for model, column in _NAMED.items()]
    for words in (*people.all_words(), *names):
        if not words.grows:
            continue
        table = words.table._default_manager
        last = table.order_by("-pk").values_list("pk", flat=True).first() or 0
        for column in words.columns:
            at = (words.model, column)
            newest[at] = last - LAST_ROWS
            found = table.filter(_likely(person, column), pk__lte=last, **words.where)
            rows[at] = [*rows.get(at, []), *found.values_list("pk", flat=True)]
    return Candidates(frozenset(person.spellings()), rows, newest, since)


def forget(person: Person, members: list[Learner], gone: list[User], found: Candidates) -> None:
    """`found` may be of a moment ago; where it was of other names or numbers all is looked through again."""
    person = with_numbers(person, gone)
    phones = person.phones
    places = {each.commune_id for each in members}
    known = found if person.spellings() <= found.spellings else None
    _forget_lists(person, {user.email for user in gone if user.email})
    NumberOffer.objects.filter(phone__in=phones).delete()
    _forget_help(person, places, known)
    _forget_requests(person, places, known)
    _forget_guardian(person, known)
    for words in people.all_words():
        _take_out(person, words, known)


def _likely(person: Person, column: str) -> Q:
    """Rows that the database finds by a spelling; empty for a name of one word without a number."""
    found = [Q(**{f"{column}__icontains": way}) for way in person.spellings()]
    return functools.reduce(operator.or_, found, Q(pk__in=[]))


def _take_out(person: Person, words: Words, candidates: Candidates | None) -> None:
    """Her name, number and year from what people typed; the rest of it is others' and stays.

    Every text is read as it is now.
    """
    rows = words.table._default_manager.filter(**words.where)
    for column in words.columns:
        longest = getattr(words.table._meta.get_field(column), "max_length", None)
        for pk, text in _texts(person, words, column, candidates):
            left = person.taken_out(text)
            if left != nfc(text):
                rows.filter(pk=pk).update(**{column: left[:longest]})


def _texts(
    person: Person, words: Words, column: str, candidates: Candidates | None
) -> Iterator[tuple[int, str]]:
    rows = words.table._default_manager.filter(**words.where)
    at = (words.model, column)
    if candidates is None or at not in candidates.rows:
        yield from list(rows.filter(_likely(person, column)).values_list("pk", column))
        return
    hers = candidates.rows[at]
    for start in range(0, len(hers), CHUNK):
        chunk = hers[start : start + CHUNK]
        yield from list(rows.filter(pk__in=chunk).values_list("pk", column))
    later = rows.filter(_likely(person, column), pk__gt=candidates.newest[at])
    yield from list(later.values_list("pk", column))
    if words.touched:
        again = rows.filter(_likely(person, column), **_since(words, candidates.since))
        yield from list(again.values_list("pk", column))


def _since(words: Words, at: datetime.datetime) -> dict[str, object]:
    by_day = not isinstance(words.table._meta.get_field(words.touched), models.DateTimeField)
    return {f"{words.touched}__gte": timezone.localdate(at) if by_day else at}


def _named(person: Person, model: str, candidates: Candidates | None) -> Q:
    """The rows of a table whose column for a name may be hers."""
    column = _NAMED[model]
    if candidates is None:
        return _likely(person, column)
    at = (model, column)
    later = Q(pk__gt=candidates.newest[at]) & _likely(person, column)
    return Q(pk__in=candidates.rows[at]) | later


def _forget_lists(person: Person, emails: set[str]) -> None:
    """Rows by her name or address; one that still waited to be invited is not."""
    for batch in InvitationList.objects.order_by("pk").iterator(chunk_size=5):
        rows, results = batch.rows, batch.results
        hit = {
            n
            for n, row in enumerate(rows)
            if _listed(person, row["name"])
            or row["email"].lower() in emails
            or row.get("phone") in person.phones
        }
        said = {n for n, result in enumerate(results) if n in hit or person.is_in(result[1])}
        name = REMOVED if person.is_in(_spaced(batch.file_name)) else batch.file_name
        if not hit and not said and name == batch.file_name:
            continue
        for n in hit:
            rows[n] = _emptied(rows[n], waits=n >= len(results))
        for n in said:
            results[n] = [results[n][0], REMOVED]
        InvitationList.objects.filter(pk=batch.pk).update(rows=rows, results=results, file_name=name)


def _emptied(row: dict[str, Any], *, waits: bool) -> dict[str, Any]:
    row = {**row, "name": REMOVED, "email": "", "phone": "", "why": ""}
    return {**row, "verdict": "wrong", "why": NOT_INVITED} if waits else row


def _listed(person: Person, name: str) -> bool:
    return person.is_named(name) or person.is_in(name)


def _spaced(file_name: str) -> str:
    return file_name.replace("_", " ").replace("-", " ")


def _forget_help(person: Person, places: set[int], candidates: Candidates | None) -> None:
    """Her own messages go: by her number anywhere, by her name in her commune; elsewhere her name goes."""
    HelpMessage.objects.filter(phone__in=person.phones).delete()
    for member in HelpMember.objects.filter(phone__in=person.phones):
        helping.withdraw(member)
    near = HelpMessage.objects.filter(place__in=places)
    near.filter(pk__in=[each.pk for each in near if person.is_named(each.name)]).delete()
    for message in HelpMessage.objects.filter(_named(person, "accounts.HelpMessage", candidates)):
        if person.is_in(message.name):
            HelpMessage.objects.filter(pk=message.pk).update(name=NAME)


def _forget_requests(person: Person, places: set[int], candidates: Candidates | None) -> None:
    """Asked for her by a child or a guardian: that it was asked stays, for whom does not."""
    named = DataRequest.objects.exclude(about_name="")
    likely = _named(person, "accounts.DataRequest", candidates)
    asked: QuerySet[DataRequest] = named.filter(Q(place__in=places) | likely)
    hers = [each.pk for each in asked if person.is_named(each.about_name) or person.is_in(each.about_name)]
    DataRequest.objects.filter(pk__in=hers).update(about_name=REMOVED, text="")
    DataRequestStep.objects.filter(request__in=hers).update(text="")


def _forget_guardian(person: Person, candidates: Candidates | None) -> None:
    """She agreed for a child: that a guardian agreed stays, with her initials."""
    for consent in Consent.objects.filter(_named(person, "accounts.Consent", candidates)):
        if person.is_in(consent.guardian_name):
            initials = " ".join(f"{word[0].upper()}." for word in consent.guardian_name.split())
            Consent.objects.filter(pk=consent.pk).update(guardian_name=initials)
