"""The words a person agrees to. A change of words is a new version; old ones stay here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

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


def is_child(birth_year: int) -> bool:
    return timezone.localdate().year - birth_year < CHILD_UNDER


def needs_guardian(learner: Learner, birth_year: int) -> bool:
    """Whether a guardian must still agree before this year of birth is stored."""
    if not is_child(birth_year):
        return False
    return not learner.consents.filter(withdrawn_at=None).exclude(guardian_name="").exists()


@transaction.atomic
def renew(*, learner: Learner, guardian_name: str) -> Consent:
    """A guardian joins: the standing consent ends and one with her name begins."""
    now = timezone.now()
    learner.consents.filter(purpose=Consent.Purpose.LEARNING, withdrawn_at=None).update(withdrawn_at=now)
    return Consent.objects.create(
        learner=learner,
        purpose=Consent.Purpose.LEARNING,
        version=CURRENT,
        channel=Consent.Channel.ONLINE,
        given_at=now,
        guardian_name=guardian_name,
    )
