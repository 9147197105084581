import pytest
from django import forms

from places.fields import PlaceField, Typed
from places.models import Place

from ..make import make_commune, make_province


class Form(forms.Form):
    commune = PlaceField(label="Xã, phường")


def test_a_chosen_code_counts(city):
    form = Form({"commune": "Xã Phú Thái", "commune_code": "10750", "commune_for": "Xã Phú Thái"})
    assert form.is_valid()
    assert form.cleaned_data["commune"].code == "10750"


@pytest.mark.parametrize("text", ["phú thái", "Xã Phú Thái", "10750"])
def test_the_only_name_like_it_needs_no_choice(city, text):
    form = Form({"commune": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["commune"].code == "10750"


def test_several_answers_become_cards_and_the_words_stay(city):
    form = Form({"commune": "cẩm giang"})
    assert form.errors == {"commune": ["Hãy chọn đúng nơi bạn ở trong danh sách ngay dưới ô này."]}
    html = str(form["commune"])
    assert 'value="cẩm giang"' in html
    assert '<input type="radio" name="commune_code" value="10888">' in html
    assert '<input type="radio" name="commune_code" value="10903">' in html
    assert '<input type="hidden" name="commune_for" value="cẩm giang">' in html


def test_choosing_a_card_then_counts(city):
    form = Form({"commune": "cẩm giang", "commune_for": "cẩm giang", "commune_code": "10903"})
    assert form.is_valid()
    assert form.cleaned_data["commune"].name == "Xã Cẩm Giàng"


def test_words_changed_after_choosing_are_searched_again(city):
    form = Form({"commune": "phú thái", "commune_for": "cẩm giang", "commune_code": "10903"})
    assert form.is_valid()
    assert form.cleaned_data["commune"].code == "10750"


def test_a_former_name_is_asked_not_guessed(city):
    form = Form({"commune": "Phường Bình Hàn"})
    assert not form.is_valid()
    assert "phường Bình Hàn cũ" in str(form["commune"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Hãy ghi tên xã, phường nơi bạn ở."),
        ({"commune": " \u200b"}, "Hãy ghi tên xã, phường nơi bạn ở."),
        ({"commune": "Nơi Không Có"}, "Không tìm thấy xã, phường nào tên “Nơi Không Có”"),
        ({"commune": "x" * 300}, "Không tìm thấy xã, phường nào"),
        ({"commune_code": "10510"}, "đã hết dùng từ ngày 01/07/2025"),
        ({"commune_code": "99999"}, "Không có nơi nào mang mã 99999"),
        ({"commune_code": "31"}, "không phải mã xã, phường"),
        ({"commune_code": "abc"}, "không phải mã nơi"),
    ],
)
def test_what_names_no_commune_is_refused(city, data, says):
    form = Form(data)
    assert says in form.errors["commune"][0]


def test_an_optional_place_may_stay_empty(city):
    class Optional(forms.Form):
        commune = PlaceField(required=False)

    form = Optional({})
    assert form.is_valid()
    assert form.cleaned_data["commune"] is None


def test_a_poster_code_fills_the_field(city):
    html = str(Form(initial={"commune": "10750"})["commune"])
    assert 'value="Xã Phú Thái"' in html
    assert '<input type="hidden" name="commune_code" value="10750">' in html


def test_a_poster_of_a_split_commune_offers_the_parts(city):
    html = str(Form(initial={"commune": "11041"})["commune"])
    assert html.count('type="radio"') == 2


@pytest.mark.parametrize("code", ["99999", "<b>", "", "31"])
def test_a_poster_with_another_code_fills_nothing(city, code):
    html = str(Form(initial={"commune": code})["commune"])
    assert "radio" not in html
    assert '<input type="hidden" name="commune_code" value="">' in html


def test_a_present_place_is_shown_and_seen_as_unchanged(city):
    place = Place.objects.get(code="10750", valid_to=None)
    same = {"commune": "Xã Phú Thái", "commune_code": "10750", "commune_for": "Xã Phú Thái"}
    assert Form(same, initial={"commune": place}).changed_data == []
    assert Form({"commune": "an phú"}, initial={"commune": place}).changed_data == ["commune"]
    assert PlaceField().prepare_value(place) == Typed("Xã Phú Thái", "10750", "Xã Phú Thái")


def test_a_commune_of_another_province_is_refused(city):
    make_commune("19075", "Xã Bắc Giang", parent=make_province("24", "Tỉnh Bắc Ninh"))
    form = Form({"commune": "Xã Bắc Giang", "commune_code": "19075", "commune_for": "Xã Bắc Giang"})
    assert form.errors == {"commune": ["Xã Bắc Giang không thuộc thành phố này."]}
