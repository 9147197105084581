"""Pictures of a package in the library. A changed drawing is a new picture.

So what was published with the old drawing goes on showing it until the lesson is
published again, and undoing an import never has to bring a file back.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.db import transaction

from ..models import Picture
from .package import Media, Package


def origin_of(code: str, media: str) -> str:
    """`kns04/media/x.svg`: one present picture for each file of each course."""
    return f"{code.lower()}/{media}"


def digest_of(media: Media) -> str:
    return hashlib.sha256(media.content).hexdigest()


def known(package: Package) -> dict[str, Picture]:
    """Pictures that hold exactly what the package brings, by media path: two queries.

    By origin first; else any picture with the same bytes, as an editor may have uploaded it.
    """
    by_origin = {origin_of(package.code, path): media for path, media in package.media.items()}
    found = {
        by_origin[p.origin or ""].origin: p
        for p in Picture.objects.filter(origin__in=by_origin)
        if p.origin_digest == digest_of(by_origin[p.origin or ""])
    }
    left = {sha1(m.content): path for path, m in package.media.items() if path not in found}
    same = {p.file_hash: p for p in Picture.objects.filter(file_hash__in=left).order_by("-pk")}
    return {**found, **{left[digest]: picture for digest, picture in same.items()}}


def sha1(content: bytes) -> str:
    """What Wagtail keeps as `file_hash`."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def build(package: Package, media: Media) -> Picture:
    """A picture not yet saved; its file is cleaned and measured on the way. Raises ValidationError."""
    path = PurePosixPath(media.origin)
    picture = Picture(
        title=media.title or path.stem,
        origin_digest=digest_of(media),
        file=ContentFile(media.content, name=f"{package.code.lower()}-{path.name}"),
        width=media.width,
        height=media.height,
    )
    picture.full_clean(exclude=["width", "height", "collection"])
    return picture


@transaction.atomic
def take_over(picture: Picture, origin: str) -> int | None:
    """The saved picture becomes the one of this origin; gives the id of the one before."""
    before = Picture.objects.filter(origin=origin).exclude(pk=picture.pk).first()
    if before:
        Picture.objects.filter(pk=before.pk).update(origin=None)
    Picture.objects.filter(pk=picture.pk).update(origin=origin)
    picture.origin = origin
    return before.pk if before else None
