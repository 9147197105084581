"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models
from django.db.models import JSONField
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import erasing, erasing_words, household, looks, merging, requesting
from accounts.correcting import correct
from accounts.erasing import erase
from accounts.models import (
    Alarm,
    Card,
    CardUse,
    Consent,
    DataRequestStep,
    Device,
    DeviceSession,
    DeviceUse,
    Erasure,
    Feedback,
    HelpMember,
    HelpMessage,
    InvitationList,
    Learner,
    Look,
    MergedRow,
    Message,
    Notice,
    OneTimeCode,
    User,
)
from accounts.people import all_words, announce_consent
from campaign.closing import close_days
from campaign.folding import fold
from campaign.models import First
from campaign.rebuilding import rebuild
from campaign.verifying import verify
from certificates import issuing, rendering
from certificates.catching_up import catch_up
from certificates.models import ErasedPaper, Paper
from common.text import fold as folded
from courses import progress
from ledger.models import Fact, Receipt
from ledger.recording import digest_of, server_uuid
from places.models import Neighbourhood
from quizzes import attempts
from tests.campaign.ledger_maker import kept
from tests.certificates.make import make_paper
from tests.make import make_commune, make_learner, make_province, make_role, make_user
from tests.quizzes.make import make_course, quiz_of

NAME = "Trịnh Thị Huệ Mẫn"
PHONE = "+84987123654"
BORN = 1947
BECAUSE = "asked"


def make_hue(**fields) -> Learner:
    """A learner who has left something in every room: lessons, a test, a paper, notices, a session."""
    commune = make_commune()
    near = Neighbourhood.objects.get_or_create(place=commune, name="Thôn Đình Ba")[0]
    user = make_user(phone=PHONE, name=NAME, password="482915")
    hue = make_learner(
        NAME, user=user, commune=commune, birth_year=BORN, gender="female", neighbourhood=near, **fields
    )
    consent = Consent.objects.create(learner=hue, purpose="learning", version=1, channel="online")
    announce_consent(consent)
    Notice.objects.create(learner=hue, text=f"Chào {NAME}")
    Notice.objects.create(user=user, text=f"Số {PHONE} đã đổi mã")
    now = datetime.datetime.now(tz=datetime.UTC)
    Message.objects.create(to=PHONE, text=f"Ma cua {NAME}", purpose="code", parts=1, cost=1, expires_at=now)
    OneTimeCode.objects.create(purpose="own_number", phone=PHONE, holder="h", mark="m", expires_at=now)
    return hue


def learn(hue: Learner, course) -> None:
    for item in course.items.filter(kind="lesson"):
        progress.finish_lesson(actor=f"user:{hue.user_id}", uuid=uuid.uuid4(), learner=hue, item=item)
    attempt = attempts.start(learner=hue, quiz=quiz_of(course))
    for number, drawn in enumerate(attempt.questions.select_related("revision")):
        right = [choice["id"] for choice in drawn.revision.choices if choice.get("correct")]
        step = uuid.uuid4()
        Receipt.objects.create(actor=f"user:{hue.user_id}", uuid=step, digest="d")
        attempts.answer(attempt=attempt, uuid=step, seq=number, question=drawn.key, choices=right)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=attempt.seq)
    assert issuing.issue(learner=hue, course=course)


@pytest.fixture
def course(db):
    return make_course(lessons=2)


@pytest.fixture
def hue(course) -> Learner:
    found = make_hue()
    learn(found, course)
    browser = Client()
    browser.force_login(found.user)
    browser.get("/hoc-tap/")
    rendering.picture(Paper.objects.get())
    fold()
    close_days()
    return found


def needles() -> list[str]:
    bare = PHONE.removeprefix("+84")
    return [
        NAME,
        unicodedata.normalize("NFD", NAME),
        folded(NAME),
        folded(NAME).title(),
        folded(NAME).replace(" ", "-"),
        bare,
        f"0{bare[:3]} {bare[3:6]} {bare[6:]}",
        f"{bare[:3]} {bare[3:6]} {bare[6:]}",
        f"{bare[:3]}.{bare[3:6]}.{bare[6:]}",
    ]


def traces() -> list[str]:
    """Every cell of every table that says her name, her number or her year."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{column}: {value}"
                    for column, value in zip(columns, row, strict=True)
                    if not is_key(column, value) and says_her(value)
                ]
    return found


def is_key(column: str, value: object) -> bool:
    """A serial number is nobody's year of birth."""
    return isinstance(value, int) and (column == "id" or column.endswith("_id"))


