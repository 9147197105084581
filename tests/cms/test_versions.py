"""A lesson in words alone, on paper, and with its price: the same page for everybody."""

import re

import pytest

from cms import authoring, versions, weighing
from cms.models import LessonPage, Weighing

from .conftest import QUESTION, paragraph, put_lesson
from .test_marking import unmarked

pytestmark = pytest.mark.django_db
LESSON = "/khoa-hoc/an-toan-tren-mang/bai-3/"


@pytest.fixture
def drawn(khoa):
    """A lesson with a picture that has a caption, a step with a picture, and a question."""
    picture, _ = authoring.put_picture(
        origin="a",
        title="a",
        filename="a.svg",
        data=b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"/>',
    )
    blocks = [
        paragraph("Chuông reo."),
        {
            "type": "illustration",
            "value": {"picture": picture.pk, "alt": "Bà <Ba> nghe máy", "caption": "Chưa vội"},
        },
        {
            "type": "steps",
            "value": [
                {"action": "Cúp máy", "explanation": "", "picture": picture.pk, "alt": "Nút đỏ"},
            ],
        },
        {**QUESTION, "id": "kns04-03-c1"},
    ]
    page = put_lesson(khoa, 3, blocks=blocks)
    authoring.make_live([page])
    return LessonPage.objects.get(pk=page.pk)


def get(client, path, **extra):
    response = client.get(path, **extra)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("end", ["chi-chu/", "in/"])
def test_other_forms_are_the_same_for_everybody(client, drawn, lan, end):
    anonymous = client.get(LESSON + end)
    client.force_login(lan.user)
    signed_in = client.get(LESSON + end)

    assert signed_in.content == anonymous.content
    assert "cookie" not in signed_in.headers.get("Vary", "").lower()
    assert signed_in.resolver_match.url_name == "wagtail_serve"  # what the page cache keeps
    page = anonymous.content.decode()
    assert 'method="post"' not in page
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page)
    assert page.count("<h1") == 1
    assert f'<link rel="canonical" href="{LESSON}">' in page


def test_words_alone_tell_every_picture(client, drawn):
    page = unmarked(get(client, LESSON + "chi-chu/"))

    assert "<img" not in page
    assert "<strong>Hình:</strong> Bà &lt;Ba&gt; nghe máy <span>Chưa vội</span>" in page
    assert "<strong>Hình:</strong> Nút đỏ" in page
    assert f'href="{LESSON}" data-full' in page


def test_words_alone_lead_on_to_words_alone(client, khoa):
    page = get(client, "/khoa-hoc/an-toan-tren-mang/bai-1/chi-chu/")

    assert 'href="/khoa-hoc/an-toan-tren-mang/bai-2/chi-chu/"' in page
    assert 'data-next="/khoa-hoc/an-toan-tren-mang/bai-2/chi-chu/"' in page
    assert 'href="/hoc-tap/an-toan-tren-mang/bai-1/xong/"' in page


def test_words_alone_still_ask_and_keep(client, drawn):
    page = get(client, LESSON + "chi-chu/")

    assert 'data-question="kns04-03-c1"' in page
    assert 'data-lesson="bai-3"' in page


def test_a_picture_that_says_nothing_is_left_out():
    assert versions.told('<figure class="picture"><img src="a" alt=""></figure>') == ""
    same = '<figure class="picture"><img alt="Đèn"><figcaption>Đèn</figcaption></figure>'
    assert versions.told(same) == '<p class="told-picture"><strong>Hình:</strong> Đèn</p>'


def test_on_paper_questions_are_boxes_and_answers_come_last(client, drawn):
    page = get(client, LESSON + "in/")

    assert "<input" not in page[page.index("<article") :]
    assert "<details" not in page
    assert page.index("sheet-question") < page.index("sheet-answers")
    assert "Không ai có quyền hỏi mã." not in page[: page.index("sheet-answers")]
    assert "Không ai có quyền hỏi mã." in page
    assert 'alt="Nút đỏ"' in page
    assert 'loading="lazy"' not in page


