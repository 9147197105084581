#!/usr/bin/env python
"""Prepare a fresh checkout for `make run`: .env with generated secrets. Safe to run again."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ENV = Path(__file__).resolve().parent.parent / ".env"


def main() -> None:
    """Write .env once, readable by its owner only; an existing file is never touched."""
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PIN_PEPPER": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATA_DIR": ".data",
        "DEMO": "1",
    }
    text = "# Written by make run. Keep PIN_PEPPER: without it no PIN can be verified.\n"
    text += "".join(f"{name}={value}\n" for name, value in lines.items())
    try:
        handle = os.open(ENV, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {ENV.name}")


if __name__ == "__main__":
    main()
