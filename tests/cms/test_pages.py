"""Public pages: the same bytes for everybody, readable without script, cheap."""

import re

import pytest
from django.urls import reverse

from cms import authoring
from cms.models import CourseIndexPage, CoursePage, HomePage, LessonPage, Picture

from .conftest import QUESTION, edit, paragraph, put_course, put_lesson
from .test_marking import unmarked

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/khoa-hoc/",
    "/khoa-hoc/an-toan-tren-mang/",
    "/khoa-hoc/an-toan-tren-mang/bai-1/",
    "/tim/",
    "/tim/?q=bai",
]


@pytest.mark.parametrize("url", PAGES)
def test_the_same_for_everybody(client, khoa, lan, url):
    anonymous = client.get(url)
    assert anonymous.status_code == 200
    client.force_login(lan.user)
    signed_in = client.get(url)
    assert signed_in.content == anonymous.content
    for response in (anonymous, signed_in):
        assert "cookie" not in response.headers.get("Vary", "").lower()
        assert not response.cookies
        page = response.content.decode().lower()
        assert 'method="post"' not in page
        assert "csrf" not in page
        assert lan.name.lower() not in page


@pytest.mark.parametrize("url", PAGES)
def test_no_inline_style_or_script(client, khoa, url):
    page = client.get(url).content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    ("url", "most"),
    [
        ("/", 12),
        ("/khoa-hoc/", 10),
        ("/khoa-hoc/an-toan-tren-mang/", 10),
        ("/khoa-hoc/an-toan-tren-mang/bai-1/", 12),
    ],
)
def test_cost_does_not_grow_with_lessons(client, khoa, url, most, django_assert_max_num_queries):
    more = [put_lesson(khoa, number) for number in range(3, 11)]
    authoring.make_live(more)
    client.get(url)
    with django_assert_max_num_queries(most):
        client.get(url + "?moi=1")


def test_a_lesson_says_where_it_stands(client, bai):
    page = client.get(bai.path_of_site()).content.decode()
    assert "Bài 1 trong 2 · khoảng 6 phút" in page
    assert 'href="/hoc-tap/an-toan-tren-mang/bai-1/xong/"' in page
    assert "Bài trước" not in page
    assert 'href="/khoa-hoc/an-toan-tren-mang/bai-2/"' in page


def test_the_last_lesson_leads_to_the_test(client, khoa):
    page = client.get("/khoa-hoc/an-toan-tren-mang/bai-2/").content.decode()
    assert 'href="/kiem-tra/an-toan-tren-mang/"' in page
    assert 'href="/khoa-hoc/an-toan-tren-mang/bai-1/"' in page


def test_questions_answer_themselves_without_script(client, bai):
    page = client.get(bai.path_of_site()).content.decode()
    assert 'data-question="kns04-01-c1" data-kind="single"' in page
    details = page[page.index('<details class="answer">') :]
    assert 'data-choice="a" data-correct="true"' in details
    assert 'data-choice="b" data-correct="false"' in details
    assert "Không ai có quyền hỏi mã." in details
    assert 'type="radio" name="kns04-01-c1" value="a"' in page


def test_several_right_answers_are_check_boxes(client, khoa):
    value = {**QUESTION["value"], "kind": "multiple"}
    authoring.make_live([put_lesson(khoa, 3, blocks=[{"type": "question", "id": "q", "value": value}])])
    page = client.get("/khoa-hoc/an-toan-tren-mang/bai-3/").content.decode()
    assert 'type="checkbox" name="q"' in page
    assert "chọn mọi câu đúng" in page


def test_every_block_shows(client, khoa):
    picture, _ = authoring.put_picture(
        origin="x",
        title="x",
        filename="x.svg",
        data=b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"/>',
    )
    blocks = [
        {"type": "heading", "value": "Tiêu đề nhỏ"},
        {
            "type": "steps",
            "value": [{"action": "Bấm nút", "explanation": "<p>Nút to.</p>", "picture": None, "alt": ""}],
        },
        {"type": "list", "value": ["<p>Một điều</p>"]},
        {"type": "tip", "value": "<p>Mẹo hay</p>"},
        {"type": "warning", "value": "<p>Chớ bấm</p>"},
        {"type": "example", "value": "<p>Bà Hoa</p>"},
        {"type": "illustration", "value": {"picture": picture.pk, "alt": "Một ngọn đèn", "caption": "Đèn"}},
    ]
    authoring.make_live([put_lesson(khoa, 3, blocks=blocks, sources="<p>Sách</p>")])
    page = unmarked(client.get("/khoa-hoc/an-toan-tren-mang/bai-3/").content.decode())
    for words in [
        "<h2>Tiêu đề nhỏ</h2>",
        "<strong>Bấm nút</strong>",
        "Nút to.",
        "Một điều",
        "Mẹo hay",
        "Chớ bấm",
        "Bà Hoa",
    ]:
        assert words in page
    assert 'alt="Một ngọn đèn"' in page
    assert 'width="64" height="32"' in page
    assert "Nguồn tham khảo" in page


def test_a_course_lists_its_live_lessons(client, khoa):
    put_lesson(khoa, 3, title="Bản nháp")
    page = client.get("/khoa-hoc/an-toan-tren-mang/").content.decode()
    assert "Khoảng 12 phút" in page
    assert "Bản nháp" not in page
    assert 'data-item="kns04-01"' in page
    assert "/kiem-tra/an-toan-tren-mang/" in page
    assert "Giấy ghi nhận hoàn thành khóa học" in page


