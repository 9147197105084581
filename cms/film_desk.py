"""Films in the editor's screens."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from . import weighing
from .aloud.screens import say_when_old
from .holders import lessons_with, withdrawn_with
from .models import Film


class FilmEditView(generic.EditView):
    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        """Its name is read aloud in its lessons: what was recorded may be old now."""
        response: HttpResponse = super().form_valid(form)
        for page in lessons_with(self.object):
            say_when_old(self.request, page)
        return response


class FilmDeleteView(generic.DeleteView):
    page_title = "Xóa phim"
    success_message = "Đã xóa phim và các tệp của phim."

    @property
    def confirmation_message(self) -> str:
        return self.in_use() or "Tệp phim và phụ đề sẽ bị xóa, địa chỉ của phim không mở được nữa."

    def in_use(self) -> str:
        """Why it cannot go; empty when no lesson shows it."""
        titles = ", ".join(f"“{page.title}”" for page in lessons_with(self.object))
        if not titles:
            return self._in_old_use()
        return f"Phim đang có trong bài {titles}. Hãy bỏ phim khỏi bài và xuất bản bài, hoặc thay tệp phim."

    def _in_old_use(self) -> str:
        titles = ", ".join(f"“{title}”" for title in withdrawn_with(self.object))
        if not titles:
            return ""
        return (
            f"Phim còn trong bài đã gỡ {titles}, người học từ trước vẫn mở bài ấy. "
            "Muốn bỏ phim, hãy thay bằng tệp phim khác."
        )

    def get_usage_url(self) -> None:
        """Wagtail's own list knows no films: `in_use` says it."""

    def get_success_message(self) -> str:
        return str(self.success_message)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if why := self.in_use():
            messages.error(self.request, why)
            return redirect(self.get_success_url())
        response: HttpResponse = super().form_valid(form)
        return response


class FilmViewSet(ModelViewSet):
    model = Film
    name = "phim"
    icon = "media"
    menu_label = "Phim"
    menu_order = 310
    add_to_admin_menu = True
    add_to_reference_index = False
    form_fields = ["title", "film", "captions", "poster", "transcript"]
    list_display = [
        "title",
        Column("length", label="Dài", accessor="length"),
        Column("size", label="Nặng", accessor=lambda film: weighing.words(film.size)),
    ]
    copy_view_enabled = False
    edit_view_class = FilmEditView
    delete_view_class = FilmDeleteView
