import pytest
from django.core.exceptions import ValidationError

from accounts.pins import check_pin, is_common


@pytest.mark.parametrize("raw", ["482951", "482 951", "４８２９５１", " 482951\n"])
def test_six_digits_of_any_keyboard(raw):
    assert check_pin(raw, birth_year=1964, phone="+84912345678") == "482951"


@pytest.mark.parametrize("raw", ["", "48295", "4829517", "48295a", "482.951", "²82951x", None])
def test_anything_but_six_digits(raw):
    with pytest.raises(ValidationError, match="đúng 6 chữ số"):
        check_pin(raw)


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "654321", "000000", "111111", "012345", "567890", "987654", "890123", "121212"),
        *("112233", "123123", "123321", "111222", "100100", "159753", "147258", "001001", "222221"),
        *("102030", "135790", "246810", "142536", "741852", "963852", "147852", "123654", "121314"),
        *("101112", "234561", "123457", "010203", "112234", "443210", "024680", "753951", "051015"),
    ],
)
def test_common_pins_are_refused(pin):
    with pytest.raises(ValidationError, match="quá dễ đoán"):
        check_pin(pin)


@pytest.mark.parametrize(
    "pin", ["196412", "121964", "819645", "120364", "031264", "640312", "641203", "469148"]
)
def test_pins_that_tell_the_birth_are_refused(pin):
    with pytest.raises(ValidationError, match="năm sinh"):
        check_pin(pin, birth_year=1964)


@pytest.mark.parametrize("pin", ["993264", "643299", "120365"])
def test_pins_that_only_look_like_it_are_taken(pin):
    assert check_pin(pin, birth_year=1964) == pin


def test_a_piece_of_the_phone_number_is_refused():
    with pytest.raises(ValidationError, match="số điện thoại"):
        check_pin("273945", phone="+84912739455")


def test_most_pins_are_free_to_choose():
    """The rules must not make the rest easier to guess."""
    assert sum(is_common(f"{number:06d}") for number in range(0, 1_000_000, 7)) < 1_000_000 / 7 / 50
