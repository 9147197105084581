"""For how long this room keeps what it keeps (see `accounts.retention`).

`Personal.keep` beside a table says the same to whoever reads the register: a test compares the two.
"""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from .household import UNDO_DAYS
from .models import (
    Alarm,
    Card,
    CardUse,
    Correction,
    DataRequest,
    Device,
    DeviceSession,
    DeviceUse,
    Erasure,
    Feedback,
    HelpMessage,
    Invitation,
    InvitationList,
    Look,
    Message,
    Notice,
    NumberOffer,
    OneTimeCode,
    Parting,
    PinAlarm,
    RetentionRun,
    SlowDown,
    Spending,
    TriedPin,
)
from .retention import A_YEAR, DAYS_30, DAYS_90, TWO_YEARS, Rule

localdate = timezone.localdate

RULES = (
    # Ways in
    Rule("sessions", "Phiên đăng nhập đã hết hạn", 0, lambda at: Session.objects.filter(expire_date__lt=at)),
    Rule(
        "device_uses",
        "Máy đã đăng nhập mà lâu không dùng",
        DAYS_90,
        lambda at: DeviceUse.objects.filter(seen_on__lt=localdate(at)),
    ),
    Rule(
        "devices",
        "Trình duyệt lâu không ai đăng nhập",
        DAYS_90,
        lambda at: Device.objects.filter(seen_on__lt=localdate(at)),
    ),
    Rule(
        "device_sessions",
        "Phiên cũ trên máy đã đăng nhập",
        DAYS_90,
        lambda at: DeviceSession.objects.filter(made_at__lt=at),
    ),
    Rule("cards", "Thẻ học đã thay hoặc hết dùng", DAYS_90, lambda at: Card.objects.filter(ended_at__lt=at)),
    Rule("card_uses", "Phiên học mở bằng thẻ", 1, lambda at: CardUse.objects.filter(at__lt=at)),
    Rule("codes", "Mã dùng một lần đã cấp", DAYS_90, lambda at: OneTimeCode.objects.filter(made_at__lt=at)),
    Rule(
        "partings",
        "Ai đã rời máy dùng chung",
        UNDO_DAYS,
        lambda at: Parting.objects.filter(left_at__lt=at),
    ),
    # What guards the doors
    Rule(
        "slow_downs",
        "Dấu của tài khoản và máy đã gõ sai mã",
        DAYS_30,
        lambda at: SlowDown.objects.filter(failed_at__lt=at),
    ),
    Rule("tried_pins", "Dấu của mã sai đã thử", 1, lambda at: TriedPin.objects.filter(day__lt=localdate(at))),
    Rule(
        "pin_alarms",
        "Báo động một mã thử trên nhiều tài khoản",
        DAYS_30,
        lambda at: PinAlarm.objects.filter(day__lt=localdate(at)),
    ),
    Rule(
        "alarms",
        "Số đếm theo ngày, chưa tới mức báo động",
        DAYS_30,
        lambda at: Alarm.objects.filter(day__lt=localdate(at), raised_at=None),
    ),
    Rule(
        "alarms_raised",
        "Báo động và cách đã xử lý",
        A_YEAR,
        lambda at: Alarm.objects.filter(day__lt=localdate(at)),
    ),
    # What was said
    Rule(
        "messages",
        "Tin nhắn đã gửi: số điện thoại nhận",
        DAYS_90,
        lambda at: Message.objects.filter(status__in=Message.DONE, done_at__lt=at),
    ),
    Rule(
        "spendings",
        "Tiền tin nhắn theo ngày",
        DAYS_90,
        lambda at: Spending.objects.filter(day__lt=localdate(at)),
    ),
    Rule("notices", "Thông báo cho người học", TWO_YEARS, lambda at: Notice.objects.filter(at__lt=at)),
    Rule(
        "help_messages",
        "Lời nhắn xin giúp ở trang Trợ giúp",
        A_YEAR,
        lambda at: HelpMessage.objects.filter(at__lt=at),
    ),
    Rule("feedback", "Góp ý về các trang", A_YEAR, lambda at: Feedback.objects.filter(at__lt=at)),
    # Staff, and what they did
    Rule(
        "invitations",
        "Lời mời làm việc đã hết hạn",
        DAYS_90,
        lambda at: Invitation.objects.filter(expires_at__lt=at),
    ),
    Rule(
        "number_offers",
        "Lời mời bằng số điện thoại đã hết hạn",
        DAYS_90,
        lambda at: NumberOffer.objects.filter(expires_at__lt=at),
    ),
    Rule(
        "invitation_lists",
        "Tệp mời cán bộ: tên và thư điện tử trong tệp",
        DAYS_90,
        lambda at: InvitationList.objects.filter(made_at__lt=at),
    ),
    Rule("looks", "Ai đã xem dữ liệu", TWO_YEARS, lambda at: Look.objects.filter(at__lt=at)),
    Rule(
        "requests",
        "Yêu cầu về dữ liệu đã xong",
        TWO_YEARS,
        lambda at: DataRequest.objects.exclude(state__in=DataRequest.OPEN).filter(closed_at__lt=at),
    ),
    Rule(
        "corrections",
        "Điều cán bộ đã sửa theo yêu cầu: trước và sau",
        TWO_YEARS,
        lambda at: Correction.objects.filter(at__lt=at),
    ),
    Rule(
        "erasures",
        "Dòng ghi rằng có người được xóa",
        TWO_YEARS,
        lambda at: Erasure.objects.filter(erased_on__lt=localdate(at)),
    ),
    Rule(
        "reports",
        "Báo cáo của chính việc tự xóa này",
        TWO_YEARS,
        lambda at: RetentionRun.objects.filter(day__lt=localdate(at)),
    ),
)
