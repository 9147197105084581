"""The sentences of a page are marked, and nothing else of it changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.aloud.marking import marked
from cms.aloud.reading import text_of

MARK = re.compile(r"<span data-[sc]>|(?<=<img) data-s")


def unmarked(html: str) -> str:
    """The page as it was: our spans hold no other tag."""
    return re.sub(r"<span data-[sc]>([^<]*)</span>", r"\1", html.replace("<img data-s", "<img"))


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Một. Hai.</p>", "<p><span data-s>Một.</span> <span data-s>Hai.</span></p>"),
        (
            "<p>Bấm <b>Gửi</b> ngay. Xong</p>",
            "<p><span data-s>Bấm </span><b><span data-c>Gửi</span></b><span data-c> ngay.</span> "
            "<span data-s>Xong</span></p>",
        ),
        ("<li><p>A</p> b</li>", "<li><p><span data-s>A</span></p> <span data-s>b</span></li>"),
        ("<p>A &amp; bê. C&#x27;</p>", "<p><span data-s>A &amp; bê.</span> <span data-s>C&#x27;</span></p>"),
        ("<p>a<br>b</p>", "<p><span data-s>a</span><br><span data-s>b</span></p>"),
        ("<p>a <!-- không --> b</p>", "<p><span data-s>a <!-- không --> b</span></p>"),
        (
            '<legend><span class="question-number">Câu hỏi 1</span>Ai gọi?</legend>',
            '<legend><span class="question-number"><span data-s>Câu hỏi 1</span></span>'
            "<span data-s>Ai gọi?</span></legend>",
        ),
        ('<svg viewBox="0 0 1 1"><title>x</title></svg>', '<svg viewBox="0 0 1 1"><title>x</title></svg>'),
        ("<details><p>Đáp án</p></details>", "<details><p>Đáp án</p></details>"),
        ('<p class="btns">Bấm</p><p data-unread>x</p>', '<p class="btns">Bấm</p><p data-unread>x</p>'),
        ('<img src="a" alt=" ">', '<img src="a" alt=" ">'),
        ('<img src="a" alt="Đèn">', '<img data-s src="a" alt="Đèn">'),
    ],
)
def test_marks(html, found):
    assert marked(html).html == found


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_what_programs_paste_as_a_line_end_moves_no_mark(end):
    """PowerPoint pastes VT, a PDF U+2028."""
    html = f'<p>Xin{end}chào.</p>\n<p title="a">Câu <a href="/x">hai</a>.</p>'
    found = marked(html)
    assert found.html == (
        f"<p><span data-s>Xin{end}chào.</span></p>\n"
        '<p title="a"><span data-s>Câu </span><a href="/x"><span data-c>hai</span></a>'
        "<span data-c>.</span></p>"
    )
    assert found.sentences == ("Xin chào.", "Câu hai.")


def test_what_is_said():
    html = '<h2>Mở  máy</h2><img alt="Nút\n to"><p>A &lt; b. <b>C</b>d</p>'
    assert marked(html).sentences == ("Mở máy", "Hình: Nút to", "A < b.", "Cd")


TAGS = st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<br>", "<details>", "</details>", "<li>", "</div>"])
ENDS = ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]  # of lines, to Python only
WORDS = st.sampled_from(
    ["Một. ", "hai", "&amp;", "&#39;", "&lt", "\n", "TP. ", "! Ba ", " ", "&", "1. ", *ENDS]
)


@given(st.lists(st.one_of(TAGS, WORDS), max_size=30).map("".join))
def test_without_its_marks_the_page_is_as_it_was(html):
    found = marked(html)
    assert unmarked(found.html) == html
    assert len(re.findall(r"<span data-s>|<img data-s", found.html)) == len(found.sentences)


@pytest.mark.django_db
def test_a_lesson_is_read_without_its_answers(bai):
    assert text_of(bai).sentences == (
        "Bài 1",
        "Nhận ra dấu hiệu lừa đảo.",
        "Nội dung bài 1",
        "Câu hỏi 1",
        "Người lạ hỏi mã 6 số.",
        "Bạn làm gì?",
        "Cúp máy",
        "Đọc mã",
    )


@pytest.mark.django_db
def test_the_page_shows_what_is_read(client, bai):
    page = client.get(bai.path_of_site()).content.decode()
    text = text_of(bai)
    assert f"<h1>{text.title}</h1>" in page
    assert text.body in page
    assert page.count("<span data-s>") == len(text.sentences)
    assert "<span" not in page[page.index("<title>") : page.index("</title>")]
