"""Who asks, in the tables of what everybody may do: a status for each of them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.apps import apps
from django.test import Client

OURS = ("accounts", "campaign", "certificates", "courses", "ledger", "mfa", "places", "quizzes")
VISITS = {"last_login", "Device", "DeviceUse", "DeviceSession"}
# They walk the tables of URLs and forms only (test_every_other), beside somebody of ROLES they are like.
OTHERS = ("minh", "vy", "tam", "quy", "thoi")
ROLES = ("nobody", "lan", "hoa", "binh", "chi", "sau", "bien", "quan_tri")
Row = dict[str, int]


def everybody(status: int, **others: int) -> Row:
    return dict.fromkeys(ROLES, status) | others


def signed_in(role: str, cast: dict[str, Any], **options: Any) -> Client:
    """The browser of one of the cast; Minh has said on Lan's phone that it is he."""
    client = Client(**options)
    if role != "nobody":
        client.force_login(getattr(cast[role], "user", None) or cast[role])
    if role == "minh":
        session = client.session
        session["learner"] = cast[role].pk
        session.save()
    return client


def digest(*more: str) -> dict[str, str]:
    """Every table of ours, and of `more` apps, by a mark of its rows, but for what any visit writes."""
    found = {}
    for label in (*OURS, *more):
        for model in apps.get_app_config(label).get_models():
            names = [field.attname for field in model._meta.concrete_fields if field.name not in VISITS]
            rows = model._base_manager.order_by("pk").values_list(*names)
            if model.__name__ not in VISITS:
                found[model._meta.label] = hashlib.sha256(
                    repr([[_raw(value) for value in row] for row in rows]).encode()
                ).hexdigest()
    return found


def _raw(value: Any) -> Any:
    """What is kept of a value: a stream of blocks is told by what is written in them."""
    return list(value.raw_data) if hasattr(value, "raw_data") else value