def says_her(value: object) -> bool:
    if value is None or isinstance(value, uuid.UUID | datetime.datetime | bool):
        return False
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="replace")
    # A letter as JSON writes it; twice over where a text in it is JSON itself.
    text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), str(value))
    if value == BORN or re.search(rf"(?<![0-9a-f.-]){BORN}(?![0-9a-f-])", text):
        return True
    return any(needle.casefold() in text.casefold() for needle in needles())


def traces_in_files() -> list[Path]:
    """Files under DATA_DIR that say her name or number (the database itself is searched by table)."""
    wanted = [needle.encode() for needle in needles()]
    return [
        path
        for path in Path(settings.DATA_DIR).rglob("*")
        if path.is_file()
        and ".sqlite3" not in path.name
        and any(needle in path.read_bytes() for needle in wanted)
    ]


def test_the_search_finds_her_before(hue):
    tables = {trace.split(".")[0] for trace in traces()}
    assert {"accounts_user", "accounts_learner", "certificates_paper", "accounts_notice"} <= tables


def test_the_search_reads_every_json_column(db):
    """Whatever encoder a column has: a name in it is seen, also inside a text that is JSON itself."""
    columns = [
        (model._meta.db_table, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, JSONField)
    ]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert {"accounts_mergedrow", "accounts_invitationlist", "wagtailcore_revision"} <= dict(columns).keys()
    assert dict(columns).keys() <= tables
    for _, field in columns:
        for held in ({"a": [NAME]}, json.dumps({"a": NAME})):
            stored = field.get_db_prep_save(held, connection)
            assert says_her(getattr(stored, "obj", stored)), field  # PostgreSQL reads it back as values


def test_nothing_leads_to_her_and_every_figure_stays(hue, chi):
    figures, people = kept(), First.objects.count()
    days = sorted(Fact.objects.values_list("kind", "happened_on", "recorded_on", "commune"))
    pk, user, paper = hue.pk, hue.user, Paper.objects.get()
    picture = rendering._key(rendering._data(paper, name=paper.public_name))
    assert cache.get(picture)
    done = erase(learner=hue, by=chi, reason=BECAUSE)

    assert traces() == []
    assert traces_in_files() == []
    assert cache.get(picture) is None
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Receipt.objects.exists()
    facts = Fact.objects.all()
    assert len({fact.person for fact in facts}) == 1
    assert facts[0].person >= 2**61
    assert not {pk, user.pk} & {fact.person for fact in facts}
    assert {(fact.actor, fact.neighbourhood) for fact in facts} == {("erased", None)}
    local = {timezone.localtime(at).time() for fact in facts for at in (fact.happened_at, fact.recorded_at)}
    assert local == {datetime.time()}
    assert sorted(Fact.objects.values_list("kind", "happened_on", "recorded_on", "commune")) == days
    assert (done.by, done.records, done.herself) == (chi, 1, False)

    fold()
    _, verdict = verify()
    assert (verdict.lines, verdict.erased) == ([], 1)
    assert kept() == figures
    assert First.objects.count() == people
    rebuild()
    assert kept() == figures
    assert verify()[1].lines == []


def test_no_fact_can_be_led_back_to_her_number(hue, chi):
    """Uuids and digests that the server derives from her number are gone."""
    before = {(fact.uuid, fact.digest) for fact in Fact.objects.all()}
    pk = hue.pk
    erase(learner=hue, by=chi, reason=BECAUSE)
    after = {(fact.uuid, fact.digest) for fact in Fact.objects.all()}
    assert not {one for pair in before for one in pair} & {one for pair in after for one in pair}
    for fact in Fact.objects.all():
        assert fact.uuid != server_uuid(fact.kind, pk)
        assert fact.digest != digest_of([fact.kind, pk, fact.course, fact.item])


def test_the_number_of_her_paper_says_that_it_was_erased(hue, chi, client):
    paper = Paper.objects.get()
    erase(learner=hue, by=chi, reason=BECAUSE)
    for name in ("", "giay-ghi-nhan.png", "giay-ghi-nhan.pdf"):
        answer = client.get(f"/giay/{paper.serial}/{name}")
        assert answer.status_code == 410
        assert "đã xóa theo yêu cầu" in answer.text
        assert NAME not in answer.text
        assert answer["X-Robots-Tag"].startswith("noindex")
    client.force_login(chi)
    assert client.get(f"/quan-ly/giay/{paper.serial}/").status_code == 404