def test_a_course_without_lessons_says_so(client, khoa):
    authoring.make_live([put_course("MOI", slug="moi", title="Mới", final_test=None)])
    page = client.get("/khoa-hoc/moi/").content.decode()
    assert "đang được soạn" in page


def test_empty_site(client):
    authoring.ensure_site()
    for url in ("/", "/khoa-hoc/"):
        assert "Chưa có khóa học nào" in client.get(url).content.decode()


def test_the_catalogue_by_domain(client, khoa):
    edit(khoa, competences=["4.2"])
    authoring.make_live([put_course("KNS01", slug="dt", title="Điện thoại", competences=["1.1"])])
    every = client.get("/khoa-hoc/").content.decode()
    assert "Điện thoại" in every
    assert "An toàn trên mạng" in every
    one = client.get("/khoa-hoc/?linh-vuc=1").content.decode()
    assert 'href="/khoa-hoc/dt/"' in one
    assert 'href="/khoa-hoc/an-toan-tren-mang/"' not in one
    assert client.get("/khoa-hoc/?linh-vuc=%00x").status_code == 200


def test_unknown_competences_are_refused(khoa):
    from django.core.exceptions import ValidationError

    khoa.competences = ["9.9"]
    with pytest.raises(ValidationError, match=r"9\.9"):
        khoa.full_clean()


# --- addresses --------------------------------------------------------------

TITLE = "Đường đến đổi mới số"
SLUG = "duong-den-doi-moi-so"


def test_an_address_without_accents_when_made():
    course = put_course(slug="", title=TITLE)
    assert course.slug == SLUG


def test_an_address_without_accents_when_edited(bai):
    assert edit(bai, slug=TITLE).slug == SLUG


def test_a_title_without_letters_still_gets_an_address():
    assert put_course(slug="", title="🪔🪔").slug == "trang"


@pytest.mark.parametrize("typed", ["", TITLE, "djng-djn"])
def test_the_address_in_the_editor(client, khoa, quan_tri, typed):
    quan_tri.is_superuser = True
    quan_tri.save()
    client.force_login(quan_tri)
    url = reverse("wagtailadmin_pages:add", args=["cms", "coursepage", khoa.get_parent().pk])
    data = {"title": TITLE, "slug": typed, "code": "X1", "summary": "x", "pass_percent": 80, "test_draw": 10}
    data |= {"attempts_per_day": 3, "wait_minutes": 10, "time_limit_minutes": 30, "has_test": "on"}
    response = client.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    assert CoursePage.objects.get(code="X1").slug == (typed if typed == "djng-djn" else SLUG)
    assert CoursePage.objects.get(code="X1").title == TITLE


# --- what no page of ours offers --------------------------------------------


@pytest.mark.parametrize("model", [HomePage, CourseIndexPage, CoursePage, LessonPage])
def test_no_page_can_be_restricted(model):
    assert model.private_page_options == []


@pytest.mark.parametrize("model", [CoursePage, LessonPage])
def test_no_expiry_on_the_form(model):
    assert not {"expire_at", "go_live_at"} & set(model.get_edit_handler().get_form_class().base_fields)


def test_hostile_svg_is_cleaned_and_photographs_forget_where():
    import io

    from PIL import Image

    head = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    svg = head + b'<script>alert(1)</script><rect onclick="x()"/></svg>'
    picture, _ = authoring.put_picture(origin="s", title="x", filename="x.svg", data=svg)
    stored = Picture.objects.get(pk=picture.pk).file.read()
    assert b"script" not in stored
    assert b"onclick" not in stored
    assert b"rect" in stored
    exif = Image.Exif()
    exif[0x010F] = "May anh cua ba Lan"
    exif[0x0112] = 6
    photo = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(photo, "JPEG", exif=exif)
    assert b"ba Lan" in photo.getvalue()
    picture, _ = authoring.put_picture(origin="p", title="x", filename="x.jpg", data=photo.getvalue())
    stored = Picture.objects.get(pk=picture.pk)
    assert b"ba Lan" not in stored.file.read()
    assert (stored.width, stored.height) == (20, 40)


def test_a_lesson_with_a_photograph(client, khoa):
    import io

    from PIL import Image

    photo = io.BytesIO()
    Image.new("RGB", (1200, 600), "red").save(photo, "PNG")
    picture, _ = authoring.put_picture(origin="p", title="x", filename="x.png", data=photo.getvalue())
    block = {"type": "illustration", "value": {"picture": picture.pk, "alt": "Ảnh", "caption": ""}}
    authoring.make_live([put_lesson(khoa, 3, blocks=[block, paragraph("x")])])
    page = client.get("/khoa-hoc/an-toan-tren-mang/bai-3/").content.decode()
    assert "srcset=" in page
    assert ".webp" in page


def test_a_lesson_with_two_questions_may_be_known_already(client, khoa):
    link = 'href="/hoc-tap/an-toan-tren-mang/bai-{}/da-biet/"'
    two = put_lesson(
        khoa,
        7,
        blocks=[paragraph("Nội dung"), {**QUESTION, "id": "q-1"}, {**QUESTION, "id": "q-2"}],
    )
    authoring.make_live([two])
    assert link.format(7) in client.get("/khoa-hoc/an-toan-tren-mang/bai-7/").content.decode()
    assert "da-biet" not in client.get("/khoa-hoc/an-toan-tren-mang/bai-1/").content.decode()
