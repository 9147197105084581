import unicodedata

import pytest

from places.searching import find, sure


def codes(query, **kwargs):
    return [answer.place.code for answer in find(query, **kwargs)]


@pytest.mark.parametrize(
    "query",
    [
        "Phú Thái",
        "phu thai",
        "Xã Phú Thái",
        "xã  phu  THAI",
        "10750",
        unicodedata.normalize("NFD", "Phú Thái"),
        "Phú Thái, Kim Thành",
        "x. phú thái",
        "phú thái, hải phòng",
    ],
)
def test_finds_by_any_spelling(city, query):
    assert codes(query)[0] == "10750"


def test_both_are_offered_and_told_apart_by_marks_and_district(city):
    answers = find("cam giang")
    assert [a.place.name for a in answers[:2]] == ["Xã Cẩm Giang", "Xã Cẩm Giàng"]
    assert {a.place.code for a in answers} >= {"10888", "10903"}
    assert find("Cẩm Giàng")[0].place.code == "10903"
    # Both were made in the old district of Cẩm Giàng, so it cannot tell them apart.
    assert len({a.place.district for a in answers[:2]}) == 1
    assert len({a.detail for a in answers}) == len(answers)
    assert answers[1].detail.startswith("gồm ")
    assert find("Phú Thái")[0].label == "Xã Phú Thái (huyện Kim Thành cũ)"


def test_a_former_name_leads_to_what_it_became(city):
    answer = next(a for a in find("Bình Hàn") if a.former)
    assert (answer.place.code, answer.part) == ("10507", "whole")
    assert answer.detail == "phường Bình Hàn cũ, thành phố Hải Dương cũ"


def test_a_split_commune_offers_every_part(city):
    from places.models import Succession

    split = Succession.objects.filter(part="partial", former__code="10816").select_related("former").get()
    answers = [a for a in find(split.former.name) if a.former and a.former.code == "10816"]
    assert {(a.place.code, a.part) for a in answers} >= {("10660", "partial")}
    assert any(a.detail.startswith("một phần ") for a in answers)


def test_an_ambiguous_former_name_offers_every_district(city):
    from collections import defaultdict

    from common.text import fold
    from places.models import Place

    names = defaultdict(set)
    for place in Place.objects.exclude(valid_to=None):
        names[fold(place.name)].add(place)
    ambiguous = [places for places in names.values() if len(places) > 1]
    assert len(ambiguous) >= 20
    for places in ambiguous:
        wanted = {s.successor.code for place in places for s in place.successions.all()}
        assert wanted <= set(codes(next(iter(places)).name, most=50))


def test_todays_name_comes_before_a_former_one(city):
    answers = find("An Phú")
    assert (answers[0].place.name, answers[0].former) == ("Xã An Phú", None)


def test_exact_before_prefix_before_substring(city):
    names = [a.place.short_name for a in find("tân", most=50) if a.former is None]
    assert names[:3] == ["Tân An", "Tân Hưng", "Tân Kỳ"] or names[0].startswith("Tân ")
    assert names.index("Tân Hưng") < names.index("Thái Tân")


@pytest.mark.parametrize("query", ["", "   ", ",", "không có nơi này", "99999", "%", "🙂"])
def test_nothing_is_found_for_nonsense(city, query):
    assert find(query) == []


def test_a_code_that_ended_gives_what_it_became(city):
    assert codes("10510") == ["10507"]


def test_never_more_than_asked(city):
    assert len(find("a")) == 12


def test_another_province_is_searched_on_its_own(city):
    assert find("Phú Thái", province=city)
    city.pk = -1
    assert not find("Phú Thái", province=city)


def test_three_queries_at_most(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        find("an")
    with django_assert_max_num_queries(3):
        find("cẩm giang")


@pytest.mark.parametrize("query", ["xa phu thai", "Phú Thái", "10750"])
def test_todays_name_alone_is_sure(city, query):
    assert sure(find(query), query).code == "10750"


@pytest.mark.parametrize("query", ["bình hàn", "cẩm giang", "An Phú", "tân", "", "không có"])
def test_a_former_an_ambiguous_or_a_partial_name_is_asked(city, query):
    assert sure(find(query), query) is None
