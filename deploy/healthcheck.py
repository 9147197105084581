"""Exit 0 when the process of this container, web or worker, says it is ready."""

import http.client
import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def worker_answers() -> bool:
    from lms.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=5))


if b"celery" in Path("/proc/1/cmdline").read_bytes():
    sys.exit(0 if worker_answers() else 1)
# The host name must be one the site answers to.
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    connection.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    sys.exit(0 if connection.getresponse().status == 200 else 1)
except OSError:
    sys.exit(1)
