"""Importing the roster: upload, the result of the check row by row, confirm, undo."""

from datetime import date
from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import importing
from association.choices import ImportState
from association.columns import Kind
from association.domain import imports as domain
from association.errors import Refused
from association.exchange.template import import_template as write_template
from association.limits import limited
from association.listing import PAGE_SIZE
from association.models import ImportBatch
from association.web import go, idempotent, require, respond, signed_in
from members import permissions
from members.exchange.plan import PLAN
from members.forms.imports import ConfirmForm, UndoForm, UploadForm
from members.views.import_rows import ROWS_PAGE, batch_figures, pills, row_filters, shown_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def fetch(request, pk) -> ImportBatch:
    """The batch as far as the person may know of it, else 404."""
    batches = ImportBatch.objects.visible_to(request.user).filter(plan=PLAN.key)
    return get_object_or_404(
        batches.defer("effects").select_related("owner", "confirmed_by", "undone_by", "job"), pk=pk
    )


# --- upload ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_import_members)
@limited("import", per_person="30/10m", per_address="60/10m", methods=["POST"])
@idempotent
def imports(request):
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        batch = domain.upload(PLAN, form.cleaned_data["file"], by=request.user)
        return go(request, "members:import", batch.pk)
    batches = ImportBatch.objects.visible_to(request.user).filter(plan=PLAN.key)
    batches = batches.defer("effects", "notes").select_related("owner").order_by("-created_at", "-pk")
    page = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
    for batch in page:
        batch.figures = batch_figures(batch)
    return respond(request, "members/imports/list.html", form=form, page=page)


@require_safe
@require(permissions.can_import_members)
def import_template(request):
    """The workbook to fill in: all columns that the person may import, or the usual ones."""
    columns = domain_columns(request.user, everything=request.GET.get("columns") == "all")
    buffer = BytesIO()
    write_template(
        buffer,
        columns,
        choices={c.header: [str(label) for _, label in c.choices] for c in columns if c.choices},
        notes={c.header: c.hint for c in columns if c.hint},
        example={c.header: _example(c) for c in columns if c.example},
    )
    return download(
        HttpResponse(buffer.getvalue(), content_type=XLSX), "会员名册导入模板.xlsx", "roster-template.xlsx"
    )


def domain_columns(user, *, everything):
    columns = PLAN.columns_for(user)
    return [c for c in columns if everything or c.required or c.example]


def _example(column):
    """The example as a cell: a real date or number where the column holds such."""
    if column.kind is Kind.DATE:
        return date.fromisoformat(column.example)
    return float(column.example) if column.kind.is_number else column.example


def download(response, name, plain):
    """The answer as a download under its Chinese name (RFC 5987), with a plain one for programs that know none."""
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store, private"
    return response


# --- one batch ------------------------------------------------------------------------------------------------


@require_safe
@require(signed_in)
def import_batch(request, pk):
    """Progress while the worker is at it, then the result row by row."""
    batch = fetch(request, pk)
    return respond(request, "members/imports/detail.html", **page_of(request, batch))


def page_of(request, batch, undo_form=None):
    result = request.GET.get("result", "")
    rows = Paginator(shown_rows(batch, result, request.user), ROWS_PAGE)
    return {
        "batch": batch,
        "heading": "导入结果" if batch.is_applied else "核对导入",
        "progress": importing.progress_of(batch.pk),
        "figures": row_filters(batch, result),
        "pills": pills(result, request.path),
        "page": rows.get_page(request.GET.get("page")),
        "undo_form": undo_form or UndoForm(),
        "may_download_errors": bool(batch.error_copy) and batch.owner_id == request.user.pk,
    }


@require_safe
@require(signed_in)
def import_progress(request, pk):
    """How far the worker is, for the page that asks every second; when it is done the page is loaded anew."""
    batch = fetch(request, pk)
    if not request.htmx:
        return redirect("members:import", batch.pk)
    response = respond(
        request, "members/imports/progress.html", batch=batch, progress=importing.progress_of(batch.pk)
    )
    if not batch.is_running or batch.is_stuck:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@require(signed_in)
def import_errors(request, pk):
    """The uploaded table with the reasons beside the wrong rows; only for the one who uploaded it, because it holds
    whatever the file held."""
    batch = fetch(request, pk)
    if batch.owner_id != request.user.pk or not batch.error_copy:
        raise Http404
    try:
        file = batch.error_copy.open("rb")
    except FileNotFoundError:
        raise Refused("这份文件已按期删除，请重新上传原文件。") from None
    name = f"{batch.filename.rsplit('.', 1)[0]}_错误原因.xlsx"
    return download(FileResponse(file, content_type=XLSX), name, "import-errors.xlsx")


# --- verbs ----------------------------------------------------------------------------------------------------


@require_POST
@require(signed_in)
def import_confirm(request, pk):
    batch = fetch(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise Refused("提交的内容不完整，请返回结果页重试。", status=422)
    domain.confirm(batch, by=request.user, **form.cleaned_data)
    return go(request, "members:import", batch.pk)


@require_POST
@require(signed_in)
def import_recheck(request, pk):
    batch = fetch(request, pk)
    domain.recheck(batch, by=request.user)
    return go(request, "members:import", batch.pk)


@require_POST
@require(signed_in)
def import_undo(request, pk):
    batch = fetch(request, pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return respond(
            request, "members/imports/detail.html", form=form, **page_of(request, batch, undo_form=form)
        )
    domain.undo(batch, by=request.user, **form.cleaned_data)
    return go(request, "members:import", batch.pk)


@require_POST
@require(signed_in)
def import_discard(request, pk):
    batch = fetch(request, pk)
    domain.discard(batch, by=request.user)
    if batch.state != ImportState.DISCARDED:
        messages.success(request, f"已放弃“{batch.filename}”，上传的文件和核对结果已删除。")
    return go(request, "members:imports")