def test_a_paper_issued_again_goes_with_the_one_it_replaced(hue, chi):
    old = Paper.objects.get()
    new = issuing.reissue(paper=old, by=chi, reason="Sai tên")
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert set(ErasedPaper.objects.values_list("serial", flat=True)) == {old.serial, new.serial}
    assert verify()[1].lines == []


def test_she_can_erase_herself(hue):
    done = erase(learner=hue, by=hue.user, reason="herself")
    assert (done.by, done.herself) == (None, True)


def test_her_session_ends_and_her_neighbours_goes_on(hue, chi, lan):
    mine, hers = Client(), Client()
    mine.force_login(hue.user)
    hers.force_login(lan.user)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert mine.get("/du-lieu-cua-toi/").status_code == 302
    assert hers.get("/du-lieu-cua-toi/").status_code == 200


def test_a_shared_sign_in_stays_for_the_others(hue, chi):
    son = make_learner("Phạm Văn Sơn", user=hue.user, commune=hue.commune)
    son.refresh_from_db()
    erase(learner=hue, by=chi, reason=BECAUSE)
    user = User.objects.get(pk=son.user_id)
    assert (user.phone, user.name) == (PHONE, "Phạm Văn Sơn")
    assert not Learner.objects.filter(name=NAME).exists()
    assert [trace for trace in traces() if NAME in trace] == []


def test_a_sign_in_with_a_role_stays(hue, chi, phu_thai):
    make_role(hue.user, "trainer", phu_thai)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert User.objects.filter(phone=PHONE).exists()


def test_her_merged_records_go_too_and_stay_one_person(hue, chi, course):
    twin = make_learner("Trinh Thi Hue Man", commune=hue.commune, birth_year=BORN)
    progress.finish_lesson(
        actor="user:1", uuid=uuid.uuid4(), learner=twin, item=course.items.filter(kind="lesson").first()
    )
    merging.merge(by=chi, duplicate=twin, canonical=hue, reason="Một người")
    fold()
    figures = kept()
    done = erase(learner=twin, by=chi, reason=BECAUSE)
    assert done.records == 2
    assert traces() == []
    fold()
    assert kept() == figures
    assert verify()[1].lines == []
    rebuild()
    assert kept() == figures
    assert len(set(Fact.objects.values_list("person", flat=True))) == 2


def test_facts_that_wait_to_be_counted_are_counted(course, chi):
    hue = make_hue()
    learn(hue, course)
    erase(learner=hue, by=chi, reason=BECAUSE)
    catch_up()
    fold()
    assert verify()[1].lines == []
    assert not Paper.objects.exists()
    assert kept()


class TestRefusals:
    def test_of_another_commune(self, hue, sau):
        with pytest.raises(erasing.NotYours):
            erase(learner=hue, by=sau, reason=BECAUSE)

    def test_by_a_trainer(self, hue, binh):
        with pytest.raises(erasing.NotYours):
            erase(learner=hue, by=binh, reason=BECAUSE)

    @pytest.mark.parametrize("reason", ["", f"Bà {NAME} xin xóa", f"Bà sinh năm {BORN}"])
    def test_without_a_reason_of_the_list(self, hue, chi, reason):
        with pytest.raises(erasing.ReasonMissing):
            erase(learner=hue, by=chi, reason=reason)
        assert Learner.objects.filter(pk=hue.pk).exists()


# --- Rows to which no key of hers leads ---------------------------------------------------

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


ELSEWHERE = "10888"


def one_more(**fields) -> Learner:
    return make_learner("Phạm Văn Sơn", commune=make_commune(ELSEWHERE, "Xã Cẩm Giang"), **fields)


def guardian(hue, chi):
    Consent.objects.create(
        learner=one_more(), purpose="reminders", version=1, channel="online", guardian_name=NAME
    )


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


# --- Looking through what people typed holds nobody up ---------------------------------


