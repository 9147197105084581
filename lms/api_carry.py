"""`POST /api/v1/carry/code/`: the QR code of a link that carries what a phone learned.

The link's fragment holds the learning, so it is sent here only to be drawn; nothing is kept.
"""

from __future__ import annotations

import io
import re

import segno
from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from accounts.doors import address_of
from common import throttles

router = Router(tags=["learning"])
MOST_LETTERS = 1800  # what a QR code holds and a cheap camera still reads
PER_HOUR = 300  # from one address: a hall's worth


class Link(Schema):
    link: str


class Drawn(Schema):
    svg: str


@router.post("code/", response=Drawn, summary="A QR code of a link to /mang-theo/, as SVG")
def draw(request: HttpRequest, said: Link) -> Drawn:
    ours = re.escape(settings.SITE_URL.rstrip("/")) + r"/mang-theo/#[\w-]+"
    if len(said.link) > MOST_LETTERS or not re.fullmatch(ours, said.link, re.ASCII):
        raise HttpError(400, "Không vẽ được mã cho đường dẫn này.")
    if not throttles.allowed(f"carry:{address_of(request)}", limit=PER_HOUR, seconds=3600):
        raise HttpError(429, "Vừa có nhiều mã được vẽ từ đây. Bạn hãy đợi một lát.")
    drawn = segno.make(said.link, error="l", micro=False)
    out = io.BytesIO()  # with its namespace: it is shown as a picture, where SVG without one is none
    light = "#ffffff"  # its own ground: a dark page shows through else, and no phone reads it
    drawn.save(out, kind="svg", xmldecl=False, scale=4, border=4, omitsize=True, light=light)
    return Drawn(svg=out.getvalue().decode())
