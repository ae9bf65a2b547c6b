"""Many people who press the same button at the same moment, over real HTTP: a connection for each press."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

AT_ONCE = 100
SECRET = "x" * 32  # what a form and a cookie of ours have in common; any word of that length does


@dataclass(frozen=True)
class Press:
    """One POST of a form: where, by whom (a session's cookie), and what the form says."""

    path: str
    cookie: str
    fields: dict


def rush(address: str, presses: list[Press], at_once: int = AT_ONCE) -> tuple[float, Counter]:
    """(seconds until all are answered, how many got which status); `at_once` people press at any moment."""
    queue, statuses = iter(presses), Counter()
    mutex, ready = threading.Lock(), threading.Barrier(at_once + 1)

    def person():
        ready.wait()
        while True:
            with mutex:
                press = next(queue, None)
            if press is None:
                return
            status = _post(address, press)
            with mutex:
                statuses[status] += 1

    people = [threading.Thread(target=person) for _ in range(at_once)]
    for one in people:
        one.start()
    ready.wait()
    start = time.perf_counter()
    for one in people:
        one.join()
    return time.perf_counter() - start, statuses


def _post(address, press) -> int:
    body = urlencode(press.fields | {"csrfmiddlewaretoken": SECRET})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{press.cookie}; csrftoken={SECRET}",
    }
    connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
    try:
        connection.request("POST", press.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
