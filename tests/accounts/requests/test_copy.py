"""None"""

import datetime
import json
import uuid

import pytest
from django.utils import timezone

from accounts import (
    acting,
    cards,
    coming_back,
    consents,
    identities,
    leaving,
    merging,
    requesting,
)
from accounts.exporting import collect
from accounts.models import Consent, Learner, Notice
from certificates import issuing
from courses import progress
from ledger.models import Fact
from quizzes import attempts
from quizzes.practising import answer_check
from tests.lms.queueing import action, post
from tests.make import make_course, make_learner
from tests.quizzes.make import make_course as make_tested_course
from tests.quizzes.make import quiz_of

from .parts import ASKED, MINE, PIN, over


class TestCopy:
    def test_json(self, inside, lan):
        answer = inside.get("/du-lieu-cua-toi/ban-sao.json")
        assert "attachment" in answer["Content-Disposition"]
        copy = json.loads(answer.content)
        assert copy["records"][0]["name"] == lan.name

    def test_officials_answers_and_the_words_agreed_to_are_in_it(self, inside, lan, chi):
        asked = requesting.ask(learner=lan, **ASKED)
        requesting.answer(request=asked, by=chi, text="Phòng Văn hóa giữ số của bà")
        Notice.objects.all().delete()
        for path in ("ban-sao.json", "tat-ca/"):
            said = inside.get(f"/du-lieu-cua-toi/{path}").content.decode()
            assert "Phòng Văn hóa giữ số của bà" in said
            assert consents.LEARNING[1].short in said
            assert consents.LEARNING[1].more[-1] in said

    def test_of_a_shared_sign_in_without_the_neighbours(self, lan, chi):
        hoa = make_learner("Trần Thị Hoa", user=lan.user, commune=lan.commune)
        coming_back.vouch(by=chi, learner=hoa, kind="sign_in", reason="Hoa bị ốm nặng")
        Notice.objects.create(user=lan.user, text="Số này đã đăng nhập ở máy mới")
        copy = json.dumps(collect(lan), ensure_ascii=False)
        for word in ("Hoa", "ốm"):
            assert word not in copy
        assert "máy mới" in copy
        alone = json.dumps(collect(hoa), ensure_ascii=False)
        assert lan.name not in alone

    def test_pdf(self, inside):
        answer = inside.get("/du-lieu-cua-toi/ban-sao.pdf")
        assert answer.content.startswith(b"%PDF")

    def test_on_the_page(self, inside, lan):
        html = inside.get("/du-lieu-cua-toi/tat-ca/").content.decode()
        for words in (lan.name, "1964", "Năm sinh", "Sự đồng ý"):
            assert words in html


