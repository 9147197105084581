"""The same page for everyone, answered before any other middleware runs.

Only views that declare it (`shared_page`) and Wagtail's public pages are kept, and
only when they set no cookie and do not vary by one. One site-wide version is part
of every entry: it is read before rendering and renewed after the commit of any
change, so a page rendered from old rows is never found under the new version.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import parse_qsl, urlencode

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag

logger = logging.getLogger(__name__)

SECONDS = 60
VERSION_KEY = "version"
# Added by Zalo, Facebook and Google to links people share: never change the page.
TRACKING = ("utm_", "fbclid", "gclid", "zarsrc", "gidzl", "zalo")
NEVER = ("/static/", "/media/", "/api/", "/admin/", "/documents/", "/healthz", "/readyz")
P = ParamSpec("P")


def shared_page(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Declare that a view answers everybody alike: no person, no form token, no cookie."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.shared_page = True  # type: ignore[attr-defined]
        return response

    return wrapped


def bump() -> None:
    """Forget every kept page, in all processes."""
    caches["pages"].set(VERSION_KEY, uuid.uuid4().hex, None)


def page_key(request: HttpRequest) -> str:
    """One entry per host, scheme, path, meaningful query and accepted encoding."""
    query = urlencode(
        sorted(
            (
                pair
                for pair in parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
                if not pair[0].startswith(TRACKING)
            ),
            key=lambda pair: pair[0],  # of a parameter given twice the last one counts: keep their order
        )
    )
    zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    parts = (str(request.scheme), request.get_host(), request.path, query, str(zipped))
    return "page:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.cache = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or request.path.startswith(NEVER):
            return self.get_response(request)
        key = page_key(request)
        found = self.cache.get_many([VERSION_KEY, key])
        version = found.get(VERSION_KEY) or self._first_version()
        entry = found.get(key)
        if entry and entry["version"] == version:
            return self._answer(request, entry)
        response = self.get_response(request)
        if request.method == "GET" and may_be_kept(request, response):
            entry = self._keep(key, version, response)
            return self._answer(request, entry)
        return response

    def _first_version(self) -> str:
        version = uuid.uuid4().hex
        if self.cache.add(VERSION_KEY, version, None):
            return version
        return str(self.cache.get(VERSION_KEY, version))

    def _keep(self, key: str, version: str, response: HttpResponse) -> dict[str, Any]:
        patch_vary_headers(response, ["Accept-Encoding"])
        # The browser asks again each time and mostly hears "not modified".
        response["Cache-Control"] = "no-cache"
        response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
        entry = {"version": version, "headers": dict(response.items()), "body": response.content}
        self.cache.set(key, entry, SECONDS)
        return entry

    def _answer(self, request: HttpRequest, entry: dict[str, Any]) -> HttpResponseBase:
        headers = entry["headers"]
        if "HTTP_IF_NONE_MATCH" in request.META:
            answer = get_conditional_response(request, etag=headers["ETag"])
            if isinstance(answer, HttpResponseNotModified):
                for name in ("ETag", "Vary", "Cache-Control"):
                    answer[name] = headers[name]
                return answer
        return HttpResponse(b"" if request.method == "HEAD" else entry["body"], headers=headers)


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a response is the same for everyone; a shared page that is not is reported."""
    match = request.resolver_match
    shared = getattr(response, "shared_page", False) or (match and match.url_name == "wagtail_serve")
    if not shared or response.status_code != 200 or response.streaming:
        return False
    if response.cookies or "cookie" in response.get("Vary", "").lower():
        logger.error("Page %s is shared but personal: it sets or varies by a cookie", request.path)
        return False
    return True
