"""A cache whose server may be down: then nothing is kept, and the site goes on without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

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
