"""What this room keeps under a key to a person: the lines that merging, erasing and exporting follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.socialaccount.models import SocialAccount

from . import display
from .erasing_words import REMOVED
from .holdings import FORGETS, GOES, MOVES, OWN, STAYS, Holding, as_json, plain
from .models import DataRequest, DataRequestStep

if TYPE_CHECKING:
    from .models import Learner

_MERGE = {
    "Ngày gộp": "merged_at",
    "Hồ sơ được gộp": "duplicate.public_id",
    "Vào hồ sơ": "canonical.public_id",
    "Lý do": "reason",
    "Ngày bỏ gộp": "undone_at",
    "Lý do bỏ gộp": "undone_why",
}
_NOTICE = {"Nội dung": "text", "Lúc": "at", "Đọc lúc": "read_at"}
_TWO = {"Hồ sơ này": "one.public_id", "và hồ sơ này": "other.public_id", "Ngày": "said_at"}
_STAFF = "tên cán bộ đã làm việc này, không phải dữ liệu của người học"

HOLDS = (
    Holding(
        "accounts.Learner",
        "user",
        merge=OWN,
        erase=OWN,
        why="hồ sơ và cách đăng nhập được ghi riêng, ở đầu bản dữ liệu",
    ),
    Holding(
        "accounts.Consent",
        "learner",
        merge=STAYS,  # whoever agreed, agreed for that record
        erase=GOES,
        title="Sự đồng ý",
        shows={
            "Mục đích": "get_purpose_display",
            "Bản lời văn": "version",
            "Lời đã đồng ý": "words",
            "Cách đồng ý": "get_channel_display",
            "Ngày đồng ý": "given_at",
            "Ngày rút lại": "withdrawn_at",
            "Người giám hộ cùng đồng ý": "guardian_name",
        },
    ),
    Holding("accounts.Merge", "duplicate", erase=GOES, title="Hồ sơ này đã được gộp", shows=_MERGE),
    Holding("accounts.Merge", "canonical", erase=GOES, title="Hồ sơ đã gộp vào hồ sơ này", shows=_MERGE),
    Holding("accounts.Merge", "merged_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Merge", "undone_by", erase=FORGETS, why=_STAFF),
    Holding(
        "accounts.Role",
        "user",
        erase=GOES,
        title="Vai trò được giao",
        shows={
            "Vai trò": "get_kind_display",
            "Nơi": "place.name",
            "Tổ chức": "organisation.name",
            "Giao ngày": "granted_at",
            "Hết hạn": "expires_at",
            "Thu hồi": "revoked_at",
        },
    ),
    Holding("accounts.Role", "granted_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Role", "revoked_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.User_groups", "user", erase=GOES, why="suy ra từ vai trò được giao"),
    Holding("accounts.User_user_permissions", "user", erase=GOES, why="suy ra từ vai trò được giao"),
    Holding(
        "account.EmailAddress",
        "user",
        erase=GOES,
        title="Địa chỉ thư điện tử",
        shows={"Địa chỉ": "email", "Đã xác nhận": "verified"},
    ),
    Holding(
        "mfa.Authenticator",
        "user",
        erase=GOES,
        title="Cách xác nhận thứ hai khi đăng nhập",
        shows={"Cách": "get_type_display", "Thêm ngày": "created_at", "Dùng lần cuối": "last_used_at"},
    ),
    Holding(
        "accounts.Message",
        "user",
        erase=GOES,
        title="Tin nhắn đã gửi",
        shows={
            "Gửi tới số": "to",
            "Loại": "get_purpose_display",
            "Tình trạng": "get_status_display",
            "Viết lúc": "created_at",
            "Gửi xong lúc": "done_at",
        },
    ),
    Holding("accounts.Notice", "user", erase=GOES, title="Thông báo cho máy này", shows=_NOTICE),
    Holding("accounts.Notice", "learner", merge=MOVES, erase=GOES, title="Thông báo cho bạn", shows=_NOTICE),
    Holding(
        "accounts.OneTimeCode",
        "user",
        erase=GOES,
        title="Mã dùng một lần đã cấp",
        shows={
            "Để làm gì": "get_purpose_display",
            "Cấp lúc": "made_at",
            "Dùng lúc": "used_at",
            "Số lần gõ": "tries",
            "Lý do": "reason",
        },
        private=frozenset({"Lý do"}),  # why a neighbour needed one is hers
    ),
    Holding(
        "accounts.Identity",
        "learner",
        merge=STAYS,  # it opens the sign-in that it was linked to
        erase=GOES,
        title="Danh tính do cơ quan nhà nước xác nhận",
        shows={"Lập ngày": "linked_at"},
    ),
    Holding("socialaccount.SocialAccount", "user", erase=GOES, why="suy ra từ danh tính ở trên"),
    Holding("accounts.OneTimeCode", "issued_by", erase=FORGETS, why=_STAFF),
    Holding(
        "accounts.OneTimeCode",
        "learner",
        erase=GOES,
        title="Mã dùng một lần cấp riêng cho bạn",
        shows={
            "Để làm gì": "get_purpose_display",
            "Cấp lúc": "made_at",
            "Dùng lúc": "used_at",
            "Lý do": "reason",
        },
    ),
    Holding(
        "accounts.Parting",
        "learner",
        merge=STAYS,  # undoing a parting brings that very record back
        erase=GOES,
        title="Đã rời máy dùng chung",
        shows={"Rời ngày": "left_at", "Hết ngày": "ended_at"},
    ),
    Holding(
        "accounts.Look",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Ai đã xem dữ liệu của bạn",
        shows={"Ai": "name", "Vai trò": "role", "Màn hình": "screen", "Lúc": "at", "Lý do": "why"},
    ),
    Holding(
        "accounts.DataRequest",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Yêu cầu bạn đã gửi",
        shows={
            "Việc": "get_kind_display",
            "Nội dung": "text",
            "Thay cho": "about_name",
            "Gửi lúc": "made_at",
            "Tình trạng": "get_state_display",
            "Trả lời lúc": "answered_at",
            "Xong lúc": "closed_at",
            "Từng bước": "history",
        },
    ),
    Holding(
        "accounts.DataRequest",
        "about",
        merge=MOVES,
        erase=FORGETS,
        title="Yêu cầu người khác gửi thay bạn",
        shows={"Việc": "get_kind_display", "Gửi lúc": "made_at", "Tình trạng": "get_state_display"},
    ),
    Holding("accounts.DataRequestStep", "by", erase=FORGETS, why=_STAFF),
    Holding(
        "accounts.Correction",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Đã sửa trong hồ sơ",
        shows={"Điều gì": "get_what_display", "Trước": "before", "Nay": "after", "Lúc": "at"},
    ),
    Holding("accounts.Correction", "by", erase=FORGETS, why=_STAFF),
    Holding(
        "accounts.Objection",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Không muốn hiện tên trên trang công khai",
        shows={"Từ ngày": "made_at", "Đến ngày": "ended_at"},
    ),
    Holding("accounts.Objection", "made_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Look", "by", erase=FORGETS, why=_STAFF, blanks=("name",)),
    Holding(
        "accounts.DeviceUse",
        "user",
        erase=GOES,
        title="Máy đã đăng nhập",
        shows={"Máy": "device.label", "Lần đầu": "made_at", "Dùng lần cuối ngày": "seen_on"},
    ),
    Holding("accounts.Parting", "user", erase=GOES, why="người đã rời máy, không phải chủ máy"),
    Holding("accounts.TwoPeople", "one", erase=GOES, title="Đã xác nhận là hai người", shows=_TWO),
    Holding("accounts.TwoPeople", "other", erase=GOES, title="Đã xác nhận là hai người", shows=_TWO),
    Holding("accounts.TwoPeople", "said_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Erasure", "by", erase=FORGETS, why=_STAFF),
    Holding(
        "accounts.Invitation",
        "user",
        erase=GOES,
        title="Lời mời làm việc",
        shows={"Mời lúc": "made_at", "Nhận lời lúc": "used_at"},
    ),
    Holding("accounts.Invitation", "invited_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.InvitationList", "by", erase=GOES, why=_STAFF),
    Holding("accounts.NumberOffer", "invited_by", erase=FORGETS, why=_STAFF),
)

_PERSON = {
    "Họ và tên": "name",
    "Mã hồ sơ": "public_id",
    "Năm sinh": "birth_year",
    "Giới tính": "get_gender_display",
    "Nhóm": "get_group_display",
    "Xã, phường": "commune.name",
    "Thôn, tổ dân phố": "neighbourhood.name",
    "Tổ chức": "organisation.name",
    "Người thứ mấy trên máy dùng chung": "seat",
    "Màu": "get_colour_display",
    "Hình": "get_picture_display",
    "Không hiện tên trên trang công khai": "name_hidden",
    "Sẽ xóa lúc": "leaving_at",
    "Lập ngày": "created_at",
}
_SIGN_IN = {
    "Số điện thoại": "phone",
    "Số điện thoại đã xác nhận ngày": "phone_verified_at",
    "Thư điện tử": "email",
    "Tên trên tài khoản": "name",
    "Lập ngày": "date_joined",
    "Đăng nhập lần cuối": "last_login",
}


def erase(learner: Learner, number: int) -> None:
    """The key to the state's identity, and what others wrote when they asked for her.

    The sign-in itself goes in `erasing`, after all rooms.
    """
    SocialAccount.objects.filter(identity__learner=learner).delete()
    asked = DataRequest.objects.filter(about=learner)
    DataRequestStep.objects.filter(request__in=asked).update(text="")
    asked.update(about=None, about_name=REMOVED, text="")


def export(learner: Learner) -> list[dict[str, Any]]:
    """The person herself, and the sign-in she uses. A PIN is kept only as a hash: not shown."""
    test = {"Hồ sơ để thử hệ thống, không tính vào số liệu": True} if learner.is_test else {}
    seen = {"Cỡ chữ, màu đã chọn": display.words_of(learner), "Chọn lúc": as_json(learner.display_at)}
    sections = [{"title": "Hồ sơ", "rows": [_row(learner, _PERSON) | seen | test]}]
    if learner.user:
        own: dict[str, Any] = {"Có mã 6 số riêng": bool(learner.pin)}
        if learner.user.name != learner.name:
            own["Tên trên tài khoản"] = None  # a shared one bears its first person's
        sections.append({"title": "Cách đăng nhập", "rows": [_row(learner.user, _SIGN_IN) | own]})
    return sections


def _row(about: object, shows: dict[str, str]) -> dict[str, Any]:
    return {label: as_json(plain(about, path)) for label, path in shows.items()}
