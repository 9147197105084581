"""`POST /api/v1/queue/`: what a browser did, each action answered by itself."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.utils import check_csrf

from accounts import helping
from accounts.cards import by_card
from accounts.models import Learner
from accounts.sessions import current_learner

from . import completing, queue, queue_display, queue_learning, queue_words  # noqa: F401 - they register kinds
from .learning import testing

router = Router(tags=["queue"])
MAX_BYTES = 256 * 1024
SIGNED_OUT = "Bạn chưa đăng nhập nên chưa gửi được. Việc bạn làm vẫn còn; hãy đăng nhập rồi gửi lại."


class Answered(Schema):
    uuid: str | None
    status: str
    message: str
    data: dict[str, Any]


class Message(Schema):
    message: str


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "maxItems": queue.MAX_ACTIONS,
                    "items": {
                        "type": "object",
                        "required": ["uuid", "learner", "kind", "subject"],
                        "properties": {
                            "uuid": {"type": "string", "format": "uuid"},
                            "learner": {"type": "string", "format": "uuid"},
                            "kind": {"type": "string"},
                            "subject": {"type": "string"},
                            "at": {"type": "string", "format": "date-time"},
                            "data": {"type": "object"},
                            "claim": {
                                "type": "string",
                                "format": "uuid",
                                "description": "of what a phone did before anybody signed in there",
                            },
                        },
                    },
                }
            }
        },
    },
    "parameters": [
        {
            "in": "header",
            "name": "X-Device-Time",
            "description": "the device's clock at sending; corrects `at`",
            "schema": {"type": "string", "format": "date-time"},
        }
    ],
}


@router.post(
    "queue/",
    response={200: list[Answered], 400: Message, 401: Message, 403: Message, 413: Message},
    openapi_extra=_BODY,
    summary="Do up to 50 queued actions, each exactly once",
)
def post_queue(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    if not user.is_authenticated:
        return _from_nobody(request)
    if check_csrf(request):
        raise HttpError(403, "Trang đã mở quá lâu. Bạn hãy tải lại trang; việc bạn làm vẫn còn.")
    actions = _actions(request)
    heard = {n: _hear(request, raw) for n, raw in enumerate(actions) if queue.is_word(raw)}
    learners = (
        Learner.objects.standing()
        .with_work()
        .filter(user=user)
        .select_related("commune", "neighbourhood", "organisation")
    )
    offset = queue.offset_of(request.headers.get("X-Device-Time"), now=timezone.now())
    only = current_learner(request) if by_card(request) else None
    done = queue.run(
        [raw for n, raw in enumerate(actions) if n not in heard],
        user=user,
        learners=list(learners),
        offset=offset,
        only=only,
        proved=lambda learner, attempt: testing.proved(request, learner, attempt),
    )
    rest = iter([_with_paper(answer) for answer in done])
    return [heard[n] if n in heard else next(rest) for n in range(len(actions))]


def _from_nobody(request: HttpRequest) -> list[dict[str, Any]]:
    """Without a sign-in only words are taken, and it is told at once when there is anything else."""
    try:
        actions = _actions(request)
    except HttpError:
        raise HttpError(401, SIGNED_OUT) from None
    if not actions or not all(queue.is_word(raw) for raw in actions):
        raise HttpError(401, SIGNED_OUT)
    return [_hear(request, raw) for raw in actions]


def _hear(request: HttpRequest, raw: Any) -> dict[str, Any]:
    return queue.hear(raw, allow=lambda: _allow(request)).as_json()


def _allow(request: HttpRequest) -> None:
    try:
        helping.allow(request)
    except helping.TooOften as error:
        raise queue.BadAction(str(error)) from None


def _actions(request: HttpRequest) -> list[object]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        raise HttpError(413, "Gửi quá nhiều một lần. Bạn hãy gửi ít việc hơn.")
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise HttpError(400, "Không đọc được nội dung gửi lên.") from None
    if not isinstance(sent, list):
        raise HttpError(400, "Nội dung gửi lên phải là một danh sách việc.")
    if len(sent) > queue.MAX_ACTIONS:
        raise HttpError(413, f"Gửi nhiều nhất {queue.MAX_ACTIONS} việc một lần.")
    return sent


def _with_paper(answer: queue.Answer) -> dict[str, Any]:
    """The answer, with the address of the paper when this action finished the course."""
    said = answer.as_json()
    course = queue_learning.course_of(answer.completed)
    if course and answer.learner:
        paper = completing.paper_of(learner=answer.learner, course=course)
        said["data"] |= {"paper": f"/giay/{paper.serial}/"} if paper else {}
    return said
