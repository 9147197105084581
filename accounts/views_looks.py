"""A person reads who looked at her data."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .models import Learner
from .owning import own_data

PER_PAGE = 30


@require_safe
@own_data
def looked(request: HttpRequest, learner: Learner) -> HttpResponse:
    page = Paginator(learner.looks.all(), PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "accounts/data/looked.html", {"page": page})
