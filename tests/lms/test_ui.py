"""The sheets of the design: there for who works on it (DEBUG), and for nobody else."""

import pytest
from django.template.loader import render_to_string
from django.urls import include, path

from accounts.forms import SignInForm, SignUpForm
from accounts.forms_own_pin import OwnPinForm
from certificates.forms import CheckForm
from lms.ui import SHEETS
from lms.urls import urlpatterns as site

urlpatterns = [path("ui/", include("lms.ui")), *site]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_shows(client, name):
    answer = client.get(f"/ui/{name}/" if name else "/ui/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1" in page


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_the_form_sheet_shows_its_errors(client):
    page = client.get("/ui/bieu-mau/").content.decode()
    assert 'aria-invalid="true"' in page
    assert "Công Tằng Tôn Nữ" in page


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_an_unknown_sheet_is_not_there(client):
    assert client.get("/ui/khong-co/").status_code == 404


@pytest.mark.django_db
def test_none_is_there_without_debug(client):
    assert client.get("/ui/").status_code == 404


def test_a_form_of_a_secret_alone_does_not_say_that_something_is_kept():
    page = render_to_string("lms/ui/errors.html", {"form": OwnPinForm({"pin": ""})})
    assert "Chưa gửi được." in page
    assert "vẫn còn" not in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (SignUpForm({}), "vẫn còn, trừ mã 6 số."),
        (SignInForm({}), "vẫn còn, trừ mã 6 số."),
        (SignInForm({}, by_mail=True), "vẫn còn, trừ mật khẩu."),
        (CheckForm({"so": ""}), "vẫn còn."),
    ],
)
def test_a_form_sent_back_says_what_is_to_be_typed_again(form, says):
    assert f"Những gì bạn đã điền {says}" in render_to_string("lms/ui/errors.html", {"form": form})
