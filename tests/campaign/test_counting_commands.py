"""`counts verify|rebuild`, and the tasks that do the same by themselves."""

import pytest
from django.core.management import CommandError, call_command

from campaign import folding, tasks, trend
from campaign.models import Book, Delta, Standing, VerifyRun
from campaign.rebuilding import _begin
from campaign.tilemap import bounds, level_of, nice
from courses.models import Course, Edition, Enrolment
from ledger import kinds
from ledger.models import Pending

from .ledger_maker import at, make_fact, noon


@pytest.fixture
def folded(phu_thai):
    make_fact(kinds.LESSON_DONE, 10**6, phu_thai, item="a")
    with at(noon(1)):
        folding.fold()
    return phu_thai


def test_no_difference(folded, capsys):
    call_command("counts", "verify")
    assert "chênh lệch 0" in capsys.readouterr().out
    assert VerifyRun.objects.get().difference == 0


def test_a_difference_is_said_line_by_line_and_fails(folded, capsys):
    Delta.objects.filter(measure="lessons", part="", place=folded).update(value=5)
    with pytest.raises(SystemExit, match="1"):
        call_command("counts", "verify")
    assert "lessons\t10750\t5\t1" in capsys.readouterr().out
    assert VerifyRun.objects.get().difference > 0


def test_a_wrong_standing_is_found(folded):
    Standing.objects.filter(measure="lessons", part="", place=folded, span="ever").update(value=9)
    with pytest.raises(SystemExit):
        call_command("counts", "verify")
    assert VerifyRun.objects.get().lines == [["lessons", "10750", 9, 1, "ever"]]


def test_a_state_row_without_its_fact_is_found(folded, lan):
    course = Course.objects.create(code="A", slug="a", title="A")
    edition = Edition.objects.create(course=course, number=1, title="A", released_at=noon(0))
    Enrolment.objects.create(learner=lan, course=course, edition=edition, started_at=noon(0))
    with pytest.raises(SystemExit):
        call_command("counts", "verify")
    assert VerifyRun.objects.get().lines == [["started", "31", 1, 0, "khóa đã bắt đầu"]]


def test_a_fact_of_a_known_person_without_its_row_is_found(folded, lan):
    make_fact(kinds.COURSE_STARTED, lan.pk, folded, course="A")
    with pytest.raises(SystemExit):
        call_command("counts", "verify")
    assert VerifyRun.objects.get().lines == [["started", "31", 0, 1, "khóa đã bắt đầu"]]


def test_rebuild_makes_it_right(folded):
    Delta.objects.filter(measure="lessons").update(value=5)
    call_command("counts", "rebuild")
    call_command("counts", "verify")
    assert Book.now().number == 2


def test_a_second_rebuild_is_refused_in_one_line(folded):
    _begin()
    with pytest.raises(CommandError, match="đang chạy"):
        call_command("counts", "rebuild")


def test_the_night_repairs_and_keeps_both_runs(folded, caplog):
    Delta.objects.filter(measure="lessons", part="").update(value=5)
    assert tasks.check() == 0
    assert [run.difference > 0 for run in VerifyRun.objects.order_by("pk")] == [True, False]
    assert "counts differ" in caplog.text


def test_the_minute_folds_and_notes_the_time(folded):
    make_fact(kinds.LESSON_DONE, 10**6, folded, on=1, item="b")
    with at(noon(1, 13)):
        assert tasks.sweep() == 1
    assert not Pending.objects.filter(reader="campaign").exists()
    assert Book.now().folded_at == noon(1, 13)


def test_classes_of_the_map_are_round_and_rise():
    lows = bounds([3, 17, 44, 80, 120, 260, 390, 1200, 0])
    assert lows[0] == 1
    assert lows == sorted(set(lows))
    assert level_of(0, lows) is None
    assert level_of(10**6, lows) == 5
    assert bounds([0, 0]) == []
    assert [nice(number) for number in (0.2, 7, 126, 260)] == [1, 7, 150, 250]


def test_the_trend_says_what_it_shows():
    def said(*values):
        bars = [trend.Bar(noon(0).date(), value, False, "", "", "", "") for value in values]
        return trend.finding(bars, "lượt")

    assert said(0, 0, 0) == "Chưa có lượt nào trong 3 tuần qua"
    assert said(100, 112, 3) == "Tuần trước có 112 lượt, nhiều hơn tuần trước đó 12 %"
    assert said(100, 50, 3) == "Tuần trước có 50 lượt, ít hơn tuần trước đó 50 %"
    assert said(5, 5, 3) == "Tuần trước có 5 lượt, bằng tuần trước đó"
    assert said(0, 5, 3) == "Tuần trước có 5 lượt; tuần trước đó chưa có lượt nào"
