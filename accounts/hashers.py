"""Passwords and PINs: keyed with a pepper from the environment, then Argon2id."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher


class PepperedArgon2Hasher(Argon2PasswordHasher):
    """HMAC-SHA-256 with PIN_PEPPER before Argon2id: a stolen database alone cannot be guessed."""

    algorithm = "pepper_argon2"
    time_cost = 3
    memory_cost = 32 * 1024
    parallelism = 1

    def _peppered(self, password: str) -> str:
        return hmac.new(settings.PIN_PEPPER.encode(), password.encode(), hashlib.sha256).hexdigest()

    def encode(self, password: str, salt: str) -> str:
        return super().encode(self._peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        return super().verify(self._peppered(password), encoded)
