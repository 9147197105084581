"""Alarms: a line in the log and a row, once a day for each thing, until somebody says what was done."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.utils import timezone

from common.text import visible
from places.models import Place

from .access import roles_of
from .models import Alarm, Role, User

logger = logging.getLogger(__name__)

NOTE_LETTERS = 300


@dataclass(frozen=True)
class Words:
    """A line for the log in English; for the screen what happened ({n}: how often) and what to do."""

    log: str
    title: str
    happened: str
    todo: str


WORDS = {
    "account": Words(
        "Many wrong tries at one sign-in.",
        "Nhiều lần gõ sai mã của một người",
        "Có người gõ sai mã của cùng một số đăng nhập rất nhiều lần. Máy đã bắt đợi, lâu dần tới 60 phút.",
        "Thường là người quên mã. Nếu có ai gọi hỏi, hãy giúp họ ở Giúp vào lại. Nếu nhiều báo động loại này "
        "trong một ngày, hãy báo người vận hành.",
    ),
    "address": Words(
        "Very many wrong tries from one address.",
        "Rất nhiều lần gõ sai từ một nơi",
        "Từ một đường mạng có rất nhiều lần gõ sai mã, hoặc xin tin nhắn. Máy đã chặn nơi đó ít phút; "
        "máy đã từng đăng nhập vẫn vào được.",
        "Nếu hôm nay có lớp đông người học chung mạng, hãy hỏi người hướng dẫn. Nếu không có lớp, hãy "
        "báo người vận hành xem nhật ký.",
    ),
    "pin": Words(
        "One PIN was tried over many accounts today.",
        "Một mã bị thử trên nhiều người",
        "Cùng một mã 6 số bị thử sai trên {n} tài khoản trong ngày. Máy lạ dùng mã đó đều phải đợi.",
        "Đây thường là kẻ xấu đi dò. Hãy báo người vận hành, và nhắc các lớp đừng đặt mã dễ đoán.",
    ),
    "codes": Words(
        "Many wrong one-time codes today.",
        "Nhiều mã dùng một lần bị gõ sai",
        "Trong ngày có {n} lần gõ sai mã dùng một lần trên cả hệ thống. Mỗi mã chỉ gõ được 5 lần.",
        "Hãy báo người vận hành. Nhắc mọi người không đọc mã cho ai, kể cả người xưng là cán bộ.",
    ),
    "known": Words(
        "Somebody with a sign-in's number could not say whose it is.",
        "Người cầm số không nói được số của ai",
        "Có người nhận được mã gửi tới một số điện thoại nhưng nhiều lần không nói đúng họ tên và năm sinh "
        "của người đã đăng ký số đó. Hôm nay số đó không đặt lại mã qua tin nhắn được nữa.",
        "Thường là số đã đổi chủ, hoặc người quên tên đã ghi. Nếu có ai đến hỏi, hãy giúp họ ở Giúp vào lại.",
    ),
    "issued": Words(
        "One member of staff handed out many one-time codes today.",
        "Một cán bộ cấp rất nhiều mã",
        "Một người đã cấp {n} mã dùng một lần trong ngày.",
        "Hãy gọi hỏi người đó: có phải đang giúp một lớp đông không. Nếu không phải, hãy thu lại vai trò của "
        "người đó ở Vai trò.",
    ),
    "cards": Words(
        "Many learner cards that do not exist were tried today.",
        "Nhiều thẻ học không có thật",
        "Có nhiều lần thử số thẻ học không có thật: {n} lần trong ngày.",
        "Thẻ có 16 chữ số nên khó đoán. Hãy báo người vận hành nếu còn tiếp diễn ngày hôm sau.",
    ),
    "spending": Words(
        "The day's money for text messages is used up.",
        "Hết tiền tin nhắn của ngày",
        "Tiền tin nhắn đặt cho một ngày đã dùng hết: hôm nay không gửi thêm tin nào.",
        "Việc học vẫn bình thường; ai quên mã thì nhờ cán bộ cấp mã. Nếu ngày nào cũng hết, hãy đề nghị nâng "
        "mức.",
    ),
    "gateway": Words(
        "The text message carrier refuses or does not answer.",
        "Nhà mạng không nhận tin nhắn",
        "Nhà mạng từ chối hoặc không trả lời: {n} lần trong ngày.",
        "Hãy báo người vận hành liên hệ nhà mạng. Trong lúc chờ, cán bộ cấp mã thay cho tin nhắn.",
    ),
    "erasing": Words(
        "The machine could not erase somebody who asked for it.",
        "Máy xóa dữ liệu bị lỗi",
        "Có người xin xóa dữ liệu, đã hết hạn đổi ý, mà máy xóa không được: {n} lần trong ngày. Máy thử lại.",
        "Hãy báo người vận hành xem nhật ký ngay: luật cho 15 ngày kể từ lúc người đó gửi yêu cầu.",
    ),
    "late": Words(
        "Somebody who asked to be erased is still there after the time to undo.",
        "Quá giờ mà dữ liệu chưa xóa",
        "Có yêu cầu xóa dữ liệu đã quá giờ hẹn hơn một tiếng mà chưa làm.",
        "Hãy mở Yêu cầu về dữ liệu: yêu cầu quá giờ có nút xóa. Báo người vận hành để biết vì sao.",
    ),
    "factor": Words(
        "An administrator cleared a colleague's second factor.",
        "Đăng nhập hai bước của một cán bộ vừa bị bỏ",
        "Một người quản trị đã bỏ đăng nhập hai bước của một đồng nghiệp. "
        "Người đó phải cài lại khi đăng nhập.",
        "Hãy gọi hỏi đồng nghiệp đó: có nhờ không. Nếu không, hãy khóa người đó lại và báo người vận hành.",
    ),
    "identity": Words(
        "The identity provider does not answer as it should.",
        "Đăng nhập bằng danh tính nhà nước đang hỏng",
        "Nơi cung cấp danh tính trả lời sai hoặc không trả lời: {n} lần trong ngày.",
        "Mọi người vẫn đăng nhập được bằng số điện thoại. Hãy báo người vận hành.",
    ),
}
_OTHER = Words(
    "", "Báo động khác", "Máy ghi nhận một việc lạ: {n} lần trong ngày.", "Hãy báo người vận hành."
)


class AlarmError(Exception):
    """The alarm stays as it is; the message may be shown."""


class AlreadyHandled(AlarmError):
    def __init__(self) -> None:
        super().__init__("Người khác vừa đánh dấu báo động này. Hãy xem họ đã ghi gì.")


class BadNote(AlarmError):
    pass


def count(kind: str, mark: str = "", *, alarm_from: int = 1, number: int | None = None) -> int:
    """Count one more of today, and raise the alarm at the number `alarm_from`; returns the count.

    `mark` is a keyed mark (`doors.mark`), never a name, a number or an address. With `number`
    that many were counted elsewhere.
    """
    today = timezone.localdate()
    row, _ = Alarm.objects.get_or_create(day=today, kind=kind, mark=mark)
    Alarm.objects.filter(pk=row.pk).update(number=F("number") + 1 if number is None else number)
    row.refresh_from_db(fields=["number"])
    unraised = Alarm.objects.filter(pk=row.pk, raised_at=None)
    if row.number >= alarm_from and unraised.update(raised_at=timezone.now()):
        logger.warning("%s (%s)", words(row).log or kind, row.number)
    return row.number


def words(alarm: Alarm) -> Words:
    return WORDS.get(alarm.kind, _OTHER)


def raised(user: User | AnonymousUser) -> QuerySet[Alarm]:
    """Every alarm there was, for those whose role reaches the whole city; nothing for anybody else."""
    found = Alarm.objects.exclude(raised_at=None).select_related("handled_by")
    return found if sees(user) else found.none()


def sees(user: User | AnonymousUser) -> bool:
    """An alarm is about the whole site: administrators and officials of the city."""
    return _of_city(user, Role.Kind.OFFICIAL_VIEW)


def may_handle(user: User | AnonymousUser) -> bool:
    return _of_city(user, Role.Kind.OFFICIAL_MANAGE)


def _of_city(user: User | AnonymousUser, kind: str) -> bool:
    held = roles_of(user, kind).filter(place__level=Place.Level.PROVINCE, organisation=None)
    return held.exists()


def handle(*, alarm: Alarm, by: User, note: str) -> None:
    """What was done about it, once. Raises BadNote, AlreadyHandled."""
    note = check_note(note)
    waits = Alarm.objects.filter(pk=alarm.pk, handled_at=None).exclude(raised_at=None)
    if not waits.update(handled_at=timezone.now(), handled_by=by, note=note):
        raise AlreadyHandled


def check_note(text: str) -> str:
    """Some words, and no row of digits: neither a PIN nor a number belongs there. Raises BadNote."""
    note = visible(text)[:NOTE_LETTERS]
    if len(note) < 5:
        raise BadNote("Hãy ghi vài chữ: đã hỏi ai, đã làm gì.")
    if re.search(r"\d{6}", re.sub(r"(?<=\d)[ .\-](?=\d)", "", note)):
        raise BadNote("Đừng ghi số điện thoại hay mã 6 số ở đây. Hãy bỏ dãy số đó.")
    return note
