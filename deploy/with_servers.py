#!/usr/bin/env python
"""Run a command with a throw-away PostgreSQL and Redis of its own.

    with_servers.py COMMAND [ARG …]

Both listen on 127.0.0.1 on free ports, keep their files in a temporary folder and
end with the command. PostgreSQL refuses to run as root, so root hands it over to
the user `postgres`. Sets DATABASE_URL and REDIS_URL for the command.
"""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WAIT_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """A server program from PATH or Debian's versioned PostgreSQL folder."""
    found = shutil.which(name) or next(
        iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None
    )
    if not found:
        sys.exit(f"{name} is not installed: apt-get install postgresql redis-server")
    return found


def drop_root() -> Callable[[], None] | None:
    """What a child does first so that PostgreSQL agrees to start."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam("postgres")

    def become() -> None:
        os.setgid(owner.pw_gid)
        os.setuid(owner.pw_uid)

    return become


def wait_for(port: int, process: subprocess.Popen[bytes], name: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"{name} ended while starting: {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"{name} did not answer in {WAIT_SECONDS} s")


def start_postgres(folder: Path, port: int) -> subprocess.Popen[bytes]:
    become = drop_root()
    data = folder / "pg"
    subprocess.run(
        [program("initdb"), "-D", data, "-U", "hvs", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
         "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, preexec_fn=become, cwd=folder,
    )  # fmt: skip
    settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]
    # Tests roll back: a vacuum in between tells the planner that every table is empty, and a test that
    # then writes thousands of rows in one transaction is planned as loops over nothing, for minutes.
    settings += ["autovacuum=off"]
    return subprocess.Popen(
        [program("postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder,
         *(part for setting in settings for part in ("-c", setting))],
        preexec_fn=become, cwd=folder, stdout=subprocess.DEVNULL, stderr=open(folder / "postgres.log", "wb"),
    )  # fmt: skip


def start_redis(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="hvs-servers-"))
    folder.chmod(0o777)
    postgres_port, redis_port = free_port(), free_port()
    servers: list[subprocess.Popen[bytes]] = []
    try:
        servers.append(start_redis(folder, redis_port))
        servers.append(start_postgres(folder, postgres_port))
        wait_for(redis_port, servers[0], "redis-server")
        wait_for(postgres_port, servers[1], "postgres")
        environment = os.environ | {
            "DATABASE_URL": f"postgres://hvs@127.0.0.1:{postgres_port}/postgres",
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        }
        return subprocess.run(command, env=environment).returncode
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(WAIT_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
