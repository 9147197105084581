import unicodedata

import pytest
from django.core.exceptions import ValidationError

from common.text import ascii_slug, clean_name, fold, nfc, visible


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("Thuỵ", "thụy"),
        ("Đảo", "dao"),
        ("ÐỒNG", "dong"),  # an Icelandic eth, as some keyboards give
        ("  Cẩm   Giàng ", "cam giang"),
        (unicodedata.normalize("NFD", "Nguyễn"), "nguyen"),
    ],
)
def test_fold_makes_spellings_equal(one, other):
    assert fold(one) == fold(other)


def test_fold_keeps_different_names_apart():
    assert fold("Lê Chân") != fold("Lê Chiến")


def test_nfc_composes():
    assert nfc("e\u0302\u0301") == "ế"


def test_slug_of_vietnamese():
    assert ascii_slug("Đường đến đổi mới số") == "duong-den-doi-moi-so"


def test_visible_drops_what_cannot_be_seen():
    assert visible("Lan\u200b\x00 \u00a0 Anh\n") == "Lan Anh"


def test_name_is_composed_and_trimmed():
    assert clean_name(unicodedata.normalize("NFD", "  Nguyễn   Thị Lan\u200d ")) == "Nguyễn Thị Lan"


@pytest.mark.parametrize("name", ["K'Sor H'Bia", "Trần-Lê Y", "Y", "Nguyễn Văn A."])
def test_names_of_other_peoples_are_names(name):
    assert clean_name(name) == name


def test_sixty_letters_is_a_name():
    assert clean_name("á" * 60)


def test_sixty_letters_typed_decomposed_is_the_same_name():
    assert len(clean_name(unicodedata.normalize("NFD", "ế" * 60))) == 60


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("á" * 300, "dài 300 chữ"),
        ("á" * 61, "nhiều nhất 60 chữ"),
        ("", "Hãy ghi họ và tên"),
        ("\u200b \n", "Hãy ghi họ và tên"),
        ("0912345678", "chữ cái"),
        ("Lan <b>", "không có số hay ký hiệu"),
        ("Lan 2", "không có số hay ký hiệu"),
        ("...", "chữ cái"),
    ],
)
def test_what_is_no_name_is_refused_in_vietnamese(name, says):
    with pytest.raises(ValidationError, match=says):
        clean_name(name)
