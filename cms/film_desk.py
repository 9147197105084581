"""Films in the editor's screens; and pictures, where they are deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.images.views import images as pictures
from wagtail.images.views import multiple

from . import guarding, weighing
from .aloud.screens import say_when_old
from .holders import lessons_with, why_kept
from .models import Film, Picture


class FilmEditView(generic.EditView):
    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        """Its name is read aloud in its lessons: what was recorded may be old now."""
        pages = lessons_with(self.object)
        user = self.request.user
        held = [f"“{page.title}”" for page in pages if not guarding.may_change_at_once(user, page)]
        if held and form.has_changed():
            why = "bài đang khóa, hoặc bạn không xuất bản được bài ấy"
            messages.error(self.request, f"Chưa lưu: phim đang có trong bài {', '.join(held)}, {why}.")
            return redirect(self.get_edit_url())
        response: HttpResponse = super().form_valid(form)
        for page in pages:
            say_when_old(self.request, page)
        return response


class _Kept:
    """What a lesson shows is not deleted under its readers."""

    object: Film | Picture
    request: HttpRequest
    gone = "Tệp phim và phụ đề sẽ bị xóa, địa chỉ của phim không mở được nữa."

    @property
    def confirmation_message(self) -> str:
        return why_kept(self.object) or self.gone

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if why := why_kept(self.object):
            messages.error(self.request, why)
            return redirect(self.get_success_url())  # type: ignore[attr-defined]
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


class PictureDeleteView(_Kept, pictures.DeleteView):
    gone = "Tệp hình sẽ bị xóa, địa chỉ của hình không mở được nữa."


class UploadedDeleteView(multiple.DeleteView):
    """ "Xóa" beside what was uploaded just now, several at once."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if why := why_kept(get_object_or_404(Picture, pk=kwargs["image_id"])):
            messages.error(request, why)  # the page's script says nothing of a refusal: the next page does
            return JsonResponse({"success": False, "error_message": why})
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class FilmDeleteView(_Kept, generic.DeleteView):
    page_title = "Xóa phim"
    success_message = "Đã xóa phim và các tệp của phim."

    def get_usage_url(self) -> None:
        """Wagtail's own list knows no films: `why_kept` says it."""

    def get_success_message(self) -> str:
        return str(self.success_message)


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
