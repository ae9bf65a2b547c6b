"""Bank lists: upload, progress, the columns of an unknown layout, and one list's lines by what is to be done."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import importing
from association.limits import limited
from association.listing import PAGE_SIZE
from association.web import back, go, idempotent, require, respond
from members import permissions
from members.bank import layouts
from members.choices import LineState, StatementState
from members.domain import bank_lists as domain
from members.domain import bank_matching
from members.forms.bank import BankListForm, ColumnsForm
from members.models import BankStatement
from members.views import bank_rows

ask = permissions.can_import_bank_lists
TONES = {"ready": "warn", "mapping": "warn", "reading": "info", "refused": "late", "closed": "good"}


def fetch(pk) -> BankStatement:
    return get_object_or_404(BankStatement.objects.select_related("uploaded_by"), pk=pk)


def _context(statement) -> dict:
    return {
        "statement": statement,
        "tone": TONES[statement.state],
        "bank": layouts.LABELS.get(statement.layout, ""),
        "progress": importing.progress_of(f"bank.{statement.pk}"),
        "stuck": domain.is_stuck(statement),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require(ask)
@limited("import", per_person="30/10m", per_address="60/10m", methods=["POST"])
@idempotent
def statements(request):
    form = BankListForm(request.POST, request.FILES) if request.method == "POST" else BankListForm()
    if request.method == "POST" and form.is_valid():
        statement = domain.upload(form.cleaned_data["file"], by=request.user)
        return go(request, "members:bank_statement", statement.pk)
    opened = Count("lines", filter=Q(lines__state=LineState.OPEN))
    found = BankStatement.objects.select_related("uploaded_by").annotate(open=opened).order_by("-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.tone, row.bank = TONES[row.state], layouts.LABELS.get(row.layout, "")
    return respond(request, "members/bank/list.html", form=form, page=page)


@require_safe
@require(ask)
def statement(request, pk):
    """Progress while the worker reads; then the lines, tab by tab."""
    found = fetch(pk)
    numbers = bank_rows.counts(found)
    tab = bank_rows.chosen_tab(request.GET.get("tab"), numbers)
    page = Paginator(bank_rows.listed(found, tab), bank_rows.ROWS_PAGE).get_page(request.GET.get("page"))
    context = _context(found) | {
        "tab": tab,
        "tabs": bank_rows.tabs(found, numbers, tab),
        "page": page,
        "rows": bank_rows.rows(request.user, page),
        "empty": bank_rows.EMPTY[tab],
        "open": numbers["sure"] + numbers["choose"] + numbers["none"],
    }
    return respond(request, "members/bank/detail.html", **context)


@require_safe
@require(ask)
def progress(request, pk):
    """How far the worker is, for the page that asks every second; when it is done the page is loaded anew."""
    found = fetch(pk)
    if not request.htmx:
        return redirect("members:bank_statement", found.pk)
    response = respond(request, "members/bank/progress.html", **_context(found))
    if found.state != StatementState.READING or domain.is_stuck(found):
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require(ask)
def columns(request, pk):
    """Assign the columns of a list whose header nobody knows yet."""
    found = fetch(pk)
    guess = layouts.guess([row[1:] for row in found.head])
    chosen = found.mapping.get("columns") or guess.columns
    initial = {part: places if part == "summary" else places[0] for part, places in chosen.items()}
    initial |= {"header": found.mapping.get("row", guess.header), "version": found.version}
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(posted, head=found.head, initial=initial)
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        by, facts = request.user, {"version": data["version"], "header": data["header"]}
        domain.assign_columns(found, by=by, columns=form.columns, **facts)
        return go(request, "members:bank_statement", found.pk)
    if posted is None and found.state != StatementState.MAPPING:
        return redirect("members:bank_statement", found.pk)
    return respond(request, "members/bank/columns.html", form=form, **_context(found))


@require_POST
@require(ask)
def again(request, pk):
    found = domain.read_again(fetch(pk), by=request.user)
    return go(request, "members:bank_statement", found.pk)


@require_POST
@require(ask)
def discard(request, pk):
    found = fetch(pk)
    domain.discard(found, by=request.user)
    messages.success(request, f"已放弃“{found.filename}”，其中的款没有入账。")
    return go(request, "members:bank_statements")


@require_POST
@require(ask)
def match(request):
    """Have open lines compared with the bills as they are now."""
    bank_matching.ask_for_match()
    messages.success(request, "正在与现在的账单重新比对，稍后刷新即可看到。")
    return go(request, back(request, "members:bank_statements"))
