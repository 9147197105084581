import pytest
from django.core.exceptions import ValidationError

from common.phones import masked, normalise, spoken


@pytest.mark.parametrize(
    "raw",
    [
        "0912345678",
        "0912 345 678",
        "+84 912 345 678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "0912.345.678",
        "0912-345-678",
        "(091) 234-5678",
        "(+84) 912345678",
        "+84 (0) 912 345 678",
        "０９１２３４５６７８",
        "\u202a0912345678\u202c",  # copied from a contact list
        "  0912\u00a0345\u00a0678\n",
    ],
)
def test_any_usual_spelling_is_one_number(raw):
    assert normalise(raw) == "+84912345678"


@pytest.mark.parametrize("start", ["03", "05", "07", "08", "09"])
def test_every_mobile_prefix(start):
    assert normalise(start + "84345678") == "+84" + start[1] + "84345678"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "Hãy ghi số điện thoại"),
        ("   ", "Hãy ghi số điện thoại"),
        ("09123456", "10 chữ số"),
        ("09123456789", "10 chữ số"),
        ("912345678", "10 chữ số"),
        ("0225 384 1234", "di động"),  # a landline of Hải Phòng
        ("0112345678", "di động"),
        ("+1 912 345 678", "di động"),
        ("+0912345678", "di động"),
        ("0912a45678", "chữ số"),
        ("0912+345678", "chữ số"),
        ("lan@example.vn", "chữ số"),
        ("0912345678 0987654321", "10 chữ số"),
    ],
)
def test_what_is_no_mobile_number_is_refused_in_vietnamese(raw, says):
    with pytest.raises(ValidationError, match=says):
        normalise(raw)


def test_a_number_is_shown_as_people_write_it():
    assert spoken("+84912345678") == "0912 345 678"
    assert masked("+84912345678") == "0912 ••• 678"
