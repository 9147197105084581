import datetime
import json
import uuid

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import (
    acting,
    cards,
    coming_back,
    consents,
    erasing,
    identities,
    leaving,
    merging,
    messages,
    requesting,
)
from accounts.exporting import collect
from accounts.forms_requests import LeaveForm
from accounts.models import Alarm, Consent, DataRequest, Erasure, HelpMessage, Learner, Look, Message, Notice
from certificates import issuing
from courses import progress
from ledger.models import Fact
from quizzes import attempts
from quizzes.practising import answer_check
from tests.lms.queueing import action, post
from tests.make import make_course, make_learner, make_role
from tests.quizzes.make import make_course as make_tested_course
from tests.quizzes.make import quiz_of

PIN = "482951"
MINE, DESK = "/du-lieu-cua-toi/yeu-cau/", "/quan-ly/yeu-cau/"
ASKED = {"kind": "other", "text": "Xin cho biết ai giữ số của tôi"}
MOVES = [
    (requesting.answer, {"text": "Chúng tôi đang xem"}, "answered"),
    (requesting.finish, {"text": "Đã làm"}, "done"),
    (requesting.refuse, {"text": "Luật không cho"}, "refused"),
]


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    Consent.objects.create(learner=lan, purpose="learning", version=1, channel="online")
    return lan


@pytest.fixture
def inside(client, lan):
    client.force_login(lan.user)
    return client


def over(request):
    """The time to undo is over."""
    DataRequest.objects.filter(pk=request.pk).update(erase_at=timezone.now() - datetime.timedelta(seconds=1))
    request.refresh_from_db()
    return request


class TestAsking:
    def test_she_is_told_by_when(self, inside, lan):
        page = inside.post(MINE, ASKED, follow=True).content.decode()
        asked = lan.data_requests.get()
        assert (asked.state, asked.place) == ("new", lan.commune)
        assert f"{asked.answer_by:%d/%m/%Y}" in page
        assert asked.steps.get().by is None

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({}, "Hãy chọn một việc."),
            ({"kind": "other"}, "Hãy kể vài câu"),
            ({"kind": "erase", "relation": "parent"}, "Hãy ghi họ và tên người mà bạn gửi thay."),
            ({"kind": "withdraw"}, "Hãy chọn một việc trong danh sách."),
            ({**ASKED, "text": "a" * 1001}, "dài quá 1.000"),
        ],
    )
    def test_what_is_missing_is_said(self, inside, sent, words):
        assert words in inside.post(MINE, sent).content.decode()
        assert not DataRequest.objects.exists()

    def test_for_a_parent(self, inside, lan):
        inside.post(MINE, {"kind": "erase", "relation": "parent", "about_name": "Nguyễn Văn Bố"})
        assert lan.data_requests.get().about_name == "Nguyễn Văn Bố"

    def test_not_more_than_five_wait(self, inside, lan):
        for _ in range(7):
            inside.post(MINE, ASKED)
        assert lan.data_requests.count() == requesting.OPEN_AT_MOST

    def test_she_takes_it_back_and_nobody_else_does(self, inside, client, lan):
        asked = requesting.ask(learner=lan, **ASKED)
        hoa = make_learner("Trần Thị Hoa", commune=lan.commune)
        other = type(client)()
        other.force_login(hoa.user)
        assert other.post(f"{MINE}{asked.public_id}/rut/").status_code == 404
        inside.post(f"{MINE}{asked.public_id}/rut/")
        asked.refresh_from_db()
        assert asked.state == "cancelled"


