"""A learner's form that came when her sign-in had ended: it waits for her, and for nobody else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import cards, unsent
from accounts.models import User
from quizzes import placing
from quizzes.models import Placement
from tests.make import make_learner
from tests.quizzes.remembering import course_with_checks

PIN = "482951"
PAGE = "/hoc-tap/an-toan-kns04/bai-1/da-biet/"
WAITS = "/chua-gui/"
HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_REFERER": f"http://testserver{PAGE}"}


@pytest.fixture
def course(db):
    return course_with_checks(per_lesson=3)


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


@pytest.fixture
def sheet(course, lan):
    refs = [one.ref for one in placing.questions(course.items.get(key="kns04-01"))]
    return {"asked": refs, **{f"q-{ref}": "b" for ref in refs}, "for": str(lan.public_id)}


@pytest.fixture
def expired(lan):
    """Her browser, the page open, once the sign-in has ended on the server."""
    client = Client()
    client.force_login(lan.user)
    client.get("/hoc-tap/")
    client.session.flush()
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def carried(page) -> dict[str, list[str]]:
    """The fields of the form that would be sent again."""
    form = re.search(rf'<form method="post" action="{PAGE}">(.*?)</form>', page.content.decode(), re.DOTALL)
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[1]) if form else []:
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


def as_lists(data):
    return {name: value if isinstance(value, list) else [value] for name, value in data.items()}


def sign_in(client, user, at):
    return client.post(at, {"login": user.phone, "password": PIN})


def test_it_waits_until_she_is_back_and_sends_it(expired, lan, sheet):
    answer = expired.post(PAGE, sheet, **HERE)
    door = answer["Location"]
    assert door == "/dang-nhap/?next=%2Fchua-gui%2F"
    assert "những gì vừa chọn, vừa điền vẫn còn" in text(expired.get(door))
    assert "vẫn còn" in text(expired.post(door, {"login": lan.user.phone, "password": "111111"}))
    assert sign_in(expired, lan.user, door)["Location"] == WAITS
    page = expired.get(WAITS)
    assert carried(page) == as_lists(sheet)
    assert not Placement.objects.exists()  # shown, not sent
    assert expired.post(PAGE, carried(page))["Location"] == PAGE
    assert Placement.objects.get().learner == lan
    assert "Không có phần nào chờ gửi" in text(expired.get(WAITS))


def test_every_door_leads_back_to_it(expired, lan, sheet):
    """Her card, and a door that was asked for no page (the number's own, a new PIN after a forgotten one)."""
    expired.post(PAGE, sheet, **HERE)
    token = cards.address(cards.card_of(lan, by=None)).split("#")[1]
    assert expired.post("/the/vao/", {"token": token})["Location"] == WAITS
    assert carried(expired.get(WAITS)) == as_lists(sheet)
    expired.session.flush()
    assert sign_in(expired, lan.user, "/dang-nhap/")["Location"] == WAITS


@pytest.mark.parametrize("door", ["card", "number"])
def test_who_else_comes_in_leaves_it_to_her(expired, lan, sheet, phu_thai, door):
    """Led to a page that asks nothing of her; the form is there when its owner comes."""
    expired.post(PAGE, sheet, **HERE)
    hoa = make_learner("Trần Thị Hoa", commune=phu_thai)
    if door == "card":
        token = cards.address(cards.card_of(hoa, by=None)).split("#")[1]
        assert expired.post("/the/vao/", {"token": token})["Location"] == "/hoc-tap/"
    else:
        hoa.user.set_password(PIN)
        hoa.user.save()
        assert sign_in(expired, hoa.user, "/dang-nhap/")["Location"] == "/hoc-tap/"
    expired.session.flush()
    assert sign_in(expired, lan.user, "/dang-nhap/")["Location"] == WAITS
    assert carried(expired.get(WAITS)) == as_lists(sheet)


def test_it_is_dropped_by_her(expired, lan, sheet):
    sign_in(expired, lan.user, expired.post(PAGE, sheet, **HERE)["Location"])
    assert expired.post(WAITS)["Location"] == PAGE
    assert carried(expired.get(WAITS)) == {}


def test_it_is_shown_to_nobody_else(expired, phu_thai, sheet):
    hoa = make_learner("Trần Thị Hoa", commune=phu_thai)
    hoa.user.set_password(PIN)
    hoa.user.save()
    sign_in(expired, hoa.user, expired.post(PAGE, sheet, **HERE)["Location"])
    page = expired.get(WAITS)
    assert "của người khác, nên chúng tôi đã bỏ" in text(page)
    assert sheet["asked"][0] not in page.content.decode()
    assert not Placement.objects.exists()
    assert "của người khác" not in text(expired.get(WAITS))


def test_on_a_shared_phone_it_is_asked_first_who_learns(expired, lan, phu_thai, sheet):
    minh = make_learner("Phạm Văn Minh", user=lan.user, commune=phu_thai)
    to = sign_in(expired, lan.user, expired.post(PAGE, sheet, **HERE)["Location"])["Location"]
    assert to == "/ai-dang-hoc/?next=%2Fchua-gui%2F"
    assert expired.get(WAITS)["Location"] == to
    chosen = expired.post("/ai-dang-hoc/", {"learner": str(lan.public_id), "next": WAITS})
    assert carried(expired.get(chosen["Location"])) == as_lists(sheet)
    expired.post("/ai-dang-hoc/", {"learner": str(minh.public_id)})
    assert carried(expired.get(WAITS)) == {}


def test_a_form_that_says_no_name_goes_by_who_learned(expired, lan):
    """`hvs_who` of the browser says whose page it was."""
    expired.post("/ai-dang-hoc/them/", {"name": "Vũ Văn Út"})
    sign_in(expired, lan.user, "/dang-nhap/")
    assert "Vũ Văn Út" in text(expired.get(WAITS))


def test_no_secret_travels(expired, lan):
    sent = {"phone": "0987 654 323", "current": "111222", "pin": "333444", "for": str(lan.public_id)}
    expired.post("/du-lieu-cua-toi/so/", sent)
    sign_in(expired, lan.user, "/dang-nhap/")
    page = text(expired.get(WAITS))
    assert ("0987 654 323" in page, "111222" in page, "333444" in page) == (True, False, False)
    assert "Mã bí mật thì không giữ" in page


def test_every_name_called_sensitive_is_a_secret():
    root = Path(__file__).parents[2]
    names: set[str] = set()
    for path in root.glob("[a-z]*/**/*.py"):
        if "tests" not in path.parts:
            for called in re.findall(r"sensitive_post_parameters\(([^)]*)\)", path.read_text()):
                names |= set(re.findall(r'"(\w+)"', called))
    assert names
    assert names - unsent.SECRETS == set()


@pytest.mark.parametrize(
    "sent",
    [
        {"pin": "739164", "for": "{lan}"},
        {"text": "".join(chr(0x4E00 + n * 7 % 20000) for n in range(4000)), "for": "{lan}"},
        {"text": "a" * 20_001, "for": "{lan}"},
        {"file": SimpleUploadedFile("a.txt", b"x"), "text": "a", "for": "{lan}"},
        {"text": "a", "for": "x"},
    ],
    ids=["a secret", "too long", "packs small", "a file", "of nobody"],
)
def test_what_is_not_kept_is_said(expired, lan, sent):
    expired.cookies.pop("hvs_who")
    sent = {name: str(lan.public_id) if value == "{lan}" else value for name, value in sent.items()}
    door = expired.post("/du-lieu-cua-toi/yeu-cau/", sent)["Location"]
    assert door == "/dang-nhap/?next=%2Fdu-lieu-cua-toi%2Fyeu-cau%2F&chua-gui=1"
    assert unsent.COOKIE not in expired.cookies
    assert "phần nào không còn thì điền lại" in text(expired.get(door))


@pytest.mark.parametrize("path", ["/quan-ly/yeu-cau/", "/admin/pages/2/edit/"])
def test_what_staff_type_at_work_is_not_carried(expired, lan, path):
    """A manager by number has a learner's cookie too, and writes of others."""
    answer = expired.post(path, {"name": "Vũ Văn Út", "reason": "Sai năm sinh"})
    assert answer.status_code == 302
    assert unsent.COOKIE not in expired.cookies


# --- Sent again, and something stands before it ---


@pytest.fixture
def asked(expired, lan, phu_thai) -> tuple[str, str]:
    """Her id, and where what she asked waits: behind her own PIN, on a phone she shares."""
    make_learner("Phạm Văn Minh", user=lan.user, commune=phu_thai)
    lan.pin = make_password("739164")
    lan.save()
    her, path = str(lan.public_id), "/du-lieu-cua-toi/yeu-cau/"
    door = expired.post(path, {"text": "Tên tôi sai dấu", "for": her})["Location"]
    sign_in(expired, lan.user, door)
    expired.post("/ai-dang-hoc/", {"learner": her, "next": WAITS})
    return her, path


def test_what_asks_for_her_own_pin_first_leads_back_to_it(expired, asked):
    her, path = asked
    sent = {"text": "Tên tôi sai dấu", "for": her}
    assert expired.post(path, sent)["Location"] == "/ma-rieng/?next=%2Fchua-gui%2F"
    assert expired.post("/ma-rieng/", {"pin": "739164", "for": her, "next": WAITS})["Location"] == WAITS
    assert "Tên tôi sai dấu" in text(expired.get(WAITS))
    expired.post(path, sent)
    assert "Không có phần nào chờ gửi" in text(expired.get(WAITS))


def test_what_is_written_anew_before_a_door_is_what_waits(expired, asked):
    """Never the older words as those that she sent just now."""
    her, path = asked
    long = {"text": "a" * 20_001, "for": her}
    assert expired.post(path, long)["Location"].endswith("&cho=1")  # is told that it is lost
    door = expired.post(path, {"text": "Năm sinh tôi sai", "for": her})["Location"]
    assert door == "/ma-rieng/?next=%2Fchua-gui%2F"
    expired.post(door, {"pin": "739164", "for": her, "next": WAITS})
    waits = text(expired.get(WAITS))
    assert "Năm sinh tôi sai" in waits
    assert "Tên tôi sai dấu" not in waits


@pytest.mark.parametrize("answer", [HttpResponse(), HttpResponseRedirect("/ai-dang-hoc/?next=/x/")])
def test_anothers_form_at_the_same_address_is_not_hers(rf, expired, sheet, answer):
    expired.post(PAGE, sheet, **HERE)
    rf.cookies[unsent.COOKIE] = expired.cookies[unsent.COOKIE].value
    his = rf.post(PAGE, {**sheet, "for": "0b0f7a3e-8c1c-4f43-9d06-0d9b6b0f7a11"})
    given = unsent.CarryUnsent(lambda request: answer)(his)
    assert unsent.COOKIE not in given.cookies
    assert given.get("Location", "") in {"", "/ai-dang-hoc/?next=/x/"}


@pytest.mark.parametrize(
    ("answer", "stays"),
    [
        *((HttpResponse(status=status), True) for status in (403, 409, 429, 500, 503)),
        *((HttpResponse(status=status), False) for status in (200, 400, 404)),
        *((HttpResponseRedirect(f"{to}?next=/x/"), True) for to in ("/the/can-ma/", "/ai-dang-hoc/")),
        (HttpResponseRedirect("/ai-dang-hoc/"), False),
        (HttpResponseRedirect("/ma-rieng/?next=/kiem-tra/x/&cho=2"), False),
    ],
    ids=lambda value: f"{value.status_code} {value.get('Location', '')}" if hasattr(value, "get") else "",
)
def test_it_stays_until_its_own_view_answered(rf, expired, lan, sheet, answer, stays):
    expired.post(PAGE, sheet, **HERE)
    rf.cookies[unsent.COOKIE] = expired.cookies[unsent.COOKIE].value
    given = unsent.CarryUnsent(lambda request: answer)(rf.post(PAGE, sheet))
    assert (unsent.COOKIE not in given.cookies) is stays


def test_what_is_forged_or_old_is_nothing(expired, lan, sheet, monkeypatch):
    sign_in(expired, lan.user, expired.post(PAGE, sheet, **HERE)["Location"])
    kept = expired.cookies[unsent.COOKIE].value
    assert expired.cookies[unsent.COOKIE]["httponly"]
    assert len(kept) < unsent.MOST_LETTERS
    expired.cookies[unsent.COOKIE] = "a" + kept
    assert carried(expired.get(WAITS)) == {}
    expired.cookies[unsent.COOKIE] = kept
    late = timezone.now().timestamp() + unsent.SECONDS + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: late)
    assert carried(expired.get(WAITS)) == {}


