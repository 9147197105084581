import pytest

from places.codes import EndedCode, MalformedCode, UnknownCode, by_code


def test_a_reused_code_means_the_commune_of_today(city, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert by_code("10750").name == "Xã Phú Thái"


def test_two_digits_are_a_province(city):
    assert by_code(" 31 ").name == "Thành phố Hải Phòng"


def test_an_ended_code_says_what_it_became(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(3), pytest.raises(EndedCode) as error:
        by_code("10510")
    assert str(error.value) == (
        "Mã 10510 là của Phường Bình Hàn cũ, đã hết dùng từ ngày 01/07/2025. "
        "Nơi đó nay thuộc: Phường Thành Đông (mã 10507)."
    )
    assert [place.code for place in error.value.became] == ["10507"]


def test_a_split_unit_names_every_part(city):
    with pytest.raises(EndedCode, match=r"một phần; |, một phần"):
        by_code("11041")


@pytest.mark.parametrize("code", ["99999", "00"])
def test_an_unknown_code(city, code):
    with pytest.raises(UnknownCode, match=f"Không có nơi nào mang mã {code}"):
        by_code(code)


@pytest.mark.parametrize("code", ["", "1", "107", "1075o", "107500", "１０７５０", None, "10750' --"])
def test_a_malformed_code(db, code):
    with pytest.raises(MalformedCode, match="không phải mã nơi"):
        by_code(code)
