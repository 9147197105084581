"""What something costs to load, in words."""

from django import template

from .. import weighing

register = template.Library()


@register.filter
def in_bytes(count: int | None) -> str:
    """ "92 KB"; nothing while it is unknown."""
    return weighing.words(count) if count else ""


@register.filter
def bytes_saved(count: int) -> str:
    """ "3 KB", never more than it is."""
    return f"{count // 1000}\u00a0KB"
