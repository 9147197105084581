"""The look: contrast by arithmetic, frames that know nobody, forms that say what went wrong where."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import Client, override_settings

BASE = Path(settings.BASE_DIR)
CSS = (BASE / "lms/static/lms/css/site.css").read_text()
SPRITE = (BASE / "lms/static/lms/img/icons.svg").read_text()
TEMPLATES = sorted(
    path
    for path in BASE.glob("*/templates/**/*.html")
    if ".venv" not in path.parts and "allauth" not in path.parts
)
FRAME = (BASE / "lms/templates/lms/base.html").read_text()


SCHEMES = {name: set(name.split()) for name in ("plain day", "plain night", "clear day", "clear night")}


def palette(scheme: str) -> dict[str, str]:
    """The custom properties when two of the four switches of the list are on."""

    def chosen(value: str) -> str:
        while found := re.search(r"var\(--(day|night|plain|clear), ([^()]*)\)", value):
            shown = found[2] if found[1] in SCHEMES[scheme] else ""
            value = value[: found.start()] + shown + value[found.end() :]
        return value.strip()

    listed = re.findall(r"^    --([\w-]+): (.*#[0-9a-f]{6}.*);$", CSS, re.M)
    return {name: chosen(value) for name, value in listed}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT = 4.5
LESSON = 7.0
SHAPE = 3.0
PAIRS = [
    *((fore, back, LESSON) for fore in ("ink",) for back in ("paper", "card", "sunk")),
    *(("ink", back, LESSON) for back in ("sea-soft", "flame-soft", "lamp-soft", "leaf-soft")),
    *(("soft", back, TEXT) for back in ("paper", "card", "sunk", "sea-soft")),
    *(("sea", back, TEXT) for back in ("paper", "card", "sunk", "sea-soft")),
    *(("sea-deep", back, TEXT) for back in ("paper", "card", "sea-soft")),
    *(("flame", back, TEXT) for back in ("paper", "card", "flame-soft")),
    *(("flame-deep", back, TEXT) for back in ("flame-soft",)),
    *(("leaf", back, TEXT) for back in ("paper", "card", "leaf-soft")),
    ("on-sea", "sea", TEXT),
    ("on-sea", "sea-deep", TEXT),
    ("on-flame", "flame", TEXT),
    *(("edge", back, SHAPE) for back in ("paper", "card")),
    *(("lamp-edge", back, SHAPE) for back in ("paper", "card", "lamp-soft")),
    *(("focus", back, SHAPE) for back in ("paper", "card", "sunk")),
    ("on-water", "water", LESSON),
    ("tile-5", "water", TEXT),
    ("soft-water", "water", TEXT),
    ("shore", "water", SHAPE),
    *(("on-tile-dim", f"tile-{level}", TEXT) for level in (0, 1, 2)),
    *(("on-tile-lit", f"tile-{level}", TEXT) for level in (3, 4, 5)),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("fore", "back", "least"), PAIRS)
def test_colours_can_be_told_apart(scheme, fore, back, least):
    colours = palette(scheme)

    # Who asks for high contrast gets AAA everywhere.
    least = LESSON if scheme.startswith("clear") and least == TEXT else least
    assert contrast(colours[fore], colours[back]) >= least


def test_every_colour_has_one_value_in_every_scheme():
    for scheme in SCHEMES:
        assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in palette(scheme).values())


def test_every_colour_in_the_rules_is_a_property_of_the_palette():
    used = set(re.findall(r"var\(--([\w-]+)[,)]", CSS))
    known = set(re.findall(r"--([\w-]+):", CSS))

    assert used <= known


def test_the_style_sheet_stays_small():
    import gzip

    assert len(gzip.compress(CSS.encode(), 9)) <= 10 * 1024


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE)))
def test_no_template_holds_inline_style_or_script(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", path.read_text(), flags=re.S)

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son(click|change|submit|load|input|error|key\w+)\s*=", text)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
        assert not body.strip() or "json" in attributes
    assert "<style" not in text


def test_the_public_frame_knows_nobody():
    for word in ("user", "csrf", "messages", "userbar", "session"):
        assert word not in FRAME, word


def test_a_public_page_neither_varies_nor_sets_a_cookie(rf):
    request = rf.get("/")

    html = get_template("lms/base.html").render({}, request)

    assert "data-account" in html
    assert "CSRF_COOKIE" not in request.META


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE)))
def test_icons_named_in_templates_are_in_the_sprite(path):
    names = re.findall(r'ui/icon\.html" with name="([\w-]+)"', path.read_text())
    names += re.findall(r'ui/button\.html"[^%]*\b(?:icon|after)="([\w-]+)"', path.read_text())

    for name in names:
        assert f'id="i-{name}"' in SPRITE, name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE)))
def test_pictures_named_in_templates_exist(path):
    for name in re.findall(r"\{% static ['\"]([^'\"]+)['\"]", path.read_text()):
        assert list(BASE.glob(f"*/static/{name}")), name


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]
)
def test_error_pages_say_it_calmly_and_offer_a_way_on(name):
    html = render_to_string(name)

    assert html.count("<h1") == 1
    assert 'href="/' in html
    assert 'lang="vi"' in html


def test_the_page_for_our_own_failure_stands_alone():
    text = (BASE / "lms/templates/500.html").read_text()

    assert "{%" not in text
    assert "{{" not in text


@pytest.mark.django_db
def test_a_form_sent_without_its_token_gets_our_page(settings):
    response = Client(enforce_csrf_checks=True, raise_request_exception=False).post("/khong-co/", {"a": "b"})

    assert response.status_code == 403
    assert "Chưa gửi được, hãy thử lại" in response.content.decode()


class Sample(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ")
    group = forms.ChoiceField(label="Nhóm", choices=[("a", "Người dân")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Tôi đồng ý")
    village = forms.CharField(label="Thôn", required=False)


def test_an_error_is_tied_to_its_input():
    html = str(Sample({}))

    assert 'id="id_name_error"' in html
    assert re.search(r'<input[^>]*name="name"[^>]*aria-describedby="id_name_helptext id_name_error"', html)
    assert re.search(r'<fieldset aria-describedby="id_group_error"', html)
    assert re.search(r'<input[^>]*name="agree"[^>]*aria-describedby="id_agree_error"', html)


def test_the_list_of_errors_leads_to_each_input():
    html = str(Sample({}))
    targets = re.findall(r'<a href="#([\w]+)">', html)

    assert targets == ["id_name", "id_group_0", "id_agree"]
    for target in targets:
        assert f'id="{target}"' in html


def test_a_form_without_errors_shows_no_list():
    assert "alert" not in str(Sample())


def test_only_what_may_be_left_out_says_so():
    html = str(Sample())

    assert html.count("(không bắt buộc)") == 1


def test_lamps_are_said_in_words():
    html = render_to_string("lms/ui/lamps.html", {"total": 5, "lit": 2})

    assert html.count('class="lamp lit"') == 2
    assert html.count('class="lamp"') == 3
    assert "2 trong 5 bài" in html


def test_a_very_long_course_is_a_bar_instead_of_lamps():
    html = render_to_string("lms/ui/lamps.html", {"total": 110, "lit": 30})

    assert "<svg" not in html
    assert '<progress max="110" value="30"' in html


def test_the_desk_and_private_frames_show_who_is_signed_in(rf, binh):
    request = rf.get("/")
    request.user = binh

    for name in ("lms/private.html", "lms/desk.html"):
        html = get_template(name).render({}, request)
        assert "<span>Bình</span>" in html
        assert 'action="/dang-xuat/"' in html


@override_settings(LANGUAGE_CODE="vi")
def test_libraries_speak_vietnamese():
    from allauth.mfa.totp.forms import ActivateTOTPForm
    from django.utils import translation

    with translation.override("vi"):
        assert str(ActivateTOTPForm.base_fields["code"].label) == "Mã 6 số trong ứng dụng xác thực"
        assert str(forms.CharField().error_messages["required"]) == "Bạn chưa điền mục này."
