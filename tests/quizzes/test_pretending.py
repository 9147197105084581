"""The rules of a pretend screen, each broken once. Pure."""

import copy

import pytest

from quizzes import pretending

GOOD = [
    {
        "name": "Chuông reo",
        "say": "Số lạ gọi tới.",
        "parts": [
            {"part": "call", "who": "Số lạ"},
            {"part": "button", "label": "Nghe máy", "to": "Họ đòi mã", "wrong": True, "why": "Khoan."},
            {"part": "button", "label": "Từ chối", "to": "Yên tâm"},
        ],
    },
    {
        "name": "Họ đòi mã",
        "say": "Họ đòi mã 6 số.",
        "parts": [
            {
                "part": "choice",
                "label": "Bạn làm gì?",
                "options": [
                    {"label": "Đọc mã", "to": "Mất mã", "wrong": True, "why": "Mã là chìa khóa."},
                    {"label": "Hỏi lại", "why": "Hỏi họ thì họ vẫn nói dối."},
                    {"label": "Cúp máy", "to": "Gõ số"},
                ],
            }
        ],
    },
    {
        "name": "Gõ số",
        "say": "Gõ số ngân hàng.",
        "parts": [
            {
                "part": "keypad", "label": "Số cần gọi", "accept": ["123"], "refuse": ["456"],
                "to": "Yên tâm", "why": "Xem lại số in sau thẻ.", "digits": 3,
            }
        ],
    },
    {"name": "Yên tâm", "say": "Xong.", "ending": "good"},
    {"name": "Mất mã", "say": "Tiền đã đi.", "ending": "tricked", "signs": ["Đòi mã"]},
]  # fmt: skip


def bent(change) -> list:
    screens = copy.deepcopy(GOOD)
    change(screens)
    return screens


def test_a_whole_practice_has_no_fault():
    assert pretending.faults(GOOD) == []


def button(screens):
    return screens[0]["parts"][2]


def keypad(screens):
    return screens[2]["parts"][0]


def picture(**more):
    return {"part": "picture", "picture": 1, "alt": "Một tờ giấy", **more}


PLACE = {"label": "Góc", "left": 80, "top": 0, "width": 30, "height": 10, "why": "Đây."}


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda s: s.__delitem__(slice(1, None)), -1, "từ 2 đến 15"),
        (lambda s: s.extend([s[3]] * 11), -1, "đang có 16"),
        (lambda s: s[3].update(ending="tricked", signs=["x"]), -1, "kết thúc tốt"),
        (lambda s: s[1].update(name="!!!"), 1, "chữ hoặc số"),
        (lambda s: s[4].update(name="YEN TAM"), 4, "cùng tên"),
        (lambda s: button(s).update(to="Đâu đó"), 0, "không có"),
        (lambda s: button(s).update(to="chuong reo"), 0, "chính màn hình này"),
        (lambda s: s[0]["parts"][1].update(why=""), 0, "lời giải thích"),
        (lambda s: button(s).update(label=" nghe MÁY "), 0, "cùng tên"),
        (lambda s: s[2].update(parts=[]), 2, "không dẫn đi đâu"),
        (lambda s: s[2].update(parts=[{"part": "row", "label": "A", "why": "B"}]), 2, "không dẫn đi đâu"),
        (lambda s: s[3].update(parts=[{"part": "row", "label": "A", "why": "B"}]), 3, "kết thúc thì không"),
        (lambda s: s[4].update(signs=[]), 4, "dấu hiệu"),
        (lambda s: keypad(s).update(accept=[" "]), 2, "ít nhất một cách gõ"),
        (lambda s: keypad(s).update(accept=["12a"]), 2, "chỉ nhận chữ số"),
        (lambda s: keypad(s).update(refuse=["1 23"]), 2, "vừa nhận vừa không nhận"),
        (lambda s: keypad(s).update(accept=["1234"]), 2, "không gõ được “1234”"),
        (lambda s: keypad(s).update(accept=["123", "12"]), 2, "không gõ được “12”"),
        (lambda s: keypad(s).update(digits=None), 2, "gõ đúng 6 chữ số"),
        (lambda s: keypad(s).update(refuse=["45"]), 2, "không gõ được “45”"),
        (lambda s: keypad(s).update(accept=["12²"]), 2, "chỉ nhận chữ số"),
        (lambda s: keypad(s).update(accept=["*"], refuse=["dễ đoán"]), 2, "cần từ 4 chữ số"),
        (lambda s: keypad(s).update(to=""), 2, "cần màn hình"),
        (lambda s: keypad(s).update(why=""), 2, "lời giải thích"),
        (lambda s: s[1]["parts"][0]["options"][1].pop("why"), 1, "không có gì xảy ra"),
        (
            lambda s: s[0]["parts"].append(picture(places=[{**PLACE, "left": 0, "why": ""}])),
            0,
            "không có gì xảy ra",
        ),
        (lambda s: s[0]["parts"].append(picture(alt=" ")), 0, "lời tả"),
        (lambda s: s[0]["parts"].append({"part": "picture", "alt": "x"}), 0, "chưa có hình"),
        (lambda s: s[0]["parts"].append(picture(places=[PLACE])), 0, "ra ngoài hình"),
        (lambda s: s[0]["parts"].append({"part": "call", "who": "A", "picture": 1}), 0, "lời tả"),
        (lambda s: s.append({"name": "Lạc", "say": "x", "ending": "good"}), 5, "Không có đường"),
    ],
)
def test_each_rule(change, place, words):
    found = pretending.faults(bent(change))
    assert [said for where, said in found if where == place and words in said]


