"""Uploaded pictures, made safe and light before they are stored."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import py_svg_hush
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from PIL import Image as Pillow
from PIL import ImageOps
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from common.svg import MOST_LEVELS, too_deep

from .files import drop_files, fresh, in_its_place, is_told

_EMBEDDED = {"image": ["png", "jpeg", "webp"]}
_WITH_EXIF = {"JPEG": "jpeg", "WEBP": "webp", "PNG": "png"}
_FRESH = re.compile(r"(?<=/)[a-z0-9]{12}-")


class Picture(AbstractImage):
    """An uploaded picture; hostile SVG is cleaned, where and with what it was taken is removed."""

    origin = models.CharField(
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text="file of a course package",
    )
    origin_digest = models.CharField(max_length=64, blank=True, editable=False)

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = "hình ảnh"
        verbose_name_plural = "hình ảnh"

    @property
    def plain_name(self) -> str:
        """The name of its file as somebody gave it, below the media folder."""
        return _FRESH.sub("", self.file.name or "", count=1)

    def get_upload_to(self, filename: str) -> str:
        return str(super().get_upload_to(fresh(filename)))

    @property
    def names(self) -> list[str]:
        """Of its files and of what was made of them, below the media folder."""
        return [self.file.name, *self.renditions.values_list("file", flat=True)]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean the file first when it is new. Raises ValidationError for a broken SVG.

        Of the file before it nothing stays, neither itself nor what was made of it.
        """
        if not self.file or getattr(self.file, "_committed", True):
            return super().save(*args, **kwargs)
        self._clean_file()  # before any transaction: it takes its time
        with transaction.atomic():
            held = Picture.objects.select_for_update().filter(pk=self.pk).first()
            super().save(*args, **kwargs)
            if held:
                made = dict(self.renditions.values_list("file", "filter_spec"))
                # Before the old files go, and while they can stay when this fails.
                transaction.on_commit(partial(self._stand_in, held.file.name, made), robust=True)
                self.renditions.all().delete()
                drop_files([held.file.name])
        return None

    def _stand_in(self, before: str, made: dict[str, str]) -> None:
        """Published texts that name the file before, or what was made of it, name what is there now."""
        mine = str(self.file.name)
        in_its_place(before, mine)
        for old, spec in made.items():
            if is_told(old):
                in_its_place(old, mine if self.is_svg() else str(self.get_rendition(spec).file.name))

    def _clean_file(self) -> None:
        self.file.open()  # type: ignore[has-type]
        data = self.file.read()  # type: ignore[has-type]
        cleaned = clean_svg(data) if self.is_svg() else without_exif(data)
        name = self.file.name  # type: ignore[has-type]
        self.file = ContentFile(cleaned, name=name)
        self.file_size = len(cleaned)
        self.file_hash = ""
        self._set_file_hash()
        self.file.seek(0)


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    def get_upload_to(self, filename: str) -> str:
        return str(super().get_upload_to(fresh(filename)))

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


def clean_svg(data: bytes) -> bytes:
    """The drawing without script, foreign content or outside references."""
    if too_deep(data):
        raise ValidationError({"file": f"Hình SVG này lồng nhau quá {MOST_LEVELS} tầng. Hãy xuất lại hình."})
    try:
        return bytes(py_svg_hush.filter_svg(data, _EMBEDDED))
    except ValueError as error:
        raise ValidationError(
            {"file": "Không đọc được hình SVG này. Hãy xuất lại hình rồi tải lên."}
        ) from error


def without_exif(data: bytes) -> bytes:
    """The photograph upright, without its metadata (place, time, phone); unchanged when it has none."""
    try:
        picture = Pillow.open(io.BytesIO(data))
        form = picture.format
        if form not in _WITH_EXIF or not (picture.getexif() or picture.info.get("xmp")):
            return data
        upright = ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError) as error:
        raise ValidationError({"file": "Không đọc được ảnh này. Hãy thử ảnh khác."}) from error
    out = io.BytesIO()
    profile = {"icc_profile": upright.info["icc_profile"]} if upright.info.get("icc_profile") else {}
    upright.info = {}
    upright.save(out, format=form, quality=90, exif=b"", **profile)
    return out.getvalue()


def check_file(data: bytes, filename: str) -> None:
    """Raises ValidationError unless the bytes are the picture that the name says."""
    if filename.lower().endswith(".svg"):
        clean_svg(data)
        return
    try:
        Pillow.open(io.BytesIO(data)).verify()
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise ValidationError({"file": f"Không đọc được ảnh {filename}."}) from error
