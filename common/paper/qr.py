"""QR codes as SVG."""

from __future__ import annotations

import segno


def svg(text: str, *, dark: str = "#1d2a33") -> str:
    """A QR code of error correction M (a smudge is forgiven) with its quiet zone, one unit a module."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return str(code.svg_inline(scale=1, border=4, dark=dark, light="#ffffff", omitsize=True))
