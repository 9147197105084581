"""What the sheet of the final test sends when there is no script."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms


class SheetForm(forms.Form):
    """`seq` is the last step the page has seen; the answers are fields named after their question."""

    action = forms.ChoiceField(choices=[("save", "save"), ("submit", "submit")])
    attempt = forms.UUIDField()
    uuid = forms.UUIDField()
    seq = forms.IntegerField(min_value=0, max_value=1_000_000)
    confirmed = forms.BooleanField(required=False)

    def answers(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """The choices sent for each question drawn; a question without any is unanswered."""
        return {key: self.data.getlist(f"q-{key}") for key in keys}  # type: ignore[attr-defined]
