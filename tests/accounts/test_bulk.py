"""Inviting many from a file: a verdict for every row, then each is done once."""

import datetime
import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts import bulk, inviting, retention, staffing
from accounts.forms_roles import end_of
from accounts.models import Invitation, InvitationList, Role, User
from accounts.roles import change_expiry, grant
from places.models import Organisation
from tests.make import make_commune, make_user

HEADER = [name for name in bulk.COLUMNS if name != "Số điện thoại"]  # files made before there were numbers
DUNG = ["Vũ Thị Dung", "Dung@Example.vn", "Người hướng dẫn", "10750", "", ""]


def xlsx(*rows, header=HEADER):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


def send(client, *rows, name="danh-sach.xlsx"):
    content = rows[0] if rows and isinstance(rows[0], bytes) else xlsx(*rows)
    return client.post("/quan-ly/moi/", {"file": SimpleUploadedFile(name, content)})


def verdicts(client, *rows):
    answer = send(client, *rows)
    assert answer.status_code == 302, answer.context["form"].errors
    return [(row["verdict"], row["why"]) for row in InvitationList.objects.latest("pk").rows]


def confirm(client):
    batch = InvitationList.objects.latest("pk")
    assert client.post(f"/quan-ly/moi/{batch.reference}/xac-nhan/").status_code == 302
    batch.refresh_from_db()
    return batch


def test_another_last_day_of_a_role_held_is_said(desk, binh, chi):
    """The file changes no role that stands, and says so."""
    day = timezone.localdate() + datetime.timedelta(days=40)
    row = ["Trần Văn Bình", "binh@example.vn", "Người hướng dẫn", "10750", "", f"{day:%d/%m/%Y}"]
    [(verdict, why)] = verdicts(desk, row)
    assert (verdict, "không có hạn" in why, "không được dùng" in why) == ("held", True, True)
    assert why in confirm_page(desk)
    change_expiry(by=chi, role=binh.roles.get(), expires_at=end_of(day))
    assert verdicts(desk, row) == [("held", f"Đang giữ đến hết ngày {day:%d/%m/%Y}.")]


def confirm_page(client):
    return client.get(f"/quan-ly/moi/{InvitationList.objects.latest('pk').reference}/").content.decode()


def test_nothing_happens_before_the_confirmation(desk):
    assert verdicts(desk, DUNG) == [("new", "")]
    assert not User.objects.filter(email="dung@example.vn").exists()
    html = desk.get(f"/quan-ly/moi/{InvitationList.objects.get().reference}/").content.decode()
    assert "Mời 1 người" in html


def test_then_everybody_is_invited(desk, chi, phu_thai):
    verdicts(desk, DUNG, ["Lê An", "an@example.vn", "cán bộ xem số liệu", "Xã Phú Thái", "", "31/12/2028"])
    batch = confirm(desk)
    assert (batch.done_at is not None, batch.results) == (True, [["new", ""], ["new", ""]])
    dung = User.objects.get(email="dung@example.vn")
    role = dung.roles.get()
    assert (role.kind, role.place, role.granted_by) == ("trainer", phu_thai, chi)
    assert str(User.objects.get(email="an@example.vn").roles.get().last_day) == "2028-12-31"
    html = desk.get(f"/quan-ly/moi/{batch.reference}/lien-ket/").content.decode()
    assert html.count("/loi-moi/") == 2


def test_the_same_file_twice_adds_nothing(desk):
    verdicts(desk, DUNG)
    confirm(desk)
    before = list(Role.objects.values_list("pk")), list(Invitation.objects.values_list("pk", "ended_at"))
    assert verdicts(desk, DUNG) == [("held", "Người này chưa nhận lời mời.")]
    assert confirm(desk).results == [["held", "Người này chưa nhận lời mời."]]
    assert before == (
        list(Role.objects.values_list("pk")),
        list(Invitation.objects.values_list("pk", "ended_at")),
    )


def test_an_offer_of_who_left_is_made_anew(desk, chi, client, quan_tri):
    """Chi was dismissed before anybody answered: her colleague's file invites them."""
    verdicts(desk, DUNG)
    confirm(desk)
    assert verdicts(desk, DUNG)[0][0] == "held"
    chi.roles.update(revoked_at=timezone.now())
    client.force_login(quan_tri)
    assert verdicts(client, DUNG) == [("new", "")]
    assert confirm(client).results == [["new", ""]]
    assert Role.objects.offered().get(kind="trainer").granted_by == quan_tri


