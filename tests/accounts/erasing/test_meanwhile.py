"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import erasing_words, looks, merging
from accounts.erasing import erase
from accounts.models import (
    Alarm,
    Consent,
    Feedback,
    Learner,
    Look,
)
from accounts.people import all_words
from certificates import issuing
from certificates.models import Paper
from tests.certificates.make import make_paper
from tests.make import make_learner
from tests.quizzes.make import make_course

from .parts import (
    BECAUSE,
    NAME,
    traces,
)


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
