"""What something costs to load, in words."""

from django import template

from .. import weighing

register = template.Library()


@register.filter
def in_bytes(count: int | None) -> str:
    """ "92 KB"; nothing while it is unknown."""
    return weighing.words(count) if count else ""
