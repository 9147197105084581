"""Pictures and films of pages, when no nginx or object store in front hands them out."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Everything else under MEDIA_ROOT is private.
PUBLIC = ("images/", "original_images/", "films/")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture by its name, which never comes back with another content."""
    if not path.startswith(PUBLIC) or ".." in path:
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = "public, max-age=604800"
    # Opened by itself, an SVG is a document: it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
