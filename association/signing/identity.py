"""Proof of who is sitting there: when it was last given in this session, and asking for it again.

What was being done waits in the session meanwhile; once the proof is given, a page of ours sends it off again as the
form it was. So it reaches its own address, with its own answer, whether that is a page, an error or a file.
"""

import time
from urllib.parse import parse_qsl

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

WAITING = "house.waiting"
# Sessions lie in the database and travel with every request.
MOST = 100_000
PAGES = {"reauthenticate": "account_reauthenticate", "mfa_reauthenticate": "mfa_reauthenticate"}


def recently_proved(request) -> bool:
    """Whether the person proved who they are within the last quarter of an hour, by signing in or since."""
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0)
    return time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def came_by_code(request) -> bool:
    """Whether the person typed a code from their mail or phone within the last quarter of an hour."""
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records if record["method"] == "code"), default=0)
    return time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def can_only_use_code(user) -> bool:
    """Whether there is neither a password nor a second factor to ask for."""
    return not get_reauthentication_flows(user)


def proof_page(user) -> str:
    """The address where the person proves who they are: by password, by second factor, else by a fresh code."""
    flows = get_reauthentication_flows(user)
    return reverse(PAGES[flows[0]["id"]] if flows else "association:reauthenticate_by_code")


def ask_again(request):
    """Lead to the page that asks for the proof; a POST waits in the session meanwhile.

    Files cannot wait: who sends some is led back to the form afterwards and told so.
    """
    came_from = page_of_origin(request)
    target = came_from
    if request.method == "POST" and _keep(request, came_from):
        target = reverse("association:continue")
    address = f"{proof_page(request.user)}?{urlencode({REDIRECT_FIELD_NAME: target})}"
    if getattr(request, "htmx", False):
        answer = HttpResponse()
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)


def _keep(request, came_from) -> bool:
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    data = fields.urlencode()
    if request.FILES or len(data) > MOST:
        messages.warning(request, "请先确认身份，再回到这里重新选择文件并提交；刚才没有保存任何内容。")
        return False
    request.session[WAITING] = {
        "path": request.get_full_path(),
        "data": data,
        "from": came_from,
        "user": request.user.pk,
        "at": time.time(),
    }
    return True


def take_waiting(request) -> dict | None:
    """What waits for this person's proof, once and for a quarter of an hour: `path`, `from` and `fields`, the names and
    values of the form. None when nothing waits or the proof is missing."""
    waiting = request.session.get(WAITING)
    if not waiting or not recently_proved(request):
        return None
    del request.session[WAITING]
    is_late = time.time() - waiting["at"] >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if is_late or waiting["user"] != request.user.pk:
        return None
    fields = parse_qsl(waiting["data"], keep_blank_values=True)
    return {"path": waiting["path"], "from": waiting["from"], "fields": fields}


def page_of_origin(request) -> str:
    """The page a request was made from: itself when it is a page, else the one that its form stands on, else today."""
    htmx = getattr(request, "htmx", False)
    if htmx:
        return htmx.current_url_abs_path or reverse("association:today")
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    host = request.get_host()
    if not url_has_allowed_host_and_scheme(referrer, {host}, require_https=request.is_secure()):
        return reverse("association:today")
    path = referrer.partition(host)[2]
    return path if path.startswith("/") else reverse("association:today")
