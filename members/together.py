"""Everything that the association and a unit did with each other, in one line each and by time.

What was done lies in the activities, what was told in the notices, what was reminded of in the reminders; each is one
source, and later apps add theirs. A source gives rows to sort by and, for the rows of one page, their sentences.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, F, IntegerField, Min, Q, Value
from django.db.models.functions import TruncDate

from association.models import Activity, Notice, User
from members import permissions
from members.domain.reminder_plan import KINDS, label_of
from members.models import (
    Application,
    Bill,
    BillReminder,
    Certificate,
    ContactRole,
    ExitCase,
    Park,
    ProfileChange,
)

PROFILE, DUES, MEMBERSHIP, EVENTS, NOTICES = "profile", "dues", "membership", "events", "notices"
GROUPS = {PROFILE: "资料", DUES: "会费", MEMBERSHIP: "会籍", EVENTS: "活动", NOTICES: "通知"}


@dataclass(frozen=True)
class Part:
    """Activities and notices whose kind begins so: to which group they belong, and who may know of them."""

    prefix: str
    group: str
    allowed: Callable | None = None


@dataclass(frozen=True)
class Item:
    """One line. `pk` is that of the activity, whose changed fields can be opened; other lines have none."""

    happened_at: datetime
    sentence: str
    by: object = None
    basis: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Source:
    """`rows(user, unit, group)` gives a queryset of `ROW` or None; `load(rows)` gives key → Item of those rows."""

    name: str
    groups: frozenset
    rows: Callable
    load: Callable


# Names that no model has a field of: the moment, the source, the record's key, and two counts.
ROW = ("at", "source", "ref", "number", "more")
_parts: list[Part] = []
_sources: dict[str, Source] = {}


def kinds(group: str, *prefixes, allowed=None) -> None:
    """Let activities and notices whose kind begins so stand in `group`; with `allowed(user, unit)` only for those."""
    _parts.extend(Part(prefix, group, allowed) for prefix in prefixes)


def source(name: str, *groups, load):
    """Register the decorated function as the one that gives the rows of a source."""

    def register(rows):
        _sources[name] = Source(name, frozenset(groups), rows, load)
        return rows

    return register


def of_unit(user, unit, group: str = ""):
    """Rows of all sources that the person may know of, newest first, for a paginator; of one group if named."""
    found = [
        rows.order_by()
        for each in _sources.values()
        if not group or group in each.groups
        if (rows := each.rows(user, unit, group)) is not None
    ]
    first, *others = found or [_none()]
    return (first.union(*others, all=True) if others else first).order_by("-at", "-ref")


def items(rows) -> list[Item]:
    """The lines of the rows of one page, in their order; one query for each source that has any."""
    rows = list(rows)
    loaded = {
        name: each.load([row for row in rows if row["source"] == name])
        for name, each in _sources.items()
        if any(row["source"] == name for row in rows)
    }
    return [loaded[row["source"]][row["ref"]] for row in rows if row["ref"] in loaded[row["source"]]]


def groups_for(user, unit) -> dict[str, str]:
    """The groups that may hold something for the person: key → label."""
    shown = {PROFILE: True, DUES: permissions.can_see_dues_of(user, unit), NOTICES: _sees_notices(user)}
    return {key: label for key, label in GROUPS.items() if shown.get(key, True)}


def _none():
    return Activity.objects.none().annotate(**row("none", F("happened_at"), F("pk"))).values(*ROW)


def row(name, at, key, number=None, more=None) -> dict:
    """The columns of `ROW` for the rows of a source, to annotate them with."""
    zero = Value(0, output_field=IntegerField())
    return {
        "at": at,
        "source": Value(name, output_field=CharField()),
        "ref": key,
        "number": number or zero,
        "more": more or zero,
    }


def _any_prefix(prefixes) -> Q:
    found = Q(pk__in=[])
    for prefix in prefixes:
        found |= Q(kind__startswith=prefix)
    return found


def _hidden(user, unit) -> list[str]:
    """Prefixes of what the person may not know of; each question is asked once."""
    questions = {part.allowed for part in _parts} - {None}
    denied = {question for question in questions if not question(user, unit)}
    return [part.prefix for part in _parts if part.allowed in denied]


# --- what was done ----------------------------------------------------------------------------------------------


def activities(user, unit, group: str = ""):
    """Activities about the unit, and what was merged into it, that the person may know of; newest first."""
    found = Activity.objects.about(unit, *unit.absorbed).exclude(_any_prefix(_hidden(user, unit)))
    if group == PROFILE:
        return found.exclude(_any_prefix(part.prefix for part in _parts))
    if group:
        return found.filter(_any_prefix(part.prefix for part in _parts if part.group == group))
    return found


def may_know(user, unit, activity) -> bool:
    """Whether the person may know of this activity about the unit."""
    return not any(activity.kind.startswith(prefix) for prefix in _hidden(user, unit))


def _load_activities(rows):
    found = Activity.objects.select_related("by").in_bulk([row["ref"] for row in rows])
    return {pk: Item(done.happened_at, done.sentence, done.by, done.basis, pk) for pk, done in found.items()}


@source("activity", PROFILE, DUES, MEMBERSHIP, load=_load_activities)
def _activity_rows(user, unit, group):
    found = activities(user, unit, group).order_by()
    return found.annotate(**row("activity", F("happened_at"), F("pk"))).values(*ROW)


# --- what was told ----------------------------------------------------------------------------------------------

ABOUT = (Application, Bill, Certificate, ExitCase, Park, ProfileChange)


def _sees_notices(user) -> bool:
    """Who was told what, and whether they read it, is the association's own business."""
    return permissions.can_view_roster(user)


