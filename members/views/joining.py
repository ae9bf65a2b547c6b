"""Joining, as the applicant sees it: without an account, on a phone, by a link and the proof of an address."""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import guests, limits
from association.errors import Refused
from association.public_pages import public_page
from association.web import go, respond
from members.domain import drafts
from members.forms.applications import ApplicationForm
from members.views import joining_rows as rows

PAGE = "members/joining/application.html"
# Many fields are saved one by one; guessing at links is another matter.
limited = limits.limited("joining", per_address="3000/h", methods=("POST",))


def applicant(view):
    """Decorate a view of one application: its address is proved first, by whoever comes with the link; and for a link
    that is none, or another's, there is nothing here. The view gets the application in place of the token."""

    @limited
    @guests.required
    @functools.wraps(view)
    def guarded(request, token, **kwargs):
        found = drafts.find(token, guests.proved(request))
        if found is None:
            return _missed(request)
        return view(request, found, **kwargs)

    return guarded


def _missed(request):
    who = f"address:{limits.address_of(request)}"
    if wait := limits.seconds_to_wait("application_miss", "30/h", who):
        return limits.too_many(request, wait)
    raise Http404


def to_page(request, application):
    return go(request, drafts.page_of(application))


# --- the way in -----------------------------------------------------------------------------------------------


@require_safe
@public_page
def home(request):
    """Who may join, what it takes, how it goes, what it costs."""
    return render(request, "members/joining/home.html", {"files": drafts.REQUIRED_FILES, **rows.fees()})


@require_http_methods(["GET", "HEAD", "POST"])
@limited
@guests.required
def start(request):
    """The applications of the proved address; a POST begins another one."""
    address = guests.proved(request)
    if request.method == "POST":
        return to_page(request, drafts.begin(address))
    mine = drafts.of_address(address)[:20]
    for one in mine:
        one.tone = rows.TONES[one.state]
    return respond(request, "members/joining/start.html", applications=mine, address=address)


@require_POST
@limited
@guests.required
def reopen(request, pk):
    """From the list of one's own applications to one of them."""
    found = get_object_or_404(drafts.of_address(guests.proved(request)), pk=pk)
    return go(request, drafts.renew_link(found))


# --- one application ------------------------------------------------------------------------------------------


@require_safe
@applicant
def application(request, application):
    return respond(request, PAGE, **rows.page(application))


@require_http_methods(["GET", "HEAD", "POST"])
@applicant
def edit(request, application):
    """The whole form. What is valid is kept even where something else is to be mended."""
    if not application.is_editable:
        return to_page(request, application)
    form = ApplicationForm(request.POST or None, instance=application)
    if request.method == "POST":
        is_valid = form.is_valid()
        drafts.write(application, changes=form.changes)
        if is_valid:
            messages.success(request, "已保存。")
            return to_page(request, application)
    token = drafts.token_of(application)
    form.save_as_typed(lambda name: reverse("join:field", args=[token, name]))
    return respond(request, "members/joining/form.html", form=form, application=application, token=token)


@require_POST
@applicant
def save_field(request, application, name):
    """One field, as it was typed: kept when it is valid, else said what is wrong with it."""
    form = ApplicationForm(request.POST, instance=application, only=name)
    if not form.fields:
        raise Http404
    is_valid, address = form.is_valid(), request.path
    drafts.write(application, changes=form.changes)
    if not request.htmx:
        return go(request, "join:edit", drafts.token_of(application))
    if is_valid:
        form = ApplicationForm(instance=application, only=name)
    form.save_as_typed(lambda _: address)
    status = 200 if is_valid else 422
    return respond(request, "members/joining/field.html", field=form[name], saved=is_valid, status=status)


@require_safe
@applicant
def print_form(request, application):
    """The application on a sheet, to be stamped."""
    context = {"application": application, "token": drafts.token_of(application), "today": localdate()}
    return respond(request, "members/joining/print.html", **context)


@require_POST
@applicant
def submit(request, application):
    try:
        handed_in = drafts.submit(application)
    except Refused as refused:
        context = rows.page(application) | {"refusal": refused.sentence}
        return respond(request, PAGE, status=refused.status, **context)
    messages.success(request, f"已提交，申请编号 {handed_in.number}。")
    return to_page(request, handed_in)


@require_POST
@applicant
def withdraw(request, application):
    """Take it back; of a draft nothing is left."""
    if not application.number:
        drafts.discard(application)
        messages.success(request, "草稿已删除。")
        return go(request, "join:start")
    drafts.withdraw(application)
    messages.success(request, "申请已撤回。")
    return to_page(request, application)
