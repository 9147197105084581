"""What a phone needs to go on without network, and how many bytes it costs to fetch.

A page is rendered here by the very view that serves it, and what it names (styles, scripts and what
they import, drawings, pictures) is read from it: the list cannot differ from what is really sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import resolve

from common import transfer
from common.transfer import File


def page(request: HttpRequest, url: str) -> tuple[File, str]:
    """A page that is the same for everybody, with its HTML."""
    body = rendered(request, url)
    return File(url, transfer.page(body), len(body), transfer.digest(body)), body.decode()


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


def files_of(htmls: Iterable[str], also: Iterable[str] = ()) -> list[File]:
    """All that these pages name on our own host, and what that names; each once, in a steady order.

    `also`: more addresses. Of a picture it is the `src`, which stands in for its other widths.
    """
    waiting = sorted({*also, *(one.url for html in htmls for one in transfer.names(html).files)})
    found: dict[str, File | None] = {}
    while waiting:
        url = waiting.pop(0)
        if url in found or not is_file(url):
            continue
        file = found[url] = transfer.file(url)
        waiting += [*file.now, *file.later] if file else []
    return [file for file in found.values() if file]


def sounds_of(htmls: Iterable[str]) -> list[File]:
    """The recordings that these pages offer, each once, in their order. Never among `files_of`."""
    named = dict.fromkeys(
        one.url for html in htmls for one in transfer.names(html).files if one.kind == "audio"
    )
    found = [transfer.file(url) for url in named if url.startswith(settings.MEDIA_URL)]
    return [file for file in found if file]


def is_file(url: str) -> bool:
    if url.startswith(settings.STATIC_URL):
        return True
    return url.startswith(settings.MEDIA_URL) and url.endswith(transfer.PICTURES)
