"""Reminding units of what they owe, by schedule (domain 7, 10.3): thirty and seven days before the due date, and one,
thirty and ninety days after it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.notices import Outsider, Telling, key_of, notify_each
from association.money import yuan_of
from members import permissions
from members.choices import ContactDuty, FiledState
from members.domain.reminder_plan import KINDS, OFFSETS, Asked, Reminder, plan
from members.models import Bill, BillReminder, ContactRole, PaymentSlip, Waiver

# So many bills are locked at a time; a payment of one of them waits for less than a second.
CHUNK = 500
TOLD = (ContactDuty.MANAGER, ContactDuty.FINANCE, ContactDuty.LIAISON)
# A manager without an account is one in name only; these two are who pays, and who answers the telephone.
WRITTEN_TO = (ContactDuty.FINANCE, ContactDuty.LIAISON)


@dataclass
class Audience:
    """Whom a unit's reminders reach today: accounts, of which `readers` may open the bill, and people without one."""

    people: list = field(default_factory=list)
    readers: set = field(default_factory=set)
    outsiders: list[Outsider] = field(default_factory=list)

    def __bool__(self):
        return bool(self.people or self.outsiders)


# --- what is due ----------------------------------------------------------------------------------------------------


def upcoming(first_day: date, last_day: date) -> list[Reminder]:
    """What goes out from the first day to the last, as far as is known today; four numbers a reminder."""
    return plan(asked(_candidates(last_day)), first_day, last_day)


def asked(bills: QuerySet):
    """What the plan asks of the bills, in one query; of those only of which something is outstanding."""
    slips = PaymentSlip.objects.filter(bill=OuterRef("pk"), state=FiledState.PENDING)
    waivers = Waiver.objects.filter(bill=OuterRef("pk"), state=FiledState.PENDING)
    sent = BillReminder.objects.filter(bill=OuterRef("pk"), due_on=OuterRef("due_on")).order_by()
    rows = (
        bills.outstanding()
        .order_by("pk")
        .annotate(is_held=Exists(slips) | Exists(waivers), told=ArraySubquery(sent.values("offset")))
        .values_list("pk", "due_on", "issued_on", "is_held", "told")
    )
    return (Asked(*row) for row in rows.iterator(chunk_size=2000))


def _candidates(last_day) -> QuerySet:
    """Outstanding bills for which a reminder may fall on or before the day: not those that had their last one."""
    had_last = BillReminder.objects.filter(bill=OuterRef("pk"), due_on=OuterRef("due_on"), offset=OFFSETS[-1])
    begin = last_day - timedelta(days=OFFSETS[0])
    return Bill.objects.outstanding().filter(~Exists(had_last), due_on__lte=begin)


# --- whom to tell ---------------------------------------------------------------------------------------------------


def audiences(organizations) -> dict[int, Audience]:
    """Unit (its key) → whom its reminders reach today; a person with several duties once. One query."""
    roles = ContactRole.objects.current().filter(organization__in=organizations, duty__in=TOLD)
    found: dict[int, dict] = defaultdict(dict)
    for role in roles.select_related("contact__user").order_by("pk"):
        if role.contact.user_id or role.duty in WRITTEN_TO:
            contact = found[role.organization_id].setdefault(role.contact_id, role.contact)
            contact.reads = getattr(contact, "reads", False) or role.duty in permissions.READING
    return {pk: _audience(people.values()) for pk, people in found.items()}


def _audience(contacts) -> Audience:
    audience = Audience()
    for contact in contacts:
        if contact.user_id is None and (contact.email or contact.mobile):
            audience.outsiders.append(Outsider(contact.name, contact.email, contact.mobile))
        elif contact.user_id and contact.user.is_active:
            audience.people.append(contact.user)
            if contact.reads:
                audience.readers.add(contact.user)
    return audience


# --- sending --------------------------------------------------------------------------------------------------------


def send_due() -> int:
    """Send what is due today, a chunk a transaction; gives how many reminders went out here.

    Safe to run twice, at once, and after a run that was cut short: whoever comes second finds what was sent.
    """
    today = localdate()
    bills = sorted(reminder.bill for reminder in upcoming(today, today))
    return sum(_send(bills[n : n + CHUNK], today) for n in range(0, len(bills), CHUNK))


@transaction.atomic
def _send(pks, today) -> int:
    """Lock the bills, ask the plan again what is due of them now, and tell."""
    list(Bill.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    due = plan(asked(Bill.objects.filter(pk__in=pks)), today, today)
    bills = Bill.objects.select_related("organization").in_bulk([reminder.bill for reminder in due])
    reached = audiences({bill.organization_id for bill in bills.values()})
    told = [(r, bills[r.bill], reached.get(bills[r.bill].organization_id, Audience())) for r in due]
    for kind in KINDS:
        notify_each((t for row in told if row[0].kind == kind for t in _tellings(*row, today)), kind)
    BillReminder.objects.bulk_create(
        BillReminder(
            bill=bill, due_on=reminder.due_on, offset=reminder.offset,
            key=key_of(reminder.kind, bill, reminder.key),
            people=len(audience.people), outsiders=len(audience.outsiders),
        )
        for reminder, bill, audience in told
    )  # fmt: skip
    return len(told)


def _tellings(reminder, bill, audience, today):
    """Those who may read the bill are led to it, everybody else to the unit's page."""
    context = {
        "unit": bill.organization.name, "item": bill.title, "number": bill.number, "amount": yuan_of(bill.amount),
        "outstanding": yuan_of(bill.outstanding), "due_on": bill.due_on, "days": abs((bill.due_on - today).days),
    }  # fmt: skip
    same = {"about": bill, "key": reminder.key, "context": context}
    readers = [person for person in audience.people if person in audience.readers]
    others = [person for person in audience.people if person not in audience.readers]
    unit = reverse("members:organization", args=[bill.organization_id])
    if readers:
        yield Telling(recipients=readers, url=bill.get_absolute_url(), **same)
    if others or audience.outsiders:
        yield Telling(recipients=others, outsiders=audience.outsiders, url=unit, **same)
