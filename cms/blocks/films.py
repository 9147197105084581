"""Films: chosen among those that have captions, a picture and their words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from wagtail import blocks


def choices() -> list[tuple[Any, str]]:
    """Asked when a form is drawn: films come and go without a release."""
    from ..models.films import Film

    return [(str(pk), title) for pk, title in Film.objects.values_list("pk", "title")]


class FilmValue(blocks.StructValue):
    @property
    def film(self) -> Any:
        """The row; None when it was deleted."""
        from ..models.films import Film

        try:
            return Film.objects.select_related("poster").get(pk=int(self["film"]))
        except (ObjectDoesNotExist, TypeError, ValueError):
            return None


class FilmBlock(blocks.StructBlock):
    film = blocks.ChoiceBlock(
        choices=choices,
        label="Phim",
        search_index=False,
        help_text="Tải phim lên ở mục “Phim” của trang soạn bài trước, rồi chọn ở đây.",
    )

    def get_searchable_content(self, value: Any) -> list[str]:
        film = value.film
        return [film.title, film.transcript] if film else []

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().get_context(value, parent_context=parent_context),
            "film": value.film,
            "sample": not value["film"],
        }

    class Meta:
        label = "Phim"
        icon = "media"
        template = "cms/blocks/film.html"
        value_class = FilmValue
        description = "Phim ngắn có phụ đề và lời viết ra; chỉ tải khi người học bấm xem."
        preview_value = {"film": ""}
