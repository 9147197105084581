"""Two questions an operator's monitor asks: is the process alive, can it do its work."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise RuntimeError(f"{len(missing)} migrations are not applied: run manage.py migrate")


def check_cache() -> None:
    for alias in settings.CACHES:
        token = uuid.uuid4().hex
        caches[alias].set("readyz", token, 10)
        if caches[alias].get("readyz") is None:
            raise RuntimeError(f"the cache {alias} does not keep what is put into it")


def check_data_dir() -> None:
    probe = settings.DATA_DIR / f".probe-{uuid.uuid4().hex}"
    probe.write_text("ok")
    probe.unlink()


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "data_dir": check_data_dir,
}


def results() -> Iterator[tuple[str, str]]:
    """Every check with "ok" or the reason it failed."""
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:
            yield name, f"{type(error).__name__}: {error}"
        else:
            yield name, "ok"


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing of what it depends on."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check passes, else 503. Reasons stay in `doctor`: this page is public."""
    found = {name: "ok" if said == "ok" else "failed" for name, said in results()}
    ready = set(found.values()) == {"ok"}
    return JsonResponse({"ready": ready, "checks": found}, status=200 if ready else 503)
