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
from common.phones import spoken

from . import bulk, inviting, offering
from .access import staff_only
from .models import Invitation, InvitationList, NumberOffer, Role, User

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


def _login(row: bulk.Row) -> str:
    """What the file said: an address, or a number as people write it."""
    phone = row.get("phone") or ""
    return row["email"] or (spoken(phone) if phone.startswith("+84") else phone)


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
        rows.append(
            {
                **row,
                "verdict": verdict,
                "why": why,
                "kind": kinds.get(row["kind"], row["kind"]),
                "login": _login(row),
            }
        )
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
    """The links of those who have not answered, to print and hand over; never one to another password."""
    found = _batch(request, reference)
    by = _user(request)
    names = {_login(row): row["name"] for row in found.rows if row["verdict"] in {"new", "role"}}
    standing = Invitation.objects.standing().filter(invited_by=by, resets=False)
    standing = standing.filter(user__email__in=list(names))
    phones = [row["phone"] for row in found.rows if row.get("phone")]
    offers = NumberOffer.objects.standing().filter(invited_by=by, phone__in=phones)
    both: list[Invitation | NumberOffer] = [
        *standing.select_related("user").order_by("user__email", "pk"),
        *offers.order_by("phone", "pk"),
    ]
    page = Paginator(both, LINKS_PER_PAGE).get_page(request.GET.get("trang"))
    rows = [_linked(by, one, names) for one in page.object_list if not one.ran_out]
    context = {"desk": "roles", "batch": found, "page": page, "rows": [row for row in rows if row]}
    return render(request, "accounts/desk/bulk_links.html", context)


def _linked(by: User, one: Invitation | NumberOffer, names: dict[str, str]) -> dict[str, Any] | None:
    """The name in the file, how she signs in, and the link; None when it is not this giver's to show."""
    if isinstance(one, NumberOffer):
        login, link = spoken(one.phone), offering.link(one)
    elif inviting.may_invite(by, one.user):
        login, link = one.user.email or "", inviting.link(one)
    else:
        return None
    return {"name": names.get(login, ""), "login": login, "link": link, "until": one.expires_at}
