"""Who asks, in the tables of what everybody may do: a status for each of them."""

from __future__ import annotations

from typing import Any

from django.test import Client

ROLES = ("nobody", "lan", "hoa", "binh", "chi", "sau", "bien", "quan_tri")
Row = dict[str, int]


def everybody(status: int, **others: int) -> Row:
    return dict.fromkeys(ROLES, status) | others


def signed_in(role: str, cast: dict[str, Any], **options: Any) -> Client:
    """The browser of one of the cast."""
    client = Client(**options)
    if role != "nobody":
        client.force_login(getattr(cast[role], "user", None) or cast[role])
    return client
