"""Caches: one whose server may be down, and one in files that counts without losing any."""

from __future__ import annotations

import fcntl
import logging
import os
import pickle
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, BinaryIO, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


def _forgiving(method: Callable[..., Result], instead: Callable[..., Result]) -> Callable[..., Result]:
    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Result:
        try:
            return method(*args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError) as error:
            logger.warning("Cache server not reached (%s): %s", method.__name__, error)
            return instead(*args, **kwargs)

    return wrapped


def _absent(self: object, key: str, *args: Any, **kwargs: Any) -> int:
    raise ValueError(f"Key '{key}' not found.")


class ForgivingRedisCache(RedisCache):
    """Redis, or a cache that forgets at once while it does not answer.

    `add` then says that it was the first: a throttle lets everybody pass rather than nobody, as
    what must hold without the cache is a row in the database. `/readyz` notices: nothing stays.
    """

    get = _forgiving(RedisCache.get, lambda self, key, default=None, version=None: default)
    get_many = _forgiving(RedisCache.get_many, lambda self, keys, version=None: {})
    has_key = _forgiving(RedisCache.has_key, lambda self, key, version=None: False)
    add = _forgiving(RedisCache.add, lambda self, *args, **kwargs: True)
    set = _forgiving(RedisCache.set, lambda self, *args, **kwargs: None)
    set_many = _forgiving(RedisCache.set_many, lambda self, data, *args, **kwargs: list(data))
    touch = _forgiving(RedisCache.touch, lambda self, *args, **kwargs: False)
    delete = _forgiving(RedisCache.delete, lambda self, key, version=None: False)
    delete_many = _forgiving(RedisCache.delete_many, lambda self, keys, version=None: None)
    incr = _forgiving(RedisCache.incr, _absent)


class CountingFileCache(FileBasedCache):
    """Counters in files, for the processes and threads of one machine.

    Django's own reads, adds and writes in three steps, starts the time anew with each, and throws
    random entries away when there are many. Here adding is one step under a lock, a counter ends
    when it was first said to end, and only what has ended is thrown away. Never add a key again
    that may just have ended: give each span of time a key of its own.
    """

    SWEEP = 500  # one write in so many looks for counters that ended
    # Django's own, which its types leave out.
    _dir: str
    _createdir: Callable[[], None]
    _key_to_file: Callable[[str, int | None], str]
    _list_cache_files: Callable[[], list[str]]
    _is_expired: Callable[[BinaryIO], bool]

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with self._locked(key, version):
            return bool(super().add(key, value, timeout, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        with self._locked(key, version):
            value, ends = int(self.get(key, 0, version)), self._ends(key, version)
            if not ends:
                raise ValueError(f"Key '{key}' not found.")
            self.set(key, value + delta, timeout=ends - time.time(), version=version)
        return value + delta

    def _ends(self, key: str, version: int | None) -> float:
        """When this counter ends, in seconds since 1970; 0 when there is none."""
        try:
            with open(self._key_to_file(key, version), "rb") as file:
                ends = float(pickle.load(file))  # noqa: S301 - our own file
        except FileNotFoundError:
            return 0
        return ends if ends > time.time() else 0

    @contextmanager
    def _locked(self, key: str, version: int | None) -> Iterator[None]:
        """One of 256 locks, so that two counters seldom wait for each other."""
        self._createdir()
        name = os.path.basename(self._key_to_file(key, version))[:2]
        with open(os.path.join(self._dir, f"{name}.lock"), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed; each opening has a lock of its own
            yield

    def _cull(self) -> None:
        if random.randrange(self.SWEEP):  # noqa: S311 - no secret
            return
        for name in self._list_cache_files():
            try:
                with open(name, "rb") as file:
                    self._is_expired(file)
            except FileNotFoundError:
                continue
