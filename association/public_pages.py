"""Pages that answer every visitor alike: without cookie or session, kept for all of them until anything changes.

Such a page is written once in each web process and given out from there under the present mark (`association.stamps`):
any verb, any finished job, midnight leaves it behind, and after a minute it is gone in any case. It lies in the memory
of the process and not in Valkey, because that is also the queue: visitors who make up addresses must not fill it.
Whoever is signed in passes it by.
"""

import functools
import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate

from association import stamps

SECONDS = settings.PUBLIC_PAGE_SECONDS
MOST_PAGES = 256
MOST_BYTES = 128 * 1024
# The page may be stored anywhere but is asked after each time: a park that left must be gone at once.
CACHING = "public, max-age=0, must-revalidate"
APPEARANCE = ("theme", "text_size")


@dataclass(frozen=True)
class Page:
    stamp: str
    until: float
    body: bytes
    headers: dict


class Shelf:
    """The pages of this process, the one looked at longest ago leaves first."""

    def __init__(self):
        self.pages: OrderedDict[tuple, Page] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, name) -> Page | None:
        """The page if it is not too old and nothing has changed since; the mark is asked only when there is one."""
        with self.lock:
            page = self.pages.get(name)
        if page is None or page.until < time.monotonic() or page.stamp != stamps.current():
            return None
        with self.lock:
            if name in self.pages:
                self.pages.move_to_end(name)
        return page

    def put(self, name, page):
        with self.lock:
            self.pages[name] = page
            self.pages.move_to_end(name)
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)


shelf = Shelf()


def is_visitor(request) -> bool:
    """Whether nobody is signed in and nothing waits to be told: the request brings neither cookie."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and "messages" not in request.COOKIES


def public_page(view):
    """Decorate a GET view whose answer to a visitor depends on records, day, address, colours and text size only."""

    @functools.wraps(view)
    def look(request, *args, **kwargs):
        if not _alike(request):
            return view(request, *args, **kwargs)
        # Taken before anything is read: what is changed meanwhile leaves the page behind.
        stamp = stamps.current() if SECONDS else ""
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.streaming:
            response.public_stamp = stamp
            response.headers["Cache-Control"] = CACHING
        return response

    look.is_public = True
    return look


def _alike(request) -> bool:
    return request.method in ("GET", "HEAD") and "HTTP_HX_REQUEST" not in request.META and is_visitor(request)


def public_pages(get_response):
    """Give out a kept page, or keep the one that is written; 304 to whoever has it already."""

    def answer(request):
        response = get_response(request)
        # A file for everybody: whatever looked at the session on the way, the answer does not hang on it.
        if getattr(response, "same_for_all", False):
            response.headers.pop("Vary", None)
        return response

    def middleware(request):
        if not _alike(request):
            return answer(request)
        name = _name(request) if SECONDS else None
        page = shelf.find(name) if name else None
        if page is None:
            return _written(request, name, answer(request))
        response = HttpResponse(page.body)
        for header, value in page.headers.items():
            response.headers[header] = value
        return get_conditional_response(request, etag=page.headers["ETag"], response=response)

    return middleware


def _written(request, name, response):
    stamp = getattr(response, "public_stamp", None)
    if stamp is None:
        return response
    body = response.content
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    # An answer that sets a cookie was not for everybody after all.
    if name and stamp and request.method == "GET" and len(body) <= MOST_BYTES and not response.cookies:
        headers = dict(response.headers.items())
        shelf.put(name, Page(stamp, time.monotonic() + SECONDS, body, headers))
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)


def _name(request) -> tuple:
    look = tuple(request.COOKIES.get(name, "")[:10] for name in APPEARANCE)
    return (request.scheme, request.get_host(), request.get_full_path(), *look, localdate())