def test_signing_out_forgets_it(expired, lan, sheet):
    sign_in(expired, lan.user, expired.post(PAGE, sheet, **HERE)["Location"])
    expired.post(reverse("accounts:signout"))
    assert not expired.cookies[unsent.COOKIE].value


def test_a_page_read_when_signed_out_is_not_a_lost_form(client, course):
    door = client.get(PAGE)["Location"]
    assert unsent.COOKIE not in client.cookies
    assert "chưa được nhận" not in text(client.get(door))


# --- A tab with an old token: the sign-in was made again in another one ---


@pytest.fixture
def old_tab(lan, course):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan.user)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', client.get(PAGE).content.decode())[1]
    client.cookies.pop("csrftoken")
    client.get(PAGE)  # another secret, as after a sign-in
    client.old = token
    return client


def test_an_old_tab_sends_once_more_with_a_press(old_tab, sheet):
    answer = old_tab.post(PAGE, sheet | {"csrfmiddlewaretoken": old_tab.old}, **HERE)
    assert (answer.status_code, answer["Location"]) == (302, WAITS)
    assert not Placement.objects.exists()
    page = old_tab.get(WAITS)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    assert carried(page) == as_lists(sheet)
    old_tab.post(PAGE, sheet | {"csrfmiddlewaretoken": token})
    assert Placement.objects.exists()


