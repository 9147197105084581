"""A cache server that is down: nothing is kept, and the site goes on."""

import socket

import pytest
from django.core.cache import caches
from django.test import override_settings

from common import throttles
from lms import health, pagecache


@pytest.fixture
def dead():
    """All caches on a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cache = {
        "BACKEND": "common.caches.ForgivingRedisCache",
        "LOCATION": f"redis://127.0.0.1:{port}/0",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    with override_settings(CACHES=dict.fromkeys(("default", "pages", "counters"), cache)):
        yield caches["default"]


def test_it_forgets_at_once(dead):
    dead.set("a", 1)
    dead.set_many({"a": 1})
    assert dead.get("a", "none") == "none"
    assert dead.get_many(["a"]) == {}
    assert dead.add("a", 1)
    assert not dead.has_key("a")
    assert not dead.touch("a")
    assert not dead.delete("a")
    dead.delete_many(["a"])
    with pytest.raises(ValueError, match="not found"):
        dead.incr("a")


def test_throttles_let_everybody_pass(dead):
    assert all(throttles.allowed("k", limit=1, seconds=60) for _ in range(3))


def test_pages_are_rendered_and_health_says_why(dead, client, db):
    assert client.get("/healthz").status_code == 200
    assert client.get("/giay/").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["cache"]) == (503, "failed")
    assert "does not keep" in dict(health.results())["cache"]


def test_a_publication_does_not_fail(dead):
    pagecache.bump()
