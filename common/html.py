"""Cleaning HTML that came from outside: what is not allowed is dropped, its words stay."""

from __future__ import annotations

import nh3

_TAGS = {"p", "b", "strong", "a", "br"}
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "tel", "mailto"}


def clean_rich_text(html: str) -> str:
    """Paragraphs with bold words and links, nothing else; relative links are kept.

    Script and style vanish with their content; every other tag leaves its words.
    """
    return nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None, strip_comments=True
    ).strip()
