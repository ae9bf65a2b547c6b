"""What every verb on a petition needs: numbers, locks, the step in its course, telling people."""

from django.db import connection
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.activities import record
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.models import User
from association.workdays import add_workdays_or_weekdays
from events import permissions
from events.choices import MOVING, StepKind
from events.models import Liaison, Petition, PetitionStep
from members.domain.audience import holders
from members.models import ContactRole

NUMBER_LOCK = 20_220_107
ACCEPT_WITHIN = 2  # working days (domain 10.7)


def next_serial(model, year: int) -> int:
    """The next number of the year for petitions or letters, held under a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    last = model._base_manager.filter(year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def workdays_from_today(number: int):
    """The day so many working days from today, by the official calendar where it is known."""
    return add_workdays_or_weekdays(localdate(), number)[0]


# --- locks and guards -----------------------------------------------------------------------------------------


def locked(petition) -> Petition:
    """The petition with those that follow it in `following`, all locked in one order, with where they stand now.

    The last steps are asked for once the rows are locked: in one query they would be those of before the wait.
    """
    rows = Petition._base_manager.select_for_update(of=("self",)).order_by("pk")
    found = {p.pk: p for p in rows.filter(Q(pk=petition.pk) | Q(lead=petition.pk))}
    read_steps(found.values())
    whole = found.pop(petition.pk)
    whole.following = [p for p in found.values() if p.lead_id == whole.pk]
    return whole


def read_steps(petitions) -> None:
    """Ask for the last step of locked petitions."""
    steps = PetitionStep.objects.filter(petition__in=list(petitions), kind__in=MOVING)
    last = dict(
        steps.order_by("petition_id", "-pk").distinct("petition_id").values_list("petition_id", "kind")
    )
    for one in petitions:
        one.last_kind = last.get(one.pk, StepKind.SUBMITTED)


def expect(petition, *states, doing: str) -> None:
    """Raises Refused unless the petition stands in one of `states`."""
    if petition.state not in states:
        raise Refused(f"{petition.number}现为“{petition.state.label}”，不能{doing}。")


def expect_own_course(petition, doing: str) -> None:
    """Raises Refused for one that is handled with another."""
    if petition.lead_id:
        raise Refused(f"{petition.number}已并入{petition.lead.number}，请在那一件里{doing}，或先分开办理。")


def refuse_own(petition, by) -> None:
    """Raises Refused when the person may not take the secretariat's steps here: nobody does for a unit they serve."""
    if not permissions.keeps_petition(by, petition):
        raise Refused("这件诉求不由你办理：在单位任职的人不办理本单位的诉求。")


# --- the course -----------------------------------------------------------------------------------------------


def move(petition, kind, *, by, sentence, text="", due_on=None, along=None, **facts) -> list[Petition]:
    """Take the petition a step further, and with it those followers that stand where it stood (or those in `along`);
    gives all that moved. `facts` are written into each of them."""
    stood = petition.state
    if along is None:
        along = [one for one in petition.following if one.state == stood]
    moved = [petition, *along]
    for one in moved:
        store(one, {"due_on": due_on} | facts)
        step(one, kind, by=by, text=text)
        one.last_kind = kind
    record(f"events.petition.{kind}", *moved, by=by, sentence=sentence)
    return moved


def step(petition, kind, *, by, text="") -> PetitionStep:
    """Put one step into the petition's course."""
    return PetitionStep.objects.create(petition=petition, kind=kind, by=by, text=text[:4000])


# --- telling --------------------------------------------------------------------------------------------------


def filers(organization):
    """Accounts of those who file petitions for the unit and say what it thinks of the answers."""
    roles = ContactRole.objects.current().filter(
        organization=organization, duty__in=permissions.PETITION_FILERS
    )
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")


def liaisons(department):
    """Accounts of the department's liaisons today."""
    duties = Liaison.objects.current().filter(department=department)
    return User.objects.filter(is_active=True, pk__in=duties.values("user")).order_by("pk")


def page_of(petition) -> str:
    return reverse("events:petition", args=[petition.pk])


def tell_unit(petitions, kind, *, by, key="", **words) -> None:
    """Tell the people of each petition's unit."""
    for one in petitions:
        words_of = {"number": one.number, "topic": one.title} | words
        notify(filers(one.organization), kind, about=one, url=page_of(one), by=by, key=key, **words_of)


def tell_staff(petition, kind, *, by, roles=permissions.PETITION_KEEPERS, key="", **words) -> None:
    """Tell those of the association who hold one of `roles`, but not the one who did it."""
    people = holders(roles)
    people = people.exclude(pk=by.pk) if by else people
    words = {"number": petition.number, "topic": petition.title, "unit": petition.organization.name} | words
    notify(people, kind, about=petition, url=page_of(petition), by=by, key=key, **words)


def tell_department(petition, kind, *, by, **words) -> None:
    """Tell the liaisons of the department that has it, in the words of the letter only."""
    handover = petition.handover
    people = liaisons(handover.department).exclude(pk=by.pk if by else None)
    words = {"number": petition.number, "topic": handover.title, "letter": handover.number} | words
    notify(people, kind, about=petition, url=page_of(petition), **words)
