"""Events on the desk: the list, the month, one event with its programme, planning and editing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_http_methods, require_safe

from association.domain.editing import Conflict
from association.errors import Refused
from association.kept import kept
from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import go, idempotent, require, respond, settle, signed_in, version_of
from events import calendars, permissions
from events.domain import events as domain
from events.domain import programme
from events.forms.events import AgendaRows, EventForm, EventsForm, HostRows, filled, next_time
from events.models import Event, Series
from events.views import petition_rows, rows
from events.views.registration_rows import summary

FORM = "events/event_form.html"
PARTS = "events/parts_form.html"


def fetch(request, pk) -> Event:
    """The event as far as the person may know of it, else 404."""
    found = Event.objects.visible_to(request.user).select_related("series__brand", "park")
    return get_object_or_404(found, pk=pk)


@require_safe
@require(signed_in)
@kept
def events(request):
    """What is coming, the next first; or what was held and everything else, the latest first. Whether one is running now
    may stand here a minute late."""
    form = EventsForm(request.GET)
    tab = request.GET.get("tab") if request.GET.get("tab") in ("past", "all") else "next"
    found = Event.objects.visible_to(request.user).select_related("series")
    found = rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    found = rows.of_tab(found, tab)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list)
    return respond(
        request,
        "events/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        tab=tab,
        tabs=rows.tabs(request, tab),
        pills=rows.pills(request, form) if form.is_valid() else [],
        can_keep=permissions.can_keep_events(request.user),
    )


@require_safe
@require(signed_in)
def month(request):
    """One month as a calendar, Monday first."""
    today = localdate()
    year, number = rows.month_asked(request.GET.get("month", ""), today)
    first, after = calendars.edges(year, number)
    found = Event.objects.visible_to(request.user).filter(starts_at__lt=after, ends_at__gt=first)
    found = rows.decorated(list(found.select_related("series").order_by("starts_at", "pk")))
    return respond(
        request,
        "events/month.html",
        year=year,
        month=number,
        week_heads=calendars.WEEK,
        weeks=calendars.weeks_of(year, number, found, today),
        total=sum(localtime(e.starts_at).month == number for e in found),
        before="{}-{:02d}".format(*calendars.month_beside(year, number, -1)),
        after="{}-{:02d}".format(*calendars.month_beside(year, number, 1)),
        can_keep=permissions.can_keep_events(request.user),
    )


@require_safe
@require(signed_in)
def event(request, pk):
    found = fetch(request, pk)
    keeps = permissions.can_see_events(request.user)
    return respond(
        request,
        "events/detail.html",
        event=found,
        tone=rows.TONES[found.state],
        facts=rows.facts(found, request.user),
        hosts=rows.hosts_by_role(found),
        agenda=found.agenda.all(),
        sees_all=keeps,
        registration_summary=summary(request.user, found),
        activities=Activity.objects.about(found).select_related("by")[:20] if keeps else [],
        **rows.actions_for(request.user, found),
        **petition_rows.of_event(request.user, found),
    )


@require_safe
@require(signed_in)
def ics(request, pk):
    """The event as a file for the person's own calendar."""
    found = fetch(request, pk)
    if not found.is_published:
        raise Refused(f"{found.numbered}还没有发布，不能加到日历。")
    return calendar_file([found], name=str(found), address=rows.desk_address)


def calendar_file(events, *, name, address):
    """An answer that a calendar opens."""
    content = calendars.ics(events, name=name, address=address)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return answer


# --- planning ---------------------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_keep_events)
def choose_series(request):
    """Of which series the new event is; one that has events already begins with what the last one had."""
    series = Series.objects.filter(ended_on__isnull=True).select_related("brand").order_by("name")
    return respond(request, "events/choose_series.html", series=rows.with_last(series))


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
@idempotent
def plan(request, pk):
    """The next event of a series, begun with everything that the last one had."""
    series = get_object_or_404(Series, pk=pk)
    like = rows.last_of(series, request.GET.get("like"))
    form = EventForm(request.POST or None, initial=_begun(like) if like else {})

    def act():
        return domain.plan(series, by=request.user, like=like, **form.changes)

    def said(made):
        return f"已策划{made.numbered}。核对单位和议程以后提交审批。"

    context = {"series": series, "like": like, "title": f"策划：{series}", "submit": "存为策划"}
    return settle(request, form, FORM, act, said=said, **context)


def _begun(like):
    offered = domain.draft_like(like, year=localdate().year)
    return offered | {"park": offered.pop("park_id")} | next_time(like, offered.pop("hours"))


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def edit(request, pk):
    found = fetch(request, pk)
    form = EventForm(request.POST or None, instance=fetch(request, pk))

    def act():
        return domain.update(found, by=request.user, version=version_of(form), changes=form.changes)

    context = {"event": found, "series": found.series, "title": f"修改{found.numbered}", "submit": "保存"}
    return settle(request, form, FORM, act, to=found, **context)


def _part(request, pk, *, made, verb, name, heading, hint):
    """Both pages on which lines of an event are written: hosts and programme."""
    found = fetch(request, pk)
    lines, version = made(found), rows.version_asked(request, found)
    if request.method == "POST" and lines.is_valid():
        try:
            verb(found, by=request.user, version=version, rows=filled(lines, name))
        except Conflict:
            raise Refused("这场活动刚被别人改过，你的修改没有保存。请返回活动页，重新打开再改。")
        messages.success(request, "已保存。")
        return go(request, found)
    status = 422 if request.method == "POST" else 200
    context = {"event": found, "lines": lines, "heading": heading, "hint": hint, "version": version}
    return respond(request, PARTS, status=status, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def hosts(request, pk):
    def made(found):
        initial = [{"role": h.role, "name": h.name, "city": h.city} for h in found.hosts.all()]
        return HostRows(request.POST or None, initial=initial, prefix="hosts")

    hint = "一行一个单位；与名册中名称相同的会自动连到那家单位。把名称清空就是去掉这一行。"
    return _part(
        request, pk, made=made, verb=programme.set_hosts, name="name", heading="主办与支持单位", hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_events)
def agenda(request, pk):
    def made(found):
        names = ("starts_at", "minutes", "title", "speaker", "speaker_title")
        initial = [{name: getattr(item, name) for name in names} for item in found.agenda.all()]
        return AgendaRows(request.POST or None, initial=initial, prefix="agenda")

    hint = "一行一个环节，保存后按时间排列。把环节清空就是去掉这一行。"
    return _part(request, pk, made=made, verb=programme.set_agenda, name="title", heading="议程", hint=hint)
