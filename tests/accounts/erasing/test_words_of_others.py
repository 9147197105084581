"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import TransactionTestCase
from django.utils import timezone

from accounts import household, looks, merging, requesting
from accounts.correcting import correct
from accounts.erasing import erase
from accounts.models import (
    Alarm,
    Card,
    CardUse,
    DataRequestStep,
    Device,
    DeviceSession,
    DeviceUse,
    Erasure,
    Feedback,
    HelpMember,
    HelpMessage,
    InvitationList,
    Look,
    MergedRow,
    Notice,
    User,
)
from accounts.people import all_words
from common.text import fold as folded
from tests.make import make_commune, make_learner, make_province, make_role, make_user

from .parts import (
    BECAUSE,
    BORN,
    ELSEWHERE,
    NAME,
    PHONE,
    guardian,
    make_hue,
    needles,
    one_more,
    traces,
)

OTHER = {"name": "Đỗ Văn Khác", "email": "khac@example.vn", "verdict": "new", "why": "", "line": 3}


def listed(by, *names, results=(), **fields) -> InvitationList:
    rows = [
        {"name": name, "email": f"m{n}@example.vn", "verdict": "new", "why": "", "line": n}
        for n, name in enumerate(names, 2)
    ]
    fields = {"file_name": "tinh.xlsx", **fields}
    return InvitationList.objects.create(by=by, rows=[*rows, OTHER], results=list(results), **fields)


def test_lists_of_staff_forget_her(hue, chi):
    done = listed(chi, NAME, results=[["wrong", f"{NAME} còn vai trò"], ["new", ""]], position=2)
    waits = listed(chi, folded(NAME).title(), file_name=f"{NAME}.xlsx")
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []
    for batch in (done, waits):
        batch.refresh_from_db()
        assert batch.rows[1] == OTHER
        assert batch.rows[0]["email"] == ""
    assert (done.results, done.rows[0]["verdict"]) == ([["wrong", "đã xóa theo yêu cầu"], ["new", ""]], "new")
    assert waits.rows[0]["verdict"] == "wrong", "she is not invited after she was erased"
    assert "mời riêng" in waits.rows[0]["why"]


def test_what_she_wrote_without_an_account_goes(hue, chi, lan):
    place = hue.commune
    hers = [
        HelpMessage.objects.create(place=place, name=NAME.upper(), text="Giúp tôi"),
        HelpMessage.objects.create(place=place, name="Cô Mẫn", phone=PHONE, text="Giúp tôi"),
    ]
    other = HelpMessage.objects.create(place=place, name="Cô Hoa", phone="+84900000001", text="Giúp tôi")
    said = Feedback.objects.create(page="/", helped=True, text=f"Tôi là {NAME}, thấy dễ hiểu")
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert list(HelpMessage.objects.all()) == [other] != hers
    said.refresh_from_db()
    assert said.text == "Tôi là (đã xóa tên), thấy dễ hiểu"
    assert traces() == []


def test_what_her_son_asked_for_her_names_her_no_more(hue, chi, lan):
    asked = requesting.ask(
        learner=lan, kind="erase", text=f"Xóa giúp mẹ {NAME}", relation="parent", about_name=NAME
    )
    kept = requesting.ask(
        learner=lan, kind="copy", text="Cho bố tôi", relation="parent", about_name="Nguyễn Văn Bố"
    )
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []
    asked.refresh_from_db()
    kept.refresh_from_db()
    assert (asked.about_name, asked.learner) == ("đã xóa theo yêu cầu", lan)
    assert (kept.about_name, kept.text) == ("Nguyễn Văn Bố", "Cho bố tôi")


def looked(hue, chi):
    looks.note(by=hue.user, learners=[one_more()], screen="Thẻ học")


def answered(hue, chi):
    requesting.answer(
        request=requesting.ask(learner=make_learner("Phạm Văn Sơn", commune=hue.commune), kind="other"),
        by=chi,
        text=f"Hồ sơ của bà {NAME}, sinh {BORN}, số 0987.123.654",
    )


