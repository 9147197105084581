"""The one public page that is not a Wagtail page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.text import visible

from . import searching

PER_PAGE = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Courses and lessons that hold every word of `q`; the same for everybody."""
    query = visible(request.GET.get("q", "")[:300])
    page = Paginator(searching.find(query), PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "cms/search.html",
        {
            "query": query,
            "page_of": page,
            "found": searching.hits(list(page.object_list), query),
            "pager_query": urlencode({"q": query}) + "&",
        },
    )
