"""A number that somebody types is either the number on the paper or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import serials
from certificates.serials import ALPHABET, BadSerial


@st.composite
def valid(draw):
    body = draw(st.text(ALPHABET, min_size=10, max_size=10).filter(lambda b: serials._check(b) < 32))
    return body + ALPHABET[serials._check(body)]


def test_a_new_number_is_eleven_letters_and_digits_and_reads_back():
    drawn = {serials.new() for _ in range(500)}
    assert len(drawn) == 500
    for serial in drawn:
        assert len(serial) == 11
        assert set(serial) <= set(ALPHABET)
        assert serials.parse(serial) == serial


def test_a_number_is_drawn_again_when_its_check_is_no_plain_letter(monkeypatch):
    # 0…0Z is 31, 0…10 is 32: its check would be "*".
    letters = iter("0000000010" + "000000000Z")
    monkeypatch.setattr(serials.secrets, "choice", lambda alphabet: next(letters))
    assert serials.new() == "000000000ZZ"


def test_the_check_is_crockfords():
    # 1234 = 16J in base32; 1234 mod 37 = 13 = D.
    assert serials.parse("000000016JD") == "000000016JD"
    with pytest.raises(BadSerial):
        serials.parse("000000016JE")


@given(valid(), st.integers(0, 10), st.sampled_from(ALPHABET))
def test_every_single_wrong_letter_is_detected(serial, at, letter):
    wrong = serial[:at] + letter + serial[at + 1 :]
    if wrong != serial:
        with pytest.raises(BadSerial, match="gõ nhầm"):
            serials.parse(wrong)


@given(valid(), st.integers(0, 9))
def test_every_swap_of_neighbours_is_detected(serial, at):
    swapped = serial[:at] + serial[at + 1] + serial[at] + serial[at + 2 :]
    if swapped != serial:
        with pytest.raises(BadSerial, match="gõ nhầm"):
            serials.parse(swapped)


@given(valid())
def test_what_is_printed_reads_back(serial):
    printed = serials.grouped(serial)
    assert [len(part) for part in printed.split("-")] == [5, 5, 1]
    assert serials.parse(printed) == serial


@given(valid(), st.data())
def test_reading_forgives_case_lookalikes_and_what_stands_between(serial, data):
    typed = ""
    for letter in serial:
        typed += data.draw(st.sampled_from({"0": "0Oo", "1": "1IilL"}.get(letter, letter + letter.lower())))
        typed += data.draw(st.sampled_from(["", "", " ", "-", "–", " - ", "\u00a0", "."]))
    assert serials.parse(typed) == serial


@given(valid())
def test_the_address_of_the_page_is_taken_for_its_number(serial):
    assert serials.parse(f"https://hoc.example.vn/giay/{serial}/?tu=zalo") == serial


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "chưa gõ"),
        (" - ", "chưa gõ"),
        ("ABC", "bạn đã gõ 3"),
        ("0" * 12, "bạn đã gõ 12"),
        ("ABCDE-FGHJ*-M", r"không có ký tự \*"),
        ("ABCDEFGHJKU", "không có ký tự U"),
        ("số giấy", "không có ký tự"),
        ("Đ" * 300, "không có ký tự Đ"),
        ("A" * 100_000, "bạn đã gõ 400"),
        ("\x00", "không có ký tự"),
    ],
)
def test_what_cannot_be_a_number_is_refused_in_words(text, says):
    with pytest.raises(BadSerial, match=says):
        serials.parse(text)


@given(st.text(max_size=40))
def test_whatever_is_typed_gets_a_number_or_a_refusal(text):
    try:
        serial = serials.parse(text)
    except BadSerial:
        return
    assert serials.parse(serial) == serial
