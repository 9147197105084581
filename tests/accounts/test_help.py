"""Help nearby, messages without an account, feedback on any page."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from wagtail.models import Page

from accounts import helping, page_words, retention
from accounts.forms_help import safe_path
from accounts.models import Feedback, HelpContact, HelpMember, HelpMessage

SENT = {"name": "Vũ Văn Tư", "phone": "0912 345 678", "text": "Tôi quên mã.\nGiúp tôi với"}
WRITE = "/tro-giup/nhan/10750/"


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


@pytest.fixture
def an(phu_thai):
    return HelpMember.objects.create(place=phu_thai, name="Bùi Văn An", phone="+84987654321", area="Thôn 1")


def test_who_helps_in_a_commune(client, phu_thai, an):
    HelpContact.objects.create(place=phu_thai, name="Phòng Văn hóa – Xã hội", phone="0225 3 123 456")
    html = client.get("/tro-giup/?xa=phu+thai").content.decode()
    assert ("Phòng Văn hóa" in html, "Bùi Văn An" in html, 'href="tel:02253123456"' in html) == (True,) * 3


def test_her_own_commune_is_shown_at_once(client, lan, an):
    assert "Bùi Văn An" not in client.get("/tro-giup/").content.decode()
    client.force_login(lan.user)
    assert "Bùi Văn An" in client.get("/tro-giup/").content.decode()


def test_an_unknown_place_is_explained(client, phu_thai):
    assert "Không tìm thấy xã" in client.get("/tro-giup/?xa=zzz").content.decode()
    assert client.get("/tro-giup/nhan/99999/")["Location"] == "/tro-giup/"
    assert "chưa ghi ai để gọi" in client.get("/tro-giup/?noi=10750").content.decode()


def test_a_message_needs_no_account(client, desk, phu_thai):
    assert client.post(WRITE, SENT).status_code == 302
    kept = HelpMessage.objects.get()
    assert (kept.place, kept.phone, kept.text) == (phu_thai, "+84912345678", "Tôi quên mã.\nGiúp tôi với")
    assert "Tôi quên mã." in desk.get("/quan-ly/tin-nhan/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Hãy ghi họ và tên"),
        ({"text": " \n "}, "Hãy ghi điều"),
        ({"text": "x" * 1001}, "nhiều nhất 1000 chữ"),
        ({"phone": "12"}, "không phải số điện thoại"),
    ],
)
def test_what_is_wrong_is_said(client, phu_thai, change, says):
    assert says in client.post(WRITE, SENT | change).content.decode()
    assert not HelpMessage.objects.exists()


def test_the_number_may_be_left_out(client, phu_thai):
    client.post(WRITE, SENT | {"phone": ""})
    assert HelpMessage.objects.get().phone == ""


def test_a_machine_is_thanked_and_forgotten(client, phu_thai):
    assert client.post(WRITE, SENT | {"trang_web": "http://spam"}).status_code == 302
    client.post("/gop-y/", {"page": "/", "helped": "co", "trang_web": "x"})
    assert not HelpMessage.objects.exists()
    assert not Feedback.objects.exists()


def test_a_flood_is_stopped(client, phu_thai, monkeypatch):
    monkeypatch.setattr(helping, "AN_HOUR", 2)
    answers = [client.post(WRITE, SENT) for _ in range(3)]
    assert [one.status_code for one in answers] == [302, 302, 200]
    assert "Vừa có nhiều lời nhắn" in answers[2].content.decode()
    assert HelpMessage.objects.count() == 2


def test_messages_are_answered_and_closed(desk, chi, phu_thai):
    message = HelpMessage.objects.create(place=phu_thai, name="Tư", text="Giúp")
    desk.post(f"/quan-ly/tin-nhan/{message.pk}/", {"state": "answered"})
    message.refresh_from_db()
    assert (message.state, message.handled_by) == ("answered", chi)
    assert "Không có lời nhắn nào" in desk.get("/quan-ly/tin-nhan/").content.decode()
    assert "Tư" in desk.get("/quan-ly/tin-nhan/?loc=answered").content.decode()
    desk.post(f"/quan-ly/tin-nhan/{message.pk}/", {"state": "nonsense"})
    message.refresh_from_db()
    assert message.state == "answered"


def test_another_commune_sees_none_of_it(sau, phu_thai, an):
    message = HelpMessage.objects.create(place=phu_thai, name="Vũ Văn Tư", text="Giúp")
    client = Client()
    client.force_login(sau)
    assert "Vũ Văn Tư" not in client.get("/quan-ly/tin-nhan/?loc=tat-ca").content.decode()
    for path in (f"tin-nhan/{message.pk}/", f"tro-giup/nguoi/{an.pk}/rut/", "tro-giup/10750/"):
        assert client.post(f"/quan-ly/{path}", {"state": "closed"}).status_code == 404
    an.refresh_from_db()
    assert an.withdrawn_at is None


def test_officials_keep_the_contact(desk, client, phu_thai):
    data = {"lienhe-name": "Chị Chi", "lienhe-phone": "0225 3 123 456", "lienhe-hours": "8–17 giờ"}
    assert desk.post("/quan-ly/tro-giup/10750/", data).status_code == 302
    assert "Chị Chi" in client.get("/tro-giup/?noi=10750").content.decode()
    wrong = desk.post("/quan-ly/tro-giup/10750/", data | {"lienhe-phone": "gọi tôi"})
    assert "chỉ gồm các chữ số" in wrong.content.decode()


def test_only_who_agreed_is_shown_and_she_may_withdraw(desk, client, phu_thai):
    data = {"agreed_form": "1", "nguoi-name": "Bùi Văn An", "nguoi-phone": "0987654321"}
    assert "đã đồng ý" in desk.post("/quan-ly/tro-giup/10750/", data).content.decode()
    assert not HelpMember.objects.exists()
    desk.post("/quan-ly/tro-giup/10750/", data | {"nguoi-agreed": "on"})
    member = HelpMember.objects.get()
    assert "Bùi Văn An" in client.get("/tro-giup/?noi=10750").content.decode()
    desk.post(f"/quan-ly/tro-giup/nguoi/{member.pk}/rut/")
    member.refresh_from_db()
    assert (member.name, member.phone, member.withdrawn_at is not None) == ("", "", True)
    assert "Bùi Văn An" not in client.get("/tro-giup/?noi=10750").content.decode()


def test_the_database_keeps_no_name_after_withdrawal(an):
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpMember.objects.filter(pk=an.pk).update(withdrawn_at="2026-01-01T00:00Z")


def test_a_page_is_named_by_its_title(client, db):
    home = Page.objects.get(depth=1).add_child(title="Home", slug="trang-chu")
    course = home.add_child(title="Các khóa học", slug="khoa-hoc")
    said = page_words.of(["/", "/khoa-hoc/", "/du-lieu-cua-toi/so/", "/la/"])
    assert said == {
        "/": "Trang đầu",
        "/khoa-hoc/": course.title,
        "/du-lieu-cua-toi/so/": "Dữ liệu của tôi",
        "/la/": "/la/",
    }
    assert "trang <a" in client.get("/gop-y/?trang=/khoa-hoc/").content.decode()


def test_feedback_says_which_page(client, bien, db):
    desk = Client()
    desk.force_login(bien)
    html = client.get("/gop-y/", headers={"referer": "http://testserver/khoa-hoc/a/?x=1"}).content.decode()
    assert 'value="/khoa-hoc/a/"' in html
    assert (
        client.post("/gop-y/", {"page": "/khoa-hoc/a/", "helped": "khong", "text": "Chữ nhỏ quá"}).status_code
        == 302
    )
    assert "Chữ nhỏ quá" in desk.get("/quan-ly/gop-y/?y=khong").content.decode()
    assert "Chữ nhỏ quá" not in desk.get("/quan-ly/gop-y/?y=co").content.decode()
    desk.post("/quan-ly/gop-y/", {"pk": Feedback.objects.get().pk})
    assert "Chữ nhỏ quá" not in desk.get("/quan-ly/gop-y/").content.decode()
    assert "Chữ nhỏ quá" in desk.get("/quan-ly/gop-y/?dong=1").content.decode()


@pytest.mark.parametrize(
    "page", ["//evil.example/", "javascript:alert(1)", "http://evil.example/", "/a b", ""]
)
def test_only_pages_of_this_site(client, db, page):
    client.post("/gop-y/", {"page": page, "helped": "co"})
    assert Feedback.objects.get().page == "/"


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/khoa-hoc/an-toan/bai-1/", "/khoa-hoc/an-toan/bai-1/"),
        ("/thong-ke/10888/", "/thong-ke/10888/"),
        ("/loi-moi/abc123/", "/"),
        ("/the/vao/", "/"),
        ("/quen-ma/ma-moi/", "/"),
        ("/giay/ABCDE-FGHJK-M/", "/giay/"),
        ("/quan-ly/giup-vao-lai/0b5c/", "/quan-ly/"),
        ("/khoa-hoc/../loi-moi/abc/", "/"),
        ("/thong-ke/10888/%2e%2e/", "/"),
        ("/bat-ky/", "/"),
    ],
)
def test_no_secret_address_is_kept(page, kept):
    assert safe_path(page) == kept


@pytest.mark.parametrize("path", ["/loi-moi/abc/", "/the/", "/quen-ma/"])
def test_pages_with_a_secret_address_do_not_lead_there(client, db, path):
    assert b"/gop-y/" not in client.get(path).content


def test_a_commune_reads_and_closes_what_is_said_of_its_own_pages_only(client, chi, bien, quan_tri, phu_thai):
    own = Feedback.objects.create(page=f"/thong-ke/{phu_thai.code}/", helped=False, text="Trang của xã")
    other = Feedback.objects.create(page="/thong-ke/99999/", helped=False, text="Trang xã khác")
    lesson = Feedback.objects.create(page="/khoa-hoc/a/", helped=False, text="Bài dài quá")
    assert list(Feedback.objects.visible_to(chi)) == [own]
    help_page = Feedback.objects.create(page=WRITE, helped=True)
    assert set(Feedback.objects.visible_to(chi)) == {own, help_page}
    for reader in (bien, quan_tri):
        assert set(Feedback.objects.visible_to(reader)) == {own, other, lesson, help_page}
    client.force_login(chi)
    html = client.get("/quan-ly/gop-y/").content.decode()
    assert own.text in html
    assert lesson.text not in html
    assert client.post("/quan-ly/gop-y/", {"pk": lesson.pk}).status_code == 404


def test_a_page_must_be_judged(client, db):
    assert "Hãy chọn Có hoặc Không" in client.post("/gop-y/", {"page": "/"}).content.decode()


def test_every_page_leads_there_and_stays_the_same_for_all(client, db):
    answer = client.get("/thong-ke/")
    assert b'href="/gop-y/"' in answer.content
    assert b'href="/tro-giup/"' in answer.content
    assert b"csrfmiddlewaretoken" not in answer.content


def test_after_a_year_it_is_gone(phu_thai):
    HelpMessage.objects.create(place=phu_thai, name="Tư", text="Giúp", at="2024-01-01T00:00Z")
    Feedback.objects.create(page="/", helped=True, at="2024-01-01T00:00Z")
    HelpMessage.objects.create(place=phu_thai, name="Tư", text="Giúp")
    gone = retention.run()
    assert (gone["help_messages"], gone["feedback"]) == (1, 1)


def test_who_reads_a_message_is_said(client, chi):
    """Members of the team have no inbox here: neither side is left to believe that they have."""
    assert "chưa có hộp thư" in client.get("/tro-giup/nhan/10750/").content.decode()
    client.force_login(chi)
    assert "chưa có hộp thư" in client.get("/quan-ly/tin-nhan/").content.decode()
