"""What opening a page costs a phone, in bytes that really cross the network.

    weigh(page) -> Weight(html, pictures, audio, video, other, assets)   renders it once; kept in the cache
    together([weigh(a), weigh(b)]) -> Weight      several pages: what they share is counted once
    asset(url) -> Asset(url, bytes, raw, kind)    one file of /static/ or /media/, None when it is not there
    words(bytes) -> "92 KB", "4,2 MB"             decimal, never less than it is
    keep(page), keep_stale()                      the figures that lists show, in `cms.Weighing`

Units are bytes. `bytes` of an asset is its body as it is sent (brotli or gzip where the server has it) and
HEADERS for what goes around it; `raw` is the body unpacked.

Counted is what an empty browser loads: the page, its styles, scripts and icons (`other`: once for the whole
site), every picture, also those further down, in the widest width that a phone may choose. A script that
another one names in `import("./x.js")` is counted where the page has a `data-x`. Audio and film are told
apart (`audio`, `video`): nothing of them is loaded before it is asked for. What says `<audio src>`,
`<video src>`, `<source src>`, `<track src>` or `data-audio="URL"` in the page is found.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.test import RequestFactory

from . import versions
from .models import BasePage, LessonPage, Weighing

HEADERS = 500  # measured: 460 of a static file to 700 of a page
A_DAY = 86_400
_HASHED = re.compile(r"\.[0-9a-f]{12}(\.\w+)$")
_IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["'](\./[\w./-]+\.js)["']""")
_LATER = re.compile(r"""\bimport\(\s*["'](\./[\w./-]+\.js)["']\s*\)""")


@dataclass(frozen=True)
class Asset:
    url: str
    bytes: int
    raw: int
    kind: str  # page, picture, audio, video, other


@dataclass(frozen=True)
class Weight:
    html: int = 0
    pictures: int = 0
    audio: int = 0
    video: int = 0
    other: int = 0
    assets: tuple[Asset, ...] = ()

    @property
    def total(self) -> int:
        """Opened by a browser that has nothing yet."""
        return self.html + self.pictures + self.other

    @property
    def alone(self) -> int:
        """Opened after another page of the site."""
        return self.html + self.pictures

    @property
    def more(self) -> int:
        """What is loaded only when it is played."""
        return self.audio + self.video


def summed(assets: Iterable[Asset]) -> Weight:
    """Every address once."""
    once = tuple({one.url: one for one in assets}.values())
    of = {kind: sum(one.bytes for one in once if one.kind == kind) for kind in {one.kind for one in once}}
    return Weight(
        html=of.get("page", 0),
        pictures=of.get("picture", 0),
        audio=of.get("audio", 0),
        video=of.get("video", 0),
        other=of.get("other", 0),
        assets=once,
    )


def together(weights: Iterable[Weight]) -> Weight:
    return summed(one for weight in weights for one in weight.assets)


def words(count: int) -> str:
    """Rounded up: nobody pays more than was said. Decimal, as data is sold."""
    if count < 1_000_000:
        return f"{math.ceil(count / 1000)}\u00a0KB"
    return f"{math.ceil(count / 100_000) / 10:.1f}\u00a0MB".replace(".", ",")


def release() -> str:
    """Changes with the static files: what was weighed under another one is weighed again."""
    return str(getattr(staticfiles_storage, "manifest_hash", "") or "")


def stamp(page: BasePage) -> str:
    return f"{page.live_revision_id or 0}.{release()}"


def weigh(page: BasePage, version: str = "") -> Weight:
    """`version`: another form of a lesson, by the end of its address ("chi-chu")."""
    name = f"weigh.{page.pk}.{version}.{stamp(page)}"
    if (known := cache.get(name)) is None:
        known = measured(page, version)
        cache.set(name, known, A_DAY)
    return known


def forget(page: BasePage) -> None:
    """What was measured of its live text: a recording came or went, which is no revision."""
    cache.delete_many([f"weigh.{page.pk}.{version}.{stamp(page)}" for version in ("", "chi-chu")])


def measured(page: BasePage, version: str = "") -> Weight:
    url = page.path_of_site() + (f"{version}/" if version else "")
    request = RequestFactory().get(url)
    form = {"version": version} if version else {}
    html = render_to_string(page.get_template(request, **form), page.get_context(request, **form), request)
    return summed([_page(url, html), *assets_of(html)])


def _page(url: str, html: str) -> Asset:
    body = html.encode()
    return Asset(url, len(gzip.compress(body, 6)) + HEADERS, len(body), "page")


