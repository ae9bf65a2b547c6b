"""Petitions: the desk's list, the member's and the department's own, one petition with its steps, letter and ledger."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import go, idempotent, require, respond, show_refusal, signed_in
from events import permissions
from events.domain import petitions as domain
from events.forms.petitions import PetitionForm, PetitionsForm
from events.letters import handover as letters
from events.models import Petition
from events.views import petition_rows as rows
from events.views.events import fetch as fetch_event
from events.views.petition_moves import MOVES
from events.views.rows import pills
from members.models import ContactRole, Organization
from members.views.organizations import ask

PAGE, FORM = "events/petitions/detail.html", "events/petitions/form.html"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fetch(request, pk) -> Petition:
    """The petition as far as the person may know of it, else 404."""
    found = Petition.objects.visible_to(request.user)
    related = (
        "organization",
        "contact",
        "author",
        "event__series",
        "handover__department",
        "lead__organization",
    )
    return get_object_or_404(found.select_related(*related), pk=pk)


# --- lists ------------------------------------------------------------------------------------------------------


@require_safe
@require(permissions.can_see_petitions)
def petitions(request):
    form = PetitionsForm(request.GET)
    tab = request.GET.get("tab") if request.GET.get("tab") in rows.TABS else "waiting"
    found = Petition.objects.visible_to(request.user)
    found = rows.chosen(found, form.cleaned_data) if form.is_valid() else found.none()
    page = Paginator(rows.whole(rows.of_tab(found, tab)), PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list, request.user)
    return respond(
        request,
        "events/petitions/list.html",
        status=200 if form.is_valid() else 422,
        form=form,
        page=page,
        tab=tab,
        tabs=rows.tabs(request, tab),
        pills=pills(request, form) if form.is_valid() else [],
        can_keep=permissions.can_keep_petitions(request.user),
    )


@require_safe
@require(permissions.can_file_petitions)
def own_petitions(request):
    """The petitions of the person's own units, what waits for them first."""
    found = Petition.objects.visible_to(request.user)
    page = _page(request, found.order_by("-year", "-serial"))
    may_file = _own_units(request.user).exists()
    return respond(request, "events/petitions/own.html", page=page, may_file=may_file)


@require_safe
@require(permissions.serves_department)
def handed_petitions(request):
    """What the person's department has: to be answered, the nearest last day first; or answered."""
    done = request.GET.get("done") == "1"
    found = Petition.objects.visible_to(request.user)
    open_ones = found.in_state(*rows.AT_DEPARTMENT)
    if done:
        found = found.exclude(pk__in=open_ones.values("pk")).order_by("-year", "-serial")
    else:
        found = open_ones.order_by("due_on", "pk")
    return respond(request, "events/petitions/handed.html", page=_page(request, found), done=done)


def _page(request, found):
    page = Paginator(rows.whole(found), PAGE_SIZE).get_page(request.GET.get("page"))
    rows.decorated(page.object_list, request.user)
    return page


@require_safe
@require(permissions.can_see_petitions)
def ledger(request):
    year = rows.year_asked(request.GET.get("year", ""))
    sums, departments = rows.ledger(year)
    context = {"year": year, "years": rows.years(year), "sums": sums, "departments": departments}
    return respond(request, "events/petitions/ledger.html", **context)


# --- one petition -----------------------------------------------------------------------------------------------


@require_safe
@require(signed_in)
def petition(request, pk):
    found = fetch(request, pk)
    return respond(request, PAGE, petition=found, **rows.page_for(request.user, found))


@require_safe
@require(signed_in)
def letter(request, pk):
    """The 转办函 as a Word file, for the association and for the department it went to."""
    found = fetch(request, pk)
    ask(permissions.can_see_petitions(request.user) or permissions.serves_department(request.user))
    if found.lead_id:
        found = found.lead
    if not found.handover_id:
        raise Http404
    answer = HttpResponse(letters.letter(found.handover), content_type=WORD)
    answer.headers["Content-Disposition"] = content_disposition_header(True, letters.name_of(found.handover))
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


# --- submitting -------------------------------------------------------------------------------------------------


def _own_units(user):
    """Units for which the person files petitions."""
    roles = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.PETITION_FILERS)
    members = Organization.objects.members_on(localdate())
    return members.filter(pk__in=roles.values("organization")).order_by("pinyin_full", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_file_petitions)
@idempotent
def file(request):
    """A petition of the person's own unit."""
    units = _own_units(request.user)
    ask(units.exists())
    form = PetitionForm(request.POST or None, units=units)
    return _submitted(request, form) or respond(request, FORM, form=form, own=True)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_keep_petitions)
@idempotent
def add(request):
    """A petition on behalf of a member, from an event where one is named."""
    text = request.GET.get("event", "") if request.method != "POST" else request.POST.get("event", "")
    event = fetch_event(request, int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else None
    units = Organization.objects.members_on(localdate()).order_by("pinyin_full", "pk")
    form = PetitionForm(request.POST or None, units=units, on_behalf=True)
    return _submitted(request, form, event=event) or respond(request, FORM, form=form, event=event)


def _submitted(request, form, event=None):
    """The way on when the form was sent and everything was right."""
    if request.method != "POST" or not form.is_valid():
        return None
    fields = dict(form.cleaned_data)
    try:
        made = domain.submit(fields.pop("organization"), by=request.user, event=event, **fields)
    except Refused as refused:
        show_refusal(form, refused)
        return None
    messages.success(request, f"已提交，编号{made.number}。有材料的，请在下面的“附件”里上传。")
    return go(request, made)


# --- the steps --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def move(request, pk, name):
    """Any of the steps that need words: the page with what it will do, and the step."""
    found, step = fetch(request, pk), MOVES[name]
    ask(step.who(request.user, found))
    options = step.options(request.user, found)
    if request.method != "POST":
        if not step.fits(found):
            raise Refused(f"{found.number}现为“{found.state.label}”，不能{step.label}。")
        form = step.form(initial=step.initial(found), **options)
        return _move_page(request, found, step, form)
    form = step.form(request.POST, **options)
    if form.is_valid():
        try:
            step.verb(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _moved(request, found, step)
    return _move_page(request, found, step, form)


def _move_page(request, found, step, form):
    user = request.user
    context = {
        "petition": found,
        "move": step,
        "label": step.label_for(user),
        "titled": rows.title_for(user, found),
    }
    return respond(request, "events/petitions/words.html", form=form, **context)


@require_POST
@require(signed_in)
def wordless(request, pk, name):
    """Any of the steps that need none."""
    found, step = fetch(request, pk), MOVES[name]
    ask(step.who(request.user, found))
    step.verb(found, by=request.user)
    return _moved(request, found, step)


def _moved(request, found, step):
    """Back to the petition, or to the list for a liaison whose department has it no more."""
    messages.success(request, step.done)
    if Petition.objects.visible_to(request.user).filter(pk=found.pk).exists():
        return go(request, found)
    return go(request, "events:handed_petitions")
