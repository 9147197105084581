"""Pictures, films and recordings of pages, when no nginx or object store in front hands them out."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Everything else under MEDIA_ROOT is private.
PUBLIC = ("images/", "original_images/", "films/", "audio/")
PLAYED = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".mp4": "video/mp4"}
BESIDE = ".vtt"  # captions of a film
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# Gone since it was looked for, or no disk takes the name; others are faults.
_NOT_THERE = {errno.ENOENT, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP}
_AT_ONCE = 1 << 16  # bytes in memory


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file by its name, which never comes back with another content."""
    if not path.startswith(PUBLIC) or ".." in path:
        raise Http404
    if path.startswith(("audio/", "films/")) and not path.endswith(BESIDE):
        found: Callable[[], HttpResponseBase] = partial(_played, request, Path(settings.MEDIA_ROOT) / path)
    else:
        found = partial(serve, request, path, document_root=settings.MEDIA_ROOT)
    try:
        response = found()
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        raise Http404 from error
    response["Cache-Control"] = "public, max-age=604800"
    # Opened by itself, an SVG is a document: it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _played(request: HttpRequest, file: Path) -> HttpResponseBase:
    """A film or recording, or the piece that a player asks for: without pieces nobody could jump in it."""
    kind = PLAYED.get(file.suffix)
    if kind is None or not file.is_file():
        raise Http404
    size = file.stat().st_size
    piece = _piece(request.headers.get("Range", ""), size)
    if piece is None:
        response: HttpResponseBase = FileResponse(file.open("rb"), content_type=kind)
    elif piece.start >= size:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        response = StreamingHttpResponse(_read(file, piece), status=206, content_type=kind)
        response["Content-Length"] = str(len(piece))
        response["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Encoding"] = "identity"  # it is packed already, and pieces of a packed file fit nothing
    return response


def _read(file: Path, piece: range) -> Iterator[bytes]:
    """The bytes of a piece, little by little: a film is larger than what a process should hold."""
    with file.open("rb") as stream:
        stream.seek(piece.start)
        for place in range(piece.start, piece.stop, _AT_ONCE):
            yield stream.read(min(_AT_ONCE, piece.stop - place))


def _piece(asked: str, size: int) -> range | None:
    """The bytes of one range (RFC 9110, 14.2); None for the whole, as for what is not understood."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or not (found[1] or found[2]) or max(len(found[1]), len(found[2])) > 12:
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size) if int(found[2]) else range(size, size)
    first = int(found[1])
    last = int(found[2]) if found[2] else max(first, size)
    return None if last < first else range(first, min(last + 1, size))
