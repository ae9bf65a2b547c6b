"""How often one person and one address of the network may do a thing: `@limited("search", per_person="60/m")`.

Counted in the cache, in windows of fixed length, by its own atomic step. When the cache is away nothing is limited and
every miss stands in the log (association/cache.py): a house that cannot count still has to work.
"""

import functools
from time import time

import structlog
from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import parse_duration, truncate_ip
from django.core.cache import cache
from django.shortcuts import render

log = structlog.get_logger(__name__)


def limited(name: str, *, per_person: str = "", per_address: str = "", methods=("GET", "POST"), when=None):
    """Decorate a view: more than so many requests in a time ("60/m", "5/10s", "20/h", "100/d") get 429.

    A visitor is counted by address alone; addresses of IPv6 by their network. With `when(request)` only requests for
    which it is true count.
    """

    def decorate(view):
        @functools.wraps(view)
        def counted(request, *args, **kwargs):
            if request.method not in methods or (when and not when(request)):
                return view(request, *args, **kwargs)
            for rate, who in _rates(request, per_person, per_address):
                if wait := seconds_to_wait(name, rate, who):
                    log.warning("limits.exceeded", limit=name, rate=rate, by=who.partition(":")[0])
                    return too_many(request, wait)
            return view(request, *args, **kwargs)

        counted.limit = name
        return counted

    return decorate


def _rates(request, per_person, per_address):
    if per_person and request.user.is_authenticated:
        yield per_person, f"person:{request.user.pk}"
    if per_address:
        yield per_address, f"address:{address_of(request)}"


def address_of(request) -> str:
    """The address the request came from, seen past as many proxies as TRUSTED_PROXY_COUNT says."""
    return truncate_ip(get_adapter(request).get_client_ip(request))


def seconds_to_wait(name: str, rate: str, who: str) -> int:
    """Count one; gives 0 within the rate, else the seconds until its window ends."""
    amount, _, duration = rate.partition("/")
    seconds = int(parse_duration(duration))
    now = int(time())
    key = f"limits.{name}.{rate}.{who}.{now // seconds}"
    cache.add(key, 0, seconds + 5)
    try:
        used = cache.incr(key)
    except ValueError:  # thrown out between the two steps
        return 0
    return seconds - now % seconds if used > int(amount) else 0


def too_many(request, wait: int):
    response = render(request, "429.html", {"wait": wait}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response
