"""Requests a second of an address on this machine: wrk where it is installed, else a small loop of our own."""

import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

SECONDS = 6
CONNECTIONS = 16


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(str):
    """The address of a running gunicorn, with the number of its master process."""

    pid: int


@contextmanager
def gunicorn(application: str, environment: dict):
    """Serve `application` with the product's own server settings; gives the address, a Server."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "-k", "gthread", "-w", "2", "--threads", "8"]
    command += ["-b", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        address = Server(f"http://127.0.0.1:{port}")
        address.pid = server.pid
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def requests_per_second(url: str, cookie: str = "", *, warm=3, seconds=SECONDS) -> float:
    """Answered requests a second with sixteen connections; raises when any answer is not 200."""
    if warm:
        _loop(url, cookie, seconds=warm)
    if shutil.which("wrk"):
        return _wrk(url, cookie, seconds)
    return _loop(url, cookie, seconds)


def permille(url: str, bare: str, rounds: int = 5, *, cookie: str = "") -> tuple[float, float]:
    """(speed of `url` in thousandths of that of `bare`, requests a second of `url`), the median of some rounds.

    The two are asked in turns of two seconds: a machine that does other things as well is then as busy for the one as
    for the other.
    """
    _loop(url, cookie, seconds=3)
    pairs = [
        (requests_per_second(bare, warm=0, seconds=2), requests_per_second(url, cookie, warm=0, seconds=2))
        for _ in range(rounds)
    ]
    return statistics.median(page / hello for hello, page in pairs) * 1000, statistics.median(
        p for _, p in pairs
    )


def _wrk(url, cookie, seconds):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        raise RuntimeError(f"{url}: {text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def _loop(url, cookie, seconds):
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    request = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    counts, end = [], time.monotonic() + seconds
    workers = [
        threading.Thread(target=_ask, args=(parts.port, request, end, counts)) for _ in range(CONNECTIONS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / seconds


def _ask(port, request, end, counts):
    count = 0
    with (
        socket.create_connection(("127.0.0.1", port), 30) as connection,
        connection.makefile("rb") as answers,
    ):
        while time.monotonic() < end:
            connection.sendall(request)
            _read(answers)
            count += 1
    counts.append(count)


def _read(answers):
    status = answers.readline()
    if b" 200 " not in status:
        raise RuntimeError(status.decode("latin-1"))
    length, chunked = 0, False
    while (line := answers.readline()) not in (b"\r\n", b""):
        name, _, value = line.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
        chunked = chunked or (name == b"transfer-encoding" and b"chunked" in value)
    answers.read(length)
    while chunked and (size := int(answers.readline(), 16)) >= 0:
        answers.read(size + 2)
        chunked = size > 0
