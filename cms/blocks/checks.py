"""Refusing a block: half-written drafts are let through."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from wagtail.blocks import StructBlock
from wagtail.blocks.struct_block import StructBlockValidationError


def need(block: StructBlock, **messages: str) -> None:
    """Refuse with a message per child, unless this is a draft that may stay half-written."""
    if not block.is_deferred_validation:
        raise StructBlockValidationError(
            block_errors={name: ValidationError(message) for name, message in messages.items()}
        )
