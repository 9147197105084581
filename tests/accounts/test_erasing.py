"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

import datetime
import re
import unicodedata
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone

from accounts import erasing, merging, requesting
from accounts.erasing import erase
from accounts.models import (
    Consent,
    Erasure,
    Feedback,
    HelpMessage,
    InvitationList,
    Learner,
    Message,
    Notice,
    OneTimeCode,
    User,
)
from accounts.people import announce_consent
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
    text = str(value)
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
    assert said.text == "đã xóa theo yêu cầu"
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
