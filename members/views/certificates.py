"""Membership certificates: a unit's own, its files, issuing; the secretariat's list of who waits for one."""

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.limits import limited
from association.listing import PAGE_SIZE
from association.stocks import large
from association.web import confirmed, go, require, respond, signed_in
from members import permissions
from members.certificates import files
from members.choices import CertificateNeed, Grade
from members.domain import certificates as domain
from members.forms.certificates import IssueForm
from members.views import profile
from members.views.organizations import FORM_PAGE, ask, fetch
from members.views.verify import TONES

RUN_REASON = "批量签发"


# --- one unit's -----------------------------------------------------------------------------------------------


@require_safe
@require(signed_in)
def certificate(request, pk):
    """The certificate as a picture, with what it can be had as."""
    found = fetch(request, pk)
    ask(permissions.can_see_certificates_of(request.user, found))
    present = domain.present_of(found)
    return respond(
        request,
        "members/certificates/detail.html",
        **profile.head(request.user, found, "membership"),
        certificate=present,
        shapes=files.SHAPES.values(),
        state_tone=TONES[present.state] if present else "",
        in_wechat="MicroMessenger" in request.headers.get("User-Agent", ""),
        can_issue=permissions.can_issue_certificates(request.user),
    )


@require_safe
@require(signed_in)
@limited("certificate", per_person="60/m")
def file(request, pk, shape):
    """One of its files; with `show` the picture as part of the page. What no longer holds is not handed out."""
    found = fetch(request, pk)
    ask(permissions.can_see_certificates_of(request.user, found))
    present, wanted = domain.present_of(found), files.SHAPES.get(shape)
    if wanted is None or present is None or not present.is_valid:
        raise Http404
    response = HttpResponse(files.content(present, wanted), content_type=wanted.media_type)
    way = "inline" if "show" in request.GET else "attachment"
    plain, name = f"{present.member_number}.{wanted.ending}", quote(files.file_name(present, wanted))
    response.headers["Content-Disposition"] = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_POST
@require(signed_in)
@limited("certificate_mail", per_person="6/h")
def mail(request, pk):
    found = fetch(request, pk)
    ask(permissions.can_see_certificates_of(request.user, found))
    present = domain.present_of(found)
    if present is None:
        raise Http404
    domain.mail_link(present, to=request.user)
    messages.success(request, f"下载地址已发到 {request.user.email}。")
    return go(request, "members:certificate", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_issue_certificates)
def issue(request, pk):
    """The first certificate, or another in the place of the one that the person saw."""
    found = fetch(request, pk)
    present, ever = domain.present_of(found), found.certificates.exists()
    form = IssueForm(request.POST or None, present=present, ever=ever)
    if request.method == "POST" and form.is_valid():
        made = domain.reissue(found, by=request.user, reason=form.reason, seen=form.cleaned_data["seen"])
        messages.success(request, f"已签发会员证 {made.number}。")
        return go(request, "members:certificate", found.pk)
    return respond(
        request,
        FORM_PAGE,
        form=form,
        organization=found,
        title=f"{'另发' if ever else '签发'}会员证：{found.name}",
        submit="签发",
        back="members:certificate",
    )


# --- who waits for one ----------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_issue_certificates)
def certificates(request):
    """Members without a certificate that holds and says what is so, by what is wrong with it."""
    need = request.GET.get("need") if request.GET.get("need") in CertificateNeed.values else ""
    units = domain.awaiting(localdate()).order_by("member_number", "pk")
    page = Paginator(units.filter(need=need) if need else units, PAGE_SIZE).get_page(request.GET.get("page"))
    for unit in page:
        unit.why, unit.grade_label = CertificateNeed(unit.need).label, Grade(unit.grade_now).label
        unit.former_grade = unit.present_grade and Grade(unit.present_grade).label
    piles = large.piles("members.certificates")
    counts = {need: piles[need,].number if (need,) in piles else 0 for need in CertificateNeed.values}
    return respond(
        request,
        "members/certificates/list.html",
        page=page,
        tabs=_tabs(request.path, need, counts),
        total=sum(counts.values()),
        **_run(),
    )


def _tabs(path, need, counts):
    tabs = [{"label": "全部", "url": path, "current": not need, "count": sum(counts.values())}]
    return tabs + [
        {"label": label, "url": f"{path}?need={key}", "current": key == need, "count": counts[key]}
        for key, label in CertificateNeed.choices
    ]


def _run() -> dict:
    """The run under way, if any, and how many certificates it has issued."""
    run = domain.run_under_way()
    if run is None:
        return {"run": None}
    left = domain.awaiting(localdate()).count()
    total = max(run.arguments["total"], left)
    return {"run": run, "done": total - left, "run_total": total}


@require_safe
@require(permissions.can_issue_certificates)
def progress(request):
    """How far the run is, for the page that asks every two seconds; once it is done the page is shown anew."""
    state = _run()
    if not request.htmx:
        return redirect("members:certificates")
    if state["run"] is None:
        return go(request, "members:certificates")
    return respond(request, "members/certificates/progress.html", **state)


@require_POST
@require(permissions.can_issue_certificates)
@confirmed
def issue_all(request):
    """Issue for all who wait, in the background: each tells the unit's people."""
    run = domain.start_run(by=request.user, reason=RUN_REASON)
    said = "正在后台签发，可以离开这一页。" if run else "没有等待签发的会员。"
    messages.success(request, said)
    return go(request, "members:certificates")
