"""What opening a page costs a phone, in bytes that really cross the network.

    weigh(page) -> Weight                         renders it once; kept in the cache
    together([weigh(a), weigh(b)]) -> Weight      several pages: what they share is counted once
    asset(url) -> Asset(url, bytes, raw, kind)    one file of /static/ or /media/, None when it is not there
    words(bytes) -> "92 KB", "4,2 MB"             decimal, never less than it is
    keep(page), keep_stale()                      the figures that lists show, in `cms.Weighing`

Units are bytes. `bytes` of an asset is what is sent of it (common.transfer: never less than really
travels), `raw` its body unpacked.

Counted is what an empty browser loads: the page, every picture, also those further down, in the widest
width that a phone may choose, and `other`, once for the whole site: styles, scripts, icons, and what every
page brings along a moment later for days without network (`count_too`). Told apart is what is loaded when
it is asked for: `audio`, `video`, and scripts and styles (`later`). A script that another one names in
`import("./x.js")` is such, unless the page has a `data-x`. What says `<audio src>`, `<video src>`,
`<source src>`, `<track src>` or `data-audio="URL"` in the page is found.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import RequestFactory

from common import transfer

from . import versions
from .models import BasePage, LessonPage, Weighing

HEADERS = transfer.HEADERS
A_DAY = 86_400
RULES = 3  # how it is counted; another number has everything weighed again
_HASHED = re.compile(r"\.[0-9a-f]{12}(\.\w+)$")
_besides: list[Callable[[str], Iterable[transfer.File]]] = []


def count_too(brought: Callable[[str], Iterable[transfer.File]]) -> None:
    """Register who knows more of what a page (its HTML) has fetched by itself. Called once, at the start."""
    _besides.append(brought)


@dataclass(frozen=True)
class Asset:
    url: str
    bytes: int
    raw: int
    kind: str  # page, picture, audio, video, later, other


@dataclass(frozen=True)
class Weight:
    html: int = 0
    pictures: int = 0
    audio: int = 0
    video: int = 0
    later: int = 0
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
        """What is loaded only when it is asked for."""
        return self.audio + self.video + self.later


def summed(assets: Iterable[Asset]) -> Weight:
    """Every address once: at once where one page loads at once what another may load later."""
    ordered = sorted(assets, key=lambda one: one.kind != "later")
    once = tuple({one.url: one for one in ordered}.values())
    of = {kind: sum(one.bytes for one in once if one.kind == kind) for kind in {one.kind for one in once}}
    return Weight(
        html=of.get("page", 0),
        pictures=of.get("picture", 0),
        audio=of.get("audio", 0),
        video=of.get("video", 0),
        later=of.get("later", 0),
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
    return f"{getattr(staticfiles_storage, 'manifest_hash', '') or ''}r{RULES}"


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
    return summed([_page(url, html), *assets_of(html), *_brought(html)])


def _page(url: str, html: str) -> Asset:
    body = html.encode()
    return Asset(url, transfer.page(body), len(body), "page")


def _brought(html: str) -> list[Asset]:
    files = (file for brought in _besides for file in brought(html))
    return [Asset(file.url, file.bytes, file.size, "other") for file in files]


# --- What a page asks for ---------------------------------------------------------


def assets_of(html: str) -> list[Asset]:
    """Every file that the page loads, can play or may ask for."""
    names = transfer.names(html)
    waiting = [(one.wide or one.url, one.kind) for one in names.files]
    found: dict[str, Asset] = {}
    while waiting:
        url, kind = waiting.pop(0)
        file = transfer.file(url)
        if file is None or (url in found and not (found[url].kind == "later" != kind)):
            continue
        found[url] = Asset(url, file.bytes, file.size, kind)
        waiting += [(one, kind) for one in file.now]
        waiting += [(one, kind if _module(one) in names.data else "later") for one in file.later]
    return list(found.values())


def _module(url: str) -> str:
    """`/static/lms/js/practice.0123456789ab.js` is `practice`."""
    return posixpath.basename(_HASHED.sub(r"\1", url)).removesuffix(".js")


def asset(url: str, kind: str = "other") -> Asset | None:
    file = transfer.file(url)
    return Asset(url, file.bytes, file.size, kind) if file else None


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
        forget(page)  # a film may have changed under a text that did not
        keep(page)
    return len(stale)
