"""Whether a text tells of a person: her name in every spelling, and not everybody's words."""

import pytest

from accounts.mentions import Person

HUE = Person(("Trịnh Thị Huệ Mẫn",), ("+84987123654",), (1947,))
HA, MINH, HOA = Person(("Thu Hà",)), Person(("Minh",)), Person(("Lê Hòa",))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Bà Trịnh Thị Huệ Mẫn, sinh 1947", "Bà (đã xóa tên), sinh (đã xóa năm)"),
        ("ba trinh thi hue man goi", "ba (đã xóa tên) goi"),
        ("TRỊNH THỊ HUỆ MẪN", "(đã xóa tên)"),
        ("Tri\u0323nh Thi\u0323  Hue\u0323\u0302\nMẫn nhé", "(đã xóa tên) nhé"),
        ("gọi 0987 123 654 nhé", "gọi (đã xóa số) nhé"),
        ("+84987123654", "(đã xóa số)"),
        ("098.712.3654, năm 1947", "(đã xóa số), năm (đã xóa năm)"),
        ("Năm 1947, bà Mẫn", "Năm 1947, bà Mẫn"),
        ("số 10987123654", "số 10987123654"),
        ("Trịnh Thị Huệ", "Trịnh Thị Huệ"),
    ],
)
def test_of_three_words_or_more_in_any_spelling(text, left):
    assert HUE.taken_out(text) == left
    assert HUE.is_in(text) == ("đã xóa" in left)


@pytest.mark.parametrize(
    ("person", "text", "found"),
    [
        (HA, "Cô Thu Hà", True),
        (HA, "co thu ha", True),
        (HA, "thứ hạ cấp", False),
        (HA, "Chị Thu Hạnh", False),
        (HOA, "anh Lê Hoà", True),
    ],
)
def test_of_two_words_by_its_accents(person, text, found):
    assert person.is_in(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [("Hồ sơ của anh Minh", True), ("Minh, hôm qua", True), ("thông minh", False), ("Lê Minh", False)],
)
def test_of_one_word_only_near_her_and_as_a_name_stands(text, found):
    assert MINH.is_in(text, near=True) is found
    assert not MINH.is_in(text)


def test_a_database_looks_for_long_names_and_numbers_only():
    assert "Trinh Thi Hue Man" in HUE.spellings()
    assert "654" in HUE.spellings()
    assert MINH.spellings() == set()
