"""Forms made of blocks whose script did not run: what it would have sent is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from wagtail.blocks import StructBlock
from wagtail.blocks.base import BlockField, BlockWidget

NO_SCRIPT = (
    "Phần này cần JavaScript, mà trình duyệt chưa chạy được, nên chưa lưu gì cả. "
    "Hãy mở lại trang này bằng Chrome hay Cốc Cốc bản mới, có bật JavaScript, rồi lưu lại."
)


@dataclass(frozen=True)
class Unreadable:
    """Stands for a value without its numbers of parts; `posted` has the plain fields that came."""

    posted: Mapping[str, str] = field(default_factory=dict)


class PatientWidget(BlockWidget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            return super().value_from_datadict(data, files, name)
        except (KeyError, ValueError):
            return Unreadable(self._posted(data, name))

    def _posted(self, data: Any, name: str) -> dict[str, str]:
        if not isinstance(self.block_def, StructBlock):
            return {}
        return {
            child: data[f"{name}-{child}"]
            for child in ("kind", "text", "explanation")
            if f"{name}-{child}" in data
        }


class PatientBlockField(BlockField):
    """Wagtail's own answers HTTP 500; this one says what to do and shows what there was."""

    def __init__(self, block: Any = None, **kwargs: Any) -> None:
        super().__init__(block, **{**kwargs, "widget": PatientWidget(block)})

    def clean(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            raise ValidationError(NO_SCRIPT, code="no_script")
        return super().clean(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        if not isinstance(data, Unreadable):
            return super().bound_data(data, initial)
        if data.posted:
            return self.block.to_python({**self.block.get_prep_value(initial), **data.posted})
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return isinstance(data, Unreadable) or bool(super().has_changed(initial, data))


def say_it_above(form: BaseForm, name: str) -> None:
    """Errors inside blocks are drawn by the script that did not run: say this one in the page's message."""
    if form.has_error(name, "no_script"):
        form.add_error(None, NO_SCRIPT)
