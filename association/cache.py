"""The cache is a convenience: when Valkey is away the pages still work, only slower."""

import functools
import threading
import time
from collections import defaultdict

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# Seconds for which a process does not ask again after a failure: every question to a server that keeps silent costs
# its timeout, and a page asks several.
REST = 5.0
WRITES = frozenset({"set", "add", "touch", "delete", "set_many", "incr"})


class _Outage:
    """What could not be written while Valkey was away. These keys are removed as soon as it is back: an ended session
    or an old mark must not live on there."""

    def __init__(self):
        self.until, self.missed, self.lock, self.timer = 0.0, set(), threading.Lock(), None

    def lasts(self) -> bool:
        return time.monotonic() < self.until

    def begin(self):
        self.until = time.monotonic() + REST

    def miss(self, cache, name, args):
        if name not in WRITES or not args:
            return
        with self.lock:
            self.missed.update(args[0] if name == "set_many" else [args[0]])
            if self.timer is None or not self.timer.is_alive():
                # Nobody may ask for long; what was missed must not wait for that.
                self.timer = threading.Thread(target=self._keep_mending, args=[cache], daemon=True)
                self.timer.start()

    def mend(self, cache):
        """Remove what was missed; raises RedisError when the server is still away."""
        with self.lock:
            if self.missed:
                RedisCache.delete_many(cache, list(self.missed))
                self.missed.clear()

    def _keep_mending(self, cache):
        while self.missed:
            time.sleep(REST)
            try:
                self.mend(cache)
            except RedisError:
                self.begin()


_outages = defaultdict(_Outage)  # by server: Django makes a cache object for each thread


def _tolerant(name, missing):
    original = getattr(RedisCache, name)

    @functools.wraps(original)
    def call(self, *args, **kwargs):
        outage = _outages[self._servers[0]]
        if not outage.lasts():
            try:
                outage.mend(self)
                return original(self, *args, **kwargs)
            except RedisError as error:
                outage.begin()
                log.warning("cache.unavailable", operation=name, error=type(error).__name__)
        outage.miss(self, name, args)
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
