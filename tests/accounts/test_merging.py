"""Two records of one person are merged, and made two again."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from accounts import leaving, merged_doors, merging
from accounts.exporting import collect
from accounts.models import Learner, Merge
from campaign.folding import fold
from campaign.verifying import verify
from certificates import issuing
from certificates.catching_up import catch_up
from certificates.models import Paper
from courses import progress
from courses.models import Enrolment, ItemDone
from ledger.models import Fact
from quizzes import attempts
from quizzes.keeping import InATest
from quizzes.models import Attempt
from tests.make import make_course, make_learner
from tests.quizzes.make import make_course as make_tested_course
from tests.quizzes.make import quiz_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(phu_thai) -> Learner:
    """Lan again, put down once more by a trainer."""
    return make_learner("Nguyen Thi Lan", commune=phu_thai, gender="female")


@pytest.fixture
def course():
    return make_course(lessons=2)


def finish(learner: Learner, course, *numbers: int) -> None:
    for number in numbers:
        item = course.items.get(position=number)
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=item)


def merge(chi, twin, lan) -> Merge:
    return merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Cùng nhà, cùng năm sinh")


def unmerge(chi, done) -> Merge:
    return merging.unmerge(by=chi, merge=done)


def done_by(learner: Learner) -> set[str]:
    return set(ItemDone.objects.filter(learner=learner).values_list("item__key", flat=True))


def difference() -> list:
    fold()
    return verify()[1].lines


class TestRefusals:
    def test_the_same_record(self, chi, lan):
        with pytest.raises(merging.SamePerson):
            merge(chi, lan, lan)

    def test_of_another_commune(self, sau, lan, twin):
        with pytest.raises(merging.NotYours):
            merge(sau, twin, lan)

    def test_one_of_another_commune(self, chi, lan, cam_giang):
        with pytest.raises(merging.NotYours):
            merge(chi, make_learner(commune=cam_giang), lan)

    def test_a_trainer_merges_nobody(self, binh, lan, twin):
        with pytest.raises(merging.NotYours):
            merge(binh, twin, lan)

    def test_a_second_time(self, chi, lan, twin, phu_thai):
        merge(chi, twin, lan)
        with pytest.raises(merging.AlreadyMerged):
            merge(chi, twin, make_learner(commune=phu_thai))

    def test_into_a_merged_record(self, chi, lan, twin, phu_thai):
        merge(chi, twin, lan)
        with pytest.raises(merging.IntoMerged):
            merge(chi, make_learner(commune=phu_thai), twin)

    def test_a_record_that_took_another(self, chi, lan, twin, phu_thai):
        merge(chi, twin, lan)
        with pytest.raises(merging.HasDuplicates):
            merge(chi, lan, make_learner(commune=phu_thai))

    def test_a_test_account(self, chi, lan, phu_thai):
        with pytest.raises(merging.OneIsTest):
            merge(chi, make_learner(commune=phu_thai, is_test=True), lan)

    @pytest.mark.parametrize("who", ["twin", "lan"])
    def test_while_one_is_leaving(self, chi, lan, twin, who):
        """She would be erased with the other's record, who never asked and sees no way to stay."""
        leaver = {"twin": twin, "lan": lan}[who]
        leaving.leave(learner=leaver, kind="erase")
        with pytest.raises(merging.OneIsLeaving, match="xin xóa"):
            merge(chi, twin, lan)
        leaving.stay(learner=leaver)
        assert merge(chi, twin, lan)

    def test_she_can_stay_whatever_became_of_her_request(self, lan):
        """Of records that were merged or parted while one of them was leaving."""
        Learner.objects.filter(pk=lan.pk).update(leaving_at=timezone.now())
        lan.refresh_from_db()
        assert leaving.stay(learner=lan)
        lan.refresh_from_db()
        assert lan.leaving_at is None

    def test_without_a_reason(self, chi, lan, twin):
        with pytest.raises(merging.ReasonMissing):
            merging.merge(by=chi, duplicate=twin, canonical=lan, reason="  ")

    def test_in_the_middle_of_a_test(self, chi, lan, twin):
        quiz = quiz_of(make_tested_course())
        attempts.start(learner=twin, quiz=quiz)
        with pytest.raises(InATest):
            merge(chi, twin, lan)
        assert Attempt.objects.get().learner == twin
        assert not Merge.objects.exists()

    def test_undone_twice(self, chi, lan, twin):
        done = merge(chi, twin, lan)
        unmerge(chi, done)
        with pytest.raises(merging.AlreadyUndone):
            unmerge(chi, done)

    def test_undone_by_another_commune(self, chi, sau, lan, twin):
        with pytest.raises(merging.NotYours):
            unmerge(sau, merge(chi, twin, lan))

    def test_undone_before_a_later_one(self, chi, lan, twin, phu_thai):
        first = merge(chi, twin, lan)
        second = merge(chi, make_learner(commune=phu_thai), lan)
        with pytest.raises(merging.LaterMergeStands):
            unmerge(chi, first)
        unmerge(chi, second)
        unmerge(chi, first)


