"""Papers as PDF and as a picture, from what they pinned; nothing is looked up, nothing is kept but a cache.

Never call this inside a transaction: a page takes 20–50 ms.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from common.paper import qr, typesetting

from .models import Design, Paper

TITLE = "Giấy ghi nhận hoàn thành khóa học"
NOTICE = "Giấy này ghi nhận việc học trên Học Vụ Số; không phải xác nhận phổ cập kỹ năng số."
PICTURE_SIZE = (1200, 630)
_TEMPLATES = Path(__file__).parent / "typst"
_KEPT = 24 * 60 * 60  # seconds
_COLOURS = 128
_TYPED = ("name", "course", "issuer", "signature", "dated")


def pdf(paper: Paper, *, watermark: str = "") -> bytes:
    """A4 landscape, tagged, fonts embedded, with the whole name: for the owner and staff."""
    data = _data(paper, name=paper.name) | {"watermark": watermark}
    return typesetting.pdf(_TEMPLATES / "paper.typ", data, at=paper.issued_at)


def picture(paper: Paper) -> bytes:
    """PNG of 1200 × 630 pixels that says what the public page says; kept a day by what it says."""
    data = _data(paper, name=paper.public_name)
    key = _key(data)
    kept = cache.get(key)
    if kept is None:
        kept = _smaller(typesetting.png(_TEMPLATES / "picture.typ", data))
        cache.set(key, kept, _KEPT)
    return bytes(kept)


def forget(paper: Paper) -> None:
    """Take its picture out of the cache."""
    cache.delete(_key(_data(paper, name=paper.public_name)))


def _key(data: dict[str, Any]) -> str:
    said = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return "paper-picture:" + hashlib.sha256(said.encode()).hexdigest()


def sample(design: Design) -> bytes:
    """What a paper of this design will look like, marked as a sample."""
    now = timezone.now()
    paper = Paper(
        serial="0" * 11,
        name="Nguyễn Thị Hoa Mai",
        course_title=design.course.title if design.course else "An toàn trên mạng và phòng chống lừa đảo",
        score_percent=90,
        issuer=design.issuer,
        place_name=design.city,
        signature=design.signature,
        completed_at=now,
        issued_at=now,
    )
    return pdf(paper, watermark="MẪU")


def address(paper: Paper) -> str:
    """The public page, as the QR code says it."""
    return settings.SITE_URL.rstrip("/") + paper.get_absolute_url()


def in_words(place: str, day: datetime.date) -> str:
    """`Hải Phòng, ngày 05 tháng 01 năm 2026`: zeros as Decree 30/2020/NĐ-CP asks."""
    month = f"{day.month:02d}" if day.month < 3 else f"{day.month}"
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _data(paper: Paper, *, name: str) -> dict[str, Any]:
    """What the templates are told. Whatever a person typed keeps only what our fonts can draw."""
    url = address(paper)
    facts = [f"Hoàn thành ngày {timezone.localtime(paper.completed_at):%d/%m/%Y}"]
    if paper.score_percent is not None:
        facts.append(f"Kết quả bài kiểm tra cuối khóa: {paper.score_percent}\u00a0%")
    data = {
        "title": TITLE,
        "notice": NOTICE,
        "name": name,
        "course": paper.course_title,
        "issuer": paper.issuer,
        "signature": paper.signature,
        "dated": in_words(paper.place_name, timezone.localtime(paper.issued_at).date()),
        "facts": facts,
        "number": paper.number,
        "address": url,
        "shown_address": url.partition("//")[2].rstrip("/"),
        "qr": qr.svg(url),
        "qr_says": f"Mã QR mở trang kiểm tra giấy số {paper.number}",
    }
    return data | {key: typesetting.drawable(str(data[key])) for key in _TYPED}


def _smaller(png: bytes) -> bytes:
    """The same picture in a palette: a third of the bytes, for phones with little network."""
    with Image.open(io.BytesIO(png)) as image:
        palette = image.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
    out = io.BytesIO()
    palette.save(out, "PNG")
    return out.getvalue()
