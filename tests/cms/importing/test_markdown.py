"""The Markdown of a lesson: what is understood, what is refused with its line, and the way back."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.importing import markdown
from cms.importing.markdown import link_fault, trimmed
from cms.importing.package import Bullets, Callout, Heading, Illustration, Paragraph, Run, Steps
from cms.importing.problems import Problems


def read(text):
    problems = Problems()
    blocks = markdown.read(text, problems=problems, origin="lessons/a.md", first_line=9)
    return blocks, problems.found


def fault(text) -> str:
    _, found = read(text)
    assert found, "nothing was refused"
    return str(found[0])


@pytest.mark.parametrize(
    "text",
    [
        "Một&#x202e; đoạn",
        "Một **đo&#x200b;ạn**",
        "Một&#0; đoạn",
        "Một&#xD800; đoạn",
        "- Mục &zwj;",
        "1. **Mở&shy; máy.**",
        "## Tiêu&#8203; đề",
        "> [!TIP]\n> Nhớ&#x3164;",
        "[đây](https://dichvucong.gov.vn/&#x202e;a)",
        "![Hình &#x202e;](../media/a.svg)",
        '![Hình](../media/a.svg "Lời &#x200b;")',
    ],
)
def test_entities_hide_nothing(text):
    assert "không nhìn thấy" in fault(text)


def test_words_are_stored_composed():
    blocks, found = read("e&#x301; **e&#x301;**\n\n![e&#x301;](../media/a.svg)")
    assert blocks == (Paragraph((Run("é "), Run("é", bold=True))), Illustration("media/a.svg", "é", ""))
    assert found == []


def test_a_description_says_what_a_reader_gets_and_survives_the_way_back():
    blocks, _ = read(r"![Một \* và &amp; *hai*](../media/a.svg)")
    assert blocks == (Illustration("media/a.svg", "Một * và & hai", ""),)
    assert read(markdown.write(blocks))[0] == blocks


def test_every_block_is_understood():
    blocks, found = read(
        "Chào **bạn**, xem [đây](/tro-giup/).\nDòng nối.\n\n## Làm\n\n1. **Mở máy.** Đợi.\n2. **Tắt.**\n\n"
        '- Một\n- Hai\n\n> [!TIP]\n> Nhớ.\n>\n> Nữa.\n\n![Một hình vẽ](../media/a.svg "Lời")\n'
    )
    assert not found
    assert blocks == (
        Paragraph(
            (Run("Chào "), Run("bạn", True), Run(", xem "), Run("đây", href="/tro-giup/"), Run(". Dòng nối."))
        ),
        Heading("Làm"),
        Steps((("Mở máy.", (Run("Đợi."),)), ("Tắt.", ()))),
        Bullets(((Run("Một"),), (Run("Hai"),))),
        Callout("tip", ((Run("Nhớ."),), (Run("Nữa."),))),
        Illustration("media/a.svg", "Một hình vẽ", "Lời"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("chữ\n\n<script>alert(1)</script>", "dòng 11: không dùng thẻ HTML"),
        ("chữ <b>đậm</b>", "dòng 9: không dùng thẻ HTML"),
        ("<!-- ẩn -->", "HTML"),
        ("```\nmã\n```", "khối mã"),
        ("    mã", "khối mã"),
        ("chữ `mã`", "mã"),
        ("|a|b|\n|-|-|\n|1|2|", "bảng"),
        ("chữ\n\n---\n\nchữ", "đường kẻ"),
        ("*nghiêng*", "nghiêng"),
        ("~~bỏ~~", "gạch ngang"),
        ("một  \nhai", "ngắt dòng"),
        ("một\\\nhai", "ngắt dòng"),
        ("# Tiêu đề", "cấp hai"),
        ("### Tiêu đề", "cấp hai"),
        ("Tiêu đề\n---", "cấp hai"),
        ("##", "để trống"),
        ("## " + "a" * 151, "dài quá 150"),
        ("1. **" + "a" * 201 + "**", "dài quá 200"),
        ("1. **a**\n" * 21, "quá 20 bước"),
        ("- a\n" * 21, "quá 20 mục"),
        ("1. **[a](/b/)** c", "in đậm"),
        ('![Một hình vẽ](../media/a.svg "' + "a" * 251 + '")', "chú thích hình dài"),
        ("## Có **đậm**", "tiêu đề không có chữ đậm"),
        ("2. **Hai.**", "từ 1"),
        ("1. Không đậm", "in đậm"),
        ("1.", "để trống"),
        ("- một\n-\n- hai", "để trống"),
        ("1. **Một.**\n\n2. **Hai.**", "dòng trống"),
        ("- một\n  - lồng", "lồng"),
        ("- một\n\n      mã", "dòng trống"),
        ("> không có nhãn", "khung phải mở đầu"),
        ("> [!NOTE]\n> chữ", "khung phải mở đầu"),
        ("> **[!TIP]** chữ", "khung phải mở đầu"),
        ("> [!TIP]", "khung không có chữ"),
        ("> [!TIP]\n> - một", "khung chỉ có"),
        ("> [!TIP]\n> ## một", "khung chỉ có"),
        ("chữ ![Một hình vẽ](../media/a.svg)", "một mình"),
        ("![Một hình vẽ](media/a.svg)", "../media/"),
        ("![Một hình vẽ](../../media/a.svg)", "../media/"),
        ("![Một hình vẽ](../media/../a.svg)", "../media/"),
        ("![Một hình vẽ](https://example.com/a.svg)", "../media/"),
        ("![](../media/a.svg)", "mô tả"),
        ("[x](javascript:alert(1))", "https://"),
        ("[x](JaVaScRiPt:alert(1))", "https://"),
        ("[x](http://example.com)", "https://"),
        ("[x](//example.com)", "https://"),
        ("[x](data:text/html,x)", "https://"),
        ("[x](https://user@example.com)", "tên miền"),
        ("[x](https://127.0.0.1/)", "tên miền"),
        ("[x](https://localhost/)", "tên miền"),
        ("[x](/a/../b)", "https://"),
        ('[x](/a/ "chú")', "ngoặc kép"),
        ("<https://example.com>", "[chữ]"),
        ("[x]\n\n[x]: https://example.com", "tham chiếu"),
    ],
)
def test_what_is_not_understood_is_refused(text, why):
    assert why in fault(text)


def test_a_lesson_may_not_be_endless():
    assert "dài quá" in fault("a" * 70_000)


@pytest.mark.parametrize(
    "href", ["https://vneid.gov.vn", "https://a.vn/x?y=1&z=%20", "/", "/tro-giup/", "/a/#b"]
)
def test_links_that_are_taken(href):
    assert link_fault(href) == ""


words = st.text(st.sampled_from("ab đÂ.,!*_[]<>&#-+1\\`~|()\"'“”"), min_size=1, max_size=12)
runs = st.lists(
    st.builds(Run, words, st.booleans(), st.sampled_from(["", "", "/tro-giup/", "https://a.gov.vn/x"])),
    min_size=1,
    max_size=4,
).map(lambda found: trimmed(tuple(found)))


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.lists(runs.filter(bool), min_size=1, max_size=3))
def test_what_is_written_reads_back(paragraphs):
    """Words are never lost; styles come back too, unless Markdown cannot say them (see `steady`)."""
    blocks = tuple(Paragraph(paragraph) for paragraph in paragraphs)
    steady = markdown.steady(blocks)
    again, found = read(markdown.write(steady))
    assert not found
    assert again == steady
    texts = ["".join(markdown.plain(b.runs).split()) for b in blocks]
    assert ["".join(markdown.plain(b.runs).split()) for b in steady] == texts


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "**" * 15_000, "> " * 15_000, "![" * 15_000, "(" * 30_000, "- " * 9_000]
)
def test_hostile_nesting_costs_little(text):
    started = time.perf_counter()
    read(text)
    assert time.perf_counter() - started < 5
