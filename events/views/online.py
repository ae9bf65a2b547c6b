"""Lists of the online room: uploaded and matched at once; the people who fitted nobody, one by one or all together."""

import hashlib
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.chinese import normalise
from association.columns import masked
from association.domain.imports import shown_name
from association.errors import Refused
from association.exchange import reading
from association.exchange.limits import WorkbookRefused
from association.exchange.template import import_template
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import go, require, respond, show_refusal
from events import permissions
from events.domain import online_attendance as domain
from events.exchange import online as sheet
from events.forms.attendance import MatchForm, OnlineListForm
from events.models import Attendance, OnlineRow, Registration
from events.views.attendance_rows import may_change
from events.views.events import fetch
from members.forms.imports import on_disk
from members.views.imports import XLSX, download

TAKES = permissions.can_take_attendance
SECONDS = 15
MOST_FOUND = 20


@require_http_methods(["GET", "HEAD", "POST"])
@require(TAKES)
@limited("import", per_person="30/10m", per_address="60/10m", methods=["POST"])
def online(request, pk):
    """The upload, the lists that came, and whoever is left to be matched."""
    event = fetch(request, pk)
    form = OnlineListForm(request.POST, request.FILES) if request.method == "POST" else OnlineListForm()
    if request.method == "POST" and form.is_valid():
        try:
            found = _take_in(request, event, form.cleaned_data["file"])
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request,
                f"“{found}”里有 {found.people} 人，自动对上 {found.matched} 人。{_short(event, found)}",
            )
            return go(request, "events:online", event.pk)
    page = Paginator(event.online_rows.open().select_related("list"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    for row in page:
        row.shown_mobile = masked(row.mobile) or ""
    lists = event.online_lists.select_related("uploaded_by").order_by("-pk")[:10]
    context = {"page": page, "lists": lists, "changes": may_change(request.user, event)}
    return respond(request, "events/attendance/online.html", form=form, event=event, **context)


def _short(event, found) -> str:
    return (
        f"其中 {found.short} 人不足 {event.minimum_minutes} 分钟，留在名单里，不计入人数。"
        if found.short
        else ""
    )


def _take_in(request, event, file):
    """The list taken in. Raises Refused (422) for a file that cannot be read, naming its rows."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    try:
        with on_disk(file) as path:
            read = reading.read(path, filename=file.name, expected=sheet.EXPECTED, timeout=SECONDS)
    except WorkbookRefused as refused:
        raise Refused(refused.sentence, status=422) from refused
    parsed = sheet.parse(read, day=localdate(event.starts_at))
    if parsed.errors:
        raise Refused(f"没有导入，请改好后重新上传：{parsed.sentence}", status=422)
    return domain.import_online(
        event, parsed.visits, by=request.user, filename=shown_name(file.name), digest=digest.hexdigest()
    )  # fmt: skip


@require_safe
@require(TAKES)
def template(request):
    """The workbook to fill in."""
    buffer = BytesIO()
    import_template(buffer, sheet.COLUMNS, sheet.CHOICES, sheet.NOTES, sheet.EXAMPLE)
    return download(HttpResponse(buffer.getvalue(), content_type=XLSX), "线上签到模板.xlsx", "online.xlsx")


def _fetch(pk) -> OnlineRow:
    return get_object_or_404(OnlineRow.objects.select_related("event__series", "list", "settled_by"), pk=pk)


@require_safe
@require(TAKES)
def row(request, pk):
    """One person of a list with those who may be meant: of the same name, or found by name or unit."""
    found = _fetch(pk)
    text = normalise(request.GET.get("q", ""))[:60]
    return respond(
        request, "events/attendance/online_row.html", row=found, event=found.event, text=text,
        shown_mobile=masked(found.mobile) or "", people=_candidates(found, text),
    )  # fmt: skip


def _candidates(found, text) -> list[dict]:
    if not found.full_name:
        return []
    meant = (
        Q(full_name__icontains=text) | Q(unit_name__icontains=text) if text else Q(full_name=found.full_name)
    )
    registered = found.event.registrations.live().filter(meant).order_by("unit_name", "pk")[:MOST_FOUND]
    walked_in = found.event.attendances.live().filter(meant, registration__isnull=True)[:MOST_FOUND]
    people = [("r", r, f"报名{r.state.label}，{r.get_mode_display()}") for r in registered]
    people += [("a", a, f"已签到，{a.get_mode_display()}") for a in walked_in]
    return [
        {"to": f"{kind}{one.pk}", "name": one.full_name, "unit": one.unit_name, "words": words}
        for kind, one, words in people
    ]


@require_POST
@require(TAKES)
def match(request, pk):
    found, form = _fetch(pk), MatchForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择是哪一位。", status=422)
    kind, key = form.cleaned_data["to"][0], int(form.cleaned_data["to"][1:])
    model, name = (Registration, "registration") if kind == "r" else (Attendance, "attendance_row")
    whom = get_object_or_404(model.objects.filter(event=found.event_id), pk=key)
    made = domain.match(found, by=request.user, **{name: whom})
    messages.success(request, f"已对上{made.full_name}（{made.unit_name}）。")
    return go(request, "events:online", found.event_id)


@require_POST
@require(TAKES)
def add(request, pk):
    found = _fetch(pk)
    made = domain.add(found, by=request.user)
    messages.success(request, f"已登记{made.full_name}（{made.unit_name}）线上参加。")
    return go(request, "events:online", found.event_id)


@require_POST
@require(TAKES)
def ignore(request, pk):
    found = domain.ignore(_fetch(pk), by=request.user)
    messages.success(request, f"第 {found.number} 行不计。")
    return go(request, "events:online", found.event_id)


@require_POST
@require(TAKES)
def add_all(request, pk):
    event = fetch(request, pk)
    number = domain.add_all(event, by=request.user)
    messages.success(request, f"余下的 {number} 人已登记为新参加者。" if number else "没有待核对的人了。")
    return go(request, "events:online", event.pk)
