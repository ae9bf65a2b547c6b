"""Proposed changes prepared for their pages: values in words, who may see and decide what."""

import re
from dataclasses import dataclass, field

from association.formats import chinese_date, show_mobile
from association.models import Attachment
from association.workdays import KNOWN_YEARS
from members import permissions
from members.choices import ContactDuty, SensitiveField
from members.domain import profile_changes as domain
from members.forms.changes import DecisionForm
from members.models import Contact, Organization, ProfileChange
from members.models.profile_change import COLUMNS, PERSON


@dataclass
class Row:
    """One proposal as a person sees it: `values` are (label, old, new); empty where they may not see them."""

    change: ProfileChange
    values: list
    moved: bool = False
    present: list = field(default_factory=list)
    council: bool = False
    files: list = field(default_factory=list)
    form: DecisionForm | None = None

    @property
    def is_estimated(self) -> bool:
        """Whether the deadline counts weekdays, because the official calendar of that year is not out yet."""
        return self.change.due_on.year not in KNOWN_YEARS


def listed(user, *, settled: bool):
    """Proposals of all units that the person has to do with, each with its unit and its people."""
    found = ProfileChange.objects.select_related("organization", "filed_by", "settled_by")
    if not permissions.can_decide_changes(user):
        found = found.filter(field=SensitiveField.BANK)
    if settled:
        return found.filter(settled_at__isnull=False).order_by("-settled_at", "-pk")
    return found.pending()


def pending(user, organization, *, data=None, kept=None) -> list[Row]:
    """Proposals of one unit that wait, with a form for each that the person decides on.

    `data` binds the forms; `kept` only fills in the choices and reasons made before, next to what is true now.
    """
    changes = organization.profile_changes.pending().select_related("filed_by")
    return [_row(user, organization, change, data, kept) for change in changes.order_by("due_on", "pk")]


def _row(user, organization, change, data, kept):
    row = Row(change, _values(user, organization, change))
    row.moved = domain.has_moved(organization, change)
    row.council = domain.needs_council(organization, change)
    if row.moved and row.values:
        row.present = in_words(change.field, domain.current_value(organization, change.field))
    if change.is_representative:
        row.files = list(Attachment.objects.about(change).prefetch_related("files"))
    if permissions.decides(user, change):
        digest = domain.digest(organization, change.field)
        prefix = f"change-{change.pk}-"
        initial = {k: kept.get(prefix + k, "") for k in ("choice", "reason")} if kept is not None else None
        row.form = DecisionForm(data, change=change, digest=digest, moved=row.moved, initial=initial)
    return row


def decisions(posted, rows) -> list[domain.Decision]:
    """The choices made on valid forms, and those on proposals that are no longer open, for the verb to refuse."""
    found = []
    for row in rows:
        data = row.form.cleaned_data if row.form else {}
        if data.get("choice"):
            confirmed = data["seen"] if data.get("confirmed") else ""
            accept = data["choice"] == "accept"
            found.append(domain.Decision(row.change.pk, data["version"], accept, data["reason"], confirmed))
    known = {row.change.pk for row in rows}
    return found + [d for d in _stale(posted) if d.change not in known]


STALE = re.compile(r"change-(\d{1,15})-choice", re.ASCII)


def _stale(posted):
    for name, value in posted.items():
        match = STALE.fullmatch(name)
        if match and value in ("accept", "reject"):
            reason = posted.get(f"change-{match[1]}-reason", "").strip()
            yield domain.Decision(int(match[1]), 0, value == "accept", reason[:200])


def settled(user, organization) -> list[Row]:
    """The last twenty proposals of the unit that were settled."""
    found = organization.profile_changes.filter(settled_at__isnull=False).select_related(
        "filed_by", "settled_by"
    )
    return [Row(c, _values(user, organization, c)) for c in found.order_by("-settled_at", "-pk")[:20]]


def _values(user, organization, change) -> list[tuple]:
    if change.is_bank and not permissions.can_view_bank_of(user, organization):
        return []
    old = dict(in_words(change.field, change.old))
    new = dict(in_words(change.field, change.new))
    return [(label, old.get(label, ""), new.get(label, "")) for label in new | old]


def in_words(name, values) -> list[tuple]:
    """(label, value) pairs of a sensitive field's value."""
    if name in COLUMNS:
        fields = {n: Organization._meta.get_field(n).verbose_name for n in COLUMNS[name]}
        return [(str(label), values.get(n, "")) for n, label in fields.items()]
    shown = values | {"mobile": show_mobile(values["mobile"])} if values.get("mobile") else values
    return [(label, shown.get(n, "")) for n, label in PERSON.items() if n in values]


def candidates(organization):
    """People of the unit who could represent it: whoever holds a duty there today, except the representative."""
    present = organization.contact_roles.current()
    representatives = present.filter(duty=ContactDuty.REPRESENTATIVE, is_primary=True).values("contact")
    people = Contact.objects.filter(pk__in=present.values("contact"))
    return people.exclude(pk__in=representatives).order_by("pinyin_full", "pk")


def filed(change) -> str:
    """What a person hears after filing a proposal."""
    due_on = chinese_date(change.due_on)
    return f"已提交{change.get_field_display()}的变更，协会在{due_on}前答复；通过之前仍是现在的。"
