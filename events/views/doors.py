"""The door: links for volunteers' phones, and the page that such a phone keeps and works with offline."""

import json
import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.chinese import normalise
from association.errors import Refused
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import go, require, respond
from events import permissions, shortcodes
from events.choices import RegistrationState, ScanResult
from events.domain import doors as domain
from events.forms.attendance import DoorForm
from events.models import DoorPass
from events.qr import picture
from events.views.attendance_rows import window_words
from events.views.events import fetch

TAKES = permissions.can_take_attendance
GONE = "这个签到链接已经失效：活动已过去、已取消，或链接已被收回。请与协会秘书处联系。"
LONGEST = {"nonce": 40, "value": 100}
OLDEST, LATEST = 0, 4_102_444_800_000  # milliseconds: years 1970 to 2100


# --- for the staff ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(TAKES)
def doors(request, pk):
    """The links of an event; a new one is shown once, with its QR code."""
    event, token = fetch(request, pk), ""
    form = DoorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _, token = domain.open_door(event, by=request.user, label=form.cleaned_data["label"])
        if "here" in request.POST:
            return go(request, "door:door", token)
        form = DoorForm()
    address = settings.SITE_URL + reverse("door:door", args=[token]) if token else ""
    found = event.doors.select_related("made_by", "event").order_by("-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "address": address,
        "picture": picture(address) if token else "",
        "window": window_words(event),
    }
    return respond(request, "events/door/list.html", form=form, event=event, page=page, **context)


@require_POST
@require(TAKES)
def revoke(request, pk):
    door = domain.revoke(get_object_or_404(DoorPass, pk=pk), by=request.user)
    messages.success(request, f"{door.label}的签到链接已收回，那部手机不能再签到。")
    return go(request, "events:doors", door.event_id)


# --- for the phone ----------------------------------------------------------------------------------------------------

counted = limited("door", per_address="1200/m")


def _gone(request):
    return render(request, "events/door/gone.html", {"sentence": GONE}, status=404)


@require_safe
@counted
def door(request, token):
    """The page at the door. It is the one page of ours that may ask for the camera."""
    found = domain.usable(token)
    if found is None:
        return _gone(request)
    context = {"door": found, "event": found.event, "window": window_words(found.event), "token": token}
    response = render(request, "events/door/page.html", context)
    response.device = "camera"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def worker(request):
    """The script that keeps the page for the time without network; its scope is /door/."""
    return render(request, "events/door/worker.js", content_type="text/javascript; charset=utf-8")


@require_safe
@counted
def names(request, token):
    """What the phone needs to know who stands before it while it is offline: no numbers, and codes only as fingerprints.

    Each person is [fingerprint, short code, name, unit, word for a state in which they may not come in, ms of arrival].
    """
    found = domain.usable(token)
    if found is None:
        return JsonResponse({"error": GONE}, status=404)
    event = found.event
    return JsonResponse({
        "now": _ms(now()), "opens": _ms(event.check_in_opens_at), "ends": _ms(event.ends_at), "csrf": get_token(request),
        "arrived": event.attendances.live().onsite().count(), "people": _people(event) if found.gives_names else [],
    })  # fmt: skip


def _people(event) -> list:
    came = event.attendances.live().onsite().filter(registration__isnull=False)
    arrived = dict(came.values_list("registration", "arrived_at"))
    return [
        [
            shortcodes.fingerprint(r.code), r.short_code, r.full_name, r.unit_name,
            "" if r.state == RegistrationState.CONFIRMED else r.state.label,
            _ms(arrived[r.pk]) if r.pk in arrived else 0,
        ]
        for r in event.registrations.live().order_by("full_name", "pk")
    ]  # fmt: skip


def _ms(moment) -> int:
    return int(moment.timestamp() * 1000)


@require_POST
@counted
def scans(request, token):
    """Scans handed in: many as JSON by the page's script, or one typed into its form where there is no script."""
    found = domain.usable(token)
    is_form = request.content_type != "application/json"
    if found is None:
        return _gone(request) if is_form else JsonResponse({"error": GONE}, status=404)
    if is_form:
        return _typed(request, found, token)
    try:
        answers = domain.take_scans(found.event, _sent(request.body), door=found)
    except Refused as refused:
        return JsonResponse({"error": refused.sentence}, status=refused.status)
    arrived = found.event.attendances.live().onsite().count()
    return JsonResponse(
        {"answers": [_as_json(one) for one in answers], "arrived": arrived, "now": _ms(now())}
    )


def _typed(request, found, token):
    value = normalise(request.POST.get("value", ""))[: LONGEST["value"]]
    scan = domain.Scan(secrets.token_hex(16), value, now())
    (answer,) = domain.take_scans(found.event, [scan], door=found)
    say = messages.success if answer.result == ScanResult.DONE else messages.warning
    say(request, answer.text)
    return go(request, "door:door", token)


def _sent(body) -> list[domain.Scan]:
    """The scans of a body of JSON. Raises Refused (422) for anything that the page's script would not send."""
    try:
        rows = json.loads(body)["scans"]
        return [domain.Scan(_text(row, "nonce"), _text(row, "value"), _moment(row["at"])) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("交来的签到格式不对，请刷新签到页再试。", status=422) from None


def _text(row, name) -> str:
    text = row[name]
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST[name] or not text.isprintable():
        raise ValueError(name)
    return text


def _moment(ms) -> datetime:
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not OLDEST <= ms <= LATEST:
        raise ValueError("at")
    return datetime.fromtimestamp(ms / 1000, UTC)


def _as_json(answer) -> dict:
    found = {
        "nonce": answer.nonce,
        "result": answer.result,
        "text": answer.text,
        "who": answer.who,
        "unit": answer.unit,
    }
    return found | {"at": _ms(answer.at) if answer.at else 0}
