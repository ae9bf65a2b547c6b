"""The yearly run: prepared, previewed bill by bill, confirmed, followed while the worker writes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.listing import PAGE_SIZE
from association.web import confirmed, go, idempotent, require, respond
from members import permissions
from members.choices import RunState
from members.domain import bill_runs as domain
from members.forms.bills import ConfirmRunForm, RunForm
from members.models import Bill, BillRun

PAGE = "members:bill_run"
NAMED = 100  # so many units without a bill are named


def fetch(pk) -> BillRun:
    return get_object_or_404(BillRun.objects.select_related("standard", "prepared_by"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_see_dues)
@idempotent
def bill_runs(request):
    """The runs of all years; below it, for the treasurer, the form that prepares one."""
    issues = permissions.can_issue_bills(request.user)
    form = RunForm(request.POST or None, initial={"year": localdate().year, "bill_on": localdate()})
    if request.method == "POST":
        return _prepare(request, form)
    return _list(request, form, issues)


def _list(request, form, issues):
    runs = BillRun.objects.select_related("standard", "prepared_by")
    page = Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page"))
    return respond(request, "members/bill_runs/list.html", page=page, form=form, can_issue=issues)


@require(permissions.can_issue_bills)
def _prepare(request, form):
    if not form.is_valid():
        return _list(request, form, True)
    run = domain.prepare(by=request.user, **form.cleaned_data)
    return go(request, PAGE, run.pk)


@require_safe
@require(permissions.can_see_dues)
def bill_run(request, pk):
    """What the run would issue, unit by unit; while and after it is at work, how far it has come."""
    run = fetch(pk)
    if run.state == RunState.PREVIEW:
        return _preview(request, run)
    return respond(
        request,
        "members/bill_runs/detail.html",
        run=run,
        is_stuck=domain.is_stuck(run),
        can_issue=permissions.can_issue_bills(request.user),
    )


def _preview(request, run):
    text, tiers = request.GET.get("q", "")[:NAMED], list(run.standard.tiers.all())
    units = domain.billable(run).order_by("pinyin_full", "pk")
    page = Paginator(units.matching(text) if text else units, PAGE_SIZE).get_page(request.GET.get("page"))
    for unit in page:
        unit.owed = domain.owed_by(run, tiers, unit)
    totals = domain.totals(run)
    out = domain.left_out(run)
    return respond(
        request,
        "members/bill_runs/preview.html",
        run=run,
        page=page,
        search=text,
        totals=totals,
        is_stale=(run.expected, run.expected_total)
        != (sum(t.count for t in totals), sum(t.amount for t in totals)),
        left_out=_left_out(out, run),
        left_out_count=out.count(),
        form=ConfirmRunForm(initial={"version": run.version}),
        can_issue=permissions.can_issue_bills(request.user),
    )


def _left_out(units, run):
    """The first hundred units without a bill in this run, each with the bill that it has already."""
    bills = Bill.objects.standing().filter(kind="dues", year=run.year)
    return units.prefetch_related(Prefetch("bills", bills, to_attr="own")).order_by("why", "pinyin_full")[
        :NAMED
    ]


@require_safe
@require(permissions.can_see_dues)
def progress(request, pk):
    """How far the worker is, for the page that asks every second; when it is done the page is loaded anew."""
    run = fetch(pk)
    if not request.htmx:
        return redirect(PAGE, run.pk)
    response = respond(request, "members/bill_runs/progress.html", run=run)
    if run.state != RunState.RUNNING or domain.is_stuck(run):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@require(permissions.can_issue_bills)
@confirmed
def confirm(request, pk):
    form = ConfirmRunForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    run = domain.confirm(fetch(pk), by=request.user, version=version)
    return go(request, PAGE, run.pk)


@require_POST
@require(permissions.can_issue_bills)
def discard(request, pk):
    domain.discard(fetch(pk), by=request.user)
    messages.success(request, "已放弃，没有出任何账单。")
    return go(request, "members:bill_runs")


@require_POST
@require(permissions.can_issue_bills)
def refresh(request, pk):
    """The same run looked at anew, after the roster has changed."""
    run = fetch(pk)
    domain.prepare(by=request.user, year=run.year, bill_on=run.bill_on, due_on=run.due_on)
    return go(request, PAGE, run.pk)


@require_POST
@require(permissions.can_issue_bills)
@confirmed
def resume(request, pk):
    run = domain.resume(fetch(pk), by=request.user)
    return go(request, PAGE, run.pk)
