"""The 24 competences of Circular 02/2025/TT-BGDĐT, our tags for courses and lessons."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

_FILE = Path(__file__).parent / "data" / "tt02_competences.json"


@cache
def domains() -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """(code, name, ((competence code, name), …)) of the six domains."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (domain["code"], domain["name"], tuple((code, name) for code, name in domain["competences"]))
        for domain in data["domains"]
    )


@cache
def names() -> dict[str, str]:
    return {code: name for _, _, competences in domains() for code, name in competences}


def named(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, names()[code]) for code in codes if code in names()]


def choices() -> list[tuple[str, str]]:
    return [(code, f"{code} {name}") for code, name in names().items()]


class CompetencesField(models.JSONField):
    """A list of competence codes, ticked off in the editor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if unknown := [str(code) for code in value or [] if code not in names()]:
            raise ValidationError(f"Không có năng lực số mã {', '.join(unknown)} trong Thông tư 02/2025.")

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=choices,
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )
