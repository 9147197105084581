"""None"""

import datetime

import pytest
from django.utils import timezone

from accounts import (
    messages,
    requesting,
)
from accounts.models import DataRequest, Erasure, HelpMessage, Learner, Look, Message, Notice
from tests.make import make_learner

from .parts import ASKED, DESK, MOVES


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
