"""The roster as a file: the form, the log with its progress, and the download."""

from io import BytesIO
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.choices import ExportFormat
from association.domain import exports as domain
from association.domain.listings import choose_columns
from association.errors import Refused
from association.limits import limited
from association.listing import PAGE_SIZE
from association.models import ExportJob
from association.web import confirmed, go, require, respond
from members import permissions
from members.columns import KEY, ROSTER
from members.exchange import export as roster_file
from members.forms.exports import CHOICE_KEY, PRESETS, ExportForm, preset_columns
from members.forms.roster import in_words, kept_listing, pinned, roster_listing

TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_export_members)
@limited("export", per_person="30/10m", per_address="100/10m", methods=["POST"])
@confirmed(posts_only=True)
def export(request):
    """Choose what goes into the file; a small one is the answer itself, a large one is made in the background."""
    listing = roster_listing(request)
    if not listing.is_valid:
        raise Refused("名册的筛选条件有误，请返回名册改正后再导出。", status=422)
    form = ExportForm(
        request.POST or None,
        columns=listing.allowed_columns,
        may_unmask=permissions.can_view_contacts(request.user),
        initial={"columns": preset_columns(listing, request.GET.get("preset", "")), "as_of": listing.as_of},
    )
    if request.method == "POST" and form.is_valid():
        return _answer(request, form.cleaned_data)
    return _page(request, listing, form)


def _page(request, listing, form):
    """The form, or the part of it that htmx asks for; a day that was typed already counts for the number of rows."""
    presets = [(label, listing.url(preset=key)) for key, label in PRESETS.items()]
    if day := getattr(form, "cleaned_data", {}).get("as_of"):
        listing = kept_listing(request.user, pinned(request.GET, day))
    return respond(
        request,
        "members/exports/form.html",
        {"export-columns": "columns", "export-scope": "scope"}.get(request.htmx.target, ""),
        form=form,
        listing=listing,
        conditions=in_words(listing),
        presets=presets,
        is_large=listing.total > settings.EXPORT_INLINE_ROWS,
        in_wechat="MicroMessenger" in request.headers.get("User-Agent", ""),
    )


def _answer(request, chosen):
    """The file itself, or the way to the page where it will be."""
    query = pinned(request.GET, chosen["as_of"])
    listing = kept_listing(request.user, query)
    pks = list(listing.ordered.values_list("pk", flat=True)[: settings.EXPORT_INLINE_ROWS + 1])
    if not pks:
        raise Refused("没有符合条件的单位，没有可导出的内容。", status=422)
    choose_columns(owner=request.user, listing=CHOICE_KEY, columns=list(chosen["columns"].by_key))
    is_large = len(pks) > settings.EXPORT_INLINE_ROWS
    asked = _request(chosen, query, in_words(listing), listing.queryset.count() if is_large else len(pks))
    if not is_large:
        return _hand_over(request, asked, chosen, pks)
    domain.request_export(asked, by=request.user, job="members.produce_export")
    messages.success(request, f"正在生成 {asked.rows:,} 行的{asked.title}，完成后在这里下载。")
    return go(request, "members:exports")


def _request(chosen, query, conditions, rows) -> domain.ExportRequest:
    return domain.ExportRequest(
        listing=KEY,
        title=roster_file.TITLE,
        query=query,
        conditions=conditions,
        columns=list(chosen["columns"].by_key),
        as_of=chosen["as_of"],
        format=chosen["format"],
        file_name=roster_file.file_name(chosen["as_of"], chosen["format"]),
        rows=rows,
        is_unmasked=chosen["unmasked"],
        reason=chosen["reason"],
    )


def _hand_over(request, asked, chosen, pks):
    buffer = BytesIO()
    roster_file.write(
        buffer,
        pks,
        columns=chosen["columns"],
        as_of=asked.as_of,
        format=asked.format,
        unmasked=asked.is_unmasked,
        notes=roster_file.notes(
            person=request.user,
            conditions=asked.conditions,
            total=asked.rows,
            columns=chosen["columns"],
            unmasked=asked.is_unmasked,
            reason=asked.reason,
        ),
    )
    content = buffer.getvalue()
    domain.hand_over(asked, content, by=request.user)
    return _named(HttpResponse(content), asked.file_name, asked.format)


def _named(response, name, format):
    """The answer as a download under its Chinese name (RFC 5987), with a plain one for programs that know none."""
    plain = f"roster{name.removeprefix(roster_file.TITLE)}"
    response["Content-Type"] = TYPES[format]
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store, private"
    return response


def _visible(user):
    found = ExportJob.objects.filter(listing=KEY).select_related("person", "work")
    return found.visible_to(user, sees_all=permissions.can_view_export_log(user))


@require_safe
@require(permissions.can_open_exports)
def exports(request):
    """Who took what out, when, why; one's own files that are being made or may still be fetched."""
    sees_all = permissions.can_view_export_log(request.user)
    only_own = not sees_all or request.GET.get("mine") == "1"
    found = _visible(request.user)
    page = Paginator(found.filter(person=request.user) if only_own else found, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    for row in page:
        row.headers = "、".join(ROSTER[key].header for key in row.columns if key in ROSTER.by_key)
    address = reverse("members:exports")
    tabs = [
        {"label": "全部", "url": address, "current": not only_own},
        {"label": "我的", "url": f"{address}?mine=1", "current": only_own},
    ]
    return respond(
        request,
        "members/exports/list.html",
        page=page,
        tabs=tabs if sees_all else [],
        can_export=permissions.can_export_members(request.user),
        kept_days=domain.KEPT.days,
    )


@require_safe
@require(permissions.can_open_exports)
def export_progress(request, pk):
    """How far one export is, for the page that asks every two seconds."""
    row = get_object_or_404(_visible(request.user), pk=pk)
    if not request.htmx:
        return redirect("members:exports")
    return respond(request, "members/exports/state.html", row=row)


@require_POST
@require(permissions.can_export_members)
def export_download(request, pk):
    """The finished file, for the person who asked for it and for nobody else."""
    row = get_object_or_404(ExportJob, pk=pk, listing=KEY, person=request.user)
    roster_file.check(request.user, row.columns, unmasked=row.is_unmasked)
    row = domain.note_download(row, by=request.user)
    try:
        file = storages["exports"].open(row.file)
    except FileNotFoundError:
        raise Refused("文件已不在服务器上，请重新导出。") from None
    return _named(FileResponse(file), row.file_name, row.format)
