"""/giay/: what anybody, the owner and an official read of a paper."""

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates import issuing, serials, views
from certificates.models import Paper
from tests.make import make_learner

from .make import make_paper


@pytest.fixture
def paper(lan):
    return make_paper(lan, score_percent=90)


@pytest.fixture
def child(phu_thai):
    return make_paper(make_learner("Trần Đức Minh", birth_year=timezone.localdate().year - 12))


def read(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "private" in response["Cache-Control"]
    page = response.content.decode()
    assert '<meta name="robots" content="noindex, nofollow">' in page
    return page


class TestPage:
    def test_anybody_reads_that_it_is_valid(self, client, paper):
        page = read(client, paper.get_absolute_url())
        for said in ("Giấy này còn hiệu lực", "Nguyễn Thị Lan", "Khóa học KNS04", "90&nbsp;%", paper.number):
            assert said in page
        assert "Học Vụ Số thành phố Hải Phòng" in page
        assert "giay-ghi-nhan.pdf" not in page
        assert "Quản lý giấy này" not in page

    def test_zalo_finds_its_picture(self, client, paper):
        page = read(client, paper.get_absolute_url())
        assert (
            f'<meta property="og:image" content="http://testserver/giay/{paper.serial}/giay-ghi-nhan.png">'
            in page
        )
        assert 'og:image:width" content="1200"' in page
        assert "Nguyễn Thị Lan đã hoàn thành khóa học" in page

    def test_a_revoked_paper_says_why_and_since_when(self, client, paper, chi):
        issuing.revoke(paper=paper, by=chi, reason="Cấp nhầm <b>người</b>")
        page = read(client, paper.get_absolute_url())
        today = timezone.localtime(Paper.objects.get().revoked_at).strftime("%d/%m/%Y")
        assert "Giấy này đã bị thu hồi" in page
        assert f"Giấy không còn hiệu lực từ ngày {today}" in page
        assert "Cấp nhầm &lt;b&gt;người&lt;/b&gt;" in page
        assert "còn hiệu lực</h1>" not in page
        assert "thay bằng giấy mới" not in page
        assert "giay-ghi-nhan.png" not in page
        assert chi.name not in page

    def test_strangers_are_not_led_from_the_old_paper_to_the_new(self, client, paper, chi, lan):
        new = issuing.reissue(paper=paper, by=chi, reason="Sai tên")
        page = read(client, paper.get_absolute_url())
        assert new.serial not in page
        assert new.number not in page
        assert "Giấy này đã được thay bằng giấy mới" in page  # a mended name is no fraud
        client.force_login(lan.user)
        assert new.get_absolute_url() in read(client, paper.get_absolute_url())

    def test_a_childs_page_shows_initials_to_strangers(self, client, child):
        page = read(client, child.get_absolute_url())
        assert "T. Đ. M." in page
        assert "Minh" not in page
        assert "dưới 16 tuổi" in page

    def test_a_child_reads_her_own_name(self, client, child):
        client.force_login(child.learner.user)
        assert "Trần Đức Minh" in read(client, child.get_absolute_url())

    def test_who_is_signed_in_is_not_asked_to_sign_in(self, client, paper, lan):
        anonymous = client.get(paper.get_absolute_url())
        assert 'href="/dang-nhap/">Đăng nhập' in anonymous.content.decode()
        assert not anonymous.cookies
        client.force_login(lan.user)
        page = read(client, paper.get_absolute_url())
        assert 'href="/dang-nhap/">Đăng nhập' not in page
        assert 'action="/dang-xuat/"' in page

    def test_the_owner_gets_files_and_a_way_to_send_them(self, client, paper, lan):
        client.force_login(lan.user)
        page = read(client, paper.get_absolute_url())
        for said in ("Giấy ghi nhận của bạn", "giay-ghi-nhan.pdf", "giay-ghi-nhan.png", "Zalo", "share.js"):
            assert said in page
        assert "Quản lý giấy này" not in page

    def test_the_owner_of_a_revoked_paper_gets_none(self, client, paper, lan, chi):
        issuing.revoke(paper=paper, by=chi, reason="Sai")
        client.force_login(lan.user)
        page = read(client, paper.get_absolute_url())
        assert "giay-ghi-nhan.p" not in page
        assert "hãy hỏi cán bộ" in page

    def test_an_official_of_her_place_is_led_to_the_desk(self, client, paper, chi, sau):
        client.force_login(sau)
        assert "Quản lý giấy này" not in read(client, paper.get_absolute_url())
        client.force_login(chi)
        assert reverse("certificates:manage_paper", args=[paper.serial]) in read(
            client, paper.get_absolute_url()
        )

    def test_another_spelling_leads_to_the_one_address(self, client, paper):
        for typed in (paper.number, paper.serial.lower(), f" {paper.serial}"):
            response = client.get(reverse("certificates:paper", args=[typed]))
            assert (response.status_code, response.url) == (301, paper.get_absolute_url())

    def test_a_number_nobody_has_offers_to_type_it_again(self, client, paper):
        serial = serials.new()
        page = read(client, reverse("certificates:paper", args=[serial]), 404)
        assert "Không có giấy mang số này" in page
        assert serials.grouped(serial) in page
        assert 'name="so"' in page

    @pytest.mark.parametrize("typed", ["ABC", "0000000001", "<script>alert(1)</script>", "Đ" * 300, "%00"])
    def test_a_number_typed_wrongly_is_explained(self, client, db, typed):
        page = read(client, reverse("certificates:paper", args=[typed.replace("/", "")]), 404)
        assert "Số giấy chưa đúng" in page
        assert "<script>alert" not in page

    def test_one_wrong_letter_is_told_from_no_such_paper(self, client, paper):
        wrong = ("1" if paper.serial[0] != "1" else "2") + paper.serial[1:]
        assert "gõ nhầm" in read(client, reverse("certificates:paper", args=[wrong]), 404)

    def test_nothing_is_posted_here(self, client, paper):
        assert client.post(paper.get_absolute_url()).status_code == 405

    def test_its_cost_is_bounded(self, client, paper, chi, django_assert_max_num_queries):
        with django_assert_max_num_queries(1):
            client.get(paper.get_absolute_url())
        client.force_login(chi)
        with django_assert_max_num_queries(5):  # with who she is, for the head of the page
            client.get(paper.get_absolute_url())


class TestForm:
    url = "/giay/"

    def test_it_asks_for_a_number(self, client, db):
        page = read(client, self.url)
        assert "Kiểm tra một giấy ghi nhận" in page
        assert "errorlist" not in page

    def test_a_number_leads_to_its_paper(self, client, paper):
        response = client.get(self.url, {"so": paper.number.lower().replace("-", " ")})
        assert (response.status_code, response.url) == (302, paper.get_absolute_url())

    @pytest.mark.parametrize(
        ("typed", "says"),
        [("", "chưa gõ"), ("ABC", "bạn đã gõ 3"), ("A" * 500, "11 chữ và số"), ("ABCDE-FGHJK-0", "gõ nhầm")],
    )
    def test_what_is_wrong_is_said_beside_the_field(self, client, db, typed, says):
        page = read(client, self.url + f"?so={typed}")
        assert says in page
        assert 'aria-invalid="true"' in page


class TestFiles:
    def urls(self, paper):
        return [reverse(f"certificates:{kind}", args=[paper.serial]) for kind in ("pdf", "picture")]

    def test_the_owner_downloads_both(self, client, paper, lan):
        client.force_login(lan.user)
        pdf, picture = (client.get(url) for url in self.urls(paper))
        assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
        assert f"giay-ghi-nhan-{paper.number}.pdf" in pdf["Content-Disposition"]
        assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
        assert pdf["X-Robots-Tag"] == picture["X-Robots-Tag"] == "noindex, nofollow, noarchive"

    def test_an_official_of_her_place_opens_the_paper(self, client, paper, chi):
        client.force_login(chi)
        assert client.get(self.urls(paper)[0]).status_code == 200

    def test_strangers_sign_in_first(self, client, paper):
        url = self.urls(paper)[0]
        response = client.get(url)
        assert response.status_code == 302
        assert response.url == f"/dang-nhap/?next={url}"

    def test_others_are_refused_the_paper(self, client, paper, sau, binh, bien, phu_thai):
        for user in (sau, binh, bien, make_learner("Hoa").user):
            client.force_login(user)
            assert client.get(self.urls(paper)[0]).status_code == 403

    def test_anybody_sees_the_picture(self, client, paper):
        assert client.get(self.urls(paper)[1]).status_code == 200

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_revoked_paper_has_no_files(self, client, paper, lan, chi, which):
        url = self.urls(paper)[which]
        client.force_login(lan.user)
        assert client.get(url).status_code == 200
        issuing.revoke(paper=paper, by=chi, reason="Sai")
        assert "đã bị thu hồi" in read(client, url, 410)

    @pytest.mark.parametrize("kind", ["pdf", "picture"])
    def test_no_paper_no_file(self, client, db, kind):
        read(client, reverse(f"certificates:{kind}", args=[serials.new()]), 404)
        read(client, reverse(f"certificates:{kind}", args=["ABC"]), 404)


class TestRate:
    def test_too_many_from_one_address_wait_a_minute(self, client, paper, monkeypatch):
        monkeypatch.setattr(views, "PER_MINUTE", 3)
        monkeypatch.setattr(views.throttles.time, "time", lambda: 1_000_000_020.0)
        url = paper.get_absolute_url()
        assert [client.get(url).status_code for _ in range(4)] == [200, 200, 200, 429]
        response = client.get(f"/giay/{serials.new()}/")
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 60
        assert "Hãy chờ một phút" in response.content.decode()
        assert client.get(url, REMOTE_ADDR="10.0.0.9").status_code == 200
        assert client.get(reverse("certificates:picture", args=[paper.serial])).status_code == 200


def test_a_year_of_birth_corrected_later_hides_the_name(client, lan):
    paper = make_paper(lan)
    assert "Nguyễn Thị Lan" in read(client, paper.get_absolute_url())
    lan.birth_year = timezone.localdate().year - 12
    lan.save()
    page = read(client, paper.get_absolute_url())
    assert "Nguyễn Thị Lan" not in page
    assert "N. T. L." in page
