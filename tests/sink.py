"""A mail server of our own, scripted: it takes letters, refuses them, or breaks off, as a test says."""

import email
import email.policy
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Script:
    """What the server does. `letters` are those it took; `at_rcpt` and `at_data` map an address or "" (everyone) to
    the reply; `drops` breaks the connection off so many times after the text was taken."""

    def __init__(self):
        self.letters, self.sessions = [], set()
        self.at_rcpt, self.at_data = {}, {}
        self.drops = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.at_rcpt.get(address) or self.at_rcpt.get("")
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self.at_data.get(envelope.rcpt_tos[0]) or self.at_data.get("")
        if reply:
            return reply
        self.sessions.add(session)
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        letter.envelope_to = list(envelope.rcpt_tos)
        self.letters.append(letter)
        if self.drops:
            self.drops -= 1
            server.transport.close()
        return "250 OK"

    @property
    def ids(self):
        return [letter["Message-ID"] for letter in self.letters]


@contextmanager
def mail_server():
    """A running server; gives its script and its port."""
    script = Script()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        script.port = free.getsockname()[1]
    controller = Controller(script, hostname="127.0.0.1", port=script.port)
    controller.start()
    try:
        yield script
    finally:
        controller.stop()
