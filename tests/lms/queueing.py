"""What a browser does to post its queue."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

QUEUE = "/api/v1/queue/"


def action(learner: Any, kind: str, subject: object, data: Any = None, **fields: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "learner": str(learner.public_id),
        "kind": kind,
        "subject": str(subject),
        "data": {} if data is None else data,
        **fields,
    }


def token(client: Client) -> str:
    return client.get("/api/v1/me/").json()["csrf"]


def send(client: Client, *actions: Any, body: Any = None, csrf: str | None = None, **headers: str) -> Any:
    return client.post(
        QUEUE,
        json.dumps(list(actions)) if body is None else body,
        content_type="application/json",
        headers={"x-csrftoken": csrf if csrf is not None else token(client), **headers},
    )


def post(client: Client, *actions: Any, **headers: str) -> list[dict[str, Any]]:
    response = send(client, *actions, **headers)
    assert response.status_code == 200, response.content
    return response.json()
