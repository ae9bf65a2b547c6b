"""Text messages by HTTP: one signed POST a message (docs/operations.md tells providers' adapters what to expect)."""

import hashlib
import hmac
import http.client
import json
import re
import secrets
import time
from urllib.parse import urlsplit

from django.conf import settings

from association.choices import AddressHealth
from association.gateways.errors import Failed, Temporary

TIMEOUT = 10
MAX_ANSWER = 64 * 1024
AWAY = "短信平台连不上。"
# Words of the answer's "code"; any other one but OK is a failure of this message.
LATER = {"BUSY", "LIMIT", "RETRY"}
HEALTH = {"INVALID_NUMBER": AddressHealth.BOUNCING, "UNSUBSCRIBED": AddressHealth.BLOCKED}


class HttpSms:
    """A batch's connection to the provider; kept open as long as the provider does."""

    def __enter__(self):
        self.url = urlsplit(settings.SMS_GATEWAY_URL)
        self.connection = None
        return self

    def __exit__(self, *problem):
        self._close()

    def send(self, delivery):
        """Hand one message over. Raises Temporary or Failed."""
        number = settings.SMS_TEMPLATES.get(delivery.template)
        if not settings.SMS_GATEWAY_URL or not number:
            raise Failed(
                "短信服务没有开通。" if number or not settings.SMS_GATEWAY_URL else "短信模板没有报备编号。"
            )
        status, answer = self._post(body_of(delivery, number))
        if status in (408, 425, 429) or status >= 500:
            raise Temporary(f"短信平台暂时不收（{status}）。", away=status >= 500)
        if status in (401, 403):
            # Our key is wrong: true of every message, so none of them may be given up for it.
            raise Temporary(f"短信平台不接受本系统（{status}）。", away=True)
        _judge(status, answer)

    def _post(self, body: bytes) -> tuple[int, dict]:
        path = self.url.path or "/"
        try:
            connection = self._open()
            connection.request("POST", path, body, signed_headers("POST", path, body))
            response = connection.getresponse()
            text = response.read(MAX_ANSWER)
        except (OSError, http.client.HTTPException):
            self._close()
            raise Temporary(AWAY, away=True) from None
        return response.status, _decoded(text)

    def _open(self):
        if self.connection is None:
            kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
            self.connection = kinds[self.url.scheme](self.url.hostname, self.url.port, timeout=TIMEOUT)
        return self.connection

    def _close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def body_of(delivery, number) -> bytes:
    """What is posted. `request_id` stays the same when it is posted again: the provider sends it once."""
    content = {
        "request_id": re.sub(r"[<>]", "", delivery.message_id).partition("@")[0],
        "phone": delivery.address,
        "signature": settings.SMS_SIGNATURE,
        "template": number,
        "values": delivery.values,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def signed_headers(method, path, body: bytes, *, at=None, nonce=None) -> dict:
    """Headers that prove who posts: HMAC-SHA256 over method, path, time, nonce and the body's SHA-256."""
    at, nonce = str(at or int(time.time())), nonce or secrets.token_hex(16)
    text = "\n".join([method, path, at, nonce, hashlib.sha256(body).hexdigest()])
    proof = hmac.new(settings.SMS_GATEWAY_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Key": settings.SMS_GATEWAY_KEY,
        "X-Timestamp": at,
        "X-Nonce": nonce,
        "X-Signature": proof,
    }


def _decoded(text: bytes) -> dict:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _judge(status, answer):
    code = str(answer.get("code", ""))
    if status == 200 and code == "OK":
        return
    if code in LATER:
        raise Temporary("短信平台暂时不收。")
    if status == 200 and not code:
        # Not the provider speaking but something in between: nothing is known about the message.
        raise Temporary("短信平台答非所问。", away=True)
    word = code if re.fullmatch(r"[A-Z_]{1,40}", code) else str(status)
    raise Failed(f"短信平台拒绝发送（{word}）。", health=HEALTH.get(code))