def test_pressing_twice_invites_once(desk):
    verdicts(desk, DUNG)
    confirm(desk)
    confirm(desk)
    assert Invitation.objects.count() == 1


def test_who_has_a_sign_in_looks_like_anybody_new(desk, sau):
    """The file tells nobody which addresses are known here, nor under which name."""
    assert verdicts(desk, ["Ai Đó", "sau@example.vn", *DUNG[2:]], DUNG) == [("new", ""), ("new", "")]
    batch = confirm(desk)
    assert batch.results == [["new", ""], ["new", ""]]
    assert sau.roles.get(kind="trainer").waiting
    html = desk.get(f"/quan-ly/moi/{batch.reference}/lien-ket/").content.decode()
    assert html.count("/loi-moi/") == 2
    assert "Ai Đó" in html
    assert "Sáu" not in html


@pytest.mark.parametrize(
    ("at", "typed", "says"),
    [
        (0, "", "Hãy ghi họ và tên"),
        (0, "x" * 61, "nhiều nhất 60 chữ"),
        (0, "=A1", "công thức"),
        (1, "", "Thiếu thư điện tử"),
        (1, "khong-phai", "Thư điện tử chưa đúng"),
        (1, "chi@example.vn", "cho chính mình"),
        (2, "", "Thiếu vai trò"),
        (2, "Vua", "Không có vai trò “Vua”"),
        (2, "Quản trị", "Không có vai trò"),
        (2, "Cán bộ quản lý", "Bạn không giao được vai trò này"),
        (3, "10888", "không phải nơi bạn phụ trách"),
        (3, "99999", "không phải nơi bạn phụ trách"),
        (4, "Trường Ma", "chưa có tổ chức"),
        (5, "hôm qua", "như 31/12/2026"),
        (5, "31/12/2020", "đã qua"),
    ],
)
def test_a_wrong_row_says_why(desk, cam_giang, at, typed, says):
    row = [*DUNG]
    row[at] = typed
    [(verdict, why)] = verdicts(desk, row)
    assert verdict == "wrong"
    assert says in why
    html = desk.get(f"/quan-ly/moi/{InvitationList.objects.get().reference}/").content.decode()
    assert "Không có ai mới để mời" in html
    assert confirm(desk).results[0][0] == "wrong"
    assert not User.objects.filter(email="dung@example.vn").exists()


def test_a_row_that_stands_twice(desk):
    assert verdicts(desk, DUNG, DUNG) == [("new", ""), ("wrong", "Lặp lại dòng 2.")]


def test_one_place_needs_no_code_and_many_do(desk, quan_tri, client, phu_thai):
    assert verdicts(desk, [*DUNG[:3], ""]) == [("new", "")]
    client.force_login(quan_tri)
    assert verdicts(client, [*DUNG[:3], ""]) == [("wrong", "Thiếu mã xã, phường.")]
    make_commune("10903", "Xã Cẩm Giàng"), make_commune("10888", "Xã Cẩm Giang")
    assert "nhiều nơi" in verdicts(client, [*DUNG[:3], "Cẩm Giang"])[0][1]


def test_for_an_organisation(desk, phu_thai):
    school = Organisation.objects.create(name="Trường THCS Phú Thái", kind="school", place=phu_thai)
    assert verdicts(desk, [*DUNG[:4], "truong thcs phu thai"]) == [("new", "")]
    confirm(desk)
    assert Role.objects.get(kind="trainer").organisation == school


def test_rights_are_asked_again_when_it_is_done(desk, chi, quan_tri, phu_thai, client):
    """Between the preview and the press her role may have ended."""
    verdicts(desk, DUNG)
    batch = InvitationList.objects.get()
    Role.objects.filter(user=chi).delete()
    bulk.confirm(batch=batch)
    batch.refresh_from_db()
    assert batch.results[0][0] == "wrong"
    assert not User.objects.filter(email="dung@example.vn").exists()


def test_a_long_list_is_done_in_short_turns(desk, monkeypatch):
    """The worker goes on where the last turn stopped."""
    monkeypatch.setattr(bulk, "SECONDS", -1)
    rows = [[f"Người {c}", f"{c}@example.vn", *DUNG[2:]] for c in "abc"]
    verdicts(desk, *rows)
    batch = InvitationList.objects.get()
    InvitationList.objects.update(confirmed_at="2026-01-01T00:00Z")
    assert not bulk.advance(batch.pk)
    monkeypatch.setattr(bulk, "SECONDS", 0.001)
    assert not bulk.advance(batch.pk)
    html = desk.get(f"/quan-ly/moi/{batch.reference}/").content.decode()
    assert "trong 3 dòng" in html
    monkeypatch.setattr(bulk, "SECONDS", 1)
    assert bulk.sweep() == 1
    assert [User.objects.filter(email=f"{c}@example.vn").exists() for c in "abc"] == [True] * 3
    assert bulk.sweep() == 0


