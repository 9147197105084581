"""Pictures, films and recordings of pages, when no nginx or object store in front hands them out."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Everything else under MEDIA_ROOT is private.
PUBLIC = ("images/", "original_images/", "films/", "audio/")
SOUNDS = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4a": "audio/mp4"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file by its name, which never comes back with another content."""
    if not path.startswith(PUBLIC) or ".." in path:
        raise Http404
    if path.startswith("audio/"):
        response = _sound(request, Path(settings.MEDIA_ROOT) / path)
    else:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = "public, max-age=604800"
    # Opened by itself, an SVG is a document: it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _sound(request: HttpRequest, file: Path) -> HttpResponseBase:
    """A recording, or the piece that a player asks for: without pieces nobody could jump in it."""
    kind = SOUNDS.get(file.suffix)
    if kind is None or not file.is_file():
        raise Http404
    size = file.stat().st_size
    piece = _piece(request.headers.get("Range", ""), size)
    if piece is None:
        response: HttpResponseBase = FileResponse(file.open("rb"), content_type=kind)
    elif piece.start >= size:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        with file.open("rb") as stream:
            stream.seek(piece.start)
            response = HttpResponse(stream.read(len(piece)), status=206, content_type=kind)
        response["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Encoding"] = "identity"  # it is packed already, and pieces of a packed file fit nothing
    return response


def _piece(asked: str, size: int) -> range | None:
    """The bytes of one range (RFC 9110, 14.2); None for the whole, as for what is not understood."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or not (found[1] or found[2]) or max(len(found[1]), len(found[2])) > 12:
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size) if int(found[2]) else range(size, size)
    first, last = int(found[1]), int(found[2] or size)
    return None if last < first else range(first, min(last + 1, size))
