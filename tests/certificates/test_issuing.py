"""Who gets a paper, once, and what it pins."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone

from certificates import designs, issuing, serials
from certificates.models import Design, Paper
from courses import progress, releasing
from courses.models import Course, Enrolment, ItemDone
from ledger import kinds
from ledger.models import Fact
from ledger.recording import retract
from quizzes import banking
from tests.make import make_course, make_item, make_learner, make_role

from .make import complete, make_attempt, make_paper


def issued() -> list[Fact]:
    return list(Fact.objects.filter(kind=kinds.PAPER_ISSUED))


def test_a_completion_gives_one_paper_and_one_fact(lan):
    course = make_course()
    complete(lan, course)
    paper = issuing.issue(learner=lan, course=course)
    assert paper.serial == serials.parse(paper.serial)
    assert paper.is_live
    assert issuing.issue(learner=lan, course=course) == paper
    assert issued() == [paper.fact]


def test_nobody_gets_a_paper_without_a_completion(lan):
    course = make_course()
    assert issuing.issue(learner=lan, course=course) is None
    progress.start(lan, course)
    assert issuing.issue(learner=lan, course=course) is None
    assert not issued()


def test_a_retracted_completion_gives_none(lan):
    course = make_course()
    complete(lan, course)
    retract(actor="server", fact=Fact.objects.get(kind=kinds.COURSE_COMPLETED), reason="Nhập nhầm")
    assert issuing.issue(learner=lan, course=course) is None


def test_a_completion_of_another_course_or_person_gives_none(lan):
    done, other = make_course("KNS01"), make_course("KNS04")
    complete(lan, done)
    assert issuing.issue(learner=lan, course=other) is None
    assert issuing.issue(learner=make_learner("Hoa"), course=done) is None


def test_two_who_finish_the_same_course_have_a_paper_each(lan):
    hoa, course = make_learner("Trần Thị Hoa"), make_course()
    first = make_paper(lan, course)
    second = make_paper(hoa, course)
    assert (second.learner, second.name) == (hoa, "Trần Thị Hoa")
    assert first.serial != second.serial
    assert issuing.issue(learner=lan, course=course) == first


@pytest.mark.parametrize("stands", ["another course", "another person"])
def test_a_retracted_completion_is_not_saved_by_another(lan, stands):
    course = make_course("KNS01")
    complete(lan, course)
    fact = Fact.objects.get(kind=kinds.COURSE_COMPLETED)
    if stands == "another course":
        complete(lan, make_course("KNS04"))
    else:
        complete(make_learner("Hoa"), course)
    retract(actor="server", fact=fact, reason="Nhập nhầm")
    assert issuing.issue(learner=lan, course=course) is None


def test_an_edition_of_another_course_asks_for_no_second_paper(lan):
    other, course = make_course("KNS01"), make_course("KNS04")
    releasing.release(other, [*other.items.all(), make_item(other, 9)], None, new_paper=True)
    paper = make_paper(lan, course)
    releasing.release(course, [*course.items.all(), make_item(course, 9)], None)
    course.refresh_from_db()
    progress.choose_edition(lan, course)
    complete(lan, course)
    assert issuing.issue(learner=lan, course=course) == paper


def test_the_fact_says_where_it_was_issued(lan):
    fact = make_paper(lan).fact
    assert (fact.actor, fact.asserted_by, fact.channel) == ("server", "server", "online")
    assert (fact.person, fact.commune, fact.course, fact.edition, fact.item) == (
        lan.pk,
        lan.commune,
        "KNS04",
        1,
        "paper-1",
    )
    assert serials.parse(Paper.objects.get().serial) not in str(fact.__dict__)


def test_a_paper_keeps_what_it_said(lan, hai_phong):
    course = make_course()
    paper = make_paper(lan, course)
    type(lan).objects.update(name="Tên mới")
    Course.objects.update(title="Tựa mới")
    Design.objects.create(issuer="Đơn vị mới", city="Nơi mới")
    paper = issuing.issue(learner=lan, course=course)
    assert (paper.name, paper.course_title) == ("Nguyễn Thị Lan", "Khóa học KNS04")
    assert (paper.issuer, paper.place_name) == ("Học Vụ Số thành phố Hải Phòng", "Hải Phòng")
    assert (paper.edition.number, paper.series, paper.score_percent) == (1, 1, None)
    assert paper.completed_at == Enrolment.objects.get().completed_at
    assert paper.completed_at <= paper.issued_at


def test_the_name_is_read_afresh_and_cleaned(lan):
    course = make_course()
    complete(lan, course)
    type(lan).objects.update(name="Nguye\u0302\u0303n  Thị\u202e Lan\u0007")
    assert issuing.issue(learner=lan, course=course).name == "Nguyễn Thị Lan"


def test_the_score_is_that_of_the_first_attempt_that_passed(lan):
    course = make_course(test=True)
    banking.put_quiz(item=course.items.get(kind="test"))
    now = timezone.now()
    make_attempt(lan, course, correct=7, submitted_at=now - datetime.timedelta(hours=3))
    make_attempt(lan, course, correct=10, total=11, submitted_at=now - datetime.timedelta(hours=2))
    make_attempt(lan, course, correct=10, submitted_at=now - datetime.timedelta(hours=1))
    assert make_paper(lan, course).score_percent == 90  # 10 of 11, rounded down


def test_an_attempt_at_another_course_is_no_score(lan):
    other = make_course("KNS01", test=True)
    banking.put_quiz(item=other.items.get(kind="test"))
    make_attempt(lan, other, correct=10)
    assert make_paper(lan, make_course("KNS04", test=True)).score_percent is None


@pytest.mark.parametrize(("age", "initials"), [(15, True), (16, False), (62, False)])
def test_under_16_by_year_shows_initials(phu_thai, age, initials):
    child = make_learner("Trần đức Minh", birth_year=timezone.localdate().year - age)
    paper = make_paper(child)
    assert paper.initials_only is initials
    assert paper.public_name == ("T. Đ. M." if initials else "Trần đức Minh")
    assert paper.name == "Trần đức Minh"


def test_a_later_edition_gives_no_new_paper_unless_it_says_so(lan):
    course = make_course(lessons=1)
    first = make_paper(lan, course)
    make_item(course, 2)
    releasing.release(course, course.items.all(), None)
    progress.choose_edition(lan, course)
    complete(lan, course)
    assert Enrolment.objects.get().finished_edition.number == 2
    assert issuing.issue(learner=lan, course=course) == first


def test_an_edition_that_says_so_gives_a_second_paper_beside_the_first(lan):
    course = make_course(lessons=1)
    first = make_paper(lan, course)
    type(first).objects.update(completed_at=first.completed_at - datetime.timedelta(days=9))
    Enrolment.objects.update(completed_at=first.completed_at - datetime.timedelta(days=9))
    make_item(course, 2)
    releasing.release(course, course.items.all(), None, new_paper=True)
    make_item(course, 3)
    releasing.release(course, course.items.all(), None)
    assert issuing.issue(learner=lan, course=course) == first  # she has not finished it
    progress.choose_edition(lan, course)
    complete(lan, course)
    second = issuing.issue(learner=lan, course=course)
    assert second != first
    assert (second.series, second.edition.number) == (2, 3)
    assert second.completed_at == ItemDone.objects.latest("done_at").done_at
    assert set(Paper.objects.live_of(lan)) == {first, second}
    assert [fact.item for fact in issued()] == ["paper-1", "paper-2"]


def test_who_starts_with_that_edition_gets_one_paper(lan):
    course = make_course(lessons=1)
    make_item(course, 2)
    releasing.release(course, course.items.all(), None, new_paper=True)
    assert make_paper(lan, course).series == 2
    assert Paper.objects.count() == 1


def test_a_serial_already_taken_is_drawn_again(lan, monkeypatch):
    course = make_course()
    taken = make_paper(make_learner("Hoa"), course)
    complete(lan, course)
    free = serials.new()
    draws = iter([taken.serial, free])
    monkeypatch.setattr(serials, "new", lambda: next(draws))
    assert issuing.issue(learner=lan, course=course).serial == free
    assert len(issued()) == 2


def test_it_gives_up_loudly_when_no_serial_is_free(lan, monkeypatch):
    course = make_course()
    taken = make_paper(make_learner("Hoa"), course)
    complete(lan, course)
    monkeypatch.setattr(serials, "new", lambda: taken.serial)
    with pytest.raises(RuntimeError):
        issuing.issue(learner=lan, course=course)
    assert len(issued()) == 1


def test_the_cost_of_issuing_is_bounded(lan, django_assert_max_num_queries):
    course = make_course(lessons=5, test=True)
    banking.put_quiz(item=course.items.get(kind="test"))
    complete(lan, course)
    with django_assert_max_num_queries(18):  # six of them begin and end savepoints
        issuing.issue(learner=lan, course=course)
    with django_assert_max_num_queries(3):
        issuing.issue(learner=lan, course=course)


def test_staff_and_test_accounts_get_papers_that_no_figure_counts(lan, phu_thai):
    make_role(lan.user, "trainer", phu_thai)
    assert make_paper(lan).fact.left_out == "staff"


def test_papers_go_with_the_person_and_facts_stay(lan, chi):
    paper = make_paper(lan)
    issuing.reissue(paper=paper, by=chi, reason="Sửa tên")
    try:
        lan.delete()
    except RestrictedError:
        pytest.fail("a chain of papers holds its person")
    assert not Paper.objects.exists()
    assert len(issued()) == 2


class TestConstraints:
    @pytest.fixture
    def paper(self, lan):
        return make_paper(lan)

    def copy(self, paper, **fields):
        row = Paper.objects.get(pk=paper.pk)
        fact = Fact.objects.exclude(kind=kinds.PAPER_ISSUED).first()
        row.pk, row.serial, row.fact = None, serials.new(), fact
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    def test_two_live_papers_of_one_series(self, paper):
        with pytest.raises(IntegrityError):
            self.copy(paper, replaces=paper)

    def test_two_papers_by_the_machine(self, paper, chi):
        issuing.revoke(paper=paper, by=chi, reason="Sai")
        with pytest.raises(IntegrityError):
            self.copy(paper)

    def test_a_serial_twice(self, paper, chi):
        issuing.revoke(paper=paper, by=chi, reason="Sai")
        with pytest.raises(IntegrityError):
            self.copy(paper, replaces=paper, serial=paper.serial)

    @pytest.mark.parametrize(
        "fields",
        [{"revoked_at": timezone.now()}, {"reason": "vì sao"}, {"score_percent": 101}],
        ids=["revoked without a reason", "a reason without a revocation", "more than all"],
    )
    def test_a_row_that_contradicts_itself(self, paper, fields):
        with pytest.raises(IntegrityError):
            Paper.objects.filter(pk=paper.pk).update(**fields)


class TestDesigns:
    def test_the_default_is_made_of_the_province(self, lan):
        design = designs.for_paper(course=make_course(), commune=lan.commune)
        assert (design.issuer, design.city) == ("Học Vụ Số thành phố Hải Phòng", "Hải Phòng")
        assert design.pk is None

    def test_another_province_names_itself(self, hai_phong):
        hai_phong.name, hai_phong.short_name = "Tỉnh Cà Mau", "Cà Mau"
        assert designs.of_province(hai_phong).issuer == "Học Vụ Số tỉnh Cà Mau"

    def test_the_courses_own_design_wins_while_it_is_in_use(self, lan):
        course = make_course()
        general = Design.objects.create(issuer="Chung", city="Hải Phòng")
        own = Design.objects.create(issuer="Riêng", city="Hải Phòng", course=course, signature="Đã đối chiếu")
        assert designs.for_paper(course=course, commune=lan.commune) == own
        paper = make_paper(lan, course)
        assert (paper.issuer, paper.signature) == ("Riêng", "Đã đối chiếu")
        Design.objects.filter(pk=own.pk).update(active=False)
        assert designs.for_paper(course=course, commune=lan.commune) == general

    @pytest.mark.parametrize("own", [True, False])
    def test_one_is_in_use(self, own, db):
        course = make_course() if own else None
        Design.objects.create(issuer="A", city="B", course=course)
        Design.objects.create(issuer="A", city="B", course=course, active=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            Design.objects.create(issuer="C", city="D", course=course)

    def test_seeding_keeps_one_and_changes_none(self, hai_phong):
        first = designs.seed(hai_phong)
        Design.objects.update(issuer="Sở Khoa học và Công nghệ", active=False)
        assert designs.seed(hai_phong) == first
        assert Design.objects.get().issuer == "Sở Khoa học và Công nghệ"
