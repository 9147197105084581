"""Other forms of a lesson, each at its own address: words alone (`chi-chu/`), and a sheet of paper (`in/`).

They are pages of Wagtail as the lesson itself: the same for everybody, kept by the page cache.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.paper import qr

WORDS, PAPER = "chi-chu", "in"
TEMPLATES = {WORDS: "cms/lesson.html", PAPER: "cms/handout.html"}

_FIGURE = re.compile(r'<figure class="picture">(.*?)</figure>', re.S)
_ALT = re.compile(r'<img\b[^>]*?\balt="([^"]*)"', re.S)
_VIDEO = re.compile(r"<video\b.*?</video>", re.S)
_FILM = re.compile(r'<figure class="film">.*?</figure>', re.S)
_PRICE = re.compile(r' <span class="note" data-unread>.*?</span>', re.S)
_SPOKEN = re.compile(r'<details class="transcript"><summary>(.*?)</summary>(.*?)</details>', re.S)
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.S)


def told(html: str) -> SafeString:
    """Every picture in words: its description, and its caption if it says more; films as read."""
    html = _FIGURE.sub(_described, _FILM.sub(_read, html))
    return mark_safe(html.replace('class="p-picture"', 'class="p-picture told"'))


def _read(film: re.Match[str]) -> str:
    """Its name and what is said in it: without the film it costs nothing and has no captions."""
    words = _PRICE.sub("", _VIDEO.sub("", film[0]))
    return _SPOKEN.sub(r"<p><strong>Lời trong phim</strong></p>\2", words)


def _described(figure: re.Match[str]) -> str:
    alt = _ALT.search(figure[1])
    said = alt[1].strip() if alt else ""
    caption = _CAPTION.search(figure[1])
    more = caption[1].strip() if caption else ""
    if more == said:
        more = ""
    shown = f"<strong>Hình:</strong> {said}" if said else ""
    if more:
        shown += f" <span>{more}</span>" if shown else f"<span>{more}</span>"
    return f'<p class="told-picture">{shown}</p>' if shown else ""


def for_paper(html: str) -> SafeString:
    """Pictures at once: what waits for scrolling may be missing on paper. Of a film, what is said in it."""
    return mark_safe(_FILM.sub(_read, html).replace(' loading="lazy"', ""))


def qr_of(path: str) -> SafeString:
    """The address of the lesson as a picture that a phone's camera reads."""
    drawn = qr.svg(settings.SITE_URL + path, dark="#000000")
    name = escape(f"Mã QR của bài: {settings.SITE_URL}{path}")
    return mark_safe(drawn.replace("<svg", f'<svg role="img" aria-label="{name}"', 1))
