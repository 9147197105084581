"""What a page names, and what it and its files weigh on the way: one set of figures for every price.

    page(body) -> bytes        a page (or worker, or list) as this site sends it
    file(url) -> File | None   one file of /static/ or /media/; None when it is not there
    names(html) -> Names       the files that a browser fetches for this page, or may be asked to

Units are bytes; what is sent is body and headers. Never less than what really travels to a browser that we
promise to serve (Chromium 100 or newer, and its like), and little more: over HTTPS all of them take brotli,
without it none asks for more than gzip. A server in front hands out files as docs/start.md says.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage

# The most that ours take: measured 450–464 of a static file, 560–624 of media and pages, 75 more with HTTPS.
STATIC_HEADERS, HEADERS = 550, 700
PADDING = 100  # GZipMiddleware adds up to so many random bytes (against BREACH)
SMALLEST = 200  # below, GZipMiddleware leaves an answer as it is
DIGITS = 16  # of SHA-256, enough to see that a file is not the one meant
PICTURES = (".svg", ".webp", ".png", ".jpg", ".jpeg", ".gif")
WORDS = (".svg", ".vtt")  # of /media/: these shrink
SOUNDS = (".mp3", ".ogg", ".m4a")
PLAYED = (".mp4", ".webm", *SOUNDS)  # as they are, often piece by piece
_MARKED = re.compile(r"\.[0-9a-f]{12}\.\w+$")  # a name that carries its content's digest
_NOW = re.compile(r"""(?:\bfrom|\bimport)\s*["'`](\.[^"'`]+)["'`]""")
_LATER = re.compile(r"""\bimport\(\s*["'`](\.[^"'`]+)["'`]\s*\)""")
_IN_CSS = re.compile(r"""url\(\s*["']?([^"')#?]+)""")


@dataclass(frozen=True)
class File:
    """`bytes`: sent, `size`: decoded, `digest`: of the decoded content (none of a film).

    `now` are the files that it fetches at once, `later` those that it may fetch (`import()`).
    """

    url: str
    bytes: int
    size: int
    digest: str = ""
    now: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGITS]


def page(body: bytes) -> int:
    return _zipped(body) + HEADERS


def _zipped(body: bytes) -> int:
    return len(gzip.compress(body, 6)) + PADDING if len(body) >= SMALLEST else len(body)


# --- Files ------------------------------------------------------------------------


def file(url: str) -> File | None:
    try:
        if url.startswith(settings.STATIC_URL):
            return _static_once(url) if _MARKED.search(url) else _static(url)
        return _media(url) if url.startswith(settings.MEDIA_URL) else None
    except (OSError, ValueError, SuspiciousOperation):
        return None


def _static(url: str) -> File:
    path = _collected(unquote(url.removeprefix(settings.STATIC_URL)))
    body = path.read_bytes()
    zipped, tight = (path.with_name(path.name + end) for end in (".gz", ".br"))
    ways = [path, zipped, tight] if settings.HTTPS else [path, zipped]
    now: list[str] = []
    later: list[str] = []
    if path.suffix == ".js":
        script = body.decode()
        now, later = _NOW.findall(script), _LATER.findall(script)
    elif path.suffix == ".css":
        now = [one for one in _IN_CSS.findall(body.decode()) if not one.startswith("data:")]
    sent = min(way.stat().st_size for way in ways if way.is_file()) + STATIC_HEADERS
    return File(url, sent, len(body), digest(body), _beside(url, now), _beside(url, later))


# What is not there raises, and is not remembered.
_static_once = lru_cache(maxsize=1024)(_static)


def _beside(url: str, names: list[str]) -> tuple[str, ...]:
    return tuple(posixpath.normpath(posixpath.join(posixpath.dirname(url), name)) for name in names)


def _collected(name: str) -> Path:
    """As it is served: collected, or, before that, where it is written. Raises FileNotFoundError."""
    collected = Path(staticfiles_storage.path(name)) if settings.STATIC_ROOT else None
    if collected and collected.is_file():
        return collected
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found)


def _media(url: str) -> File:
    name = unquote(url.removeprefix(settings.MEDIA_URL))
    if not default_storage.exists(name):
        raise FileNotFoundError(name)
    if name.endswith(PLAYED) and not name.endswith(SOUNDS):
        size = int(default_storage.size(name))
        return File(url, size + HEADERS, size)
    return _media_once(url, name, default_storage.get_modified_time(name))


@lru_cache(maxsize=4096)
def _media_once(url: str, name: str, changed: datetime) -> File:
    """`changed`: a name may come back with another content."""
    with default_storage.open(name) as opened:
        body = opened.read()
    if name.endswith(SOUNDS):
        return File(url, len(body) + HEADERS, len(body), digest(body))
    sent = _zipped(body) if name.endswith(WORDS) else max(_zipped(body), len(body))
    return File(url, sent + HEADERS, len(body), digest(body))


# --- Names ------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """`kind`: other, picture, audio, video, later; `wide`: the widest picture that a phone may choose."""

    url: str
    kind: str
    wide: str = ""


@dataclass(frozen=True)
class Names:
    files: tuple[Named, ...]
    data: frozenset[str]  # the names of attributes `data-…`


def names(html: str) -> Names:
    reader = _Reader()
    reader.feed(html)
    return Names(tuple(reader.found), frozenset(reader.data))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Named] = []
        self.data: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.data |= {name[5:] for name in said if name.startswith("data-")}
        if tag == "link" and {"stylesheet", "icon", "manifest"} & set(said.get("rel", "").split()):
            self._add(said.get("href"), "other")
        elif tag == "script":
            self._add(said.get("src"), "other")
        elif tag == "use":
            self._add(said.get("href", "").split("#")[0], "other")
        elif tag == "img":
            self._add(said.get("src"), "picture", _widest(said.get("srcset", "")))
        elif tag in {"audio", "video", "source", "track"}:
            self._add(said.get("src"), "audio" if tag == "audio" else "video")
            self._add(said.get("poster"), "picture")
        self._add(said.get("data-audio"), "audio")
        self._add(said.get("data-look"), "later")  # a style sheet that a script asks for

    def _add(self, url: str | None, kind: str, wide: str = "") -> None:
        if url:
            self.found.append(Named(url, kind, wide or url))


def _widest(srcset: str) -> str:
    """The largest candidate: a phone with fine pixels chooses it."""
    pairs = [part.split() for part in srcset.split(",") if part.strip()]
    return max(pairs, key=lambda pair: float(pair[-1].rstrip("wx")))[0] if pairs else ""
