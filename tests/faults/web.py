"""The product's web application whose worker dies when a request asks for it: `X-Fault: before-commit` or `after-commit`."""

import os
import signal
import threading

from django.db.backends.base.base import BaseDatabaseWrapper

from association.wsgi import application as product

asked = threading.local()
_commit = BaseDatabaseWrapper._commit


def _dying_commit(self):
    if asked.fault == "before-commit":
        os.kill(os.getpid(), signal.SIGKILL)
    _commit(self)
    if asked.fault == "after-commit":
        os.kill(os.getpid(), signal.SIGKILL)


def application(environ, start_response):
    asked.fault = environ.get("HTTP_X_FAULT", "")
    return product(environ, start_response)


asked.fault = ""
BaseDatabaseWrapper._commit = _dying_commit