class TestDesk:
    @pytest.fixture
    def asked(self, lan):
        return requesting.ask(learner=lan, **ASKED)

    @pytest.mark.parametrize(("verb", "words", "state"), MOVES)
    def test_the_answer_is_on_record_and_told(self, asked, chi, lan, verb, words, state):
        verb(request=asked, by=chi, **words)
        asked.refresh_from_db()
        assert asked.state == state
        assert asked.answered_at
        assert asked.steps.last().by == chi
        assert words["text"] in Notice.objects.get(learner=lan).text

    @pytest.mark.parametrize(("verb", "words", "_state"), MOVES)
    def test_without_words_nothing_moves(self, asked, chi, verb, words, _state):
        with pytest.raises(requesting.WordsMissing):
            verb(request=asked, by=chi, text=" ")

    @pytest.mark.parametrize(("verb", "words", "_state"), MOVES)
    def test_what_is_closed_stays_closed(self, asked, chi, verb, words, _state):
        requesting.refuse(request=asked, by=chi, text="Không")
        with pytest.raises(requesting.Closed):
            verb(request=asked, by=chi, **words)

    def test_what_was_done_wrongly_waits_again(self, client, asked, chi, lan):
        """With the reason on record, and its first term."""
        requesting.finish(request=asked, by=chi, text="Đã làm")
        done_by = asked.done_by
        client.force_login(chi)
        page = client.get(f"{DESK}{asked.public_id}/").content.decode()
        assert f"vẫn là {done_by:%d/%m/%Y}" in page
        sent = {"act": "reopen", "lai-text": "Người gửi gọi lại, còn thiếu"}
        client.post(f"{DESK}{asked.public_id}/", sent)
        asked.refresh_from_db()
        assert (asked.state, asked.closed_at, asked.done_by) == ("answered", None, done_by)
        step = asked.steps.last()
        assert (step.by, step.text) == (chi, "Mở lại: Người gửi gọi lại, còn thiếu")
        assert "được mở lại" in Notice.objects.filter(learner=lan).first().text
        requesting.finish(request=asked, by=chi, text="Nay đã làm đủ")
        assert asked.state == "done"

    def test_without_a_reason_it_stays_closed(self, client, asked, chi):
        requesting.finish(request=asked, by=chi, text="Đã làm")
        client.force_login(chi)
        page = client.post(f"{DESK}{asked.public_id}/", {"act": "reopen", "lai-text": " "})
        assert page.context["again"].errors
        asked.refresh_from_db()
        assert asked.state == "done"

    def test_what_she_took_back_or_nobody_is_left_for_stays_closed(self, asked, chi, lan):
        requesting.cancel(request=asked)
        with pytest.raises(requesting.NotAgain):
            requesting.reopen(request=asked, by=chi, text="Mở lại")
        gone = requesting.ask(learner=lan, kind="erase")
        requesting.erase(request=gone, by=chi, reason=Erasure.Reason.ASKED)
        gone.refresh_from_db()
        with pytest.raises(requesting.NotAgain):
            requesting.reopen(request=gone, by=chi, text="Mở lại")

    def test_others_make_it_twenty_days(self, asked, chi):
        fifteen = asked.done_by
        requesting.answer(request=asked, by=chi, text="Cần nhà mạng", third_party=True)
        assert asked.done_by - fifteen == datetime.timedelta(days=5)

    def test_for_another_she_is_met_first(self, lan, chi):
        asked = requesting.ask(learner=lan, kind="copy", relation="child", about_name="Bé An")
        with pytest.raises(requesting.ProofMissing):
            requesting.finish(request=asked, by=chi, text="Xong")
        requesting.finish(request=asked, by=chi, text="Xong", seen_papers=True)
        assert Learner.objects.filter(pk=lan.pk).exists()

    @pytest.mark.parametrize(
        ("verb", "words"),
        [(requesting.erase, {"reason": "asked"}), (requesting.hide_name, {"text": "Vì muốn thế"})],
    )
    def test_nobody_is_erased_who_did_not_ask_for_it(self, asked, chi, verb, words):
        with pytest.raises(requesting.NotThat):
            verb(request=asked, by=chi, **words)

    def test_one_for_another_never_erases_the_one_who_asked(self, lan, chi):
        asked = requesting.ask(learner=lan, kind="erase", relation="child", about_name="Bé An")
        with pytest.raises(requesting.NobodyToErase):
            requesting.erase(request=asked, by=chi, reason="family")

    @pytest.mark.parametrize("kind", ["erase", "withdraw", "object"])
    @pytest.mark.parametrize("relation", ["", "child"])
    def test_words_alone_erase_and_hide_nobody(self, client, lan, chi, kind, relation):
        """She would read that it is done while everything stands."""
        about = {"relation": relation, "about_name": "Bé An" if relation else ""}
        asked = requesting.ask(learner=lan, kind=kind, **about)
        client.force_login(chi)
        path = f"{DESK}{asked.public_id}/"
        assert 'value="finish"' not in client.get(path).content.decode()
        client.post(path, {"act": "finish", "text": "Đã xóa xong", "seen_papers": "on"})
        with pytest.raises(requesting.OnlyByDoing):
            requesting.finish(request=asked, by=chi, text="Đã xóa xong", seen_papers=True)
        asked.refresh_from_db()
        assert asked.state == "new"
        assert not Notice.objects.exists()
        client.post(path, {"act": "refuse", "text": "Còn nợ sách", "seen_papers": "on"})
        asked.refresh_from_db()
        assert asked.state == "refused"

    def test_an_objection_is_carried_out(self, client, lan, chi):
        asked = requesting.ask(learner=lan, kind="object")
        client.force_login(chi)
        client.post(f"{DESK}{asked.public_id}/", {"act": "hide_name", "text": "Đã ẩn"})
        lan.refresh_from_db()
        assert lan.name_hidden
        assert lan.objections.get().made_by == chi

    def test_an_erasure_leaves_the_request_without_her(self, client, lan, chi):
        asked = requesting.ask(learner=lan, kind="erase", text="Tôi là Lan, xóa giúp")
        requesting.answer(request=asked, by=chi, text="Chào bà Lan")
        client.force_login(chi)
        client.post(f"{DESK}{asked.public_id}/", {"act": "erase", "xoa-reason": "asked"})
        asked.refresh_from_db()
        assert not Learner.objects.filter(pk=lan.pk).exists()
        assert (asked.state, asked.learner, asked.text) == ("done", None, "")
        assert "Lan" not in "".join(asked.steps.values_list("text", flat=True))
        assert Erasure.objects.get().reason == "asked"
        assert client.get(f"{DESK}{asked.public_id}/").status_code == 200

    @pytest.mark.parametrize("sent", [{}, {"xoa-reason": "herself"}, {"xoa-reason": "Bà sinh năm 1964"}])
    def test_an_erasure_takes_a_reason_of_the_list_only(self, client, lan, chi, sent):
        asked = requesting.ask(learner=lan, kind="erase")
        client.force_login(chi)
        html = client.post(f"{DESK}{asked.public_id}/", {"act": "erase", **sent}).content.decode()
        assert "Hãy chọn" in html
        assert Learner.objects.filter(pk=lan.pk).exists()

    def test_who_asked_an_official_gets_one_text_and_her_number_goes(
        self, lan, chi, settings, monkeypatch, django_capture_on_commit_callbacks
    ):
        settings.SMS = {**settings.SMS, "GATEWAY": "file"}
        sent = []

        class Carrier:
            name = "carrier"

            def send(self, message):
                sent.append((message.to, message.text))

        monkeypatch.setattr(messages.sms, "gateway", lambda _: Carrier())
        asked, phone = requesting.ask(learner=lan, kind="erase"), lan.user.phone
        with django_capture_on_commit_callbacks(execute=True):
            requesting.erase(request=asked, by=chi, reason="asked")
        ((to, text),) = sent
        assert to == phone
        assert asked.number in text
        assert not Message.objects.exists()

    def test_another_communes_official_sees_none_of_it(self, client, asked, sau):
        client.force_login(sau)
        assert asked.number not in client.get(DESK).content.decode()
        assert client.get(f"{DESK}{asked.public_id}/").status_code == 404
        assert client.post(f"{DESK}{asked.public_id}/", {"act": "finish", "text": "x"}).status_code == 404

    def test_what_waits_follows_her_when_she_moves(self, client, lan, chi, sau, cam_giang):
        """Only who looks after her now may erase her: he must find the request, too."""
        asked = requesting.ask(learner=lan, kind="erase")
        closed = requesting.ask(learner=lan, kind="copy")
        requesting.refuse(request=closed, by=chi, text="Đã đưa bản in")
        Learner.objects.filter(pk=lan.pk).update(commune=cam_giang)
        for_mother = requesting.ask(learner=lan, kind="copy", relation="parent", about_name="Nguyễn Thị Mẹ")
        DataRequest.objects.filter(pk=for_mother.pk).update(place=chi.roles.get().place)
        assert set(DataRequest.objects.visible_to(chi)) == {closed, for_mother}
        client.force_login(sau)
        assert "nay ở" in client.get(f"{DESK}{asked.public_id}/").content.decode()
        client.post(f"{DESK}{asked.public_id}/", {"act": "erase", "xoa-reason": "asked"})
        assert not Learner.objects.filter(pk=lan.pk).exists()

    def test_the_first_screen_says_what_waits_and_what_is_late(self, client, lan, chi, sau):
        late, _ = (
            requesting.ask(learner=lan, kind="copy"),
            requesting.ask(learner=lan, kind="other", text="x"),
        )
        DataRequest.objects.filter(pk=late.pk).update(answer_by=datetime.date(2026, 1, 1))
        HelpMessage.objects.create(place=lan.commune, name="Tư", text="Giúp")
        client.force_login(chi)
        html = client.get("/quan-ly/").content.decode()
        assert "2 yêu cầu về dữ liệu đang chờ, 1 quá hạn" in html
        assert "1 lời nhắn chưa trả lời" in html
        client.force_login(sau)
        assert "đang chờ" not in client.get("/quan-ly/").content.decode()

    def test_the_city_sees_all_below(self, client, asked, quan_tri):
        client.force_login(quan_tri)
        assert asked.number in client.get(DESK).content.decode()

    def test_the_late_one_comes_first_and_says_so(self, client, asked, chi, lan):
        late = requesting.ask(learner=lan, kind="copy")
        day = timezone.localdate() - datetime.timedelta(days=3)
        DataRequest.objects.filter(pk=late.pk).update(answer_by=day)
        client.force_login(chi)
        html = client.get(DESK).content.decode()
        assert html.index(late.number) < html.index(asked.number)
        assert "Quá hạn 3 ngày" in html

    def test_its_cost_does_not_grow(self, client, chi, lan, django_assert_max_num_queries):
        for number in range(12):
            requesting.ask(learner=make_learner(f"Người {number}", commune=lan.commune), **ASKED)
        client.force_login(chi)
        with django_assert_max_num_queries(16):
            client.get(DESK)
        assert Look.objects.count() == 12


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
