"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

import datetime
import json
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import JSONField
from django.test import Client
from django.utils import timezone

from accounts import erasing, merging
from accounts.erasing import erase
from accounts.models import (
    Learner,
    User,
)
from campaign.folding import fold
from campaign.models import First
from campaign.rebuilding import rebuild
from campaign.verifying import verify
from certificates import issuing, rendering
from certificates.catching_up import catch_up
from certificates.models import ErasedPaper, Paper
from courses import progress
from ledger.models import Fact, Receipt
from ledger.recording import digest_of, server_uuid
from tests.campaign.ledger_maker import kept
from tests.make import make_learner, make_role

from .parts import (
    BECAUSE,
    BORN,
    NAME,
    PHONE,
    learn,
    make_hue,
    needles,
    says_her,
    traces,
)


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
