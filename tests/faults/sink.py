"""A mail server that keeps every message in memory and behaves as badly as it is told.

Standard library only and cheap enough to take a bench's twenty thousand messages. In a test it runs in a thread;
as a program (`python -m tests.faults.sink FILE`) it prints its port and appends each Message-ID to the file.
"""

import asyncio
import contextlib
import email
import email.policy
import socket
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Manner:
    """How the sink treats the next messages. `times` bounds a misbehaviour; None means until told otherwise."""

    greeting: bytes = b"220 sink ready"
    answer: bytes = b"250 kept"  # to the end of DATA
    recipient: bytes = b"250 ok"
    delay: float = 0.0  # seconds before the answer to the end of DATA
    drop: str = ""  # "before": when DATA begins, "after": when the message was taken, without an answer
    times: int | None = None
    taken: object = None  # called with the sink when a message was taken, before it is answered


@dataclass
class Sink:
    """The messages taken, in order, and the ways of speaking to the server."""

    manner: Manner = field(default_factory=Manner)
    messages: list = field(default_factory=list)
    connections: int = 0
    attempts: int = 0  # texts begun
    port: int = 0
    keep: object = None  # what to do with a message instead of keeping it

    # --- what tests ask ---------------------------------------------------------------------------------

    def ids(self) -> Counter:
        """How often each Message-ID was taken."""
        return Counter(message["Message-ID"] for message in self.parsed())

    def parsed(self) -> list:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in list(self.messages)]

    def behave(self, **manner) -> None:
        """From now on be like this; without arguments: take everything."""
        self.manner = Manner(**manner)

    def forget(self) -> None:
        """Be as at the beginning."""
        self.behave()
        self.messages, self.connections, self.attempts = [], 0, 0
        if not self._server.is_serving():
            self.open()

    # --- the server -------------------------------------------------------------------------------------

    def start(self) -> "Sink":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="mail-sink")
        self._thread.start()
        self.open()
        return self

    def open(self) -> None:
        """Listen again on the same port (the first time on a free one)."""
        self._server = self._in_loop(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self._server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Stop listening: connections are refused until `open`."""
        self._server.close()
        self._in_loop(self._server.wait_closed())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _in_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _serve(self, reader, writer):
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(Exception):
                await writer.wait_closed()

    async def _talk(self, reader, writer):
        self.connections += 1
        await _say(writer, self.manner.greeting)
        while line := await reader.readline():
            word = line.strip().upper()[:4]
            if word == b"DATA":
                if not await self._data(reader, writer):
                    return
            elif word == b"QUIT":
                await _say(writer, b"221 bye")
                return
            else:
                await _say(writer, self.manner.recipient if word == b"RCPT" else b"250 ok")

    async def _data(self, reader, writer) -> bool:
        manner = self._next_manner()
        self.attempts += 1
        if manner.drop == "before":
            return False
        await _say(writer, b"354 go on")
        raw = (await reader.readuntil(b"\r\n.\r\n"))[:-5].replace(b"\r\n..", b"\r\n.")
        if manner.answer.startswith(b"2"):
            (self.keep or self.messages.append)(raw)
            if manner.taken:
                manner.taken(self)
        if manner.delay:
            await asyncio.sleep(manner.delay)
        if manner.drop == "after":
            return False
        await _say(writer, manner.answer)
        return True

    def _next_manner(self) -> Manner:
        manner = self.manner
        if manner.times is not None:
            manner.times -= 1
            if manner.times < 0:
                self.manner = manner = Manner()
        return manner


async def _say(writer, line: bytes):
    writer.write(line + b"\r\n")
    await writer.drain()


async def _serve_forever(path):
    with open(path, "a", buffering=1) as ids:

        def keep(raw):
            head = raw.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace").replace("\r\n ", " ")
            ids.write(
                next(
                    v
                    for k, _, v in (h.partition(": ") for h in head.split("\r\n"))
                    if k.lower() == "message-id"
                )
                + "\n"
            )

        sink = Sink(keep=keep)
        server = await asyncio.start_server(sink._serve, "127.0.0.1", 0, family=socket.AF_INET)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve_forever(sys.argv[1]))
