"""Everything that is held about a person: on a page, as JSON, as a readable PDF."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import copying
from .exporting import collect
from .models import Learner
from .owning import own_data


@require_safe
@own_data
def everything(request: HttpRequest, learner: Learner) -> HttpResponse:
    records = copying.for_people(collect(learner))
    return render(request, "accounts/data/everything.html", {"records": records})


@require_safe
@own_data
def copy_json(request: HttpRequest, learner: Learner) -> HttpResponse:
    text = json.dumps(collect(learner), ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", "du-lieu-cua-toi.json")


@require_safe
@own_data
def copy_pdf(request: HttpRequest, learner: Learner) -> HttpResponse:
    return _file(copying.pdf(collect(learner)), "application/pdf", "du-lieu-cua-toi.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