class TestCourses:
    def test_a_course_that_only_the_duplicate_started_goes_over_and_back(self, chi, lan, twin, course):
        finish(twin, course, 1)
        done = merge(chi, twin, lan)
        assert done_by(lan) == {"kns04-01"}
        assert Enrolment.objects.get().learner == lan
        assert difference() == []
        unmerge(chi, done)
        assert done_by(twin) == {"kns04-01"}
        assert Enrolment.objects.get().learner == twin
        assert difference() == []

    def test_what_both_did_stays_with_each(self, chi, lan, twin, course):
        finish(twin, course, 1)
        finish(lan, course, 1)
        merge(chi, twin, lan)
        assert done_by(twin) == done_by(lan) == {"kns04-01"}
        assert difference() == []

    def test_two_halves_complete_the_course_at_the_merge_until_it_is_undone(self, chi, lan, twin, course):
        finish(twin, course, 1)
        finish(lan, course, 2)
        done = merge(chi, twin, lan)
        hers = Enrolment.objects.get(learner=lan)
        assert hers.completed_at == done.merged_at
        fact = Fact.objects.get(kind="course_completed")
        assert (fact.person, fact.happened_at) == (lan.pk, done.merged_at)
        catch_up()
        paper = Paper.objects.get()
        assert paper.learner == lan
        assert difference() == []
        unmerge(chi, done)
        hers.refresh_from_db()
        paper.refresh_from_db()
        assert (hers.completed_at, hers.finished_edition) == (None, None)
        assert not paper.is_live
        assert Fact.objects.filter(undoes=fact).exists()
        catch_up()
        assert difference() == []
        finish(lan, course, 1)
        assert Enrolment.objects.get(learner=lan).completed_at
        assert difference() == []

    def test_the_completed_row_becomes_hers(self, chi, lan, twin, course):
        finish(twin, course, 1, 2)
        finish(lan, course, 1)
        catch_up()
        before = list(Enrolment.objects.order_by("pk").values())
        done = merge(chi, twin, lan)
        assert Enrolment.objects.get(learner=lan).completed_at
        assert Paper.objects.get().learner == lan
        assert Fact.objects.filter(kind="course_completed").count() == 1
        assert difference() == []
        unmerge(chi, done)
        assert list(Enrolment.objects.order_by("pk").values()) == before
        assert Paper.objects.get().learner == twin
        assert difference() == []

    def test_what_she_did_after_the_merge_stays_hers(self, chi, lan, twin, course):
        finish(twin, course, 1)
        done = merge(chi, twin, lan)
        finish(lan, course, 2)
        assert Enrolment.objects.get(learner=lan).completed_at
        unmerge(chi, done)
        assert (done_by(twin), done_by(lan)) == ({"kns04-01"}, {"kns04-02"})
        assert Enrolment.objects.get(learner=twin).completed_at is None
        assert Enrolment.objects.get(learner=lan).completed_at, "a completion is never taken away"
        assert difference() == []

    def test_a_paper_that_was_due_before_the_merge(self, chi, lan, twin, course):
        finish(twin, course, 1, 2)
        done = merge(chi, twin, lan)
        catch_up()
        assert Paper.objects.get().learner == lan
        unmerge(chi, done)
        catch_up()
        assert not Paper.objects.live_of(lan).exists()
        assert Paper.objects.live_of(twin).get()
        assert difference() == []

    def test_her_moved_paper_can_be_issued_again(self, chi, lan, twin, course):
        finish(twin, course, 1, 2)
        catch_up()
        done = merge(chi, twin, lan)
        paper = issuing.reissue(paper=Paper.objects.get(), by=chi, reason="Sai tên")
        assert (paper.learner, paper.name) == (lan, lan.name)
        assert difference() == []
        unmerge(chi, done)
        assert difference() == []
        catch_up()
        assert difference() == []

    def test_papers_of_both_for_one_course_stay_with_each(self, chi, lan, twin, course):
        finish(twin, course, 1, 2)
        finish(lan, course, 1, 2)
        catch_up()
        done = merge(chi, twin, lan)
        assert {paper.learner_id for paper in Paper.objects.live()} == {lan.pk, twin.pk}
        assert difference() == []
        unmerge(chi, done)
        assert difference() == []


