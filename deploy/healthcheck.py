"""Exit 0 when the web process in this container says it is ready."""

import os
import sys
import urllib.request

# The host name must be one the site answers to.
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
request = urllib.request.Request(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/readyz")
request.add_header("Host", host)
request.add_header("X-Forwarded-Proto", "https")
try:
    with urllib.request.urlopen(request, timeout=4) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError:
    sys.exit(1)