# --- What a page asks for ---------------------------------------------------------


class _Links(HTMLParser):
    """Addresses of what a browser loads by itself, or plays, and the names of `data-…`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
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
            self._add(_widest(said.get("srcset", "")) or said.get("src"), "picture")
        elif tag in {"audio", "video", "source", "track"}:
            self._add(said.get("src"), "audio" if tag == "audio" else "video")
            self._add(said.get("poster"), "picture")
        self._add(said.get("data-audio"), "audio")

    def _add(self, url: str | None, kind: str) -> None:
        if url:
            self.found.append((url, kind))


def _widest(srcset: str) -> str:
    """The largest candidate: a phone with fine pixels chooses it."""
    pairs = [part.split() for part in srcset.split(",") if part.strip()]
    return max(pairs, key=lambda pair: float(pair[-1].rstrip("wx")))[0] if pairs else ""


def assets_of(html: str) -> list[Asset]:
    """Every file that the page loads or can play."""
    links = _Links()
    links.feed(html)
    found = [one for url, kind in links.found if (one := asset(url, kind))]
    scripts = [one.url for one in found if one.url.endswith(".js")]
    seen = set(scripts)
    while scripts:
        for url in imported(scripts.pop(), frozenset(links.data)):
            if url not in seen and (one := asset(url)):
                seen.add(url)
                scripts.append(url)
                found.append(one)
    return found


def imported(url: str, data: frozenset[str]) -> list[str]:
    """The modules that this one needs at once, or on a page with these `data-…`."""
    path = _static_file(url)
    text = path.read_text() if path else ""
    names = _IMPORTS.findall(text)
    names += [name for name in _LATER.findall(text) if _HASHED.sub(r"\1", name)[2:-3] in data]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(url), name)) for name in names]


# --- What a file weighs -----------------------------------------------------------


def asset(url: str, kind: str = "other") -> Asset | None:
    if url.startswith(settings.STATIC_URL):
        sizes = _static_sizes(url)
    elif url.startswith(settings.MEDIA_URL):
        sizes = _media_sizes(url)
    else:
        return None
    return Asset(url, sizes[0] + HEADERS, sizes[1], kind) if sizes else None


def _static_file(url: str) -> Path | None:
    """As it is served: collected, or, before that, where it is written."""
    name = url.removeprefix(settings.STATIC_URL)
    collected = Path(settings.STATIC_ROOT) / name
    if collected.is_file():
        return collected
    found = finders.find(_HASHED.sub(r"\1", name))
    return Path(found) if found else None


@lru_cache(maxsize=1024)
def _static_sizes(url: str) -> tuple[int, int] | None:
    path = _static_file(url)
    if not path:
        return None
    body = path.read_bytes()
    for packed in (path.with_name(path.name + ".br"), path.with_name(path.name + ".gz")):
        if packed.is_file():
            return packed.stat().st_size, len(body)
    return min(len(gzip.compress(body, 9)), len(body)), len(body)


def _media_sizes(url: str) -> tuple[int, int] | None:
    """A name of /media/ never comes back with another content: once measured is enough."""
    name = "weigh.file." + hashlib.sha256(url.encode()).hexdigest()
    if (known := cache.get(name)) is None:
        known = _measured_media(url.removeprefix(settings.MEDIA_URL))
        if known:
            cache.set(name, known, 30 * A_DAY)
    return known


def _measured_media(path: str) -> tuple[int, int] | None:
    try:
        size = int(default_storage.size(path))
        if not path.endswith((".svg", ".vtt")):
            return size, size
        with default_storage.open(path) as file:
            return len(gzip.compress(file.read(), 6)), size
    except (OSError, ValueError):
        return None


# --- What lists show --------------------------------------------------------------


def keep(page: LessonPage) -> None:
    """Weigh the lesson and write down what its cards and its head say."""
    weight = weigh(page)
    said: dict[str, Any] = {
        "stamp": stamp(page),
        "first": weight.total,
        "alone": weight.alone,
        "more": weight.more,
        "words_only": weigh(page, versions.WORDS).total,
    }
    Weighing.objects.update_or_create(page=page, defaults=said)


def keep_stale(most: int = 50) -> int:
    """Weigh live lessons whose figures are missing or of another release; how many were."""
    mark = release()
    rows = LessonPage.objects.live().values_list("pk", "live_revision_id", "weight__stamp")
    stale = [pk for pk, revision, known in rows if known != f"{revision or 0}.{mark}"][:most]
    for page in LessonPage.objects.filter(pk__in=stale):
        keep(page)
    return len(stale)
