"""gunicorn for both sizes: few processes, threads for slow readers on bad networks."""

import os

workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# A worker that leaks is replaced, not all at the same request.
max_requests = 20_000
max_requests_jitter = 2_000
timeout = 60
graceful_timeout = 15
keepalive = 5
# The most it allows: lms.addresses refuses shorter ones with a page in Vietnamese.
limit_request_line = 8190
control_socket_disable = True