class Deadlock(Exception):
    """As PostgreSQL says it."""

    sqlstate = "40P01"


@pytest.mark.django_db(transaction=True)
def test_two_lists_that_waited_for_each_other_are_both_done(desk, monkeypatch):
    """One was ended so that the other could go on: it is begun again, nothing of it was kept."""
    verdicts(desk, DUNG)
    really, tried = bulk._done, []

    def done(*args):
        tried.append(args)
        answer = really(*args)
        if len(tried) == 1:
            raise OperationalError from Deadlock()
        return answer

    monkeypatch.setattr(bulk, "_done", done)
    batch = confirm(desk)
    assert (len(tried), batch.results) == (2, [["new", ""]])
    assert Role.objects.get(kind="trainer").waiting


def test_two_thousand_rows_are_judged_in_few_queries(desk, django_assert_max_num_queries):
    rows = [["Nguyễn Văn A", f"a{n}@example.vn", *DUNG[2:]] for n in range(2000)]
    content = xlsx(*rows)
    started = time.monotonic()
    with django_assert_max_num_queries(40):
        assert send(desk, content).status_code == 302
    assert time.monotonic() - started < 10
    html = desk.get(f"/quan-ly/moi/{InvitationList.objects.get().reference}/").content.decode()
    assert "Mời 2000 người" in html or "Mời 2.000 người" in html


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "rỗng"),
        (b"not a sheet", "không phải tệp Excel"),
        (b"PK" + b"0" * (2 * 2**20), "lớn quá 2 MB"),
        (xlsx(header=["Tên", "Thư"]), "Không thấy dòng tiêu đề"),
        (xlsx(), "chưa có dòng nào"),
    ],
)
def test_a_wrong_file_is_refused_in_words(desk, content, says):
    answer = send(desk, content)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not InvitationList.objects.exists()


def test_the_template_comes_back_with_a_verdict(desk, phu_thai):
    answer = desk.get("/quan-ly/moi/mau.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book["Danh sách"][1]] == list(bulk.COLUMNS)
    assert book["Mã xã, phường"]["B2"].value == "Xã Phú Thái"
    book["Danh sách"].append([*DUNG[:2], "", *DUNG[2:]])
    out = io.BytesIO()
    book.save(out)
    assert verdicts(desk, out.getvalue()) == [("new", "")]


def test_another_officials_list_does_not_exist(desk, client, quan_tri):
    verdicts(desk, DUNG)
    client.force_login(quan_tri)
    batch = InvitationList.objects.get()
    for way in ("", "lien-ket/"):
        assert client.get(f"/quan-ly/moi/{batch.reference}/{way}").status_code == 404
    assert client.post(f"/quan-ly/moi/{batch.reference}/xac-nhan/").status_code == 404


def test_links_that_are_no_longer_hers_are_not_shown(desk, quan_tri, hai_phong):
    verdicts(desk, DUNG)
    batch = confirm(desk)
    grant(by=quan_tri, user=User.objects.get(email="dung@example.vn"), kind="editor", place=hai_phong)
    assert "Không còn lời mời" in desk.get(f"/quan-ly/moi/{batch.reference}/lien-ket/").content.decode()


@pytest.mark.parametrize("by_mail", [False, True])
def test_a_reset_is_not_among_the_links_of_a_list(desk, chi, binh, settings, by_mail):
    """Bình is invited to one more role; the link to another password of hers is on no list."""
    verdicts(desk, ["Trần Văn Bình", "binh@example.vn", "Cán bộ xem số liệu", "10750", "", ""])
    batch = confirm(desk)
    settings.MAIL = by_mail
    made = staffing.reset(by=chi, user=binh, reason="Gọi điện, đúng giọng")
    assert inviting.link(made) not in desk.get(f"/quan-ly/moi/{batch.reference}/lien-ket/").content.decode()


def test_old_lists_go(desk):
    verdicts(desk, DUNG)
    InvitationList.objects.update(made_at="2026-01-01T00:00Z")
    assert retention.run()["invitation_lists"] == 1
    assert make_user()
