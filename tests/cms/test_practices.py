"""The practice block: refused where it is wrong, drawn for everybody, put into the bank when it goes live."""

import gzip
import json
import re

import pytest
from django.conf import settings
from django.urls import reverse
from wagtail.blocks.struct_block import StructBlockValidationError

from cms import authoring
from cms.blocks import LessonBlocks
from quizzes.models import Question

from .conftest import put_lesson
from .test_editor import editor  # noqa: F401

pytestmark = pytest.mark.django_db
BLOCK = LessonBlocks().child_blocks["practice"]


def button(label, **acted):
    return {"type": "button", "value": {"label": label, **acted}}


VALUE = {
    "title": "Cuộc gọi lạ",
    "intro": "Thử xem.",
    "screens": [
        {
            "name": "Chuông reo",
            "say": "Số lạ gọi tới.",
            "parts": [
                {"type": "call", "value": {"who": "Số lạ"}},
                button("Nghe máy", to="Mất tiền", wrong=True, why="Số lạ thì chưa cần nghe."),
                button("Từ chối", to="Gõ số", look="danger"),
                {"type": "row", "value": {"label": "Chỉ để nhìn"}},
            ],
        },
        {
            "name": "Gõ số",
            "say": "Gõ số in sau thẻ.",
            "parts": [
                {
                    "type": "field",
                    "value": {
                        "label": "Số",
                        "accept": ["Một Hai"],
                        "refuse": ["000"],
                        "to": "Xong",
                        "why": "Xem lại.",
                    },
                }
            ],
        },
        {"name": "Xong", "say": "Tốt.", "ending": "good", "parts": []},
        {"name": "Mất tiền", "say": "Hết.", "ending": "tricked", "signs": ["Giục giã"], "parts": []},
    ],
}


def bent(**screen):
    """The first screen changed."""
    return BLOCK.to_python({**VALUE, "screens": [{**VALUE["screens"][0], **screen}, *VALUE["screens"][1:]]})


def put(khoa, value=VALUE):
    blocks = [{"type": "practice", "value": value, "id": "kns04-03-t1"}] if value else []
    words = {"type": "paragraph", "value": "<p>Bài có thử làm.</p>"}
    page = put_lesson(khoa, 3, blocks=[words, *blocks])
    authoring.make_live([page])
    return page


def test_a_whole_one_is_clean():
    assert BLOCK.clean(BLOCK.to_python(VALUE))["title"] == "Cuộc gọi lạ"


def test_the_fault_is_told_at_its_screen():
    with pytest.raises(StructBlockValidationError) as error:
        BLOCK.clean(bent(parts=[button("Từ chối", to="Nơi không có")]))
    screens = error.value.block_errors["screens"]
    assert list(screens.block_errors) == [0]
    assert "không có" in screens.block_errors[0].message


def test_a_draft_may_stay_half_written():
    assert BLOCK.clean_deferred(bent(parts=[]))


def test_publishing_puts_it_into_the_bank_and_taking_it_off_retires_it(khoa):
    put(khoa)
    kept = Question.objects.get(key="kns04-03-t1")
    assert (kept.purpose, kept.revision.kind, kept.item.key) == ("practice", "practice", "kns04-03")
    assert [screen["name"] for screen in kept.revision.screens] == [s["name"] for s in VALUE["screens"]]
    put(khoa, None)
    kept.refresh_from_db()
    assert kept.revision is None


def test_an_editors_own_block_gets_a_key(khoa):
    page = put_lesson(khoa, 3, blocks=[{"type": "practice", "value": VALUE}])
    authoring.make_live([page])
    page.refresh_from_db()
    [key] = page.question_keys.values()
    assert Question.objects.get(key=key).revision.kind == "practice"


def test_everything_is_written_out_for_a_page_without_script(khoa, client):
    put(khoa)
    html = client.get("/khoa-hoc/an-toan-tren-mang/bai-3/").content.decode()
    written = html[html.index('<details class="written">') : html.index("</details>")]
    for words in (
        "Chuông reo",
        "Số lạ thì chưa cần nghe.",
        "Xem lại.",
        "Giục giã",
        "tới “Gõ số”",
        "gõ “Một Hai”",
    ):
        assert words in written
    assert "<button" not in written
    assert "<input" not in written
    assert "<form" not in written
    assert re.findall(r'data-act="([^"]+)"', written) == ["chuong-reo.1", "chuong-reo.2"]
    assert 'data-left="2"' in written


def test_what_is_typed_is_compared_folded():
    [typed] = re.findall(r'data-typed="([^"]+)"', BLOCK.render(BLOCK.to_python(VALUE), {"key": "k"}))
    assert json.loads(typed.replace("&quot;", '"')) == {"accept": ["mothai"], "refuse": ["000"]}


def test_what_is_heard_in_a_call_is_no_message():
    bubble = {"type": "bubble", "value": {"text": "Tôi là công an."}}
    call, *_ = VALUE["screens"][0]["parts"]
    assert "Tin nhắn đến: " in BLOCK.render(bent(parts=[bubble]), {"key": "k"})
    assert "Người gọi nói: " in BLOCK.render(bent(parts=[call, bubble]), {"key": "k"})


def test_words_are_never_markup():
    html = BLOCK.render(bent(name="<b>A</b>", say="<script>x</script>"), {"key": "k"})
    assert "<script>x" not in html
    assert "<b>A" not in html


def test_the_api_names_it_among_what_can_be_sent(khoa, client):
    put(khoa)
    said = client.get("/api/v1/item/an-toan-tren-mang/bai-3/").json()
    assert said["questions"] == ["kns04-03-t1"]


def test_a_new_one_stands_whole_with_its_fewest_rows():
    """Of a field that is left out, the form's script makes the word "undefined"."""
    options = BLOCK.child_blocks["screens"].child_block.child_blocks["parts"].child_blocks["choice"]
    for rows in (BLOCK.child_blocks["screens"], options.child_blocks["options"]):
        assert len(rows.meta.default) == rows.meta.min_num
        assert [set(one) for one in rows.meta.default] == [set(rows.child_block.child_blocks)] * 2


def test_where_it_is_chosen_its_screens_stand_open():
    assert '<details class="written" open>' in BLOCK.render(BLOCK.get_preview_value())


def test_a_draft_previews(editor, khoa):  # noqa: F811
    page = put_lesson(khoa, 3, blocks=[{"type": "practice", "value": VALUE}])
    html = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()
    assert 'data-practice="nhap-thu-1"' in html
    script = (settings.BASE_DIR / "lms/static/lms/js/lesson.js").read_text()
    drafts = re.search(r"const isDraft = \(key\) => /(.+)/\.test", script)
    assert drafts
    assert all(re.fullmatch(drafts[1], key) for key in ("nhap-thu-1", "nhap-12", "nhap"))
    assert not re.fullmatch(drafts[1], "nhap01-02-t1")


def test_the_player_is_small_and_comes_only_where_it_is_needed():
    folder = settings.BASE_DIR / "lms" / "static" / "lms"
    assert len(gzip.compress((folder / "js" / "practice.js").read_bytes(), 9)) <= 5 * 1024
    assert len(gzip.compress((folder / "css" / "practice.css").read_bytes(), 9)) <= 3 * 1024
    assert 'import("./practice.js")' in (folder / "js" / "lesson.js").read_text()
