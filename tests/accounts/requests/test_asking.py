"""None"""

import pytest

from accounts import (
    requesting,
)
from accounts.models import DataRequest
from tests.make import make_learner

from .parts import ASKED, MINE


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