def asked_elsewhere(hue, chi):
    requesting.ask(
        learner=one_more(), kind="copy", relation="parent", about_name=NAME, text=f"Mẹ tôi {NAME.upper()}"
    )


def wrote_elsewhere(hue, chi):
    place = make_commune(ELSEWHERE, "Xã Cẩm Giang")
    HelpMessage.objects.create(place=place, name=NAME, text=f"Tôi là {folded(NAME)}")
    HelpMember.objects.create(place=place, name=NAME, phone=PHONE)


def reasons(hue, chi):
    Alarm.objects.create(
        day=timezone.localdate(), kind="codes", handled_at=timezone.now(), note=f"Hỏi {NAME}"
    )
    Look.objects.create(
        learner=one_more(), by=chi, day=timezone.localdate(), screen="x", why=f"Con bà {NAME}"
    )


def merged_once(hue, chi):
    twin = make_learner("Phạm Thị Hai", commune=hue.commune)
    done = merging.merge(
        by=chi, duplicate=twin, canonical=make_learner("Ba", commune=hue.commune), reason=NAME
    )
    MergedRow.objects.create(merge=done, table="accounts.User", row=1, before={"name": "Ba"}, after={})


def corrected(hue, chi):
    """Her name is another today; a notice of the shared sign-in bears the former one."""
    make_learner("Cháu Ở Lại", user=hue.user, commune=hue.commune)
    Notice.objects.create(user=hue.user, text=f"Cấp mã cho {NAME}")
    same = ("commune", "birth_year", "group", "gender")
    fields = {name: getattr(hue, name) for name in same}
    correct(learner=hue, name="Trịnh Thị Hoa", neighbourhood="", **fields)


def left(hue, chi):
    """She left a shared sign-in with her record."""
    shared = hue.user
    make_learner("Cháu Ở Lại", user=shared, commune=hue.commune)
    Notice.objects.create(user=shared, text=f"Cấp mã cho {NAME}")
    household.leave(user=shared, learner=hue, phone="+84900111222", pin="482915")
    assert User.objects.get(pk=shared.pk).name == "Cháu Ở Lại"


@pytest.mark.parametrize(
    "put",
    [guardian, looked, answered, asked_elsewhere, wrote_elsewhere, reasons, merged_once, corrected, left],
)
def test_words_about_her_in_rows_of_others(chi, phu_thai, put):
    hue = make_hue()
    put(hue, chi)
    stays = {PHONE} if put in {corrected, left} else set()
    hue.refresh_from_db()
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert [trace for trace in traces() if not stays or NAME.casefold() in trace.casefold()] == []


def test_what_others_wrote_stays_beside_her_name(chi, phu_thai):
    hue = make_hue()
    answered(hue, chi)
    Feedback.objects.create(page="/", helped=True, text=f"Cô {NAME} dạy rất dễ hiểu")
    erase(learner=hue, by=chi, reason=BECAUSE)
    step = DataRequestStep.objects.exclude(text="").get(state="answered")
    assert step.text == "Hồ sơ của bà (đã xóa tên), sinh (đã xóa năm), số (đã xóa số)"
    assert Feedback.objects.get().text == "Cô (đã xóa tên) dạy rất dễ hiểu"


def test_a_short_name_takes_no_words_of_others(chi, phu_thai):
    lan = make_learner("Lan", commune=phu_thai)
    said = Feedback.objects.create(page="/", helped=True, text="Lần đầu tôi học; cô Lan dạy hay")
    wrote = HelpMessage.objects.create(place=phu_thai, name="Ông Tư", text="Tôi hỏi lần thứ hai")
    erase(learner=lan, by=chi, reason=BECAUSE)
    for row in (said, wrote):
        before = row.text
        row.refresh_from_db()
        assert row.text == before


