"""What new papers say of their issuer, in the editor's screens, with a sample to look at."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from certificates import rendering
from certificates.models import Design


def sample_url(design: Design) -> str:
    return reverse("cms_paper_sample", args=[design.pk])


@permission_required("certificates.view_design", raise_exception=True)
def paper_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper of this design as PDF, marked "MẪU"."""
    content = rendering.sample(get_object_or_404(Design.objects.select_related("course"), pk=pk))
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="mau.pdf"'}
    )


class DesignViewSet(ModelViewSet):
    model = Design
    name = "mau-giay"
    icon = "doc-full"
    menu_label = "Mẫu giấy ghi nhận"
    menu_order = 260
    add_to_admin_menu = True
    add_to_reference_index = False
    form_fields = ["issuer", "city", "signature", "course", "active"]
    list_display = [
        "issuer",
        "city",
        Column("course", label="Khóa học", accessor=lambda design: design.course or "mọi khóa"),
        Column("active", label="Đang dùng", accessor=lambda design: "có" if design.active else "không"),
        TitleColumn("sample", label="Bản in thử", accessor=lambda design: "Xem mẫu", get_url=sample_url),
    ]
    copy_view_enabled = False
