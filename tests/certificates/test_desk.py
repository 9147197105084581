"""/quan-ly/giay/: officials find papers of their places, revoke them and issue them again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates import issuing, serials
from certificates.models import Paper
from tests.make import make_course, make_learner

from .make import make_paper

LIST = "/quan-ly/giay/"


@pytest.fixture
def paper(lan):
    return make_paper(lan)


@pytest.fixture
def others(cam_giang):
    """A paper of another commune."""
    return make_paper(make_learner("Đỗ Thị Ước", commune=cam_giang), make_course("KNS01"))


def url(name, paper):
    return reverse(f"certificates:{name}", args=[paper.serial])


def rows(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["page"])


class TestList:
    def test_an_official_reads_the_papers_of_her_place(self, client, chi, paper, others):
        client.force_login(chi)
        assert rows(client) == [paper]
        page = client.get(LIST).content.decode()
        assert paper.number in page
        assert "Đỗ Thị Ước" not in page

    def test_the_city_reads_all_newest_first(self, client, quan_tri, paper, others):
        client.force_login(quan_tri)
        assert rows(client) == [others, paper]

    @pytest.mark.parametrize("typed", ["Nguyễn Thị Lan", "nguyen", "THỊ LAN", "  lan "])
    def test_a_name_is_found_without_accents(self, client, quan_tri, paper, others, typed):
        client.force_login(quan_tri)
        assert rows(client, q=typed) == [paper]

    def test_d_with_a_stroke_is_found_as_d(self, client, quan_tri, paper, others):
        client.force_login(quan_tri)
        assert rows(client, q="do thi uoc") == rows(client, q="ĐỖ") == [others]

    def test_a_number_is_found(self, client, quan_tri, paper, others):
        client.force_login(quan_tri)
        assert rows(client, q=paper.number.lower()) == [paper]
        assert rows(client, q=serials.new()) == []
        assert "Không tìm thấy giấy nào" in client.get(LIST, {"q": "xyz"}).content.decode()

    def test_another_communes_number_is_not(self, client, chi, others):
        client.force_login(chi)
        assert rows(client, q=others.serial) == []

    def test_by_course_and_state(self, client, quan_tri, paper, others):
        client.force_login(quan_tri)
        issuing.revoke(paper=others, by=quan_tri, reason="Sai")
        assert rows(client, tinh_trang="thu-hoi") == [others]
        assert rows(client, tinh_trang="con") == [paper]
        assert rows(client, khoa=paper.course_id) == [paper]
        assert rows(client, khoa="", q="", tinh_trang="") == [others, paper]

    @pytest.mark.parametrize(
        "query", [{"khoa": "x"}, {"tinh_trang": "?"}, {"q": "x" * 500}, {"trang": "x"}, {"q": "%_'"}]
    )
    def test_nonsense_breaks_nothing(self, client, chi, paper, query):
        client.force_login(chi)
        assert client.get(LIST, query).status_code == 200

    def test_it_has_pages_and_keeps_the_question(self, client, chi, paper, monkeypatch):
        monkeypatch.setattr("certificates.desk.PER_PAGE", 1)
        hoa = make_paper(make_learner("Hoa Thị"), paper.course)
        client.force_login(chi)
        assert rows(client, q="thi") == [hoa]
        assert rows(client, q="thi", trang="2") == [paper]
        assert "?q=thi&amp;trang=2" in client.get(LIST, {"q": "thi"}).content.decode()

    def test_an_empty_place_is_told(self, client, chi):
        client.force_login(chi)
        assert "Chưa có giấy nào" in client.get(LIST).content.decode()

    def test_its_cost_does_not_grow_with_papers(self, client, chi, paper, django_assert_max_num_queries):
        for number in range(4):
            make_paper(make_learner(f"Người {number}"), paper.course)
        client.force_login(chi)
        with django_assert_max_num_queries(14):
            client.get(LIST)


class TestDetail:
    def test_it_tells_what_happened(self, client, chi, paper, lan):
        new = issuing.reissue(paper=paper, by=chi, reason="Sai tên đệm")
        client.force_login(chi)
        old_page = client.get(url("manage_paper", paper)).content.decode()
        for said in ("Đã thu hồi", "Sai tên đệm", chi.name, new.number, "máy tự cấp"):
            assert said in old_page
        new_page = client.get(url("manage_paper", new)).content.decode()
        for said in ("Còn hiệu lực", "thay giấy", paper.number, chi.name):
            assert said in new_page
        assert url("revoke", new) in new_page
        assert url("reissue", paper) not in old_page

    def test_another_communes_paper_looks_like_none(self, client, chi, others):
        client.force_login(chi)
        missing = reverse("certificates:manage_paper", args=[serials.new()])
        for name in ("manage_paper", "revoke", "reissue"):
            assert client.get(url(name, others)).status_code == 404
        assert client.get(missing).status_code == 404
        assert client.get("/quan-ly/giay/ABC/").status_code == 404

    def test_a_retracted_completion_names_the_machine(self, client, chi, paper):
        issuing.revoke(paper=paper, by=None, reason="Đã hủy")
        client.force_login(chi)
        assert "máy thu hồi" in client.get(url("manage_paper", paper)).content.decode()


class TestWho:
    @pytest.fixture
    def pages(self, paper):
        return [LIST, *(url(name, paper) for name in ("manage_paper", "revoke", "reissue"))]

    def test_strangers_sign_in(self, client, pages):
        for page in pages:
            response = client.get(page)
            assert (response.status_code, response.url) == (302, f"/dang-nhap/?next={page}")

    def test_learners_trainers_and_editors_are_refused(self, client, pages, lan, binh, bien):
        for user in (lan.user, binh, bien):
            client.force_login(user)
            assert [client.get(page).status_code for page in pages] == [403] * 4

    def test_who_may_only_look_looks(self, client, pages, paper, chi):
        chi.roles.update(kind="official_view")
        client.force_login(chi)
        assert [client.get(page).status_code for page in pages] == [200, 200, 403, 403]
        assert url("revoke", paper) not in client.get(pages[1]).content.decode()
        for page in pages[2:]:
            assert client.post(page, {"reason": "x", "sure": "on"}).status_code == 403
        assert Paper.objects.get().is_live

    def test_a_role_that_ended_opens_nothing(self, client, pages, chi):
        chi.roles.update(expires_at=timezone.now())
        client.force_login(chi)
        assert [client.get(page).status_code for page in pages] == [403] * 4


@pytest.mark.parametrize("name", ["revoke", "reissue"])
class TestReason:
    def test_the_screen_says_what_will_happen_and_does_nothing(self, client, chi, paper, name):
        client.force_login(chi)
        page = client.get(url(name, paper)).content.decode()
        assert "Lý do" in page
        assert "Tôi hiểu" in page
        assert Paper.objects.get().is_live

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            ({"sure": "on"}, "Hãy ghi lý do."),
            ({"sure": "on", "reason": "  \u200b "}, "Hãy ghi lý do."),
            ({"sure": "on", "reason": "x" * 301}, "nhiều nhất 300 chữ"),
            ({"reason": "Sai tên"}, "Hãy đánh dấu vào ô này"),
        ],
    )
    def test_without_a_reason_or_a_yes_nothing_happens(self, client, chi, paper, name, data, says):
        client.force_login(chi)
        response = client.post(url(name, paper), data)
        assert response.status_code == 200
        assert says in response.content.decode()
        assert Paper.objects.get().is_live

    def test_it_is_done_once_however_often_it_is_sent(self, client, chi, paper, name):
        client.force_login(chi)
        for _ in range(2):
            response = client.post(url(name, paper), {"reason": "Sai tên", "sure": "on"}, follow=True)
            assert response.status_code == 200
        paper.refresh_from_db()
        assert (paper.is_live, paper.reason, paper.revoked_by) == (False, "Sai tên", chi)
        assert Paper.objects.count() == (1 if name == "revoke" else 2)

    def test_another_commune_cannot(self, client, sau, paper, name):
        client.force_login(sau)
        assert client.post(url(name, paper), {"reason": "x", "sure": "on"}).status_code == 404
        assert Paper.objects.get().is_live

    def test_other_methods_are_refused(self, client, chi, paper, name):
        client.force_login(chi)
        assert client.put(url(name, paper)).status_code == 405


def test_a_paper_without_a_completion_is_not_issued_again(client, chi, paper):
    paper.learner.enrolments.all().delete()
    client.force_login(chi)
    for response in (
        client.post(url("reissue", paper), {"reason": "Sai tên", "sure": "on"}, follow=True),
        client.get(url("reissue", paper), follow=True),
    ):
        assert "chưa hoàn thành khóa này" in response.content.decode()
        assert 'name="reason"' not in response.content.decode()
    assert Paper.objects.get().is_live


def test_a_paper_issued_again_leads_to_the_new_one(client, chi, paper):
    new = issuing.reissue(paper=paper, by=chi, reason="Sai tên")
    client.force_login(chi)
    response = client.get(url("reissue", paper), follow=True)
    assert response.redirect_chain == [(url("manage_paper", new), 302)]
    assert "đã được cấp lại. Đây là giấy mới." in response.content.decode()


def test_the_form_of_a_revoked_paper_says_so_and_why(client, chi, paper):
    client.force_login(chi)
    assert "đã bị thu hồi" not in client.get(url("reissue", paper)).content.decode()
    issuing.revoke(paper=paper, by=chi, reason="Sai tên đệm")
    page = client.get(url("reissue", paper)).content.decode()
    assert "Giấy này đã bị thu hồi. Lý do đã ghi:" in page
    assert "Sai tên đệm" in page
    assert "giấy này vẫn bị thu hồi" in page


def test_a_revoked_paper_can_be_issued_again_at_the_desk(client, chi, paper, lan):
    type(lan).objects.update(name="Nguyễn Thị Lành")
    issuing.revoke(paper=paper, by=chi, reason="Sai tên")
    client.force_login(chi)
    response = client.post(url("reissue", paper), {"reason": "Đã sửa tên", "sure": "on"}, follow=True)
    assert "Đã cấp giấy mới." in response.content.decode()
    assert Paper.objects.live().get().name == "Nguyễn Thị Lành"
