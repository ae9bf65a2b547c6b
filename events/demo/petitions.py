"""Writes the planned petitions in a few statements, as the verbs would have left them."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import localdate, make_aware

from association.demo import open_account
from association.domain.activities import record, record_many, verb
from association.formats import chinese_date
from association.models import Activity, User
from association.workdays import add_workdays_or_weekdays
from events.choices import PetitionSource
from events.choices import StepKind as S
from events.demo import petition_plan as plan
from events.domain import departments
from events.models import Answer, Event, Handover, Petition, PetitionStep
from members.choices import ContactDuty
from members.models import Organization, Park

LOADED = "events.demo.petitions_loaded"
MEMBER = "member@example.cn"
UNITS = 24
BY_LIAISON = (S.SIGNED, S.REPLIED, S.OBJECTED, S.EXTENDED)


def load(secretary, general, *, tell=print) -> None:
    """Write departments, their liaison and the petitions once; without members of the demonstration there are none."""
    units = list(_invented_units()[:UNITS])
    if not units or Activity.objects.filter(kind=LOADED).exists():
        return
    made = [departments.add_department(by=secretary, name=name, level=level, district=district, is_demo=True)
            for name, level, district in plan.DEPARTMENTS]  # fmt: skip
    name, email, title = plan.LIAISON
    open_account(name, email, secretary)
    liaison = departments.open_liaison(made[0], by=secretary, name=name, email=email, title=title).user
    _write(Writer(units, made, liaison, secretary, general), by=secretary)
    tell(f"演示诉求已就绪：{Petition.objects.count()} 件")


def _invented_units():
    """Members that run no real park: nothing that went badly is told of those."""
    real = Park.objects.exclude(name__startswith="演示")
    members = Organization.objects.members_on(localdate()).filter(
        is_demo=True, name__startswith="演示运营公司"
    )
    return members.exclude(pk__in=real.values("organization")).order_by("name")


@verb
def _write(writer, *, by):
    for one in plan.OF_2022:
        writer.take(one, writer.day_of_2022(one))
    for one in sorted(plan.OPEN, key=lambda one: -one.day):
        writer.take(one, localdate() - timedelta(days=one.day))
    writer.save()
    record(LOADED, by=by, sentence="装入演示诉求")


class Writer:
    """Gathers rows petition by petition and writes each kind of row at once."""

    def __init__(self, units, departments, liaison, secretary, general):
        self.departments, self.liaison = departments, liaison
        self.secretary, self.general = secretary, general
        self.member = User.objects.filter(email=MEMBER).first()
        contact = getattr(self.member, "contact", None)
        role = contact.roles.current().filter(duty=ContactDuty.MANAGER).first() if contact else None
        self.own_unit = role.organization if role else None
        self.units, self.contact = units, contact
        dialogues = Event.objects.filter(series__code="government_dialogue")
        self.events = {event.number: event for event in dialogues}
        self.serials, self.letters, self.by_title = {}, {}, {}
        self.petitions, self.handovers, self.answers, self.steps = [], [], [], []

    def day_of_2022(self, one) -> date:
        return localdate(self.events[one.event].starts_at) if one.event else date(2022, *one.day)

    def take(self, one, day):
        """One petition with its rows; what belongs to the demo member is left out where there is none."""
        if one.own and self.own_unit is None:
            return
        self.serials[day.year] = self.serials.get(day.year, 0) + 1
        petition = Petition(
            year=day.year, serial=self.serials[day.year], kind=one.kind, topic=one.topic, title=one.title, text=one.text,
            hides_member=one.hides, is_demo=True, submitted_at=_at(day, 0), **self._from(one),
        )  # fmt: skip
        if one.follows:
            petition.lead = self.by_title[one.follows]
        petition.given = None
        self.petitions.append(petition)
        self.by_title[one.title] = petition
        for place, (kind, days) in enumerate(plan.SCRIPTS[one.stand]):
            day += timedelta(days=days)
            self._step(one, petition, kind, _at(day, place))

    def _from(self, one) -> dict:
        if one.own:
            whose = {"organization": self.own_unit, "author": self.member, "contact": self.contact}
        else:
            unit = self.units[len(self.petitions) % len(self.units)]
            whose = {"organization": unit, "author": self.secretary}
        if one.event:
            return whose | {"source": PetitionSource.EVENT, "event": self.events[one.event]}
        return whose | {"source": PetitionSource.MEMBER if one.own else PetitionSource.STAFF}

    def _step(self, one, petition, kind, at):
        text = plan.SAID.get(kind, "")
        if kind == S.HANDED:
            text = self._hand(one, petition, at)
        elif kind in (S.REPLIED, S.ANSWERED):
            self._answer(petition, kind, at)
        elif kind == S.SETTLED:
            text = plan.SETTLED_WORDS[one.stand]
        elif kind == S.JOINED:
            text = f"并入{petition.lead.number}一并办理。"
        self._facts(one, petition, kind, at)
        self.steps.append(
            PetitionStep(petition=petition, kind=kind, text=text, by=self._by(petition, kind), at=at)
        )

    def _by(self, petition, kind):
        if kind == S.HANDED:
            return self.general
        handover = petition.given
        if kind in BY_LIAISON and handover and handover.department == self.departments[0]:
            return self.liaison
        return None if kind == S.CALLED else petition.author if kind == S.SUBMITTED else self.secretary

    def _hand(self, one, petition, at) -> str:
        """A letter, to another department than the one that objected; what follows goes by its lead's."""
        if petition.lead:
            petition.given = petition.lead.given
            return f"随{petition.lead.number}。"
        department = self.departments[one.department]
        if one.stand == "objected" and petition.given is None:
            department = self.departments[0]
        day = localdate(at)
        self.letters[day.year] = self.letters.get(day.year, 0) + 1
        due_on = add_workdays_or_weekdays(day, 15)[0]
        petition.given = Handover(
            petition=petition, department=department, year=day.year, serial=self.letters[day.year], title=one.title,
            text=one.text, handed_by=self.general, handed_at=at, due_on=due_on,
        )  # fmt: skip
        self.handovers.append(petition.given)
        return f"{petition.given.number}，请{department}于{chinese_date(due_on)}前答复。"

    def _answer(self, petition, kind, at):
        handover = petition.given if kind == S.REPLIED else None
        again = petition.reopened_at is not None
        letter_on = None if handover is None or self._by(petition, kind) == self.liaison else localdate(at)
        self.answers.append(
            Answer(petition=petition, handover=handover, text=plan.REPLIES[again], letter_on=letter_on,
                   by=self._by(petition, kind), at=at)
        )  # fmt: skip
        petition.answered_at, petition.due_on = at, localdate(at) + timedelta(days=7)

    def _facts(self, one, petition, kind, at):
        """The dated facts that a step leaves on the petition and its letter."""
        handover, day = petition.given, localdate(at)
        if kind in (S.SUBMITTED, S.SUPPLEMENTED):
            petition.due_on = add_workdays_or_weekdays(day, 2)[0]
        elif kind in (S.HANDED, S.SIGNED):
            petition.due_on = handover.last_day
            if kind == S.SIGNED:
                handover.signed_at, handover.responded_on = (
                    handover.signed_at or at,
                    handover.responded_on or day,
                )
        elif kind == S.EXTENDED:
            handover.extended_from, handover.extension_reason = handover.due_on, plan.SAID[kind]
            petition.due_on = handover.due_on = add_workdays_or_weekdays(handover.due_on, 5)[0]
        elif kind == S.OBJECTED:
            handover.objected_at, handover.objection, petition.due_on = at, plan.SAID[kind], None
        elif kind == S.DISSATISFIED:
            petition.reopened_at = at
            petition.due_on = handover.redo_due_on = add_workdays_or_weekdays(day, 15)[0]
        elif kind not in (S.REPLIED, S.ANSWERED, S.JOINED):
            petition.due_on = None
        if kind in (S.SATISFIED, S.SETTLED, S.REFUSED, S.WITHDRAWN):
            petition.closed_at = at
            petition.verdict = plan.VERDICTS.get(kind) or (
                plan.SETTLED_AS[one.stand] if kind == S.SETTLED else ""
            )

    def save(self):
        """Those that lead first; a row takes the key of another only once that has one."""
        leads = [p for p in self.petitions if not p.lead]
        Petition.objects.bulk_create(leads)
        following = [p for p in self.petitions if p.lead]
        for one in following:
            one.lead = one.lead
        Petition.objects.bulk_create(following)
        for row in (*self.handovers, *self.answers, *self.steps):
            row.petition = row.petition
        Handover.objects.bulk_create(self.handovers)
        for row in self.answers:
            row.handover = row.handover
        Answer.objects.bulk_create(self.answers)
        PetitionStep.objects.bulk_create(self.steps)
        handed = [p for p in self.petitions if p.given]
        for one in handed:
            one.handover = one.given
        Petition.objects.bulk_update(handed, ["handover"])
        sentences = [(p, f"登记{p.number}（演示）") for p in self.petitions]
        record_many("events.petition.submitted", sentences, by=self.secretary)


def _at(day: date, place: int) -> datetime:
    """A moment of the day; later steps of one day come later."""
    return make_aware(datetime.combine(day, time(9 + place, 30)))
