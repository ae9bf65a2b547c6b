"""Attendance of an event for the staff: the list and its counts, the desk, taking back, the screen, paper, the workbook."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.chinese import normalise
from association.domain import exports
from association.domain.editing import Conflict
from association.errors import Refused
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import confirmed, go, idempotent, require, respond, show_refusal
from events import permissions
from events.domain import attendance as domain
from events.exchange import participants as workbook
from events.forms.attendance import ExportForm, MinimumForm, UndoForm, WalkInForm
from events.models import Attendance, Registration
from events.qr import picture
from events.views import attendance_rows as prepared
from events.views.events import fetch
from events.views.rows import when, where
from members.views.bill_rows import answer
from members.views.imports import XLSX, download

TAKES, SEES = permissions.can_take_attendance, permissions.can_see_attendance
BLANK_LINES = 10


@require_safe
@require(SEES)
def attendance(request, pk):
    """Who is awaited, who is there, and how many of each."""
    event = fetch(request, pk)
    found = prepared.numbers(event)
    tab = prepared.chosen_tab(request.GET.get("tab"), event, found)
    text = normalise(request.GET.get("q", ""))[:60]
    page = Paginator(prepared.listed(event, tab, text), PAGE_SIZE).get_page(request.GET.get("page"))
    prepared.decorated(page.object_list, event, tab)
    return respond(
        request, "events/attendance/list.html", event=event, tab=tab, text=text, page=page,
        tabs=prepared.tabs(event, found, tab), figures=prepared.figures(event, found), empty=prepared.EMPTY[tab],
        of_registrations=tab in prepared.OF_REGISTRATIONS, window=prepared.window_words(event), short=found["short"],
        changes=prepared.may_change(request.user, event), corrects=prepared.may_correct(request.user, event),
        closing=prepared.closing(event, found), open_rows=event.online_rows.open().count(),
        can_export=permissions.can_export_participants(request.user), export_form=ExportForm(),
        minimum_form=MinimumForm(initial={"version": event.version, "minutes": event.minimum_minutes}),
    )  # fmt: skip


@require_safe
@require(SEES)
def live(request, pk):
    """The counts alone, for the page that asks every ten seconds."""
    event = fetch(request, pk)
    if not request.htmx:
        return go(request, "events:attendance", event.pk)
    figures = prepared.figures(event, prepared.numbers(event))
    return respond(request, "events/attendance/counts.html", event=event, figures=figures)


@require_http_methods(["GET", "HEAD", "POST"])
@require(TAKES)
@idempotent
def walk_in(request, pk):
    """Somebody at the desk, registered or not."""
    event = fetch(request, pk)
    form = WalkInForm(request.POST or None, corrects=bool(event.archived_at))
    if request.method == "POST" and form.is_valid():
        try:
            row, is_new = domain.add_walk_in(event, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            _say(request, row, is_new)
            return go(request, "events:walk_in", event.pk)
    return respond(
        request, "events/attendance/walk_in.html", form=form, event=event, window=prepared.window_words(event)
    )  # fmt: skip


def _say(request, row, is_new):
    at = domain.clock(row.arrived_at)
    if is_new:
        messages.success(
            request, f"{row.full_name}（{row.unit_name}）已签到，{row.get_source_display()}，{at}。"
        )
    else:
        messages.info(request, f"{row.full_name}（{row.unit_name}）已在 {at} 签到，没有再记。")


@require_POST
@require(TAKES)
def check_in(request, pk, registration):
    """One who is awaited, or who waits for a seat and is let in."""
    event = fetch(request, pk)
    found = get_object_or_404(Registration.objects.filter(event=event), pk=registration)
    _say(request, *domain.check_in(found, by=request.user))
    return go(request, "events:attendance", event.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(TAKES)
def undo(request, pk):
    found = get_object_or_404(Attendance.objects.select_related("event__series"), pk=pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.undo(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{found.full_name}的签到已撤销。")
        return go(request, "events:attendance", found.event_id)
    words = {
        "heading": f"撤销{found.full_name}（{found.unit_name}）的签到",
        "submit": "撤销签到",
        "kind": "danger",
    }
    return respond(request, "events/words_form.html", form=form, event=found.event, **words)


@require_POST
@require(TAKES)
def minimum(request, pk):
    event = fetch(request, pk)
    form = MinimumForm(request.POST)
    if not form.is_valid():
        raise Refused("最少分钟应是 0 至 600 之间的整数。", status=422)
    try:
        domain.set_minimum(event, by=request.user, **form.cleaned_data)
    except Conflict:
        raise Refused("这场活动刚被别人改过，你的修改没有保存。请返回后重新填写。")
    messages.success(request, f"已设定：线上不足 {form.cleaned_data['minutes']} 分钟的不计入。")
    return go(request, "events:attendance", event.pk)


# --- the screen of the venue ----------------------------------------------------------------------------------------


@require_safe
@require(TAKES)
def screen(request, pk):
    """The four digits and the QR code for the projector; only while people check in."""
    event = fetch(request, pk)
    address = prepared.self_address(event)
    return respond(
        request, "events/attendance/screen.html", "code" if request.htmx else "", event=event, address=address,
        picture=picture(address), window=prepared.window_words(event),
        arrived=event.attendances.live().onsite().count(),
    )  # fmt: skip


@require_POST
@require(TAKES)
def renew_code(request, pk):
    event = domain.renew_code(fetch(request, pk), by=request.user)
    messages.success(request, "现场码已更换，旧的不能再用。")
    return go(request, "events:venue_screen", event.pk)


# --- paper and workbook -----------------------------------------------------------------------------------------------


@require_safe
@require(SEES)
def sheet(request, pk):
    """签到表 on A4, with lines left for those who come without having registered."""
    event = fetch(request, pk)
    people = list(
        event.registrations.confirmed().filter(mode="onsite").order_by("unit_name", "full_name", "pk")
    )
    context = {
        "when": when(event),
        "where": where(event),
        "blank": range(len(people) + 1, len(people) + 1 + BLANK_LINES),
    }
    return respond(request, "events/attendance/sheet.html", event=event, people=people, **context)


@require_safe
@require(SEES)
def seats(request, pk):
    """座签, two or four on a sheet of A4."""
    event = fetch(request, pk)
    size = "4" if request.GET.get("size") == "4" else "2"
    people = list(
        event.registrations.confirmed().filter(mode="onsite").order_by("unit_name", "full_name", "pk")
    )
    sheets = [people[start : start + int(size)] for start in range(0, len(people), int(size))]
    address = reverse("events:seat_cards", args=[event.pk])
    sizes = [{"label": f"每页 {n} 个", "url": f"{address}?size={n}", "current": n == size} for n in "24"]
    return respond(
        request, "events/attendance/seats.html", event=event, sheets=sheets, size=size, sizes=sizes
    )


@require_POST
@require(permissions.can_export_participants)
@limited("export", per_person="30/10m", per_address="100/10m")
@confirmed
def export(request, pk):
    """Everybody who is confirmed or took part as a workbook, with a row in the log of exports."""
    event, form = fetch(request, pk), ExportForm(request.POST)
    if not form.is_valid():
        raise Refused("手机号写完整时，请写明用途。", status=422)
    asked, content = workbook.made(event, person=request.user, **form.cleaned_data)
    exports.hand_over(asked, content, by=request.user)
    return download(answer(content, XLSX), asked.file_name, "participants.xlsx")
