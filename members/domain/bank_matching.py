"""Open lines of bank lists brought together with open bills: loading them, and keeping what was found."""

from django.db import connection
from django.db.models import Q

from association import bulk
from association.choices import JobState
from association.domain.activities import verb
from association.jobs import later
from association.models import Job
from members.bankmatching import NUMBERS, Book, OpenBill, OpenLine, Suggestion, Unit, number_key, suggest
from members.choices import LineState, NameKind
from members.models import AlternativeName, BankLine, Bill, Organization, Park
from members.models.organization import search_condition

MATCH_JOB = "members.match_bank_lines"
MATCH_LOCK = 20_230_605
FIELDS = ("suggested", "score", "why")


def ask_for_match() -> None:
    """Have all open lines compared anew in the background; asked for again while that waits, it is done once."""
    if not Job.objects.filter(name=MATCH_JOB, state=JobState.QUEUED).exists():
        later(MATCH_JOB)


@verb
def match_open_lines() -> int:
    """Write beside every open line the bill it seems to be for now; gives how many suggestions changed.

    All lists are looked at together, so that two of them never suggest more for a bill than it owes. Six queries and
    one statement, however many lines. A line that somebody is settling at this moment is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MATCH_LOCK])
    lines = list(BankLine.objects.filter(state=LineState.OPEN).order_by("booked_on", "pk"))
    if not lines:
        return 0
    found = suggest(map(open_line, lines), *open_book())
    changed = {line.pk: found[line.pk] for line in lines if _differs(line, found[line.pk])}
    free = BankLine.objects.select_for_update(skip_locked=True).filter(pk__in=changed, state=LineState.OPEN)
    written = []
    for line in free:
        suggestion = changed[line.pk]
        line.suggested_id, line.score, line.why = suggestion.bill, suggestion.score, _words(suggestion)
        written.append(line)
    bulk.update(BankLine, written, FIELDS)
    return len(written)


def _differs(line, suggestion) -> bool:
    return (line.suggested_id, line.score, line.why) != (
        suggestion.bill, suggestion.score, _words(suggestion),
    )  # fmt: skip


def _words(suggestion) -> list[str]:
    return [word[:60] for word in suggestion.why]


def open_line(line) -> OpenLine:
    return OpenLine(line.pk, line.left, line.payer_name, line.summary)


def open_book(which=None) -> tuple[list[OpenBill], list[Unit]]:
    """Outstanding bills and all names of their units, or of those bills that the condition `which` picks; four
    queries."""
    bills = Bill.objects.outstanding()
    if which is not None:
        bills = bills.filter(which)
    columns = ("pk", "organization_id", "number", "amount", "waived", "paid", "year", "due_on", "payer_name")
    found = [
        OpenBill(pk, unit, number, amount - waived - paid, year, due_on, payer)
        for pk, unit, number, amount, waived, paid, year, due_on, payer in bills.values_list(*columns)
    ]
    return found, _units(bills.values("organization"))


def _units(whose) -> list[Unit]:
    former, short, parks = {}, {}, {}
    names = AlternativeName.objects.filter(organization__in=whose)
    for unit, kind, name in names.values_list("organization_id", "kind", "name"):
        (former if kind == NameKind.FORMER else short).setdefault(unit, []).append(name)
    for unit, name in Park.objects.filter(organization__in=whose).values_list("organization_id", "name"):
        parks.setdefault(unit, []).append(name)
    columns = ("pk", "name", "member_number", "invoice_title")
    return [
        Unit(
            pk,
            name,
            number,
            title,
            tuple(former.get(pk, ())),
            tuple(short.get(pk, ())),
            tuple(parks.get(pk, ())),
        )
        for pk, name, number, title in Organization.objects.filter(pk__in=whose).values_list(*columns)
    ]


def candidates_of(line) -> list[Suggestion]:
    """The bills that one open line may be for, likeliest first; narrowed down in the database before they are weighed."""
    if not line.left:
        return []
    asked = open_line(line)
    return Book(*open_book(_near(line))).candidates(asked)[:8]


def _near(line) -> Q:
    """Bills that could score: of a unit that the payer's name or a number in the summary finds, or of that amount."""
    units = Q(pk=None)
    if line.payer_name:
        units |= search_condition(line.payer_name.lower()) | Q(invoice_title=line.payer_name)
    found = [number_key(number) for number in NUMBERS.findall(line.summary.upper())]
    numbers = {n for f in found for n in (f, _dashed(f))}
    units |= Q(member_number__in=numbers)
    near = Q(organization__in=Organization.objects.filter(units).values("pk")[:200]) | Q(number__in=numbers)
    near |= Q(payer_name=line.payer_name) if line.payer_name else Q()
    return near | (Q(pk=line.suggested_id) if line.suggested_id else Q())


def _dashed(number: str) -> str:
    """HF2023000001 as it is written in full."""
    letters = number.rstrip("0123456789")
    digits = number[len(letters) :]
    return f"{letters}-{digits[:4]}-{digits[4:]}"
