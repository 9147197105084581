"""Run inside the site by `manage.py shell`: rows that some pages need, made anew; prints their numbers."""

import datetime
import json
import secrets
import uuid

from django.utils import timezone

from accounts import bulk, cards, inviting, merging, objecting, requesting, roles
from accounts.models import (
    Alarm,
    Feedback,
    HelpContact,
    HelpMember,
    HelpMessage,
    InvitationList,
    Learner,
    User,
)
from accounts.registering import register
from courses import progress
from courses.models import Course, Enrolment
from places.models import Place

PIN = "835271"
phu_thai = Place.objects.current().get(code="10750")
chi = User.objects.get(email="can-bo-xa@demo.invalid")
number = secrets.randbelow(10_000_000)


def learner(name: str, at: int) -> Learner:
    phone = f"+8497{(number + at) % 10_000_000:07}"
    fields = {"birth_year": 1964, "group": "citizen"}
    return register(name=name, phone=phone, pin=PIN, commune=phu_thai, **fields)  # type: ignore[arg-type]


def at_home(first: Learner, name: str, seat: int, **fields: str) -> Learner:
    kept = {"commune": phu_thai, "birth_year": 1970, "group": "citizen"}
    return Learner.objects.create(user=first.user, seat=seat, name=name, **kept, **fields)


def finished(learner: Learner, days: int) -> None:
    """She finished the course so many days ago: a refresher may be due."""
    course = Course.objects.get(slug="an-toan-tren-mang")
    for item in course.items.filter(kind="lesson").exclude(url=""):
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=item)
    progress.pass_test(learner=learner, item=course.items.get(kind="test"), at=timezone.now())
    at = timezone.now() - datetime.timedelta(days=days)
    Enrolment.objects.filter(learner=learner, course=course).update(completed_at=at)


def invited(name: str) -> dict[str, object]:
    mail = f"moi-{secrets.token_hex(4)}@demo.invalid"
    row: dict[str, object] = {"line": 2, "name": name, "email": mail, "kind": "trainer"}
    row |= {"place": phu_thai.pk, "organisation": None, "where": phu_thai.name, "until": ""}
    return row | {"verdict": "new", "why": ""}


ha = learner("Đỗ Thị Hà", 0)
recalls = learner("Lý Thị Nhớ", 7)
finished(recalls, 8)
binh = at_home(ha, "Đỗ Văn Bình", 2)
finished(binh, 8)  # his paper, issued any moment, asks for a PIN of his own; her pages do not
helped, carded = learner("Vũ Thị Quên", 1), learner("Hoàng Thị Phúc", 2)
twins = [learner("Ngô Thị Sinh Đôi", at) for at in (3, 4, 5, 6)]
merge = merging.merge(by=chi, duplicate=twins[2], canonical=twins[3], reason="Cùng một người")
card = cards.card_of(carded, by=chi)
objecting.hide_name(learner=twins[0])

wrong = requesting.ask(learner=ha, kind="correct", text="Tên tôi ghi sai")
parent = requesting.ask(learner=ha, kind="erase", relation="parent", about_name="Ngô Thị Sinh Đôi")
closed = requesting.ask(learner=ha, kind="other", text="Hỏi thêm")
requesting.finish(request=closed, by=chi, text="Đã trả lời qua điện thoại.")

preview = [
    invited("Lê Thị Mới"),
    invited("Lê Văn Sai") | {"verdict": "wrong", "why": "Thư điện tử chưa đúng."},
]
waits = InvitationList.objects.create(by=chi, file_name="danh-sach.xlsx", rows=preview)
done = InvitationList.objects.create(by=chi, file_name="da-moi.xlsx", rows=[invited("Lê Thị Mời")])
bulk.confirm(batch=done)
dung = inviting.person(email=f"dung-{secrets.token_hex(4)}@demo.invalid", name="Vũ Thị Dung")
role = roles.grant(by=chi, user=dung, kind="trainer", place=phu_thai)
link = inviting.link(inviting.invite(by=chi, user=dung))

HelpContact.objects.update_or_create(
    place=phu_thai, defaults={"name": "Bộ phận một cửa", "phone": "02253 123 456", "hours": "Giờ hành chính"}
)
HelpMember.objects.create(place=phu_thai, name="Trần Văn An", phone="+84912345678", area="Thôn 1")
HelpMessage.objects.create(place=phu_thai, name="Bà Tư", phone="+84912345679", text="Giúp tôi cài máy")
Feedback.objects.create(page="/khoa-hoc/", helped=False, text="Chữ hơi nhỏ")
alarm, _ = Alarm.objects.get_or_create(
    day=timezone.localdate(), kind="codes", defaults={"number": 200, "raised_at": timezone.now()}
)

print(
    json.dumps(
        {
            "household": ha.user.phone.replace("+84", "0"),  # type: ignore[union-attr]
            "recalls": recalls.user.phone.replace("+84", "0"),  # type: ignore[union-attr]
            "first": str(ha.public_id),
            "second": str(binh.public_id),
            "helped": str(helped.public_id),
            "card": cards.address(card),
            "card_number": cards.number(card),
            "carded": carded.pk,
            "one": str(twins[0].public_id),
            "other": str(twins[1].public_id),
            "merge": merge.pk,
            "wrong": str(wrong.public_id),
            "parent": str(parent.public_id),
            "closed": str(closed.public_id),
            "waits": str(waits.reference),
            "done": str(done.reference),
            "role": role.pk,
            "member": dung.pk,
            "token": link.split("/")[-2],
            "alarm": alarm.pk,
        }
    )
)
