"""Who works here without an e-mail address: what she sees, and how she comes back; what staff read of it."""

import pytest
from django.test import Client

from accounts import alarms, bulk, coming_back, leaving, merging, roles, staffing, trust
from accounts.models import Alarm, Invitation, Notice
from tests.accounts.test_bulk import confirm, verdicts, xlsx
from tests.make import make_learner, make_role, make_user, protect

PIN, NUMBER = "739164", "+84987654321"


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


@pytest.fixture
def dung(phu_thai):
    """A trainer in the village, who learns too."""
    user = make_user(phone=NUMBER, password=PIN, name="Vũ Thị Dung")
    make_learner("Vũ Thị Dung", user=user, commune=phu_thai)
    make_role(user, "trainer", phu_thai)
    roles.follow(user)
    return user


@pytest.fixture
def hers(dung):
    client = Client()
    client.force_login(dung)
    return client


@pytest.fixture
def classes():
    """A room that lets trainers vouch."""
    trust.register("test", lambda user, learner: False)
    yield
    trust._rooms.pop("test")


@pytest.mark.parametrize("url", ["/hoc-tap/", "/du-lieu-cua-toi/"])
def test_her_work_is_on_her_own_pages(hers, url):
    html = hers.get(url).content.decode()
    assert "Việc của bạn" in html
    assert "<strong>Người hướng dẫn</strong>: Xã Phú Thái" in html
    assert "chưa có phần mở lớp" in html
    assert "/quan-ly/the/" not in html


@pytest.mark.parametrize("url", ["/hoc-tap/", "/du-lieu-cua-toi/", "/ai-dang-hoc/"])
def test_nobody_is_offered_to_learn_beside_her(hers, client, lan, url):
    words = ["Thêm người", "Người nhà muốn học chung máy"]
    html = hers.get(url).content.decode()
    assert not [each for each in words if each in html]
    client.force_login(lan.user)
    html = client.get(url).content.decode()
    assert [each for each in words if each in html]


def test_it_leads_to_the_desk_where_there_is_one(hers, dung, phu_thai):
    make_role(dung, "official_view", phu_thai)
    html = hers.get("/hoc-tap/").content.decode()
    assert 'href="/quan-ly/">Mở trang làm việc' in html


def test_nobody_else_reads_of_work(client, lan):
    client.force_login(lan.user)
    assert "Việc của bạn" not in client.get("/hoc-tap/").content.decode()


def test_cards_are_in_a_trainers_menu_once_classes_are(client, binh, classes):
    client.force_login(binh)
    assert 'href="/quan-ly/the/"' in client.get("/du-lieu-cua-toi/").content.decode()


def test_until_then_they_are_not_and_the_page_says_why(client, binh):
    client.force_login(binh)
    assert 'href="/quan-ly/the/"' not in client.get("/du-lieu-cua-toi/").content.decode()
    assert "chưa có phần mở lớp" in client.get("/quan-ly/the/").content.decode()


# --- a forgotten PIN ---------------------------------------------------------------


def test_a_forgotten_pin_is_no_password_and_has_no_link(desk, dung, chi):
    page = desk.get(f"/quan-ly/vai-tro/{dung.roles.get().pk}/").content.decode()
    assert "Quên mã 6 số?" in page
    assert "mật khẩu" not in page
    page = desk.get(f"/quan-ly/moi/nguoi/{dung.pk}/").content.decode()
    assert "Giúp vào lại" in page
    assert "mật khẩu" not in page
    desk.post(f"/quan-ly/moi/nguoi/{dung.pk}/", {"reason": "quên"})
    assert not Invitation.objects.exists()
    with pytest.raises(staffing.StaffingRefused, match="Giúp vào lại"):
        staffing.reset(by=chi, user=dung, reason="quên")


