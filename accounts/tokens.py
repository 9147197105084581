"""Secrets that are derived from a row and never kept: links of invitations, learner cards.

Whoever reads the database without the server's key learns no link and no card.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid

from django.conf import settings

_MAC_BYTES = 16


def mac(purpose: str, text: str) -> bytes:
    """32 bytes under a key of this purpose alone."""
    key = hmac.new(settings.PIN_PEPPER.encode(), f"key:{purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def seal(purpose: str, reference: uuid.UUID) -> str:
    """43 characters that are safe in an address and lead back to `reference`."""
    sealed = reference.bytes + mac(purpose, reference.hex)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(purpose: str, token: str) -> uuid.UUID | None:
    """The reference of a token that `seal` made for this purpose, else None."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", token):
        return None
    sealed = base64.urlsafe_b64decode(token + "=")
    reference = uuid.UUID(bytes=sealed[:16])
    return reference if hmac.compare_digest(seal(purpose, reference), token) else None
