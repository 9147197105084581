"""None"""

import datetime

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import (
    acting,
    erasing,
    leaving,
    requesting,
)
from accounts.forms_requests import LeaveForm
from accounts.models import Alarm, DataRequest, Erasure, Learner
from courses import progress
from tests.make import make_course, make_learner, make_role

from .parts import MOVES, PIN, over


class TestLeaving:
    def leave(self, client, **sent):
        return client.post("/du-lieu-cua-toi/xoa/", {"sure": "on", "pin": PIN} | sent, follow=True)

    def test_with_the_pin_it_is_set_for_three_days(self, inside, lan):
        page = self.leave(inside).content.decode()
        lan.refresh_from_db()
        assert "Tôi ở lại" in page
        assert lan.leaving_at - timezone.now() < leaving.UNDO
        assert not lan.consents.filter(withdrawn_at=None).exists()
        assert lan.data_requests.get().kind == "erase"
        self.leave(inside)
        assert lan.data_requests.count() == 1

    @pytest.mark.parametrize("sent", [{"pin": "111222"}, {"pin": ""}, {"sure": ""}])
    def test_without_it_nothing_happens(self, inside, lan, sent):
        self.leave(inside, **sent)
        lan.refresh_from_db()
        assert lan.leaving_at is None

    @pytest.mark.parametrize("stays", ["", "shared", "staff"])
    def test_she_reads_what_remains(self, lan, stays):
        if stays == "shared":
            make_learner("Trần Thị Hoa", user=lan.user, commune=lan.commune)
        elif stays == "staff":
            make_role(lan.user, "trainer", lan.commune)
        assert erasing.why_it_stays(lan) == stays
        html = render_to_string(
            "accounts/data/leave.html", {"learner": lan, "form": LeaveForm(ask_pin=False), "stays": stays}
        )
        for words in ("Bản sao lưu", "giữ 2 năm", "Số của giấy", "“Giấy đã xóa theo yêu cầu”"):
            assert words in html
        assert ("Tài khoản làm việc" in html, "học chung trên số này" in html) == (
            stays == "staff",
            stays == "shared",
        )

    def test_withdrawing_is_told_apart(self, inside, lan):
        inside.post("/du-lieu-cua-toi/xoa/?viec=rut", {"sure": "on", "pin": PIN})
        assert lan.data_requests.get().kind == "withdraw"

    def test_nothing_more_is_recorded(self, inside, lan):
        course = make_course(lessons=1)
        leaving.leave(learner=lan, kind="erase")
        with pytest.raises(acting.Leaving):
            progress.finish_lesson(
                actor="x", uuid=lan.public_id, learner=lan, item=course.items.get(), asserted_by="client"
            )

    def test_she_stays_and_agrees_anew(self, inside, lan):
        leaving.leave(learner=lan, kind="withdraw")
        inside.post("/du-lieu-cua-toi/o-lai/")
        lan.refresh_from_db()
        assert lan.leaving_at is None
        assert lan.consents.filter(withdrawn_at=None, purpose="learning").count() == 1
        assert lan.data_requests.get().state == "cancelled"
        assert leaving.sweep(timezone.now() + datetime.timedelta(days=9)) == 0
        assert Learner.objects.filter(pk=lan.pk).exists()

    def test_not_before_its_time_and_then_by_the_machine(self, lan):
        request = leaving.leave(learner=lan, kind="erase")
        assert leaving.sweep() == 0
        over(request)
        assert leaving.sweep() == 1
        assert not Learner.objects.filter(pk=lan.pk).exists()
        assert Erasure.objects.count() == 1
        request.refresh_from_db()
        assert (request.state, request.learner) == ("done", None)

    @pytest.mark.parametrize(("verb", "words", "_state"), MOVES)
    def test_no_official_stands_in_the_way(self, lan, chi, verb, words, _state):
        request = leaving.leave(learner=lan, kind="erase")
        with pytest.raises(requesting.ByTheMachine):
            verb(request=request, by=chi, **words)

    def test_no_official_takes_the_time_to_undo_away(self, lan, chi):
        request = leaving.leave(learner=lan, kind="erase")
        with pytest.raises(requesting.ByTheMachine):
            requesting.erase(request=request, by=chi, reason="asked")

    def test_one_that_fails_does_not_stop_the_others(self, lan, monkeypatch):
        hoa = make_learner("Trần Thị Hoa", commune=lan.commune)
        for learner in (lan, hoa):
            over(leaving.leave(learner=learner, kind="erase"))
        real = requesting.erasing.erase

        def broken(*, learner, **words):
            if learner == lan:
                raise RuntimeError("disk")
            return real(learner=learner, **words)

        monkeypatch.setattr(requesting.erasing, "erase", broken)
        assert leaving.sweep() == 1
        assert Learner.objects.filter(pk=lan.pk).exists()
        assert lan.data_requests.get().state == "new"
        assert lan.data_requests.get().erase_tries == 1
        assert Alarm.objects.get(kind="erasing").raised_at
        assert not Alarm.objects.filter(kind="late").exists()

    def test_those_that_fail_take_nobodys_turn(self, lan, monkeypatch):
        """Two rows a sweep: the two oldest always fail, the third goes at the second sweep."""
        monkeypatch.setattr(leaving, "BATCH", 2)
        three = [lan, *(make_learner(f"Người {n}", commune=lan.commune) for n in range(2))]
        for learner in three:
            over(leaving.leave(learner=learner, kind="erase"))
        real = requesting.erasing.erase

        def broken(*, learner, **words):
            if learner != three[2]:
                raise RuntimeError("disk")
            return real(learner=learner, **words)

        monkeypatch.setattr(requesting.erasing, "erase", broken)
        assert (leaving.sweep(), leaving.sweep()) == (0, 1)
        assert Learner.objects.filter(pk__in=[each.pk for each in three]).count() == 2

    def test_one_past_its_time_raises_the_alarm(self, lan, monkeypatch):
        request = leaving.leave(learner=lan, kind="erase")
        past = timezone.now() - leaving.LATE - datetime.timedelta(minutes=1)
        DataRequest.objects.filter(pk=request.pk).update(erase_at=past)
        monkeypatch.setattr(leaving, "BATCH", 0)
        leaving.sweep()
        assert Alarm.objects.get(kind="late").raised_at

    @pytest.mark.parametrize("name", ["Minh", "Trang", "Học", "Nguyễn Tự"])
    def test_a_name_out_of_our_own_words_is_erased_too(self, phu_thai, name):
        learner = make_learner(name, commune=phu_thai)
        over(leaving.leave(learner=learner, kind="erase"))
        assert leaving.sweep() == 1
