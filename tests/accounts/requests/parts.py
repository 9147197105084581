"""None"""

import datetime

from django.utils import timezone

from accounts import (
    requesting,
)
from accounts.models import DataRequest

PIN = "482951"


MINE, DESK = "/du-lieu-cua-toi/yeu-cau/", "/quan-ly/yeu-cau/"


ASKED = {"kind": "other", "text": "Xin cho biết ai giữ số của tôi"}


MOVES = [
    (requesting.answer, {"text": "Chúng tôi đang xem"}, "answered"),
    (requesting.finish, {"text": "Đã làm"}, "done"),
    (requesting.refuse, {"text": "Luật không cho"}, "refused"),
]


def over(request):
    """The time to undo is over."""
    DataRequest.objects.filter(pk=request.pk).update(erase_at=timezone.now() - datetime.timedelta(seconds=1))
    request.refresh_from_db()
    return request
