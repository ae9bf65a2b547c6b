"""Pages kept for the person who looked at them, until anything in the house changes.

A secretary opens the roster and a unit's page all day, mostly when nothing has happened since. Such a page is kept as
it was written for this person and address under the present mark (`association.stamps`): any verb, any finished job,
midnight, a change of duties or of appearance leaves it behind, and after a minute it is gone in any case. The form
token of the kept page is a blank that every answer fills anew.
"""

import functools
import hashlib
import re

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from association import stamps
from association.permissions import current_roles

SECONDS = settings.KEPT_PAGE_SECONDS
# Nobody can write it into a record, or their text would be filled with the reader's token.
BLANK = salted_hmac("association.kept", "form token").hexdigest().encode()
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ")[A-Za-z0-9]{64}')


def kept(view):
    """Decorate a GET view below `require`: what it answers depends on records, person, day and address only."""

    @functools.wraps(view)
    def look(request, *args, **kwargs):
        if not SECONDS or request.method != "GET" or request.htmx or len(get_messages(request)):
            return view(request, *args, **kwargs)
        name = _name(request)
        body = cache.get(name)
        if body is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming:
                return response
            body = TOKEN.sub(rb"\g<1>" + BLANK, response.content)
            cache.set(name, body, SECONDS)
        answer = HttpResponse(body.replace(BLANK, get_token(request).encode()))
        answer.headers["Vary"] = "HX-Request, Cookie"
        return answer

    return look


def _name(request) -> str:
    cookies = [request.COOKIES.get(name, "") for name in ("theme", "text_size")]
    parts = (request.user.pk, sorted(current_roles(request.user)), request.user.theme, request.user.text_size)
    text = f"{parts}|{cookies}|{request.get_full_path()}|{localdate()}|{stamps.current_for(request.user.pk)}"
    return "page." + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