def notices_of(unit):
    """Notices about the unit and its records that its own people got; reminders are a source of their own."""
    units = [unit.pk, *(absorbed.pk for absorbed in unit.absorbed)]
    about = Q(content_type=ContentType.objects.get_for_model(unit), object_id__in=units)
    for model in ABOUT:
        records = model.objects.filter(organization__in=units).order_by().values("pk")
        about |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=records)
    serving = ContactRole.objects.filter(organization__in=units).values("contact")
    people = User.objects.filter(contact__in=serving).values("pk")
    return Notice.objects.filter(about, recipient__in=people).exclude(kind__in=KINDS)


def _load_notices(rows):
    found = Notice.objects.in_bulk([row["ref"] for row in rows])
    lines = {row["ref"]: row for row in rows}
    return {pk: Item(lines[pk]["at"], _told(notice, lines[pk])) for pk, notice in found.items()}


def _told(notice, row) -> str:
    read = f"，已读 {row['more']} 人" if row["more"] else ""
    return f"通知：{notice.title}，已送达 {row['number']} 人{read}"


@source("notice", NOTICES, load=_load_notices)
def _notice_rows(user, unit, group):
    if not _sees_notices(user):
        return None
    found = notices_of(unit).exclude(_any_prefix(_hidden(user, unit)))
    told = found.values("kind", "title", "content_type", "object_id", day=TruncDate("created_at"))
    counts = (Count("pk"), Count("pk", filter=Q(read_at__isnull=False)))
    return told.annotate(**row("notice", Min("created_at"), Min("pk"), *counts)).values(*ROW)


# --- what was reminded of ---------------------------------------------------------------------------------------


def _load_reminders(rows):
    found = BillReminder.objects.select_related("bill").in_bulk([row["ref"] for row in rows])
    return {pk: Item(row.sent_at, _reminded(row)) for pk, row in found.items()}


def _reminded(row) -> str:
    reached = [f"通知 {row.people} 人"] if row.people else []
    reached += [f"另写信给没有账号的 {row.outsiders} 人"] if row.outsiders else []
    whom = "，".join(reached) or "没有可通知的人"
    return f"会费提醒：{row.bill.title}（{row.bill.number}）{label_of(row.offset)}，{whom}"


@source("reminder", DUES, NOTICES, load=_load_reminders)
def _reminder_rows(user, unit, group):
    if not permissions.can_see_dues_of(user, unit):
        return None
    units = [unit.pk, *(absorbed.pk for absorbed in unit.absorbed)]
    found = BillReminder.objects.filter(bill__organization__in=units).order_by()
    return found.annotate(**row("reminder", F("sent_at"), F("pk"))).values(*ROW)


kinds(
    DUES,
    *(
        f"members.{noun}"
        for noun in (
            "bank_", "bill", "dues", "fee", "line", "payment", "receipt", "refund", "slip", "statement", "waiver",
        )
    ),
    allowed=permissions.can_see_dues_of,
)  # fmt: skip
kinds(MEMBERSHIP, "members.application", "members.certificate", "members.membership", "members.post")
kinds(
    MEMBERSHIP,
    *("members.case", "members.exit", "members.rights", "members.suspension"),
    allowed=permissions.can_see_cases_of,
)