TYPED_ELSEWHERE = {
    # Columns with rules of their own (`erasing_words`, `keeping`), or that are hers and go with her.
    "accounts.Consent.guardian_name",
    "accounts.DataRequest.about_name",
    "accounts.HelpMessage.name",
    "accounts.HelpMember.name",
    "accounts.HelpMember.area",
    "accounts.InvitationList.file_name",
    "accounts.Look.name",
    "accounts.User.name",
    "accounts.Learner.name",
    "accounts.Correction.before",
    "accounts.Correction.after",
    "certificates.Paper.name",
    "certificates.Paper.folded",
    # What the staff say of the commune, and who signs papers.
    "accounts.HelpContact.name",
    "accounts.HelpContact.hours",
    "accounts.HelpContact.address",
    "certificates.Design.issuer",
    "certificates.Design.city",
    "certificates.Design.signature",
    "certificates.Paper.issuer",
    "certificates.Paper.signature",
    # The machine's own words, places and works.
    "accounts.Erasure.reason",
    "accounts.Look.role",
    "accounts.Look.screen",
    "accounts.Message.answer",
    "accounts.User.password",
    "accounts.Learner.pin",
    "accounts.Parting.pin",
    "accounts.Device.label",
    "accounts.Feedback.page",
    "certificates.Paper.place_name",
    "certificates.Paper.course_title",
}


def test_every_column_in_which_people_type_is_looked_through():
    looked = {f"{words.model}.{column}" for words in all_words() for column in words.columns}
    for app in ("accounts", "certificates"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                typed = isinstance(field, models.CharField | models.TextField) and (
                    (field.max_length or 999) >= 80 and not isinstance(field, models.EmailField)
                )
                name = f"{model._meta.label}.{field.name}"
                assert not typed or name in looked | TYPED_ELSEWHERE, name


def session_of(user, learner=None) -> str:
    """A session on a device of its own."""
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    if learner:
        session["learner"] = learner.pk
    session.create()
    today = timezone.localdate()
    device = Device.objects.create(mark=session.session_key, label="x", seen_on=today)
    use = DeviceUse.objects.create(device=device, user=user, seen_on=today)
    DeviceSession.objects.create(use=use, key=session.session_key)
    return session.session_key


def test_sessions_end_in_which_she_learned_and_no_others_are_read(chi, phu_thai, lan, monkeypatch):
    hue = make_hue()
    son = make_learner("Phạm Văn Sơn", user=hue.user, commune=phu_thai)
    hers, his, far = session_of(hue.user, hue), session_of(hue.user, son), session_of(lan.user)
    opened = SessionStore()
    opened.create()
    card = Card.objects.create(learner=hue, number_mark="n")
    CardUse.objects.create(card=card, session_key=opened.session_key)
    read, real = [], Session.get_decoded
    monkeypatch.setattr(Session, "get_decoded", lambda self: read.append(self.session_key) or real(self))
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert set(Session.objects.values_list("session_key", flat=True)) == {his, far}
    assert set(read) == {hers, his}


def test_sessions_end_with_the_sign_in(chi, phu_thai):
    hue = make_hue()
    session_of(hue.user)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert not Session.objects.exists()


class TestTheFileItself(TransactionTestCase):
    """What is committed and then erased is not left in the pages of the file either."""

    def test_the_bytes_of_the_database(self):
        make_province()
        hue = make_hue()
        user = make_user(email="chi@example.vn")
        make_role(user, "official_manage", make_commune())
        erase(learner=hue, by=user, reason=BECAUSE)
        assert traces() == []
        assert Erasure.objects.count() == 1
        if connection.vendor == "sqlite":
            base = Path(connection.settings_dict["NAME"])
            for path in (base, base.with_name(base.name + "-wal")):
                content = path.read_bytes() if path.exists() else b""
                for needle in needles():
                    assert needle.encode() not in content, (path, needle)
