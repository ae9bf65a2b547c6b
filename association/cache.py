"""The cache is a convenience: when Valkey is away the pages still work, only slower."""

import functools

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _tolerant(name, missing):
    original = getattr(RedisCache, name)

    @functools.wraps(original)
    def call(self, *args, **kwargs):
        try:
            return original(self, *args, **kwargs)
        except RedisError as error:
            log.warning("cache.unavailable", operation=name, error=type(error).__name__)
            return missing(args, kwargs)

    return call


def _default(args, kwargs):
    return kwargs.get("default", args[1] if len(args) > 1 else None)


class KeptClient(RedisCacheClient):
    """Django makes a new client object for every call, which costs more than the call; one a pool is enough."""

    def get_client(self, key=None, *, write=False):
        clients = self.__dict__.setdefault("_clients", {})
        pool = self._get_connection_pool(write)
        if id(pool) not in clients:
            clients[id(pool)] = self._client(connection_pool=pool)
        return clients[id(pool)]


class TolerantRedisCache(RedisCache):
    """Django's Redis cache whose every failure is a miss. Sessions fall back to the database, so nobody is
    logged out; counts are counted again. Rate limits fail open for as long as Valkey is away."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = KeptClient

    get = _tolerant("get", _default)
    set = _tolerant("set", lambda args, kwargs: None)
    add = _tolerant("add", lambda args, kwargs: True)
    touch = _tolerant("touch", lambda args, kwargs: False)
    delete = _tolerant("delete", lambda args, kwargs: False)
    get_many = _tolerant("get_many", lambda args, kwargs: {})
    set_many = _tolerant("set_many", lambda args, kwargs: [])
    has_key = _tolerant("has_key", lambda args, kwargs: False)
    incr = _tolerant("incr", lambda args, kwargs: 1)
