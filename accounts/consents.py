"""The words a person agrees to. A change of words is a new version; old ones stay here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.retrying import again

from . import acting
from .models import Consent, Learner

CHILD_UNDER = 16  # by year of birth


@dataclass(frozen=True)
class Words:
    short: str
    more: tuple[str, ...]


LEARNING: dict[int, Words] = {
    1: Words(
        short="Tôi đồng ý để Học Vụ Số lưu thông tin trên và việc học của tôi.",
        more=(
            "Lưu những gì: họ tên, số điện thoại, xã/phường, năm sinh, nhóm, bài đã học và kết quả.",
            "Để làm gì: nhớ bài bạn đã học, cấp giấy ghi nhận, và đếm số người học của từng xã, phường.",
            "Ai xem được: bạn, người hướng dẫn và cán bộ phụ trách nơi bạn ở. Không bán, không quảng cáo. "
            "Số liệu công khai không có tên ai.",
            "Bạn có quyền: xem, sửa, xin xóa, hoặc rút lại sự đồng ý bất cứ lúc nào.",
            "Không bao giờ hỏi: số căn cước, ảnh giấy tờ, mật khẩu ngân hàng.",
        ),
    )
}
CURRENT = max(LEARNING)
REMINDERS: dict[int, Words] = {
    1: Words(
        short="Tôi đồng ý nhận tin nhắn nhắc học và báo lớp học gần nơi tôi ở.",
        more=(
            "Nhắn gì: bài đang học dở, lớp học sắp mở ở xã, phường của bạn. Không quá 2 tin một tuần.",
            "Dùng gì: số điện thoại bạn đăng nhập. Số này không đưa cho ai khác ngoài nhà mạng gửi tin.",
            "Không đồng ý cũng học bình thường. Mã dùng một lần và báo động về dữ liệu của bạn vẫn được gửi.",
        ),
    ),
    2: Words(
        short="Tôi đồng ý nhận tin nhắn nhắc học và báo lớp học gần nơi tôi ở.",
        more=(
            "Nhắn gì: bài đang học dở, lúc nên ôn lại khóa đã học xong, lớp học sắp mở ở xã, phường của bạn. "
            "Không quá 2 tin một tuần.",
            "Dùng gì: số điện thoại bạn đăng nhập. Số này không đưa cho ai khác ngoài nhà mạng gửi tin.",
            "Không đồng ý cũng học bình thường. Mã dùng một lần và báo động về dữ liệu của bạn vẫn được gửi.",
        ),
    ),
    3: Words(
        short="Tôi đồng ý nhận tin nhắn nhắc học, nhắc ôn lại và báo lớp học gần nơi tôi ở.",
        more=(
            "Nhắn gì: bài đang học dở, lúc nên ôn lại khóa đã học xong, lớp học sắp mở ở xã, phường của bạn. "
            "Không quá 2 tin một tuần.",
            "Dùng gì: số điện thoại bạn đăng nhập. Số này không đưa cho ai khác ngoài nhà mạng gửi tin.",
            "Không đồng ý cũng học bình thường. Mã dùng một lần và báo động về dữ liệu của bạn vẫn được gửi.",
        ),
    ),
}
WORDS: dict[str, dict[int, Words]] = {
    Consent.Purpose.LEARNING: LEARNING,
    Consent.Purpose.REMINDERS: REMINDERS,
}


class GuardianMissing(Exception):
    """Somebody under 16 agrees together with her guardian."""

    def __init__(self) -> None:
        super().__init__("Người học dưới 16 tuổi cần cha, mẹ hoặc người giám hộ cùng đồng ý.")


def current(purpose: str) -> int:
    """The version of the words shown today."""
    return max(WORDS[purpose])


def words_of(consent: Consent) -> Words | None:
    """The very words she agreed to."""
    return WORDS.get(consent.purpose, {}).get(consent.version)


def standing(learner: Learner, purpose: str) -> Consent | None:
    return learner.consents.filter(purpose=purpose, withdrawn_at=None).first()


@again()
@transaction.atomic
def give(
    *,
    learner: Learner,
    purpose: str,
    channel: str = Consent.Channel.ONLINE,
    guardian_name: str = "",
) -> Consent:
    """She agrees to today's words of a purpose; the same words twice are one consent.

    A guardian agrees with a child to each purpose and to each version of its words: nobody
    else's press and no older consent stands for hers. An older consent ends when the words
    have changed. Raises GuardianMissing, acting.CannotAct.
    """
    acting.begin(learner)
    held = standing(learner, purpose)
    child = is_child(learner.birth_year)
    if held and held.version == current(purpose) and (held.guardian_name or not child):
        return held
    if child and not guardian_name:
        raise GuardianMissing
    now = timezone.now()
    if held:
        Consent.objects.filter(pk=held.pk).update(withdrawn_at=now)
    return Consent.objects.create(
        learner=learner,
        purpose=purpose,
        version=current(purpose),
        channel=channel,
        given_at=now,
        guardian_name=guardian_name if child else "",
    )


@again()
@transaction.atomic
def withdraw(*, learner: Learner, purpose: str) -> bool:
    """She takes a consent back; False when none stood. What follows for learning: `accounts.leaving`.

    Her row is held: whatever is done by that consent is over, or finds that it is gone.
    """
    acting.hold(learner)
    held = learner.consents.filter(purpose=purpose, withdrawn_at=None)
    return bool(held.update(withdrawn_at=timezone.now()))


def is_child(birth_year: int) -> bool:
    return timezone.localdate().year - birth_year < CHILD_UNDER


def needs_guardian(learner: Learner, birth_year: int) -> bool:
    """Whether a guardian must still agree before this year of birth is stored."""
    if not is_child(birth_year):
        return False
    held = standing(learner, Consent.Purpose.LEARNING)
    return not (held and held.guardian_name)


@again()
@transaction.atomic
def renew(*, learner: Learner, guardian_name: str) -> Consent:
    """A guardian joins: the standing consent ends and one with her name begins.

    What she was not asked about (another purpose) ends and is asked anew. Raises acting.CannotAct.
    """
    acting.begin(learner)
    now = timezone.now()
    alone = learner.consents.filter(withdrawn_at=None).filter(
        Q(purpose=Consent.Purpose.LEARNING) | Q(guardian_name="")
    )
    alone.update(withdrawn_at=now)
    return Consent.objects.create(
        learner=learner,
        purpose=Consent.Purpose.LEARNING,
        version=CURRENT,
        channel=Consent.Channel.ONLINE,
        given_at=now,
        guardian_name=guardian_name,
    )
