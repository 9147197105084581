"""Learning without network: the worker, the manifest, the offline home, and what a course weighs.

All of it is the same for everybody. What the browser does with it: lms/static/lms/js/sw.js,
offline.js, download.js, offline-home.js; docs/offline.md tells the whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.test import RequestFactory
from django.views.decorators.http import require_safe

from cms.models import CoursePage
from cms.weighing import A_DAY, release
from common import transfer
from common.transfer import File

from . import offline_files
from .pagecache import shared_page

WORKER = ("sw.js", "sw-download.js")
JS = Path(__file__).parent / "static" / "lms" / "js"
HOME = "/ngoai-tuyen/"
MANIFEST = "/manifest.webmanifest"
ICON = "lms/img/icon-192.png"  # of the manifest's icons the one that phones look at unasked
# Pages about the phone itself, and what a lesson or a test may ask for later.
PAGES = (HOME, "/viec-tren-may/")
FILES = ("lms/js/lesson.js", "lms/js/test.js", "lms/css/practice.css", "lms/css/aloud.css")


@require_safe
@shared_page
def service_worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`. With OFFLINE off, one that takes itself away: the way out of a broken worker."""
    if not settings.OFFLINE:
        return HttpResponse((JS / "sw-off.js").read_text(), content_type="text/javascript; charset=utf-8")
    pages = [offline_files.page(request, url) for url in PAGES]
    files = offline_files.files_of([html for _, html in pages], also=[static(name) for name in FILES])
    source = "".join((JS / name).read_text() for name in WORKER)
    urls = [*PAGES, *(file.url for file in files)]
    parts = [source, *urls, *(file.digest for file, _ in pages)]
    version = transfer.digest("\n".join(parts).encode())[:12]
    head = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(urls)};\n"
    return HttpResponse(head + source, content_type="text/javascript; charset=utf-8")


def brought(html: str) -> list[File]:
    """What this page brings by itself a moment later, once for the whole site: worker, shell, manifest, icon.

    For who prices the page (`cms.weighing`); too much where there are no workers (plain http).
    """
    if not settings.OFFLINE or "lms/js/offline." not in html:
        return []
    name = f"weigh.shell.{release()}"
    if (known := cache.get(name)) is None:
        known = _shell()
        cache.set(name, known, A_DAY)
    return list(known)


def _shell() -> list[File]:
    request = RequestFactory().get("/", HTTP_HOST=urlsplit(settings.SITE_URL).netloc)
    made = [offline_files.page(request, url) for url in ("/sw.js", MANIFEST, *PAGES)]
    named = [static(name) for name in (*FILES, ICON)]
    return [*(file for file, _ in made), *offline_files.files_of([text for _, text in made[2:]], also=named)]


@require_safe
@shared_page
def manifest(request: HttpRequest) -> HttpResponse:
    """`/manifest.webmanifest`: how it stands on a phone's home screen."""
    icons = [
        ("icon-192.png", 192, "any"),
        ("icon-512.png", 512, "any"),
        ("icon-maskable-512.png", 512, "maskable"),
    ]
    said = {
        "id": "/",
        "name": "Học Vụ Số",
        "short_name": "Học Vụ Số",
        "description": "Học kỹ năng số từng bước một, cả khi không có mạng.",
        "lang": "vi",
        "dir": "ltr",
        "start_url": "/hoc-tap/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf7ee",
        "theme_color": "#0b5a7a",
        "categories": ["education"],
        "icons": [
            {
                "src": static(f"lms/img/{name}"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in icons
        ],
    }
    body = json.dumps(said, ensure_ascii=False)
    return HttpResponse(body, content_type="application/manifest+json; charset=utf-8")


@require_safe
@shared_page
def home(request: HttpRequest) -> HttpResponse:
    """`/ngoai-tuyen/`: what can be learned now; shown too wherever a page cannot be had."""
    return render(request, "lms/phone/offline.html")


@require_safe
@shared_page
def course_files(request: HttpRequest, course: str) -> HttpResponse:
    """`/ngoai-tuyen/<course>.json`: every file that learning this course without network takes.

    Its pages come last: a phone that stops half-way has no page without its pictures. `sounds` are the
    recordings that its lessons offer today, in no price but their own.
    """
    found = get_object_or_404(CoursePage.objects.live(), slug=course)
    lessons = list(found.live_lessons())
    urls = [found.path_of_site(), *(lesson.path_of_site() for lesson in lessons)]
    pages = [offline_files.page(request, url) for url in urls]
    files = [*offline_files.files_of(html for _, html in pages), *(file for file, _ in pages)]
    sounds = offline_files.sounds_of(html for _, html in pages)
    released = found.course()
    edition = released.current_edition if released else None
    said = {
        "course": found.slug,
        "title": found.title,
        "url": found.path_of_site(),
        "edition": edition.number if edition else None,
        "bytes": sum(file.bytes for file in files),
        "lessons": [
            {"url": one.path_of_site(), "title": one.title, "item": one.item_key, "minutes": one.minutes}
            for one in lessons
        ],
        "files": [_listed(file) for file in files],
        "sounds": [_listed(file) for file in sounds],
    }
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _listed(file: File) -> dict[str, object]:
    return {"url": file.url, "bytes": file.bytes, "size": file.size, "digest": file.digest}
