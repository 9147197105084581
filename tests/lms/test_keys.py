"""Keys in addresses and forms are written plainly: 1234 shown as 1.234 finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

KEY = re.compile(r"\{\{ [\w.]*(?:\.pk|\.id|_id|page_number) \}\}")
# Ids that are words: of choices, fields, screens and acts, and the random public ones.
WORDS = re.compile(
    r"(?:public_id|auto_id|field_id|attrs\.id|(?:choice|act|one|spot|screen|acts\.1)\.id) \}\}$"
)
# What browsers reckon with: max="2.000" is two.
BAR = re.compile(r"<(?:progress|meter)\b[^>]*>")
RECKONED = re.compile(r'\b(?:max|min|value|low|high|optimum)="\{\{ (.*?) \}\}"')


def test_no_bar_is_measured_in_numbers_for_people():
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}: {found}"
        for path in Path(settings.BASE_DIR).glob("*/templates/**/*.html")
        for bar in BAR.findall(path.read_text())
        for found in RECKONED.findall(bar)
        if not found.endswith(('|stringformat:"d"', "|unlocalize"))
    ]
    assert wrong == []


def test_no_key_is_written_as_a_number_for_people():
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}: {found}"
        for path in Path(settings.BASE_DIR).glob("*/templates/**/*.html")
        for found in KEY.findall(path.read_text())
        if not WORDS.search(found)
    ]
    assert wrong == []