def test_whole_tables_are_read_before_the_transaction(hue, chi):
    """In it, rows by their number and those that came later: an erasure holds SQLite's one write lock."""
    Feedback.objects.create(page="/", helped=True, text=f"Tôi là {NAME}")
    with CaptureQueriesContext(connection) as asked:
        erase(learner=hue, by=chi, reason=BECAUSE)
    asked = [query["sql"] for query in asked]
    begun = next(n for n, sql in enumerate(asked) if sql.startswith("SAVEPOINT"))
    inside = [
        sql for sql in asked[begun:] if "LIKE" in sql and not any(f'FROM "{name}"' in sql for name in SMALL)
    ]
    by_index = ('"id" > ', '"day" >= ', '"revoked_at" >= ', '"undone_at" >= ')
    for name in ("accounts_feedback", "accounts_consent", "certificates_paper", "accounts_helpmessage"):
        assert [sql for sql in asked[:begun] if "LIKE" in sql and f'FROM "{name}"' in sql]
    assert [sql for sql in inside if not any(part in sql for part in by_index)] == []
    assert traces() == []


# Few rows for ever: notes on alarms go after a year, and editors write to each other in `/admin/`.
SMALL = {
    "accounts_alarm",
    "wagtailcore_comment",
    "wagtailcore_commentreply",
    "wagtailcore_taskstate",
}


@pytest.mark.parametrize(
    ("table", "column"),
    [(Paper, "revoked_at"), (Look, "day")],  # merges are few
)
def test_what_was_written_into_old_rows_is_found_by_an_index(table, column):
    assert [column] in [index.fields for index in table._meta.indexes]
    [words] = [words for words in all_words() if words.table is table]
    assert words.touched == column


@pytest.mark.parametrize("where", ["look", "paper", "merge", "guardian"])
def test_what_is_written_into_an_old_row_while_it_looks_goes_too(hue, chi, lan, phu_thai, monkeypatch, where):
    """However many rows came after it."""
    monkeypatch.setattr(erasing_words, "LAST_ROWS", 0)
    words, real = f"Thay cho cô {NAME}", erasing_words.look
    looks.note(by=chi, learners=[lan], screen="Giúp vào lại", why="Quên mã")
    paper = make_paper(lan, course=make_course(code="KNS01", lessons=1))
    twin = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    merged = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")

    def slow(person):
        found = real(person)
        if where == "look":
            looks.note(by=chi, learners=[lan], screen="Giúp vào lại", why=words)
        elif where == "paper":
            issuing.revoke(paper=paper, by=chi, reason=words)
        elif where == "merge":
            merging.unmerge(by=chi, merge=merged, reason=words)
        else:
            Consent.objects.create(learner=lan, purpose="learning", version=9, guardian_name=NAME)
        return found

    monkeypatch.setattr(erasing_words, "look", slow)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []


def test_what_is_written_while_it_looks_goes_too(hue, chi, monkeypatch):
    real = erasing_words.look

    def slow(person):
        found = real(person)
        Feedback.objects.create(page="/", helped=True, text=f"Tôi là {NAME}, số 0987 123 654")
        return found

    monkeypatch.setattr(erasing_words, "look", slow)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []


def test_a_row_committed_after_a_later_one_goes_too(hue, chi, monkeypatch):
    early = Feedback.objects.create(page="/", helped=True, text="Cảm ơn").pk
    Feedback.objects.create(page="/", helped=True, text="Hay lắm")
    real = erasing_words.look

    def slow(person):
        found = real(person)
        Feedback.objects.filter(pk=early).update(text=f"Tôi là {NAME}, số 0987 123 654")
        return found

    monkeypatch.setattr(erasing_words, "look", slow)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []


def test_a_note_written_while_it_looks_goes_too(hue, chi, monkeypatch):
    monkeypatch.setattr(erasing_words, "LAST_ROWS", 0)
    old = Alarm.objects.create(
        kind="codes", day=timezone.localdate(), handled_at=timezone.now(), note="Đã gọi"
    )
    real = erasing_words.look

    def slow(person):
        found = real(person)
        Alarm.objects.filter(pk=old.pk).update(note=f"Đã gọi cô {NAME}")  # an old row, written to now
        return found

    monkeypatch.setattr(erasing_words, "look", slow)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert traces() == []


def test_a_name_corrected_while_it_looks_goes_too(hue, chi, monkeypatch):
    real, other = erasing_words.look, "Trịnh Thị Huệ Miên"
    Feedback.objects.create(page="/", helped=True, text=f"Cô {other} giúp tôi")

    def slow(person):
        found = real(person)
        Learner.objects.filter(pk=hue.pk).update(name=other)
        return found

    monkeypatch.setattr(erasing_words, "look", slow)
    erase(learner=hue, by=chi, reason=BECAUSE)
    assert Feedback.objects.get(text__contains="giúp tôi").text == "Cô (đã xóa tên) giúp tôi"
