"""A signed-in person who fills in forms over real HTTP, and sends again what was not answered."""

import http.client
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from association.signing.doorkeeper import HAS_FACTOR, SIGNED_IN_AT

TOKEN = "a" * 32


@dataclass(frozen=True)
class Answer:
    status: int  # 0: none came
    location: str = ""
    body: str = ""


def session_key(user) -> str:
    """A session made in the database as the sign-in would have done, a moment ago and with proof."""
    session, now = SessionStore(), time.time()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SIGNED_IN_AT] = now
    session[HAS_FACTOR] = user.pk
    session["account_authentication_methods"] = [{"method": "password", "at": now}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.create()
    return session.session_key


class Visitor:
    """A browser that is signed in."""

    def __init__(self, address: str, user):
        self.host = urlsplit(address).netloc
        self.cookie = f"sessionid={session_key(user)}; csrftoken={TOKEN}"

    def get(self, path: str, timeout: float = 30) -> Answer:
        return self._ask("GET", path, None, {}, timeout)

    def post(self, path: str, data: dict, fault: str = "", timeout: float = 30) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | (
            {"X-Fault": fault} if fault else {}
        )
        body = urlencode(data | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
        return self._ask("POST", path, body, headers, timeout)

    def _ask(self, method, path, body, headers, timeout):
        connection = http.client.HTTPConnection(self.host, timeout=timeout)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie} | headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get("Location", ""), response.read().decode())
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()


def contact_form(name: str) -> dict:
    """A creating form as the page gives it out: with a key of its own."""
    return {"_key": str(uuid.uuid4()), "name": name, "duty": "publicity"}
