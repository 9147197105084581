"""The register of personal data: what each table holds about a person, why, and for how long.

A model that points to a person or a sign-in, or holds a name, a number or an address, says so beside itself:

    class Consent(models.Model):
        personal = Personal(what="…", why="…", basis=CONSENT, keep="…")

Tables of libraries, which cannot, are listed here. `tests/accounts/test_personal.py` fails on a
table in neither place. The words are read by officials and by whoever asks: Vietnamese and plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

# On what the law lets us hold it (Law 91/2025/QH15).
CONSENT = "Sự đồng ý của người học"
OFFICE = "Nhiệm vụ của cơ quan và người được giao việc"
SAFETY = "Giữ an toàn cho dữ liệu của người học"
LAW = "Luật 91/2025/QH15 buộc ghi lại để chứng minh"

UNTIL_ERASED = "Đến khi người học xin xóa"
DAY_1 = "1 ngày, rồi tự xóa"
DAYS_30 = "30 ngày, rồi tự xóa"
DAYS_90 = "90 ngày, rồi tự xóa"
YEAR_1 = "1 năm, rồi tự xóa"
WITH_ACCOUNT = "Đến khi xóa tài khoản"
YEARS_2 = "2 năm, rồi tự xóa"


@dataclass(frozen=True)
class Personal:
    """What a table holds of a person; every part is a sentence for the register."""

    what: str
    why: str
    basis: str
    keep: str


@dataclass(frozen=True)
class Entry:
    """One line of the register."""

    label: str
    room: str
    personal: Personal


_WORK = Personal(
    what="Ai đã soạn, sửa, tải lên hay ghi chú; không có dữ liệu người học",
    why="Biết ai đã sửa nội dung",
    basis=OFFICE,
    keep="Cùng với nội dung đó",
)
_STAFF_LOG = Personal(
    what="Biên tập viên nào đã làm gì, lúc nào",
    why="Truy lại khi nội dung bị sửa sai",
    basis=OFFICE,
    keep=YEARS_2,
)
_UNUSED = "Không dùng: luôn trống"

# Tables of libraries that name a person: nothing of them may be declared in their own code.
THIRD_PARTY: dict[str, Personal] = {
    "account.EmailAddress": Personal(
        "Địa chỉ thư của cán bộ và biên tập viên", "Đăng nhập", OFFICE, WITH_ACCOUNT
    ),
    "account.EmailConfirmation": Personal(_UNUSED, "Thuộc thư viện đăng nhập", SAFETY, _UNUSED),
    "mfa.Authenticator": Personal(
        "Cách xác nhận thứ hai của cán bộ (khóa, ứng dụng mã)", "Đăng nhập hai lớp", SAFETY, WITH_ACCOUNT
    ),
    "socialaccount.SocialAccount": Personal(
        "Dấu khóa của danh tính nhà nước; không có số căn cước, không có tên",
        "Đăng nhập bằng danh tính nhà nước",
        CONSENT,
        "Đến khi người học bỏ nối",
    ),
    "socialaccount.SocialToken": Personal(_UNUSED, "Thuộc thư viện đăng nhập", SAFETY, _UNUSED),
    "sessions.Session": Personal(
        "Ai đang đăng nhập trên trình duyệt này",
        "Không phải đăng nhập lại mỗi lần",
        SAFETY,
        "90 ngày; trên máy mượn 4 giờ, trên máy của cán bộ 12 giờ; hết hạn thì tự xóa",
    ),
    "wagtailusers.UserProfile": Personal(
        "Cài đặt màn hình biên tập của cán bộ", "Màn hình biên tập", OFFICE, WITH_ACCOUNT
    ),
    "wagtailcore.ModelLogEntry": _STAFF_LOG,
    "wagtailcore.PageLogEntry": _STAFF_LOG,
    "wagtailadmin.EditingSession": _WORK,
    "wagtailadmin.FormState": _WORK,
    **dict.fromkeys(
        (
            "wagtailcore.Page",
            "wagtailcore.Revision",
            "wagtailcore.UploadedFile",
            "wagtailcore.WorkflowState",
            "wagtailcore.TaskState",
            "wagtailcore.Comment",
            "wagtailcore.CommentReply",
            "wagtailcore.PageSubscription",
            "wagtaildocs.Document",
            "wagtailimages.Image",
            "cms.Picture",
        ),
        _WORK,
    ),
}
# Tables that look personal by the name of a column and are not.
NOT_PERSONAL: dict[str, str] = {
    "places.Place": "tên xã, phường",
    "places.Neighbourhood": "tên thôn, tổ dân phố",
    "places.Organisation": "tên cơ quan, trường, doanh nghiệp",
    "quizzes.QuestionRevision": "chữ của câu hỏi",
    "socialaccount.SocialApp": "cấu hình nơi cung cấp danh tính",
    "wagtailcore.Collection": "tên thư mục ảnh",
    "wagtailcore.Workflow": "tên quy trình",
    "wagtailcore.Task": "tên bước của quy trình",
    "wagtailcore.GroupApprovalTask": "tên bước của quy trình",
    "taggit.Tag": "chữ của nhãn",
    "auth.Permission": "tên quyền",
    "auth.Group": "tên nhóm quyền",
}
_COLUMNS = frozenset(
    {
        "name",
        "phone",
        "email",
        "to",
        "text",
        "guardian_name",
        "address",
        "person",
        "actor",
        "token",
        "contact",
    }
)


def of(model: type[models.Model]) -> Personal | None:
    """What a table says about itself; pages and pictures of ours say what their parent says."""
    found = getattr(model, "personal", None) or THIRD_PARTY.get(model._meta.label)
    if found is None:
        inherited = (parent for parent in model.__mro__[1:] if hasattr(parent, "_meta"))
        found = next((THIRD_PARTY[p._meta.label] for p in inherited if p._meta.label in THIRD_PARTY), None)
    return found if isinstance(found, Personal) else None


def looks_personal(model: type[models.Model]) -> bool:
    """It has a key to a person or a sign-in, or a column of the kind that names or reaches one."""
    people = (apps.get_model("accounts.User"), apps.get_model("accounts.Learner"))
    for field in model._meta.get_fields():
        if not getattr(field, "concrete", False):
            continue
        if field.is_relation and field.related_model in people:
            return True
        if isinstance(field, models.EmailField | models.GenericIPAddressField) or field.name in _COLUMNS:
            return True
    return False


def register() -> list[Entry]:
    """Every table that holds personal data, by room as the menus name them, then by name."""
    entries = list(_entries())
    return sorted(entries, key=lambda entry: (entry.room, entry.label))


def _entries() -> Iterator[Entry]:
    for model in apps.get_models():
        personal = of(model)
        if personal is not None:
            yield Entry(model._meta.label, model._meta.app_label, personal)


def undeclared() -> list[str]:
    """Tables that look personal and say nothing: there must be none."""
    return [
        model._meta.label
        for model in apps.get_models()
        if looks_personal(model) and of(model) is None and model._meta.label not in NOT_PERSONAL
    ]


ROOMS = {
    "accounts": "Người học, cán bộ và cách đăng nhập",
    "certificates": "Giấy ghi nhận",
    "courses": "Việc học",
    "quizzes": "Bài tập và kiểm tra",
    "ledger": "Sổ ghi nhận việc học",
    "campaign": "Số liệu của xã, phường",
    "sessions": "Phiên đăng nhập",
}
LIBRARIES = "Công việc của cán bộ và biên tập viên"


def by_room() -> list[tuple[str, list[Entry]]]:
    """The register under the headings of its screen; what libraries hold of the staff comes last."""
    found: dict[str, list[Entry]] = {name: [] for name in (*ROOMS.values(), LIBRARIES)}
    for entry in register():
        found[ROOMS.get(entry.room, LIBRARIES)].append(entry)
    return [(name, entries) for name, entries in found.items() if entries]


def grouped() -> list[tuple[str, list[tuple[Personal, list[str]]]]]:
    """As `by_room`, for reading: what several tables say alike is said once, with their names."""
    groups = []
    for room, entries in by_room():
        alike: dict[Personal, list[str]] = {}
        for entry in entries:
            alike.setdefault(entry.personal, []).append(entry.label)
        groups.append((room, list(alike.items())))
    return groups


COLUMNS = ("Phần", "Bảng", "Giữ những gì", "Để làm gì", "Căn cứ", "Giữ bao lâu")


def rows() -> list[tuple[str, ...]]:
    """The register as rows of COLUMNS, for files."""
    return [
        (
            room,
            entry.label,
            entry.personal.what,
            entry.personal.why,
            entry.personal.basis,
            entry.personal.keep,
        )
        for room, entries in by_room()
        for entry in entries
    ]