def test_paper_leads_back_to_the_lesson(client, drawn, settings):
    settings.SITE_URL = "https://hoc.example.vn"
    page = get(client, LESSON + "in/")

    assert f"<code>https://hoc.example.vn{LESSON}</code>" in page
    assert f'aria-label="Mã QR của bài: https://hoc.example.vn{LESSON}"' in page


@pytest.mark.parametrize("end", ["la/", "chi-chu/in/", "in/in/"])
def test_there_are_no_others(client, drawn, end):
    assert client.get(LESSON + end).status_code == 404


def test_a_draft_has_no_other_forms(client, khoa):
    put_lesson(khoa, 3)

    assert client.get(LESSON + "in/").status_code == 404


def test_the_lesson_says_its_price_and_that_of_its_words(client, drawn):
    weighing.keep(drawn)
    kept = Weighing.objects.get(page=drawn)
    page = get(client, LESSON)

    first, alone = weighing.words(kept.first), weighing.words(kept.alone)
    assert f"khoảng 6 phút · {first} lần đầu, {alone} nếu đã mở bài khác<" in page
    assert kept.words_only < kept.first
    assert f"khoảng 6 phút · {weighing.words(kept.words_only)} lần đầu<" in get(client, LESSON + "chi-chu/")


def test_the_words_alone_are_offered_by_what_they_save(client, drawn):
    weighing.keep(drawn)
    Weighing.objects.update(first=91_000, words_only=87_300)
    assert "Chỉ đọc chữ (bớt 3\u00a0KB)" in get(client, LESSON)
    assert "Xem bản có hình (thêm 4\u00a0KB)" in get(client, LESSON + "chi-chu/")
    Weighing.objects.update(words_only=89_500)
    assert "chi-chu" not in get(client, LESSON + "?moi=1")


def test_the_first_button_says_its_price(client, bai):
    assert "· 6 phút</p>" in get(client, "/")
    weighing.keep(bai)
    kept = Weighing.objects.get(page=bai)
    assert f"{bai.title} · 6 phút · {weighing.words(kept.first)}</p>" in get(client, "/?moi=1")


def test_where_there_are_no_pictures_nothing_lighter_is_offered(client, bai):
    weighing.keep(bai)

    assert "chi-chu" not in get(client, bai.path_of_site())


def test_what_is_only_played_is_said_apart(client, drawn):
    weighing.keep(drawn)
    Weighing.objects.update(more=640_000)

    assert "· thêm 640\u00a0KB nếu nghe, xem hết" in get(client, LESSON)


def test_a_lesson_not_yet_weighed_says_its_minutes_alone(client, drawn):
    assert "khoảng 6 phút</p>" in get(client, LESSON)


@pytest.mark.parametrize("path", ["/", "/khoa-hoc/", "/khoa-hoc/an-toan-tren-mang/"])
def test_a_course_costs_what_is_shared_once_and_every_lesson(client, khoa, path):
    assert "KB" not in get(client, path)
    for page in LessonPage.objects.all():
        weighing.keep(page)
    every = [weighing.weigh(page) for page in LessonPage.objects.all()]

    whole = weighing.words(sum(one.alone for one in every) + max(one.other for one in every))
    assert whole in get(client, path + "?moi=1")


def test_a_course_says_what_is_loaded_once_and_each_lesson_what_it_adds(client, khoa, bai):
    for page in LessonPage.objects.all():
        weighing.keep(page)
    weight = weighing.weigh(bai)
    page = get(client, "/khoa-hoc/an-toan-tren-mang/")
    assert f"cả khóa, trong đó {weighing.words(weight.other)} chỉ tải lần đầu" in page
    assert f"phút · {weighing.words(weight.alone)}<" in page
    assert weighing.words(weight.total) not in page


def test_a_course_says_nothing_while_one_lesson_is_unknown(client, khoa, bai):
    weighing.keep(bai)

    assert "cả khóa" not in get(client, "/khoa-hoc/an-toan-tren-mang/")
    assert "KB" not in get(client, "/khoa-hoc/")