def test_a_colleagues_code_lets_her_choose_another(dung, chi, sau):
    learner = dung.learners.get()
    code = coming_back.vouch(by=chi, learner=learner, kind=coming_back.SIGN_IN, reason="Gặp tận mặt")
    client = Client()
    client.post("/quen-ma/", {"phone": "0987 654 321"})
    answer = client.post("/quen-ma/ma/", {"phone": "0987 654 321", "code": code}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/quen-ma/ma-moi/"), answer.redirect_chain
    client.post("/quen-ma/ma-moi/", {"pin": "604813"})
    dung.refresh_from_db()
    assert dung.check_password("604813")


def test_no_code_of_who_could_not_give_all_her_roles(dung, chi, hai_phong):
    make_role(dung, "official_view", hai_phong)
    with pytest.raises(coming_back.Refused):
        coming_back.vouch(by=chi, learner=dung.learners.get(), kind=coming_back.SIGN_IN, reason="x")


# --- what staff read ---------------------------------------------------------------


def test_an_alarm_says_whose_factor_was_cleared_and_by_whom(client, quan_tri, binh):
    protect(binh)
    staffing.clear_factor(by=quan_tri, user=binh, reason="Mất điện thoại")
    client.force_login(quan_tri)
    page = client.get(f"/quan-ly/bao-dong/{Alarm.objects.get(kind='factor').pk}/").content.decode()
    assert "Trần Văn Bình, do Đỗ Quản Trị bỏ" in page
    alarms.count("factor", "")
    gone = Alarm.objects.exclude(mark__gt="").get(kind="factor")
    assert "Người đã nghỉ việc" in client.get(f"/quan-ly/bao-dong/{gone.pk}/").content.decode()


def test_who_was_invited_by_mail_is_in_the_list(desk, phu_thai):
    what = {"email": "mai@example.vn", "name": "Đinh Thị Mai", "kind": "trainer", "place": phu_thai.pk}
    desk.post("/quan-ly/vai-tro/giao/", what)
    for query in ("", "?q=Mai"):
        html = desk.get(f"/quan-ly/vai-tro/{query}").content.decode()
        assert "Đinh Thị Mai</a>" in html
        assert "Chưa nhận lời mời</span>" in html


def test_a_second_file_says_who_has_not_answered(desk):
    by_mail = ["Đinh Thị Mai", "mai@example.vn", "", "Người hướng dẫn", "10750", "", ""]
    by_number = ["Hà Văn Nam", "", "0912 345 679", "Người hướng dẫn", "10750", "", ""]
    file = xlsx(by_mail, by_number, header=list(bulk.COLUMNS))
    verdicts(desk, file)
    confirm(desk)
    assert [why for _, why in verdicts(desk, file)] == [
        "Người này chưa nhận lời mời.",
        "Số này chưa nhận lời mời của bạn.",
    ]


def test_an_undone_merge_is_told_to_both(chi, phu_thai):
    one, two = (make_learner("Nguyễn Thị Lan", commune=phu_thai) for _ in range(2))
    merged = merging.merge(by=chi, duplicate=one, canonical=two, reason="cùng người")
    merging.unmerge(by=chi, merge=merged)
    told = Notice.objects.filter(text__contains="đã bỏ lần gộp").values_list("learner", flat=True)
    assert sorted(told) == sorted([one.pk, two.pk])


def test_who_stays_is_warned_no_more(lan):
    leaving.leave(learner=lan, kind="erase")
    assert Notice.objects.filter(learner=lan, text__contains="sẽ xóa lúc").exists()
    lan.refresh_from_db()
    leaving.stay(learner=lan)
    [text] = Notice.objects.filter(learner=lan).values_list("text", flat=True)
    assert text.startswith("Bạn ở lại từ")


def test_leaving_with_the_households_own_number_is_said_so(dung, phu_thai):
    dung.roles.all().delete()
    roles.follow(dung)
    child = make_learner("Vũ Minh Sơn", user=dung, commune=phu_thai)
    client = Client()
    client.force_login(dung)
    client.post("/ai-dang-hoc/", {"learner": child.public_id})
    sent = {"current": PIN, "phone": "0987 654 321", "pin": "482951"}
    answer = client.post(f"/ai-dang-hoc/{child.public_id}/ra-rieng/", sent)
    assert "số cả nhà đang dùng" in answer.content.decode()
