"""What a phone needs to go on without network, and how many bytes it costs to fetch.

A page is rendered here by the very view that serves it, and what it names (styles, scripts and what
they import, drawings, pictures) is read from it: the list cannot differ from what is really sent.
`bytes` is the most a fetch transfers: body as compressed on the way, and headers.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import resolve

HEADERS = 700  # bytes, the most that our headers take; measured 580 without TLS
PADDING = 100  # GZipMiddleware adds up to so many random bytes (against BREACH)
SMALLEST = 200  # bytes; below, GZipMiddleware leaves a page as it is
DIGITS = 16  # of SHA-256, enough to see that a file is not the one meant
_NAMED = re.compile(r'(?:src|href)="(/[^"#?]+)')
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""")
_IN_CSS = re.compile(r"""url\(\s*["']?([^"')#?]+)""")
_MARKED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
_PICTURES = (".svg", ".webp", ".png", ".jpg", ".jpeg", ".gif")


@dataclass(frozen=True)
class File:
    """`size`: decoded, `bytes`: on the way, `digest`: of the decoded content."""

    url: str
    bytes: int
    size: int
    digest: str

    def as_json(self) -> dict[str, object]:
        return {"url": self.url, "bytes": self.bytes, "size": self.size, "digest": self.digest}


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGITS]


def page(request: HttpRequest, url: str) -> tuple[File, str]:
    """A page that is the same for everybody, with its HTML."""
    body = rendered(request, url)
    sent = len(gzip.compress(body, 6)) + PADDING if len(body) >= SMALLEST else len(body)
    return File(url, sent + HEADERS, len(body), digest(body)), body.decode()


def rendered(request: HttpRequest, url: str) -> bytes:
    """What the page's own view answers to nobody in particular. Raises Http404."""
    environ = {**request.META, "PATH_INFO": url, "QUERY_STRING": "", "REQUEST_METHOD": "GET"}
    asked = WSGIRequest({name: value for name, value in environ.items() if name != "HTTP_COOKIE"})
    asked.resolver_match = resolve(url)
    view, args, kwargs = asked.resolver_match
    response = view(asked, *args, **kwargs)
    if hasattr(response, "render"):
        response.render()
    if response.status_code != 200:
        raise ValueError(f"{url} answers {response.status_code}")
    return bytes(response.content)


def files_of(htmls: Iterable[str]) -> list[File]:
    """All that these pages name on our own host, and what that names; each once, in a steady order."""
    found: dict[str, File | None] = {}
    waiting = sorted({url for html in htmls for url in _NAMED.findall(html)})
    while waiting:
        url = waiting.pop(0)
        if url in found or not is_file(url):
            continue
        found[url], names = _measured(url)
        waiting += names
    return [file for file in found.values() if file]


def is_file(url: str) -> bool:
    if url.startswith(settings.STATIC_URL):
        return True
    return url.startswith(settings.MEDIA_URL) and url.endswith(_PICTURES)


def _measured(url: str) -> tuple[File | None, tuple[str, ...]]:
    # A marked name, or a picture's, never comes back with another content.
    keep = _MARKED.search(url) or url.startswith(settings.MEDIA_URL)
    return _read_once(url) if keep else _read(url)


def _read(url: str) -> tuple[File | None, tuple[str, ...]]:
    """The file and what it names; nothing when it is not there."""
    if url.startswith(settings.STATIC_URL):
        return _read_static(url)
    name = url.removeprefix(settings.MEDIA_URL)
    if not default_storage.exists(name):
        return None, ()
    with default_storage.open(name) as opened:
        body = opened.read()
    sent = len(gzip.compress(body, 6)) + PADDING
    if not url.endswith(".svg"):
        sent = max(sent, len(body))  # a server in front may send a picture as it is
    return File(url, sent + HEADERS, len(body), digest(body)), ()


_read_once = lru_cache(maxsize=4096)(_read)


def _read_static(url: str) -> tuple[File | None, tuple[str, ...]]:
    name = url.removeprefix(settings.STATIC_URL)
    path = _path(name)
    if path is None:
        return None, ()
    body = path.read_bytes()
    zipped = path.with_name(path.name + ".gz")
    sent = zipped.stat().st_size if zipped.is_file() else len(body)
    pattern = {".js": _IMPORTED, ".css": _IN_CSS}.get(path.suffix)
    named = pattern.findall(body.decode()) if pattern else []
    folder = posixpath.dirname(url)
    names = [posixpath.normpath(posixpath.join(folder, one)) for one in named if not one.startswith("data:")]
    return File(url, sent + HEADERS, len(body), digest(body)), tuple(names)


def _path(name: str) -> Path | None:
    collected = Path(staticfiles_storage.path(name)) if settings.STATIC_ROOT else None
    if collected and collected.is_file():
        return collected
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else None
