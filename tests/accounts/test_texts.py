"""The log of text messages: which went out and what it costs, never what it said."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import messages
from accounts.models import Message, Spending
from accounts.views_texts import PER_PAGE, in_words

URL = "/quan-ly/tin-da-gui/"


def text(**fields):
    now = timezone.now()
    kept = {"to": "+84912345678", "purpose": "code", "status": "sent", "parts": 1, "cost": 800}
    kept |= {"created_at": now, "expires_at": now, "done_at": now, "answer": "status 200", "tries": 1}
    return Message.objects.create(**kept | fields)


@pytest.fixture
def desk(client, quan_tri):
    client.force_login(quan_tri)
    return lambda query="": client.get(URL + query).content.decode()


def rows(html: str) -> int:
    return html.count('data-label="Đến số"')


def test_it_shows_what_became_of_each_and_never_the_text(desk, lan):
    text(status="waiting", done_at=None, answer="", text="Mã của bạn là 918273", user=lan.user)
    text(status="given_up", purpose="notice", answer="status 400", tries=3, cost=4321)
    text(to="", answer="something new")
    html = desk()
    assert rows(html) == 3
    assert "918273" not in html
    assert lan.name not in html
    assert "912345678" not in html.replace(" ", "")
    for words in ("0912 ••• 678", "Nhà mạng trả lời mã 400", "Không gửi được", "đã xóa", "something new"):
        assert words in html
    assert "4.321" not in html  # what did not go out costs nothing


def test_filters_and_pages(desk):
    for _ in range(PER_PAGE + 1):
        text()
    text(status="unsure", purpose="notice")
    assert rows(desk()) == PER_PAGE
    assert rows(desk("?trang=2")) == 2
    assert rows(desk("?tinh_trang=unsure")) == 1
    assert rows(desk("?tinh_trang=unsure&loai=code")) == 0
    assert rows(desk("?loai=code&trang=2")) == 1
    assert "?loai=code&amp;trang=2" in desk("?loai=code")
    assert rows(desk("?tinh_trang=x")) == PER_PAGE  # nonsense asks for everything


def test_the_days_money(desk, settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "DAILY_CAP": 20_000}
    Spending.objects.create(day=timezone.localdate(), spent=5_000)
    assert messages.money_today() == messages.Money(5_000, 20_000, 10_000)
    html = desk()
    assert "5.000 đồng trong 20.000 đồng (25&nbsp;%)" in html
    assert "đến 10.000 đồng" in html
    assert "Chưa nối với nhà mạng" not in html
    settings.SMS = settings.SMS | {"GATEWAY": ""}
    assert "Chưa nối với nhà mạng" in desk()


def test_the_number_of_queries_does_not_grow(desk, django_assert_max_num_queries, lan):
    desk()
    for _ in range(20):
        text(user=lan.user)
    with django_assert_max_num_queries(12):
        desk()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("status 503", "Nhà mạng trả lời mã 503"),
        ("no answer: TimeoutError", "Nhà mạng không trả lời kịp"),
        ("the worker stopped", "Máy gửi tin dừng giữa chừng"),
        ("anything", "anything"),
        ("", ""),
    ],
)
def test_answers_in_words(answer, words):
    assert in_words(answer) == words
