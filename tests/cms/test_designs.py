"""Editors word the papers and look at a sample first."""

import pytest

from accounts.roles import grant
from certificates.models import Design

LIST = "/admin/mau-giay/"
FIELDS = {"issuer": "Sở Khoa học và Công nghệ", "city": "Hải Phòng", "signature": "", "course": ""}


@pytest.fixture
def design(db):
    return Design.objects.create(issuer="Học Vụ Số thành phố Hải Phòng", city="Hải Phòng")


@pytest.fixture
def editor(client, bien, hai_phong):
    bien.roles.all().delete()
    grant(by=None, user=bien, kind="editor", place=hai_phong)
    client.force_login(bien)
    return client


def test_the_list_leads_to_a_sample(editor, design):
    page = editor.get(LIST).content.decode()
    assert design.issuer in page
    assert f"/admin/mau-giay/{design.pk}/xem/" in page
    sample = editor.get(f"/admin/mau-giay/{design.pk}/xem/")
    assert (sample["Content-Type"], sample.content[:5]) == ("application/pdf", b"%PDF-")
    assert editor.get("/admin/mau-giay/999999/xem/").status_code == 404


def test_an_editor_changes_the_issuer(editor, design):
    response = editor.post(f"{LIST}edit/{design.pk}/", {**FIELDS, "active": "on"})
    assert response.status_code == 302
    assert Design.objects.get().issuer == "Sở Khoa học và Công nghệ"


def test_a_second_design_in_use_is_refused_in_words(editor, design):
    response = editor.post(f"{LIST}new/", {**FIELDS, "active": "on"})
    assert "Đã có một mẫu đang dùng cho mọi khóa học." in response.content.decode()
    assert Design.objects.count() == 1


def test_others_do_not_come_in(client, design, chi, lan):
    for user in (chi, lan.user):
        client.force_login(user)
        for url in (LIST, f"{LIST}{design.pk}/xem/"):
            assert client.get(url).status_code in (302, 403)
