"""Requests of people about their data: asked, answered, carried out or refused, all on record."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.retrying import again
from common.text import visible

from . import acting, clocks, correcting, erasing, erasing_words, messages, objecting
from .correcting import Changes
from .merging import family
from .models import Correction, DataRequest, DataRequestStep, Learner, User

State, Kind = DataRequest.State, DataRequest.Kind
OPEN_AT_MOST = 5  # requests of one person that wait


class RequestError(Exception):
    """The request stays as it is; the message is for the person at the screen."""


class TooMany(RequestError):
    def __init__(self) -> None:
        super().__init__(f"Bạn đang có {OPEN_AT_MOST} yêu cầu chờ trả lời. Hãy đợi cán bộ trả lời đã.")


class Closed(RequestError):
    def __init__(self) -> None:
        super().__init__("Yêu cầu này đã xong hoặc đã được người khác trả lời. Hãy xem lại bên dưới.")


class WordsMissing(RequestError):
    def __init__(self) -> None:
        super().__init__("Hãy ghi vài câu: người gửi sẽ đọc những câu này.")


class ProofMissing(RequestError):
    def __init__(self) -> None:
        super().__init__("Yêu cầu thay người khác: cần gặp trực tiếp và xem giấy tờ trước khi làm.")


class ByTheMachine(RequestError):
    def __init__(self) -> None:
        super().__init__("Máy sẽ tự xóa khi hết thời gian đổi ý; chưa tới lúc đó thì chưa ai làm gì được.")


class NotThat(RequestError):
    def __init__(self) -> None:
        super().__init__("Người gửi không xin việc này.")


class NotAgain(RequestError):
    def __init__(self) -> None:
        super().__init__("Yêu cầu này không mở lại được: đã xóa dữ liệu, hoặc người gửi đã rút.")


class OnlyByDoing(RequestError):
    def __init__(self) -> None:
        super().__init__("Việc này chỉ xong khi bạn làm bằng nút của nó, hoặc ghi lý do không làm.")


class NobodyToErase(RequestError):
    def __init__(self) -> None:
        super().__init__("Yêu cầu này không gắn với hồ sơ nào để làm bằng nút này.")


class NotThatPerson(RequestError):
    def __init__(self) -> None:
        super().__init__("Yêu cầu này gửi thay một người khác: hãy tìm hồ sơ của chính người đó.")


@again()
@transaction.atomic
def ask(
    *,
    learner: Learner,
    kind: str,
    text: str = "",
    relation: str = "",
    about_name: str = "",
    erase_at: datetime.datetime | None = None,
) -> DataRequest:
    """A new request with its two terms. Raises TooMany, acting.Gone."""
    if not acting.hold(learner):
        raise acting.Gone
    if erase_at is None and learner.data_requests.open().filter(erase_at=None).count() >= OPEN_AT_MOST:
        raise TooMany
    now = timezone.now()
    today = timezone.localdate(now)
    request = DataRequest.objects.create(
        learner=learner,
        place=learner.commune,
        kind=kind,
        text=visible(text)[:1000],
        relation=relation,
        about_name=about_name,
        made_at=now,
        answer_by=clocks.answer_by(today),
        done_by=clocks.done_by(today),
        erase_at=erase_at,
    )
    _step(request, State.NEW, request.text, by=None)
    return request


@again()
@transaction.atomic
def answer(*, request: DataRequest, by: User, text: str, third_party: bool = False) -> None:
    """First words to the person; with `third_party` 20 days remain instead of 15. Raises RequestError."""
    text = _words(text)
    _hold(request)
    _by_hand(request)
    now = timezone.now()
    done_by = clocks.done_by(timezone.localdate(request.made_at), third_party=third_party)
    _move(request, State.ANSWERED, answered_at=now, third_party=third_party, done_by=done_by)
    _step(request, State.ANSWERED, text, by=by)
    _tell(request, f"Yêu cầu {request.number} của bạn đã có trả lời: {text}")


@again()
@transaction.atomic
def finish(*, request: DataRequest, by: User, text: str, seen_papers: bool = False) -> None:
    """It was done by hand; `text` says what. Raises RequestError."""
    _by_hand(request)
    if request.kind in DataRequest.BY_DOING:
        raise OnlyByDoing
    _finished(request, by=by, text=text, seen_papers=seen_papers)


def _finished(request: DataRequest, *, by: User, text: str, seen_papers: bool) -> None:
    if request.relation and not seen_papers:
        raise ProofMissing
    text = _words(text)
    _hold(request)
    _by_hand(request)
    _move(request, State.DONE, answered_at=request.answered_at or timezone.now(), closed_at=timezone.now())
    _step(request, State.DONE, text, by=by)
    _tell(request, f"Yêu cầu {request.number} của bạn đã làm xong: {text}")


@again()
@transaction.atomic
def refuse(*, request: DataRequest, by: User, text: str) -> None:
    """It will not be done, and why. Raises RequestError."""
    text = _words(text)
    _hold(request)
    _by_hand(request)
    _move(request, State.REFUSED, answered_at=request.answered_at or timezone.now(), closed_at=timezone.now())
    _step(request, State.REFUSED, text, by=by)
    _tell(request, f"Yêu cầu {request.number} của bạn không làm được: {text}")


@again()
@transaction.atomic
def name_person(*, request: DataRequest, by: User, learner: Learner) -> None:
    """An official found the record of the person whom a request is made for. Raises RequestError."""
    if not request.relation or learner.pk == request.learner_id:
        raise NotThatPerson
    asker = [request.learner_id] if request.learner_id else []
    if learner.pk not in acting.hold(learner, *asker):
        raise Closed
    _move(request, request.state, about=learner)
    _step(request, request.state, "Đã tìm thấy hồ sơ của người được nêu.", by=by)


@again()
@transaction.atomic
def correct(
    *, request: DataRequest, by: User, text: str, changes: Changes, seen_papers: bool = False
) -> list[Correction]:
    """Change what is wrong in the record, keep what stood there, tell the person.

    Raises RequestError, CorrectionRefused.
    """
    _hold(request)
    learner = _own(request, *DataRequest.CORRECTING)
    finish(request=request, by=by, text=text, seen_papers=seen_papers)
    return correcting.correct_at_request(learner=learner, by=by, request=request, changes=changes)


@again()
@transaction.atomic
def hide_name(*, request: DataRequest, by: User, text: str, seen_papers: bool = False) -> None:
    """Carry out an objection. Raises RequestError."""
    _hold(request)
    learner = _own(request, Kind.OBJECT)
    _finished(request, by=by, text=text, seen_papers=seen_papers)
    objecting.hide_name(learner=learner, by=by)


def erase(*, request: DataRequest, by: User | None, reason: str, seen_papers: bool = False) -> None:
    """Carry out an erasure: the person goes, the request stays without her.

    `by` is None for the machine, at the end of the time to undo. `reason`: `Erasure.Reason`.
    Raises RequestError, EraseRefused.
    """
    person = request.person if request.kind in DataRequest.ERASING else None
    found = erasing.look(person) if person else None
    _erase(request=request, by=by, reason=reason, seen_papers=seen_papers, found=found)


@again(IntegrityError)
@transaction.atomic
def _erase(
    *,
    request: DataRequest,
    by: User | None,
    reason: str,
    seen_papers: bool,
    found: erasing_words.Candidates | None,
) -> None:
    _hold(request)
    learner = _own(request, *DataRequest.ERASING)
    if request.relation and not seen_papers:
        raise ProofMissing
    if request.erase_at and request.erase_at > timezone.now():
        raise ByTheMachine
    now = timezone.now()
    asker = request.learner if request.relation else None
    phone = learner.user.phone if learner.user and not asker else None
    _move(request, State.DONE, answered_at=request.answered_at or now, closed_at=now)
    # Nothing of hers stays in it: neither her words nor what was answered to them.
    emptied = DataRequest.objects.filter(pk=request.pk)
    emptied.update(learner=asker, about=None, text="", about_name="", relation="")
    request.steps.update(text="")
    erasing.erase(learner=learner, by=by, reason=reason, found=found)
    _step(request, State.DONE, "Đã xóa.", by=by)
    if asker:
        messages.tell(learner=asker, text=f"Yêu cầu {request.number} của bạn đã làm xong: đã xóa.")
    elif phone and by:  # who left by herself was told when it would be
        said = f"Học Vụ Số: yêu cầu {request.number} đã làm xong: dữ liệu đã xóa, số này không được giữ."
        messages.send_untraced(to=phone, text=said)


@again()
@transaction.atomic
def reopen(*, request: DataRequest, by: User, text: str) -> None:
    """What was said to be done, or refused, was not right: it waits again, and its term runs on from
    the day it was asked. Raises RequestError.
    """
    text = _words(text)
    _hold(request)
    if not may_reopen(request):
        raise NotAgain
    closed = DataRequest.objects.filter(pk=request.pk, state__in=[State.DONE, State.REFUSED])
    if not closed.update(state=State.ANSWERED, closed_at=None):
        raise Closed
    request.refresh_from_db()
    _step(request, State.ANSWERED, f"Mở lại: {text}"[:1000], by=by)
    last = f"{request.done_by:%d/%m/%Y}"
    _tell(request, f"Yêu cầu {request.number} của bạn được mở lại. Hạn làm xong vẫn là {last}. Lý do: {text}")


def may_reopen(request: DataRequest) -> bool:
    """Closed by an official, and somebody is left to do it for."""
    erased = request.state == State.DONE and request.kind in DataRequest.ERASING
    closed = request.state in {State.DONE, State.REFUSED}
    return closed and not erased and not request.erase_at and request.learner_id is not None


@again()
@transaction.atomic
def cancel(*, request: DataRequest) -> None:
    """The person takes it back. Raises Closed."""
    _hold(request)
    _move(request, State.CANCELLED, closed_at=timezone.now())
    _step(request, State.CANCELLED, "", by=None)


def _hold(request: DataRequest) -> None:
    """The rows of who asked and whom it is about, before the request's. Raises Closed when one was erased."""
    people = [each for each in (request.learner, request.person) if each]
    held = acting.hold(*people, *(record for each in people for record in family(each)))
    if any(each.pk not in held for each in people):
        raise Closed


def _by_hand(request: DataRequest) -> None:
    if request.erase_at:
        raise ByTheMachine


def _own(request: DataRequest, *kinds: str) -> Learner:
    """Whose record this very thing was asked for: the asker's own, or that of the person who was found."""
    if request.kind not in kinds:
        raise NotThat
    if request.person is None:
        raise NobodyToErase
    return request.person


def _move(request: DataRequest, state: str, **fields: object) -> None:
    """Compare and set: of two officials who press at once, one does it. Raises Closed."""
    moved = DataRequest.objects.filter(pk=request.pk, state__in=DataRequest.OPEN)
    if not moved.update(state=state, **fields):
        raise Closed
    request.refresh_from_db()


def _step(request: DataRequest, state: str, text: str, *, by: User | None) -> None:
    DataRequestStep.objects.create(request=request, state=state, text=text, by=by)


def _tell(request: DataRequest, text: str) -> None:
    if request.learner:
        messages.tell(learner=request.learner, text=text[:500])


def _words(text: str) -> str:
    words = visible(text)[:1000]
    if not words:
        raise WordsMissing
    return words
