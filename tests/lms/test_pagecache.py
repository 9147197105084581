"""The same page for everyone, at most sixty seconds old, gone with any change."""

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory
from wagtail.models import Page, Site

from cms.models import Film
from lms import pagecache
from lms.pagecache import PageCacheMiddleware, bump, shared_page


@pytest.fixture
def counted():
    """A middleware over a shared view that says how often it was rendered."""

    class Counted:
        renders = 0
        headers: dict = {}
        status = 200
        during = staticmethod(lambda: None)

        def __call__(self, request):
            request.resolver_match = None

            @shared_page
            def view(request):
                self.renders += 1
                self.during()
                return HttpResponse(f"render {self.renders}", status=self.status, headers=self.headers)

            return view(request)

    view = Counted()
    view.through = PageCacheMiddleware(view)
    return view


def get(counted, path="/khoa-hoc/", **extra):
    return counted.through(RequestFactory().get(path, **extra))


def test_second_reader_gets_the_first_render(counted):
    assert get(counted).content == b"render 1"
    assert get(counted).content == b"render 1"


def test_cookies_of_the_reader_change_nothing(counted):
    get(counted)
    assert get(counted, HTTP_COOKIE="sessionid=abc; hvs_in=1").content == b"render 1"


def test_bump_forgets(counted):
    get(counted)
    bump()
    assert get(counted).content == b"render 2"


def test_page_rendered_while_a_change_commits_is_not_kept_as_new(counted):
    counted.during = bump
    get(counted)
    counted.during = lambda: None
    assert get(counted).content == b"render 2"


def test_entry_lives_a_minute_at_most(counted, monkeypatch):
    kept = []
    monkeypatch.setattr(
        caches["pages"].__class__,
        "set",
        lambda self, key, value, timeout=None, version=None: kept.append((key, timeout)),
    )
    get(counted)
    assert [timeout for key, timeout in kept if key.startswith("page:")] == [60]


@pytest.mark.parametrize("headers", [{"Vary": "Cookie"}, {"Vary": "Accept, cookie"}])
def test_personal_answer_is_never_kept(counted, headers, caplog):
    counted.headers = headers
    get(counted)
    assert get(counted).content == b"render 2"
    assert "personal" in caplog.text


def test_answer_with_a_cookie_is_never_kept(counted, monkeypatch):
    original = HttpResponse.__init__

    def with_cookie(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.set_cookie("x", "y")

    monkeypatch.setattr(HttpResponse, "__init__", with_cookie)
    get(counted)
    monkeypatch.setattr(HttpResponse, "__init__", original)
    assert get(counted).content == b"render 2"


@pytest.mark.parametrize("status", [404, 500, 302])
def test_only_success_is_kept(counted, status):
    counted.status = status
    get(counted)
    assert get(counted).content == b"render 2"


def test_post_goes_through(counted):
    get(counted)
    assert counted.through(RequestFactory().post("/khoa-hoc/")).content == b"render 2"


def test_undeclared_view_is_not_kept():
    renders = []

    def view(request):
        request.resolver_match = None
        renders.append(1)
        return HttpResponse("x")

    through = PageCacheMiddleware(view)
    for _ in range(2):
        through(RequestFactory().get("/hoc-tap/"))
    assert len(renders) == 2


def test_links_shared_through_zalo_find_the_same_entry(counted):
    get(counted)
    assert get(counted, "/khoa-hoc/?zarsrc=30&utm_source=zalo&fbclid=x").content == b"render 1"
    assert get(counted, "/khoa-hoc/?trang=2").content == b"render 2"


def test_not_modified(counted):
    etag = get(counted)["ETag"]
    again = get(counted, HTTP_IF_NONE_MATCH=etag)
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == etag


def test_head_is_answered_without_a_body(counted):
    get(counted)
    response = counted.through(RequestFactory().head("/khoa-hoc/"))
    assert response.content == b""
    assert response["ETag"]
    assert counted.renders == 1


def test_encodings_are_kept_apart(counted):
    get(counted)
    assert get(counted, HTTP_ACCEPT_ENCODING="gzip, br").content == b"render 2"


def test_unknown_host_is_refused(client):
    assert client.get("/khoa-hoc/", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["publish", "unpublish", "delete", "site", "film", "no film"])
def test_any_change_renews_the_version(change, django_capture_on_commit_callbacks):
    root = Page.objects.get(depth=1)
    page = root.add_child(instance=Page(title="Trang", slug="trang-thu"))
    site, _ = Site.objects.get_or_create(is_default_site=True, defaults={"hostname": "x", "root_page": page})
    site.site_name = "Tên mới"
    film = Film.objects.create(title="Phim", film="films/khong-co.mp4", captions="films/khong-co.vtt")
    bump()
    before = caches["pages"].get(pagecache.VERSION_KEY)
    with django_capture_on_commit_callbacks(execute=True):
        match change:
            case "publish":
                page.save_revision().publish()
            case "unpublish":
                page.unpublish()
            case "delete":
                page.delete()
            case "site":
                site.save()
            case "film":
                film.save()
            case "no film":
                film.delete()
    assert caches["pages"].get(pagecache.VERSION_KEY) != before


@pytest.mark.django_db
def test_saving_a_draft_forgets_nothing(django_capture_on_commit_callbacks):
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Trang", slug="trang-nhap"))
    bump()
    before = caches["pages"].get(pagecache.VERSION_KEY)
    with django_capture_on_commit_callbacks(execute=True):
        page.title = "Nháp"
        page.save_revision()
    assert caches["pages"].get(pagecache.VERSION_KEY) == before


def test_a_parameter_given_twice_keeps_its_order(counted):
    assert get(counted, "/?sap-xep=a&sap-xep=b").content == b"render 1"
    assert get(counted, "/?sap-xep=b&sap-xep=a").content == b"render 2"
    assert get(counted, "/?x=1&sap-xep=a&sap-xep=b").content == b"render 3"
    assert get(counted, "/?sap-xep=a&x=1&sap-xep=b").content == b"render 3"
