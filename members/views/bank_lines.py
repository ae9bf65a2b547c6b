"""The lines of a bank list: confirmed in one go, one of them looked at, split, set aside, taken back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from association.money import yuan_of
from association.web import confirmed, go, idempotent, require, respond
from members import permissions
from members.choices import LineState
from members.domain import bank_lines as domain
from members.domain import bank_matching
from members.forms.bank import ClaimForm, IgnoreForm, ticked
from members.models import BankLine
from members.views import bank_rows
from members.views.bank_lists import fetch as fetch_statement

PAGE = "members/bank/line.html"


def fetch(pk) -> BankLine:
    lines = BankLine.objects.select_related("statement", "settled_by", "suggested__organization")
    return get_object_or_404(lines, pk=pk)


@require_POST
@require(permissions.can_confirm_payments)
@confirmed
def confirm(request, pk):
    statement = fetch_statement(pk)
    outcome = domain.confirm(statement, ticked(request.POST), by=request.user)
    for tone, sentence in bank_rows.outcome_words(outcome):
        getattr(messages, tone)(request, sentence)
    return go(request, "members:bank_statement", statement.pk)


def _page(request, line, *, form=None, ignore_form=None):
    """One line with the bills it may be for; `bill` in the address are those it is to be split over."""
    bills = form.bills if form else bank_rows.bills_by_key(request.GET.getlist("bill")) or _likely(line)
    form = form or ClaimForm(bills=bills, left=line.left, initial={"version": line.version})
    likely = _suggested(line) if line.state == LineState.OPEN else []
    text = request.GET.get("q", "")
    return {
        "line": line,
        "statement": line.statement,
        "claim_form": form,
        "ignore_form": ignore_form or IgnoreForm(),
        "rows": [(bill, field, bank_rows.why_not(request.user, bill)) for bill, field in form.rows],
        "likely": [pair for pair in likely if pair[0] not in bills],
        "text": text,
        "found": [bill for bill in bank_rows.found_bills(text) if bill not in bills],
        "payments": bank_rows.rows(request.user, [line])[0].payments,
        "chosen": "".join(f"&bill={bill.pk}" for bill in bills),
    }


def _suggested(line) -> list[tuple]:
    """(bill, suggestion) of the likeliest, as they are now."""
    found = bank_matching.candidates_of(line)
    bills = {bill.pk: bill for bill in bank_rows.bills_by_key(str(s.bill) for s in found)}
    return [(bills[s.bill], s) for s in found if s.bill in bills]


def _likely(line) -> list:
    """The bill that is suggested, if it can still take something."""
    bill = line.suggested
    return [bill] if bill is not None and bill.outstanding else []


@require_safe
@require(permissions.can_import_bank_lists)
def line(request, pk):
    return respond(request, PAGE, "found", **_page(request, fetch(pk)))


@require_POST
@require(permissions.can_confirm_payments)
@confirmed
@idempotent
def claim(request, pk):
    """Book the amounts that were filled in, each for its bill."""
    found = fetch(pk)
    bills = bank_rows.bills_by_key(request.POST.getlist("bill"))
    form = ClaimForm(request.POST, bills=bills, left=found.left)
    if not form.is_valid():
        return respond(request, PAGE, form=form, **_page(request, found, form=form))
    found = domain.claim(found, form.parts, by=request.user, version=form.cleaned_data["version"])
    messages.success(request, f"已入账 {yuan_of(sum(amount for _, amount in form.parts))}。")
    if found.left:
        messages.info(request, f"这笔款还有 {yuan_of(found.left)} 没有入账，可以接着认领，或登记为不入账。")
        return go(request, "members:bank_line", found.pk)
    return go(request, "members:bank_statement", found.statement_id)


@require_POST
@require(permissions.can_import_bank_lists)
def ignore(request, pk):
    found = fetch(pk)
    form = IgnoreForm(request.POST)
    if not form.is_valid():
        return respond(request, PAGE, form=form, **_page(request, found, ignore_form=form))
    domain.ignore(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "已登记为不入账。")
    return go(request, "members:bank_statement", found.statement_id)


@require_POST
@require(permissions.can_import_bank_lists)
def take_back(request, pk):
    found = domain.take_back(fetch(pk), by=request.user)
    messages.success(request, "已重新列入待认领。")
    return go(request, "members:bank_line", found.pk)