class TestDoors:
    def test_her_sign_in_becomes_hers_and_goes_back(self, chi, twin, phu_thai):
        walk_in = make_learner(commune=phu_thai, with_user=False)
        user = twin.user
        done = merge(chi, twin, walk_in)
        walk_in.refresh_from_db()
        twin.refresh_from_db()
        assert (walk_in.user, walk_in.seat, twin.user, twin.seat) == (user, 1, None, None)
        unmerge(chi, done)
        walk_in.refresh_from_db()
        twin.refresh_from_db()
        assert (walk_in.user, walk_in.seat, twin.user, twin.seat) == (None, None, user, 1)

    def test_a_seat_on_a_shared_phone_becomes_free(self, chi, lan, twin, phu_thai):
        son = make_learner("Nguyễn Văn Sơn", commune=phu_thai, user=twin.user)
        done = merge(chi, twin, lan)
        twin.refresh_from_db()
        assert twin.user is None
        stranger = make_learner("Đỗ Thị Mận", commune=phu_thai, user=None, with_user=False)
        Learner.objects.filter(pk=stranger.pk).update(user=son.user, seat=1)
        unmerge(chi, done)
        twin.refresh_from_db()
        assert (twin.user, twin.seat) == (son.user, 3), "her old seat is taken: the next free one"

    def test_a_phone_of_a_merged_record_alone_says_where_it_is(self, chi, lan, twin):
        merge(chi, twin, lan)
        assert merged_doors.merged_only(twin.user) == lan
        assert merged_doors.merged_only(lan.user) is None

    def test_a_late_act_of_the_duplicates_phone_is_the_canonical_persons(self, chi, lan, twin):
        merge(chi, twin, lan)
        assert merged_doors.now_sent_by(twin.user) == {str(twin.public_id): lan}
        assert merged_doors.now_sent_by(lan.user) == {}

    def test_nobody_learns_as_a_merged_record(self, chi, lan, twin):
        merge(chi, twin, lan)
        assert set(Learner.objects.standing()) == {lan}


def test_her_copy_holds_both_records(chi, lan, twin, course):
    finish(twin, course, 1)
    merge(chi, twin, lan)
    copy = collect(lan)
    assert [record["name"] for record in copy["records"]] == ["Nguyễn Thị Lan", "Nguyen Thi Lan"]
    assert copy["records"] == collect(twin)["records"]


def test_merged_undone_and_merged_again(chi, lan, twin, course):
    finish(twin, course, 1)
    finish(lan, course, 2)
    for _ in range(3):
        done = merge(chi, twin, lan)
        assert difference() == []
        unmerge(chi, done)
        assert difference() == []
