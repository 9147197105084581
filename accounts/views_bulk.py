"""Officials: inviting trainers and officials from a file."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import sheets

from . import bulk, inviting
from .access import staff_only
from .models import Invitation, InvitationList, Role, User

PER_PAGE = 100
LINKS_PER_PAGE = 50
RECENT = 10


class FileForm(forms.Form):
    file = forms.FileField(
        label="Tệp danh sách (.xlsx)",
        help_text="Nhiều nhất 2.000 dòng, 2 MB. Chưa ai được mời cho đến khi bạn xem lại và xác nhận.",
        widget=forms.FileInput({"accept": f".xlsx,{sheets.MIME}"}),
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp này rỗng."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > sheets.LIMITS.packed:
            raise forms.ValidationError("Tệp lớn quá 2 MB. Hãy chia thành nhiều tệp.")
        return file


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _batch(request: HttpRequest, reference: uuid.UUID) -> InvitationList:
    """Hers; anybody else's looks like none."""
    return get_object_or_404(InvitationList, reference=reference, by=_user(request))


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    """Send the file up; what it would do is shown first."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = bulk.read(by=_user(request), content=file.read(), file_name=file.name)
        except sheets.BadSheet as error:
            form.add_error("file", str(error))
        else:
            return redirect("accounts:bulk", reference=batch.reference)
    recent = (
        InvitationList.objects.filter(by=_user(request)).defer("rows", "results").order_by("-pk")[:RECENT]
    )
    return render(
        request, "accounts/desk/bulk_upload.html", {"desk": "roles", "form": form, "recent": recent}
    )


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(bulk.template(_user(request)), content_type=sheets.MIME)
    response["Content-Disposition"] = 'attachment; filename="danh-sach-moi.xlsx"'
    return response


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def batch(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Every row with its verdict; after the confirmation, with what became of it."""
    found = _batch(request, reference)
    kinds = dict(Role.Kind.choices)
    rows = []
    for at, row in enumerate(found.rows):
        verdict, why = found.results[at] if at < found.position else (row["verdict"], row["why"])
        rows.append({**row, "verdict": verdict, "why": why, "kind": kinds.get(row["kind"], row["kind"])})
    counts = Counter(row["verdict"] for row in rows)
    only = request.GET.get("chi", "")
    shown = [row for row in rows if not only or row["verdict"] == only]
    context = {
        "desk": "roles",
        "batch": found,
        "counts": {name: counts[name] for name in ("new", "role", "held", "wrong")},
        "todo": counts["new"] + counts["role"],
        "only": only,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("trang")),
        "query": f"chi={only}&" if only in {"new", "role", "held", "wrong"} else "",
        "mail": settings.MAIL,
    }
    return render(request, "accounts/desk/bulk.html", context)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_POST
def confirm(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    bulk.confirm(batch=_batch(request, reference))
    return redirect("accounts:bulk", reference=reference)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def links(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """The links of those who have not set a password, to print and hand over."""
    found = _batch(request, reference)
    names = {row["email"]: row["name"] for row in found.rows if row["verdict"] in {"new", "role"}}
    standing = Invitation.objects.standing().filter(invited_by=_user(request), user__email__in=list(names))
    page = Paginator(standing.select_related("user").order_by("user__email", "pk"), LINKS_PER_PAGE).get_page(
        request.GET.get("trang")
    )
    rows = [
        (one, names[one.user.email or ""], inviting.link(one))
        for one in page.object_list
        if not one.ran_out and inviting.may_invite(_user(request), one.user)
    ]
    context = {"desk": "roles", "batch": found, "page": page, "rows": rows}
    return render(request, "accounts/desk/bulk_links.html", context)