def test_going_round_for_ever_is_no_way_out():
    screens = bent(lambda s: s[1]["parts"][0]["options"].pop(2))
    screens[1]["parts"][0]["options"][0].update(to="Vòng")
    screens[2:3] = [
        {"name": "Vòng", "say": "x", "parts": [{"part": "button", "label": "Lại", "to": "Họ đòi mã"}]}
    ]
    del screens[4]
    assert {place for place, words in pretending.faults(screens) if "không đi tới được" in words} == {1, 2}


def test_every_act_has_an_id_what_it_says_and_where_it_leads():
    acts = {act["id"]: act for act in pretending.acts_of(GOOD)}
    assert list(acts) == [
        "chuong-reo.1", "chuong-reo.2", "ho-doi-ma.1", "ho-doi-ma.2", "ho-doi-ma.3", "go-so.1", "go-so.2",
    ]  # fmt: skip
    assert acts["chuong-reo.1"] == {
        "id": "chuong-reo.1",
        "text": "Nghe máy",
        "correct": False,
        "feedback": "Khoan.",
        "to": "ho-doi-ma",
    }
    assert acts["ho-doi-ma.2"]["correct"]
    assert not acts["ho-doi-ma.2"]["to"]
    assert (acts["go-so.1"]["text"], acts["go-so.1"]["correct"]) == ("gõ “123” vào ô “Số cần gọi”", True)
    assert (acts["go-so.2"]["text"], acts["go-so.2"]["to"]) == ("gõ “456” vào ô “Số cần gọi”", "")


def test_a_keypad_may_take_any_number_but_those_easy_to_guess():
    screens = bent(lambda s: keypad(s).update(accept=["*"], refuse=["Dễ đoán"], digits=6))
    assert pretending.faults(screens) == []
    acts = {act["id"]: act["text"] for act in pretending.acts_of(screens)}
    assert acts["go-so.2"] == "gõ dãy số dễ đoán vào ô “Số cần gọi”"


def test_what_is_only_drawn_is_no_act():
    drawn = [{"name": "A", "parts": [{"part": "row", "label": "Tin"}, {"part": "bar", "title": "B"}]}]
    assert pretending.acts_of(drawn) == []


def test_the_way_left_is_the_shortest_to_a_good_end():
    assert pretending.steps_left(GOOD) == {
        "chuong-reo": 1,
        "ho-doi-ma": 2,
        "go-so": 1,
        "yen-tam": 0,
        "mat-ma": 0,
    }


@pytest.mark.parametrize("typed", ["VNeID", "vneid", " V Ne ID ", "vnéid"])
def test_case_accents_and_spaces_do_not_matter(typed):
    assert pretending.squashed(typed) == "vneid"


def test_a_hyphen_is_no_dot():
    assert pretending.squashed("dichvucong.gov.vn") != pretending.squashed("dichvucong-gov-vn")
