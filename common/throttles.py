"""Small counters over the cache: how often something happened under a key in a window.

Each hit counts, of however many processes (`common.caches`). They slow down, they do not guard:
a cache may be emptied. What must never be passed is a row with a constraint (`accounts.doors`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache


def _cache_key(key: str, seconds: int) -> tuple[str, int]:
    """The counter of the window that `now` lies in, and the seconds until it ends."""
    window, into = divmod(int(time.time()), seconds)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"throttle:{digest}:{seconds}:{window}", seconds - into


def _cache() -> BaseCache:
    return caches["counters"]


def network(address: str) -> str:
    """What counts as one sender: an IPv4 address, of an IPv6 one the /64 that its household has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def count(key: str, *, seconds: int) -> int:
    """How often `hit` was called with this key in the present window."""
    return int(_cache().get(_cache_key(key, seconds)[0], 0))


def hit(key: str, *, seconds: int) -> int:
    """Count one more, and return the count so far in the present window."""
    name, left = _cache_key(key, seconds)
    cache = _cache()
    if cache.add(name, 1, timeout=left + 1):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # it expired between the two calls
        cache.add(name, 1, timeout=left + 1)
        return 1


def allowed(key: str, *, limit: int, seconds: int) -> bool:
    """Count one more; whether it is still within `limit` per window of `seconds`."""
    return hit(key, seconds=seconds) <= limit


def wait(seconds: int) -> int:
    """Seconds until the present window of this length ends."""
    return _cache_key("", seconds)[1]
