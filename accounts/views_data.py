"""The register of personal data, for officials."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.tables import csv_response

from . import personal, retention
from .access import staff_only
from .models import Role


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """What is held about people, why, and for how long: read from the tables themselves."""
    context = {"desk": "data", "groups": personal.grouped(), "rules": retention.latest()}
    return render(request, "accounts/data/register.html", context)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def register_csv(request: HttpRequest) -> HttpResponse:
    return csv_response("so-du-lieu", [personal.COLUMNS, *personal.rows()])