def test_an_old_tab_of_who_went_out_waits_too(old_tab, sheet):
    old_tab.session.flush()
    answer = old_tab.post(PAGE, sheet | {"csrfmiddlewaretoken": old_tab.old}, **HERE)
    assert answer["Location"] == "/dang-nhap/?next=%2Fchua-gui%2F"


@pytest.mark.parametrize("more", [{}, {"for": ""}], ids=["no name", "empty"])
def test_a_nameless_form_of_an_old_tab_is_nobodys(old_tab, lan, phu_thai, more):
    """Another signed in meanwhile: who learns now is not who typed."""
    hoa = make_learner("Trần Thị Hoa", commune=phu_thai)
    old_tab.force_login(hoa.user)
    old_tab.get("/hoc-tap/")
    assert old_tab.cookies["hvs_who"].value == str(hoa.public_id)
    sent = {"name": "Vũ Văn Út", "csrfmiddlewaretoken": old_tab.old, **more}
    assert old_tab.post("/ai-dang-hoc/them/", sent, **HERE).status_code == 403
    assert unsent.COOKIE not in old_tab.cookies
    assert "Vũ Văn Út" not in text(old_tab.get(WAITS))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_gets_no_button(old_tab, sheet, origin):
    headers = {"HTTP_ORIGIN": origin} if origin else {}
    answer = old_tab.post(PAGE, sheet | {"csrfmiddlewaretoken": old_tab.old}, **headers)
    assert answer.status_code == 403
    assert unsent.COOKIE not in old_tab.cookies
    assert carried(old_tab.get(WAITS)) == {}


def test_nothing_typed_is_nothing_to_send_again(old_tab, lan):
    """An old "Thoát" stays refused: no page offers to sign her out a little later."""
    answer = old_tab.post("/dang-xuat/", {"csrfmiddlewaretoken": old_tab.old}, **HERE)
    assert answer.status_code == 403
    assert User.objects.get(pk=old_tab.session["_auth_user_id"]) == lan.user


def test_who_only_works_here_gets_the_plain_page(client, chi):
    client.force_login(chi)
    page = client.get(WAITS)
    assert (page.status_code, carried(page)) == (200, {})
