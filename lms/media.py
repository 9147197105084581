"""Uploaded pictures, where no nginx or object store serves them: the embedded size.

A picture opened by itself may run nothing: SVG is cleaned when uploaded, and this
is the second lock on that door.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below MEDIA_ROOT; 404 for anything else. Renamed when replaced, so kept for a day."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
