"""The cache away and back: a page does not wait for it again and again, and nothing outdated comes back with it."""

import socket
import sysconfig
import time
from pathlib import Path

import pytest

from association import cache as module
from association.cache import TolerantRedisCache
from association.embedded import Valkey
from tests.faults.processes import Process, eventually

SITE = Path(sysconfig.get_path("purelib"))
OPTIONS = {"OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}}


@pytest.fixture
def silent():
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_silent_server_is_waited_for_once(silent):
    cache = TolerantRedisCache(silent, OPTIONS)
    start = time.monotonic()
    assert [cache.get(str(number), number) for number in range(20)] == list(range(20))
    assert time.monotonic() - start < 2


def test_other_objects_for_the_same_server_do_not_wait_either(silent):
    TolerantRedisCache(silent, OPTIONS).get("x")
    start = time.monotonic()
    assert TolerantRedisCache(silent, OPTIONS).get("x") is None
    assert time.monotonic() - start < 0.2


def test_what_could_not_be_written_is_gone_when_the_server_is_back(tmp_path, monkeypatch):
    """An ended session, say: its row is deleted while the server is away, which keeps it on its disk."""
    monkeypatch.setattr(module, "REST", 0.3)
    valkey = Valkey(SITE, tmp_path / "valkey", durable=True)
    valkey.prepare()
    program = valkey.program()

    def start():
        process = Process(program.command, tmp_path / "log", **program.options)
        assert eventually(valkey.is_ready)
        return process

    process = start()
    cache = TolerantRedisCache(valkey.url(), OPTIONS)
    for key in ("session", "mark", "other"):
        cache.set(key, "old", timeout=None)
    process.stop()
    cache.delete("session")
    cache.set_many({"mark": "new"})
    process = start()
    try:
        # By another process, that knows nothing of what was missed.
        other = module.RedisCache(valkey.url(), {})
        assert eventually(lambda: other.get("session") is None, 20)
        assert (other.get("mark"), other.get("other")) == (None, "old")
        assert eventually(lambda: cache.get("other") == "old", 20)
        cache.set("mark", "newer")
        assert cache.get("mark") == "newer"
    finally:
        process.stop()
