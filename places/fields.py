"""A form field that asks for a commune by name and, when in doubt, lets the person choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from common.text import fold, visible

from .codes import PlaceError, by_code
from .models import Place
from .searching import Answer, find, sure

SEARCH_URL = "/api/v1/places/"


@dataclass(frozen=True)
class Typed:
    """What stands in the form: the words, the code chosen, and the words it was chosen for."""

    text: str = ""
    code: str = ""
    chosen_for: str = ""

    @classmethod
    def of(cls, place: Place) -> Typed:
        return cls(place.name, place.code, place.name)

    @property
    def stands(self) -> bool:
        """A choice counts until the words are changed."""
        return bool(self.code) and fold(self.text) in {"", fold(self.chosen_for)}


class PlacePicker(forms.TextInput):
    """A text box; below it radio cards when the words fit several communes.

    Script turns it into a combobox (`place-picker.js`); without script one more
    press of the button shows the cards, and nothing typed is lost.
    """

    template_name = "places/widgets/place_picker.html"

    class Media:
        js = [forms.Script("lms/js/place-picker.js", type="module")]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.answers: list[Answer] = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        parts = (visible(data.get(name + suffix) or "")[:100] for suffix in ("", "_code", "_for"))
        return Typed(*parts)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_code" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed = value if isinstance(value, Typed) else Typed()
        context = super().get_context(name, typed.text, attrs)
        return {**context, "typed": typed, "answers": self.answers, "search_url": SEARCH_URL}


class PlaceField(forms.Field):
    """Cleans to a commune of today in this site's city."""

    widget = PlacePicker
    default_error_messages = {"required": "Hãy ghi tên xã, phường nơi bạn ở."}

    def prepare_value(self, value: Any) -> Typed:
        if isinstance(value, Place):
            return Typed.of(value)
        if isinstance(value, str):  # a code, as a poster's link gives it
            return self._from_code(value)
        return value or Typed()

    def clean(self, value: Typed) -> Place | None:
        if value.stands:
            return self._commune(value.code)
        if not fold(value.text):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        answers = find(value.text)
        if place := sure(answers, value.text):
            return place
        self.widget.answers = answers
        if not answers:
            raise ValidationError(
                f"Không tìm thấy xã, phường nào tên “{value.text}”. Hãy xem lại cách viết, "
                "hoặc ghi tên xã, phường cũ trước khi sáp nhập.",
                code="unknown",
            )
        raise ValidationError("Hãy chọn đúng nơi bạn ở trong danh sách ngay dưới ô này.", code="choose")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not isinstance(data, Typed) or data.code != self.prepare_value(initial).code

    def _commune(self, code: str) -> Place:
        try:
            place = by_code(code)
        except PlaceError as error:
            raise ValidationError(str(error), code="unknown") from None
        if place.level != Place.Level.COMMUNE:
            raise ValidationError(f"Mã {code} không phải mã xã, phường.", code="unknown")
        if place.parent is None or place.parent.code != settings.PROVINCE_CODE:
            raise ValidationError(f"{place.name} không thuộc thành phố này.", code="unknown")
        return place

    def _from_code(self, code: str) -> Typed:
        answers = find(code) if visible(code).isdecimal() else []
        if len(answers) == 1:
            return Typed.of(answers[0].place)
        self.widget.answers = answers
        return Typed()
