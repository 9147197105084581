"""Films in the editor's screens."""

from __future__ import annotations

from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from . import weighing
from .models import Film


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
