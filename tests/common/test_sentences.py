"""Prose in sentences, as somebody would read it aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.sentences import cut, split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mở máy. Bấm nút!  Được chưa?", ["Mở máy.", "Bấm nút!", "Được chưa?"]),
        ("TP. Hải Phòng có 1.204.318 người. Đông.", ["TP. Hải Phòng có 1.204.318 người.", "Đông."]),
        ("PGS.TS. Nguyễn V. A. nói vậy. Hết.", ["PGS.TS. Nguyễn V. A. nói vậy.", "Hết."]),
        ("Ông nói: “Được!” Rồi về.", ["Ông nói: “Được!”", "Rồi về."]),
        ("“Ai đấy?” chị hỏi. Im lặng.", ["“Ai đấy?” chị hỏi.", "Im lặng."]),
        ("Gạo, muối, v.v. và dầu. Có v.v. Hết", ["Gạo, muối, v.v. và dầu.", "Có v.v.", "Hết"]),
        ("1. Mở máy. 2. Tắt.", ["1. Mở máy.", "2. Tắt."]),
        ("Năm 2025. Năm sau.", ["Năm 2025.", "Năm sau."]),
        ("Một; hai; ba… Bốn… năm (xong.) Sáu", ["Một;", "hai;", "ba…", "Bốn… năm (xong.)", "Sáu"]),
        ("Gõ 113. “Alô!” Xong. (Nhớ nhé.) Đi", ["Gõ 113.", "“Alô!”", "Xong.", "(Nhớ nhé.)", "Đi"]),
        ("Trang example.vn mở\n  rất nhanh.", ["Trang example.vn mở rất nhanh."]),
        ("Giá 1.204 đồng/kg. 35,1 % rẻ hơn.", ["Giá 1.204 đồng/kg.", "35,1 % rẻ hơn."]),
        ("Chọn mục A. Sau đó bấm Gửi.", ["Chọn mục A.", "Sau đó bấm Gửi."]),
        ("Vitamin C. Uống nước.", ["Vitamin C.", "Uống nước."]),
        ("Bấm chỗ có chữ X. Trang đóng lại.", ["Bấm chỗ có chữ X.", "Trang đóng lại."]),
        ("Ông Nguyễn V. An gọi. Nghe.", ["Ông Nguyễn V. An gọi.", "Nghe."]),
        ("A. Gọi lại. B. Cúp máy.", ["A. Gọi lại.", "B. Cúp máy."]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences(text, sentences):
    assert split(text) == sentences


PIECES = ["TP", "v.v", "1.204", *'aBđ1 .!?…;"“”’»)(\n\u00a0']
PROSE = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.one_of(PROSE, st.text(max_size=80)))
def test_nothing_but_spaces_is_lost(text):
    places = cut(text)
    edges = [0, *(edge for place in places for edge in place), len(text)]
    assert edges == sorted(edges)
    assert all(not text[edges[n] : edges[n + 1]].strip() for n in range(0, len(edges), 2))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in places)
