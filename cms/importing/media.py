"""Pictures of a package: a drawing is checked and cleaned, a photo is opened and measured."""

from __future__ import annotations

import io
import re
import warnings
from xml.etree import ElementTree

import py_svg_hush
from PIL import Image

from common.svg import MOST_LEVELS, too_deep
from common.text import hidden, nfc

from .package import Media
from .problems import HIDDEN, Problems

SVG_BYTES = 200_000
PHOTO_BYTES = 5 * 1024 * 1024
SIDE = 6_000
SVG = "{http://www.w3.org/2000/svg}"
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
ACTIVE = {"script", "foreignObject", "iframe", "handler", "animate", "set", "animateTransform"}


def check(origin: str, content: bytes, problems: Problems) -> Media | None:
    """The picture, safe to serve; None when a problem was added."""
    suffix = "." + origin.rsplit(".", 1)[-1].lower()
    if suffix == ".svg":
        fault = svg_fault(content)
        media = None if fault else _drawing(origin, content)
    elif suffix in FORMATS:
        fault = photo_fault(content, FORMATS[suffix])
        media = None if fault else _photo(origin, content)
    else:
        fault, media = "chỉ nhận hình .svg, .png, .jpg.", None
    if media is None:
        problems.add(origin, 0, fault or "không đọc được hình.")
    return media


def svg_fault(content: bytes) -> str:
    """Why the drawing is refused, or an empty string. Active content is refused, not quietly cut out."""
    if len(content) > SVG_BYTES:
        return f"hình vẽ nặng {len(content) // 1000} KB, nhiều nhất {SVG_BYTES // 1000} KB."
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "hình vẽ phải là UTF-8."
    if re.search(r"<!(?:DOCTYPE|ENTITY)|<\?xml-stylesheet", text, re.IGNORECASE):
        return "hình vẽ không được có DOCTYPE, ENTITY hay bảng kiểu ở ngoài."
    if too_deep(content):
        return f"hình vẽ lồng nhau quá {MOST_LEVELS} tầng."
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # no DOCTYPE, so no entities
    except (ElementTree.ParseError, ValueError):
        return "hình vẽ không đúng cú pháp SVG."
    if root.tag != f"{SVG}svg":
        return 'hình vẽ phải có thẻ gốc <svg xmlns="http://www.w3.org/2000/svg">.'
    return next((fault for element in root.iter() if (fault := _element_fault(element))), "")


def _element_fault(element: ElementTree.Element) -> str:
    if any(hidden(words) for words in (element.text or "", element.tail or "", *element.attrib.values())):
        return HIDDEN
    name = str(element.tag).rpartition("}")[2]
    if name in ACTIVE:
        return f"hình vẽ có thẻ <{name}>, không nhận."
    for key, value in element.attrib.items():
        plain = key.rpartition("}")[2].lower()
        if plain.startswith("on"):
            return f"hình vẽ có thuộc tính “{plain}”, không nhận."
        if plain == "href" and not value.startswith("#"):
            return "hình vẽ trỏ ra ngoài (href); chỉ được trỏ trong chính hình."
        if "javascript:" in value.lower() or re.search(r"url\(\s*['\"]?(?!['\"]?#)", value, re.IGNORECASE):
            return "hình vẽ có đường dẫn ra ngoài."
    if name == "style" and re.search(r"@import|url\(", element.text or "", re.IGNORECASE):
        return "bảng kiểu trong hình vẽ trỏ ra ngoài."
    return ""


def _drawing(origin: str, content: bytes) -> Media | None:
    try:
        clean = bytes(py_svg_hush.filter_svg(content.removeprefix(b"\xef\xbb\xbf")))
        root = ElementTree.fromstring(clean)  # noqa: S314
    except (ValueError, ElementTree.ParseError):
        return None
    size = _svg_size(root)
    title = root.findtext(f"{SVG}title") or ""
    return Media(origin, clean, *size, " ".join(nfc(title).split())[:255]) if size else None


def _svg_size(root: ElementTree.Element) -> tuple[int, int] | None:
    try:
        box = [float(n) for n in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if n]
        if len(box) == 4 and 0 < box[2] <= 100_000 and 0 < box[3] <= 100_000:
            return round(box[2]) or 1, round(box[3]) or 1
    except ValueError:
        pass
    return None


def photo_fault(content: bytes, expected: str) -> str:
    """Why the photo is refused, or an empty string."""
    if len(content) > PHOTO_BYTES:
        return f"ảnh nặng quá {PHOTO_BYTES // 1024 // 1024} MB."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
                if image.format != expected:
                    return f"ảnh thật ra là {image.format}, không đúng với đuôi tệp."
                if max(image.size) > SIDE:
                    return f"ảnh rộng quá {SIDE} điểm."
                image.verify()
            with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
                image.load()
                if image.getexif().get_ifd(0x8825):
                    return "ảnh còn ghi nơi chụp (GPS); hãy xóa thông tin vị trí."
    except Exception:  # whatever a damaged photo makes the decoder raise
        return "không đọc được ảnh."
    return ""


def _photo(origin: str, content: bytes) -> Media:
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
        return Media(origin, content, *image.size, "")
