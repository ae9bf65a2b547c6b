"""The register of deals: the list with its sums, one deal, signing, landing, verifying, the workbook."""

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.exchange.writing import Column, write_workbook
from association.limits import limited
from association.listing import PAGE_SIZE
from association.models import Activity
from association.web import confirmed, go, idempotent, require, respond, settle, signed_in, version_of
from events import permissions
from events.domain import deals as domain
from events.forms.deals import DealForm, DealsForm, EndForm, LandingForm, LandingReasonForm
from events.models import Deal, Event, Project
from events.views import deal_rows, rows

FORM, WORDS = "events/deals/form.html", "events/deals/words_form.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 20_000
COLUMNS = [
    Column("合作事项", width=30), Column("甲方", width=30), Column("乙方", width=30), Column("其他各方"), Column("来源活动"),
    Column("项目"), Column("签约日期", "date"), Column("金额（元）", "decimal"), Column("金额保密"), Column("状态"),
    Column("落地日期", "date"), Column("落地情况", width=40), Column("核实人"),
]  # fmt: skip


def fetch(request, pk) -> Deal:
    """The deal as far as the person may know of it, else 404."""
    found = Deal.objects.visible_to(request.user).select_related(
        "event__series", "project", "landed_by", "verified_by"
    )
    return get_object_or_404(found.prefetch_related("parties__organization"), pk=pk)


def _chosen(request, form):
    found = Deal.objects.visible_to(request.user)
    return deal_rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()


@require_safe
@require(signed_in)
def deals(request):
    form = DealsForm(request.GET)
    found = _chosen(request, form)
    shown = found.select_related("event__series", "project").prefetch_related("parties__organization")
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    deal_rows.decorated(page.object_list, request.user)
    return respond(
        request,
        "events/deals/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        sums=deal_rows.sums(found, request.user),
        pills=rows.pills(request, form) if form.is_valid() else [],
        can_keep=permissions.can_keep_deals(request.user),
    )


@require_POST
@require(permissions.can_keep_deals)
@limited("export", per_person="30/10m", per_address="100/10m")
@confirmed
def deals_export(request):
    """The register with the conditions of the list as a workbook."""
    form = DealsForm(request.POST)
    found = _chosen(request, form).select_related("event__series", "project", "verified_by")
    found = list(found.prefetch_related("parties__organization")[: MOST + 1])
    if len(found) > MOST:
        raise Refused(f"超过 {MOST:,} 项合作，请先按年度筛选再导出。", status=422)
    conditions = "；".join(f"{label}：{text}" for _, label, text in (form.words() if form.is_valid() else ()))
    domain.taken_out(by=request.user, number=len(found), conditions=conditions)
    buffer = BytesIO()
    notes = [("条件", conditions or "全部"), ("导出人", request.user.full_name)]
    lines = (deal_rows.as_row(deal, request.user) for deal in found)
    write_workbook(buffer, sheet="合作成果登记簿", columns=COLUMNS, rows=lines, notes=notes)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = quote(f"合作成果登记簿_{localdate():%Y%m%d}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"deals.xlsx\"; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@require(signed_in)
def deal(request, pk):
    found = fetch(request, pk)
    keeps = permissions.can_see_deals(request.user)
    return respond(
        request,
        "events/deals/detail.html",
        deal=found,
        tone=deal_rows.TONES[found.state],
        facts=deal_rows.facts(found, request.user),
        sees_all=keeps,
        activities=Activity.objects.about(found).select_related("by")[:20] if keeps else [],
        **deal_rows.actions_for(request.user, found),
    )


# --- signing ------------------------------------------------------------------------------------------------------


def _asked(request) -> dict:
    """The event or project from whose page a deal is registered."""
    found = {}
    for name, model in (("event", Event), ("project", Project)):
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit():
            found[name] = model.objects.visible_to(request.user).filter(pk=int(text[:15])).first()
    initial = {name: record.pk for name, record in found.items() if record}
    if project := found.get("project"):
        initial |= {"first": project.unit_name, "event": project.event_id}
    return initial


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_deals)
@idempotent
def deal_add(request):
    form = DealForm(request.POST or None, initial=_asked(request))

    def act():
        given = form.changes
        confidential = given.pop("amount_is_confidential")
        return domain.sign(by=request.user, parties=form.parties, confidential=confidential, **given)

    said = "已登记。合同放进附件；落地以后在这里登记落地。"
    return settle(request, form, FORM, act, said=said, title="登记合作", submit="登记")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_deals)
def deal_edit(request, pk):
    found = fetch(request, pk)
    form = DealForm(request.POST or None, instance=fetch(request, pk))

    def act():
        told = {"version": version_of(form), "parties": form.parties}
        return domain.update(found, by=request.user, changes=form.changes, **told)

    return settle(request, form, FORM, act, to=found, deal=found, title=f"修改：{found}", submit="保存")


# --- landing ------------------------------------------------------------------------------------------------------


def _in_words(request, pk, made, verb, said, **context):
    """A step that needs words: a page with a form of its own."""
    found = fetch(request, pk)
    form = made(request.POST or None)

    def act():
        return verb(found, by=request.user, **form.cleaned_data)

    return settle(request, form, WORDS, act, said=said, to=found, deal=found, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_deals)
def deal_land(request, pk):
    words = {"heading": "登记落地", "submit": "登记落地"}
    return _in_words(request, pk, LandingForm, domain.land, "已登记落地，等另一位同事核实。", **words)


@require_POST
@require(permissions.can_verify_deals)
def deal_verify(request, pk):
    found = fetch(request, pk)
    found = domain.verify(found, by=request.user, version=rows.version_asked(request, found))
    messages.success(request, f"已核实，计入{found.landed_on.year}年的合作落地。")
    return go(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_verify_deals)
def deal_send_back(request, pk):
    words = {"heading": "退回落地登记", "submit": "退回"}
    return _in_words(
        request, pk, LandingReasonForm, domain.send_back, "已退回，登记的同事会收到通知。", **words
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_deals)
def deal_end(request, pk):
    words = {"heading": "登记终止", "submit": "登记终止", "kind": "danger"}
    return _in_words(request, pk, EndForm, domain.end, "已登记终止。", **words)