class TestWhatALeaverMayDo:
    """`accounts.acting` decides; each room asks it."""

    @pytest.fixture
    def tested(self, db):
        return make_tested_course()

    @pytest.fixture
    def begun(self, lan, tested):
        """A test she began before she asked to be erased."""
        attempt = attempts.start(learner=lan, quiz=quiz_of(tested))
        leaving.leave(learner=lan, kind="erase")
        return attempt

    def acts(self, lan, course, attempt):
        """Whatever records learning or agreeing, by name."""
        item, act = course.items.filter(kind="lesson").first(), uuid.uuid4
        key = f"{item.key}-c1"
        return {
            "lesson": lambda: progress.finish_lesson(actor="x", uuid=act(), learner=lan, item=item),
            "start of a course": lambda: progress.start(lan, course),
            "newer edition": lambda: progress.choose_edition(lan, course),
            "check question": lambda: answer_check(learner=lan, question=key, choices=["a"]),
            "test": lambda: attempts.start(learner=lan, quiz=quiz_of(course)),
            "answer": lambda: attempts.answer(attempt=attempt, uuid=act(), seq=0, question="x", choices=[]),
            "sheet": lambda: attempts.answer_sheet(attempt=attempt, uuid=act(), seq=0, answers={}),
            "submit": lambda: attempts.submit(attempt=attempt, uuid=act(), seq=0),
            "reminders": lambda: consents.give(learner=lan, purpose="reminders"),
            "guardian": lambda: consents.renew(learner=lan, guardian_name="Bà Nội"),
        }

    def test_she_learns_nothing_and_agrees_to_nothing(self, lan, tested, begun):
        facts = Fact.objects.count()
        for name, act in self.acts(lan, tested, begun).items():
            with pytest.raises(acting.Leaving):
                pytest.fail(f"{name}: {act()}")
        assert Fact.objects.count() == facts
        assert not lan.consents.filter(withdrawn_at=None).exists()

    def test_no_card_and_no_other_way_in(self, lan, chi, begun):
        with pytest.raises(cards.CannotHave, match="xin xóa"):
            cards.card_of(lan, by=None)
        assert cards.to_print([lan], by=chi) == []
        with pytest.raises(identities.AlreadyLinked, match="xin xóa"):
            identities.link(learner=lan, provider="vneid", uid="1")

    def test_a_test_in_the_middle_waits_for_her(self, lan, begun):
        late = begun.deadline + datetime.timedelta(hours=1)
        assert attempts.close_overdue(now=late) == 0
        leaving.stay(learner=lan)
        assert attempts.close_overdue(now=late) == 1

    def test_the_screens_say_so_and_lead_to_staying(self, inside, lan, tested, begun):
        said = [
            inside.get(f"/kiem-tra/{tested.slug}/"),
            inside.post(f"/kiem-tra/{tested.slug}/", {"action": "start"}),
            inside.post(f"/hoc-tap/{tested.slug}/{tested.items.first().slug}/xong/", {"uuid": uuid.uuid4()}),
        ]
        for answer in said:
            assert answer.status_code == 409
            assert "Bạn đã xin xóa dữ liệu" in answer.content.decode()
        assert 'href="/du-lieu-cua-toi/"' in said[0].content.decode()

    def test_what_her_phone_still_sends_is_refused_and_kept_there(self, inside, lan, tested, begun):
        item = tested.items.filter(kind="lesson").first()
        [said] = post(inside, action(lan, "lesson_done", item.key))
        assert (said["status"], said["data"]) == ("refused", {"code": "leaving"})

    def test_she_signs_in_reads_copies_asks_and_stays(self, client, lan, begun):
        client.post("/dang-nhap/", {"login": lan.user.phone, "password": PIN})
        home = client.get("/hoc-tap/").content.decode()
        assert "Tôi ở lại" in home
        for path in ("/du-lieu-cua-toi/", "/du-lieu-cua-toi/yeu-cau/", "/ai-dang-hoc/"):
            assert client.get(path).status_code == 200, path
        client.post(MINE, ASKED)
        assert lan.data_requests.filter(kind="other").count() == 1
        client.post("/du-lieu-cua-toi/o-lai/")
        lan.refresh_from_db()
        assert lan.leaving_at is None

    def test_a_paper_earned_before_still_comes(self, lan):
        course = make_course(lessons=1)
        progress.finish_lesson(actor="x", uuid=uuid.uuid4(), learner=lan, item=course.items.get())
        leaving.leave(learner=lan, kind="erase")
        assert issuing.issue(learner=lan, course=course)

    def test_nobody_merges_her(self, lan, chi, begun):
        twin = make_learner("Nguyen Thi Lan", commune=lan.commune)
        for duplicate, canonical in ((lan, twin), (twin, lan)):
            with pytest.raises(merging.OneIsLeaving):
                merging.merge(by=chi, duplicate=duplicate, canonical=canonical, reason="Một người")

    def test_two_people_again_and_only_she_leaves_who_asked(self, lan, chi):
        twin = make_learner("Nguyen Thi Lan", commune=lan.commune)
        agreed = Consent.objects.create(learner=twin, purpose="learning", version=1, channel="online")
        earlier = Consent.objects.create(
            learner=twin, purpose="reminders", version=1, channel="online", withdrawn_at=timezone.now()
        )
        done = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
        leaving.leave(learner=lan, kind="erase")
        leaving.stay(learner=lan)
        lan.refresh_from_db()
        request = leaving.leave(learner=lan, kind="erase")
        assert set(Learner.objects.values_list("leaving_at", flat=True)) == {request.erase_at}
        merging.unmerge(by=chi, merge=done)
        for row in (agreed, earlier, twin, lan):
            row.refresh_from_db()
        assert (twin.leaving_at, agreed.withdrawn_at) == (None, None)
        assert earlier.withdrawn_at
        assert lan.leaving_at == request.erase_at
        over(request)
        assert leaving.sweep() == 1
        assert list(Learner.objects.all()) == [twin]
