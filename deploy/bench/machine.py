"""Sites of our own on this machine: temporary data, free ports, and an end to all we started."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .results import Missing

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PREPARE_SECONDS = 600
STOP_SECONDS = 25
# What must not leak from the shell (or from make) into a site that is measured.
OURS = {
    "DATABASE_URL", "REDIS_URL", "CONTENT_ORIGIN", "TRUSTED_PROXIES", "SECRET_KEY", "PIN_PEPPER",
    "ALLOWED_HOSTS", "DATA_DIR", "DEMO", "DEBUG", "SITE_URL", "PORT", "WEB_WORKERS", "WEB_THREADS",
    "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH", "DJANGO_SETTINGS_MODULE",
}  # fmt: skip


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}


def environment(data: Path, port: int = 8000, *, redis: str = "", demo: bool = True) -> dict[str, str]:
    """A production site on SQLite (and Redis when given), whatever .env says."""
    return clean_environment() | {
        "DATABASE_URL": "",
        "REDIS_URL": redis,
        "SECRET_KEY": "only-for-the-bench-only-for-the-bench-only-for",
        "PIN_PEPPER": "only-for-the-bench-only-for-the-bench-only-for",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "DATA_DIR": str(data),
        "DEMO": "1" if demo else "0",
        "DEBUG": "0",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "lms.settings",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed (Debian: {package})")
    return found


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hvs-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(command: list[str], env: dict[str, str], log: Path, cwd: Path = ROOT) -> Iterator[None]:
    """A process group of ours, ended with the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=env, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def manage(env: dict[str, str], *command: str, seconds: float = PREPARE_SECONDS) -> str:
    """Run a management command; its output, or an error with the last lines."""
    return _run([sys.executable, "manage.py", *command], env, seconds)


def inside(env: dict[str, str], *command: str, seconds: float = PREPARE_SECONDS) -> str:
    """Run `deploy.bench.inside` in a process of its own, with the site's own data."""
    return _run([sys.executable, "-m", "deploy.bench.inside", *command], env, seconds)


def _run(command: list[str], env: dict[str, str], seconds: float) -> str:
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise RuntimeError(f"{' '.join(command[1:])}: " + "\n".join(said[-12:]))
    return done.stdout


def gunicorn(application: str, port: int) -> list[str]:
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    return [str(BIN / "gunicorn"), application, "--config", config, "--bind", f"127.0.0.1:{port}"]


@contextlib.contextmanager
def site(data: Path, *, redis: str = "") -> Iterator[int]:
    """Our site on gunicorn, without a worker; the port it answers on."""
    port = free_port()
    env = environment(data, port, redis=redis)
    with running(gunicorn("lms.wsgi", port), env, data / "site.log"):
        wait(port, "/readyz", data / "site.log")
        yield port


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    name, port = program("redis-server", "redis-server"), free_port()
    with folder() as data:
        command = [name, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(data)]
        with running(command, clean_environment(), data / "redis.log"):
            until = time.monotonic() + 15
            while time.monotonic() < until:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"redis://127.0.0.1:{port}/0"


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    status, _, body = ask(port, "GET", path, headers)
    return status, body


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def wait(port: int, path: str, log: Path | None = None, seconds: float = 60) -> None:
    """Until the path answers 200."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if get(port, path)[0] == 200:
                return
        time.sleep(0.1)
    said = log.read_text(errors="replace").splitlines()[-12:] if log and log.is_file() else []
    raise RuntimeError(f"{path} did not answer 200 within {seconds:.0f} s\n" + "\n".join(said))
