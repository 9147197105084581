"""`demo` invents the same people for the same numbers, and a recount of them differs by nothing."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Learner
from campaign.demonstration import story
from campaign.models import Book
from campaign.verifying import verify
from certificates import designs
from certificates.models import Design, Paper
from courses.models import Course, Edition, EditionItem, Enrolment, Item, ItemRevision
from ledger.models import Fact, Pending
from tests.make import make_commune

from .ledger_maker import kept


@pytest.fixture
def city(phu_thai, cam_giang, settings):
    settings.DEMO = True
    make_commune("11329", "Phường Thủy Nguyên")
    for code in ("KNS01", "KNS04"):
        course = Course.objects.create(code=code, slug=code.lower(), title=f"Khóa {code}")
        edition = Edition.objects.create(
            course=course, number=1, title=course.title, released_at=timezone.now()
        )
        for number in range(1, 5):
            kind = "test" if number == 4 else "lesson"
            item = Item.objects.create(
                course=course, key=f"{code}-{number}", kind=kind, title="x", position=number
            )
            if kind == "lesson":
                revision = ItemRevision.objects.create(
                    item=item, number=1, title="x", digest="x", published_at=timezone.now()
                )
                Item.objects.filter(pk=item.pk).update(revision=revision)
            EditionItem.objects.create(edition=edition, item=item, position=number)
        Course.objects.filter(pk=course.pk).update(current_edition=edition)


def test_their_state_and_their_facts_agree(city):
    call_command("demo", learners=150, days=40)
    run, verdict = verify()
    assert (run.difference, verdict.lines) == (0, [])
    assert Learner.objects.count() == pytest.approx(150, abs=20)
    assert Enrolment.objects.filter(completed_at__isnull=False).count() == Paper.objects.count() > 10
    assert not Pending.objects.exists()
    assert Book.now().open_day == timezone.localdate()
    assert Fact.objects.filter(left_out="test").exists() or Learner.objects.filter(is_test=True).count() == 0


def test_their_papers_say_what_real_ones_say(city):
    Design.objects.create(issuer="Sở A", city="Hải Phòng", signature="Đã ký", course=Course.objects.first())
    call_command("demo", learners=150, days=40)
    for paper in Paper.objects.select_related("course", "learner__commune"):
        design = designs.for_paper(course=paper.course, commune=paper.learner.commune)
        assert (paper.issuer, paper.place_name, paper.signature) == (
            design.issuer,
            design.city,
            design.signature,
        )
        child = timezone.localtime(paper.issued_at).year - paper.learner.birth_year < 16
        assert paper.initials_only == child
    assert set(Paper.objects.values_list("issuer", flat=True)) == {"Sở A", "Học Vụ Số thành phố Hải Phòng"}


def test_nobody_of_them_can_sign_in(city):
    call_command("demo", learners=30, days=10)
    assert not Learner.objects.exclude(user=None).exists()


def test_some_of_what_they_did_arrived_late(city):
    call_command("demo", learners=150, days=40)
    late = [fact for fact in Fact.objects.all() if fact.recorded_on > fact.happened_on]
    assert late
    assert {fact.kind for fact in late} == {"lesson_done"}


def test_it_adds_only_who_is_missing(city):
    call_command("demo", learners=20, days=10)
    call_command("demo", learners=20, days=10)
    assert Learner.objects.count() == 20
    call_command("demo", learners=50, days=15)
    assert Learner.objects.count() == 50
    assert verify()[0].difference == 0


@pytest.mark.parametrize(("learners", "days"), [(0, 10), (-1, 10), (10, 0), (10, 9999), (10**9, 10)])
def test_impossible_numbers_change_nothing(city, learners, days):
    with pytest.raises(CommandError, match="phải từ 1 đến"):
        call_command("demo", learners=learners, days=days)
    assert not Learner.objects.exists()


def test_it_needs_permission_and_something_to_learn(city, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="chỉ chạy khi DEMO=1"):
        call_command("demo", learners=10, days=10)
    settings.DEMO = True
    Course.objects.update(current_edition=None)
    with pytest.raises(CommandError, match="hãy chạy lệnh seed trước"):
        call_command("demo", learners=10, days=10)
    assert kept() == {}


def test_the_same_seed_tells_the_same_story():
    rows = [(1, "10750", "xã"), (2, "10507", "phường")]
    communes = story.make_communes(rows, "x")
    assert communes == story.make_communes(rows, "x")
    course = story.Course("A", ("a1", "a2"), "a3")

    def lives():
        from campaign.demonstration.people import make_person

        teller = story.Storyteller(seed="x", communes=communes, courses=[course], days=30, until=36_000)
        return [teller.life(make_person(teller.chance, 2026), communes[n % 2], n % 30) for n in range(50)]

    assert lives() == lives()


def test_more_people_come_at_the_festival():
    first = datetime.date(2026, 9, 1)
    weights = story.day_weights(first, 90)
    assert weights[(datetime.date(2026, 10, 10) - first).days] == max(weights)
