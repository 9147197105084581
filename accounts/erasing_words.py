"""Words about an erased person in rows to which no key of hers leads.

Lists of staff to invite, what was written to a commune or about a page without an account, and
what others asked in her name. A name is all there is to go by: a namesake in the same place
loses such a row too, and writes again; a name that stayed could not be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from common.text import fold

from .models import DataRequest, DataRequestStep, Feedback, HelpMessage, InvitationList, Learner, User

REMOVED = "đã xóa theo yêu cầu"
NOT_INVITED = "Dòng này đã xóa theo yêu cầu về dữ liệu. Nếu đây là người khác trùng tên, hãy mời riêng."
Tells = Callable[[str], bool]


def teller(members: Iterable[Learner]) -> Tells:
    """Whether a text bears the name of one of these records, however it is written."""
    names = [fold(each.name) for each in members]

    def tells(text: str) -> bool:
        folded = fold(text)
        return any(name in folded for name in names)

    return tells


def forget(members: list[Learner], gone: list[User]) -> None:
    """`gone`: the sign-ins that go with her, which nobody else uses."""
    tells, places = teller(members), {each.commune_id for each in members}
    _forget_lists(tells, {user.email for user in gone if user.email})
    _forget_help(members, gone, places)
    _forget_feedback(members)
    _forget_requests(tells, DataRequest.objects.filter(place__in=places).exclude(about_name=""))


def _forget_lists(tells: Tells, emails: set[str]) -> None:
    """Rows by her name or address; one that still waited to be invited is not."""
    for batch in InvitationList.objects.order_by("pk").iterator(chunk_size=5):
        rows, results = batch.rows, batch.results
        hit = {n for n, row in enumerate(rows) if tells(row["name"]) or row["email"].lower() in emails}
        said = {n for n, result in enumerate(results) if n in hit or tells(result[1])}
        name = REMOVED if tells(batch.file_name) else batch.file_name
        if not hit and not said and name == batch.file_name:
            continue
        for n in hit:
            rows[n] = _emptied(rows[n], waits=n >= len(results))
        for n in said:
            results[n] = [results[n][0], REMOVED]
        InvitationList.objects.filter(pk=batch.pk).update(rows=rows, results=results, file_name=name)


def _emptied(row: dict[str, Any], *, waits: bool) -> dict[str, Any]:
    row = {**row, "name": REMOVED, "email": "", "why": ""}
    return {**row, "verdict": "wrong", "why": NOT_INVITED} if waits else row


def _forget_help(members: list[Learner], gone: list[User], places: set[int]) -> None:
    names = {fold(each.name) for each in members}
    hers = [
        message.pk for message in HelpMessage.objects.filter(place__in=places) if fold(message.name) in names
    ]
    phones = [user.phone for user in gone if user.phone]
    HelpMessage.objects.filter(Q(pk__in=hers) | Q(phone__in=phones)).delete()


def _forget_feedback(members: list[Learner]) -> None:
    """Found by the database, as there is much of it: as she spells her name, and without accents."""
    for name in {spelt for each in members for spelt in (each.name, fold(each.name))}:
        Feedback.objects.filter(text__icontains=name).update(text=REMOVED)


def _forget_requests(tells: Tells, asked: QuerySet[DataRequest]) -> None:
    """Asked for her by a child or a guardian: that it was asked stays, for whom does not."""
    hers = [each.pk for each in asked if tells(each.about_name)]
    DataRequest.objects.filter(pk__in=hers).update(about_name=REMOVED, text="")
    DataRequestStep.objects.filter(request__in=hers).update(text="")
