"""Releasing a course from the editor's screens."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from accounts.models import User
from courses.errors import CourseError

from . import release
from .models import CoursePage


def may_release(user: Any) -> bool:
    return bool(user.has_perm("courses.release_course"))


@require_http_methods(["GET", "POST"])
def release_course(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a release would change; POST does it."""
    user = request.user
    if not isinstance(user, User) or not may_release(user):
        raise PermissionDenied
    page = get_object_or_404(CoursePage, pk=pk)
    if request.method == "POST":
        try:
            before = release.plan(page).current
            edition = release.release(page=page, by=user, new_paper="new_paper" in request.POST)
        except CourseError as refusal:
            messages.error(request, str(refusal))
        else:
            same = before is not None and before.pk == edition.pk
            text = "Không có gì thay đổi: vẫn là" if same else "Đã phát hành"
            messages.success(request, f"{text} bản {edition.number} của khóa học “{page.title}”.")
            return redirect("wagtailadmin_explore", page.pk)
    return render(request, "cms/admin/release.html", {"page": page, "plan": release.plan(page)})
