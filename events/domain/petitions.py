"""Verbs on petitions within the association: submitted, accepted, answered, confirmed, followed up (domain 10.7)."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events import masks, permissions
from events.choices import (
    ASKED_STATES,
    CLOSED_STATES,
    PetitionSource,
    PetitionState,
    StepKind,
    Verdict,
)
from events.domain.petition_work import (
    ACCEPT_WITHIN,
    expect,
    expect_own_course,
    locked,
    move,
    next_serial,
    refuse_own,
    step,
    tell_department,
    tell_staff,
    tell_unit,
    workdays_from_today,
)
from events.models import Answer, Petition
from members.choices import ContactDuty

# Days without a word from the member after which the secretariat asks (domain 10.7).
SILENT_DAYS = 7
REDO_WITHIN = 15  # working days
# The answers until which the unit may take its petition back.
BEFORE_ANSWER = (
    PetitionState.SUBMITTED, PetitionState.ASKED, PetitionState.ACCEPTED, PetitionState.HANDED, PetitionState.WORKING,
    PetitionState.REDOING,
)  # fmt: skip


# --- submitting -----------------------------------------------------------------------------------------------


@verb
def submit(organization, *, by, event=None, **fields) -> Petition:
    """A new petition of the unit, by its own people or by the secretariat on its behalf; `event` is the one at which it
    was raised. Raises Refused for a unit that is no member today, and for a person who may file for neither."""
    if not organization.memberships.on(localdate()).exists():
        raise Refused(f"{organization.name}现在不是会员，不能提出诉求。", status=422)
    own = permissions.can_file_petitions_for(by, organization)
    if not own and not permissions.can_keep_petitions(by):
        raise Refused("只有本单位的会员管理员、经办人和秘书处可以提出诉求。")
    source = PetitionSource.EVENT if event else PetitionSource.MEMBER if own else PetitionSource.STAFF
    year = localdate().year
    petition = Petition.objects.create(
        year=year, serial=next_serial(Petition, year), organization=organization, author=by, source=source, event=event,
        contact=by.contact if own else _usual_contact(organization), due_on=workdays_from_today(ACCEPT_WITHIN),
        is_demo=organization.is_demo, **fields,
    )  # fmt: skip
    step(petition, StepKind.SUBMITTED, by=by)
    whose = "提交" if own else f"代{organization.name}登记"
    record("events.petition.submitted", petition, by=by, sentence=f"{whose}{petition.number}")
    tell_staff(petition, "events.petition_submitted", by=by, due_on=petition.due_on)
    return petition


def _usual_contact(organization):
    """Who speaks for the unit when the secretariat writes for it: its liaison, else a manager or representative."""
    roles = organization.contact_roles.current().select_related("contact")
    for duty in (ContactDuty.LIAISON, ContactDuty.MANAGER, ContactDuty.REPRESENTATIVE):
        if role := roles.filter(duty=duty).order_by("-is_primary", "pk").first():
            return role.contact
    return None


@verb
def ask(petition, *, by, text: str) -> Petition:
    """Ask the member for what is missing. Doing it twice with the same words changes nothing."""
    petition = locked(petition)
    refuse_own(petition, by)
    if petition.state == PetitionState.ASKED:
        return petition
    expect(petition, PetitionState.SUBMITTED, doing="要求补充")
    moved = move(petition, StepKind.ASKED, by=by, text=text, sentence=f"请单位补充{petition.number}")
    tell_unit(moved, "events.petition_asked", by=by, text=text)
    return petition


@verb
def supplement(petition, *, by, text: str) -> Petition:
    """The member adds what was missing; the secretariat has two working days again. Twice changes nothing."""
    petition = locked(petition)
    if petition.state == PetitionState.SUBMITTED:
        return petition
    expect(petition, PetitionState.ASKED, doing="补充")
    due_on = workdays_from_today(ACCEPT_WITHIN)
    store(petition, {"text": f"{petition.text}\n\n补充：{text}"})
    move(petition, StepKind.SUPPLEMENTED, by=by, text=text, due_on=due_on, sentence=f"补充{petition.number}")
    tell_staff(petition, "events.petition_submitted", by=by, due_on=due_on)
    return petition


# --- accepting ------------------------------------------------------------------------------------------------


@verb
def accept(petition, *, by) -> Petition:
    """Take the petition up. Doing it twice changes nothing; raises Refused while something is missing."""
    petition = locked(petition)
    refuse_own(petition, by)
    if petition.state == PetitionState.ACCEPTED:
        return petition
    expect(petition, PetitionState.SUBMITTED, doing="受理")
    moved = move(petition, StepKind.ACCEPTED, by=by, sentence=f"受理{petition.number}")
    tell_unit(moved, "events.petition_accepted", by=by)
    return petition


@verb
def refuse(petition, *, by, reason: str) -> Petition:
    """Say that this is no matter for the association, and why. Doing it twice changes nothing."""
    petition = locked(petition)
    refuse_own(petition, by)
    if petition.state == PetitionState.REFUSED:
        return petition
    expect(petition, PetitionState.SUBMITTED, PetitionState.ASKED, doing="不予受理")
    sentence = f"不予受理{petition.number}"
    moved = move(petition, StepKind.REFUSED, by=by, text=reason, sentence=sentence, closed_at=now())
    tell_unit(moved, "events.petition_refused", by=by, reason=reason)
    return petition


@verb
def withdraw(petition, *, by, reason: str = "") -> Petition:
    """The unit takes its petition back, until it is answered. Doing it twice changes nothing.

    Where others follow it, the first of them takes its place, with the letter that has gone out.
    """
    petition = locked(petition)
    if petition.state == PetitionState.WITHDRAWN:
        return petition
    expect(petition, *BEFORE_ANSWER, doing="撤销")
    handover, heir = petition.handover, _make_heir(petition)
    facts = {"closed_at": now(), "lead": None} | ({"handover": None} if heir or petition.lead_id else {})
    move(
        petition, StepKind.WITHDRAWN, by=by, text=reason, along=(), sentence=f"撤销{petition.number}", **facts
    )
    tell_staff(petition, "events.petition_withdrawn", by=by, reason=reason)
    if handover and petition.handover_id:
        tell_department(petition, "events.petition_withdrawn_handed", by=by)
    return petition


def _make_heir(petition):
    """The first of those that follow leads the others from now on."""
    followers = [one for one in petition.following if one.state not in CLOSED_STATES]
    if not followers:
        return None
    heir, *others = followers
    if petition.handover:
        petition.handover.petition = heir
        petition.handover.save(update_fields=["petition"])
    store(heir, {"lead": None})
    step(heir, StepKind.JOINED, by=None, text=f"{petition.number}已撤销，由本件接着办理。")
    for one in others:
        store(one, {"lead": heir})
    return heir


# --- answering ------------------------------------------------------------------------------------------------


@verb
def answer(petition, *, by, text: str) -> Petition:
    """The association answers by itself (自办答复). Doing it twice changes nothing; raises Refused for one that a
    department has."""
    petition = locked(petition)
    refuse_own(petition, by)
    expect_own_course(petition, "答复")
    if petition.state in ASKED_STATES:
        return petition
    if petition.handover_id:
        raise Refused(f"{petition.number}已转办，由部门答复；收到书面复函的，请登记部门答复。")
    expect(petition, PetitionState.ACCEPTED, PetitionState.REDOING, doing="答复")
    give(petition, StepKind.ANSWERED, by=by, sentence=f"答复{petition.number}", text=text)
    return petition


def give(petition, kind, *, by, sentence, text, **facts) -> list[Petition]:
    """Write the answer down for the petition and for everyone that follows it and is not closed; each says for itself
    what it thinks, within seven days. To be called with the petition locked; `facts` are the answer's own.

    No member reads of another in it: of whom else it speaks is masked for each.
    """
    along = [one for one in petition.following if one.state not in CLOSED_STATES]
    Answer.objects.create(petition=petition, text=text, by=by, **facts)
    for one in along:
        others = [other for other in (petition, *along) if other.organization_id != one.organization_id]
        Answer.objects.create(petition=one, text=masks.masked(text, *others), by=by, **facts)
    due_on = localdate() + timedelta(days=SILENT_DAYS)
    moved = move(petition, kind, by=by, sentence=sentence, along=along, due_on=due_on, answered_at=now())
    tell_unit(moved, "events.petition_answered", by=by, due_on=due_on)
    return moved


# --- what the member thinks of it -----------------------------------------------------------------------------


@verb
def satisfied(petition, *, by) -> Petition:
    """The member is content: closed. Doing it twice changes nothing."""
    petition = locked(petition)
    if petition.state == PetitionState.CLOSED:
        return petition
    expect(petition, *ASKED_STATES, doing="确认")
    facts = {"verdict": Verdict.SATISFIED, "closed_at": now()}
    sentence = f"对{petition.number}的答复表示满意，办结"
    move(petition, StepKind.SATISFIED, by=by, along=(), sentence=sentence, **facts)
    tell_staff(petition, "events.petition_closed", by=by, verdict=Verdict.SATISFIED.label)
    return petition


@verb
def dissatisfied(petition, *, by, reason: str) -> Petition:
    """The member is not content: once it is done again; a second time the secretariat calls and settles it.

    Doing it twice changes nothing. One that followed another goes its own way from here, for the others may be content.
    """
    petition = locked(petition)
    if petition.state == PetitionState.REDOING:
        return petition
    expect(petition, *ASKED_STATES, doing="确认")
    if petition.reopened_at:
        sentence = f"对{petition.number}的再次答复仍不满意，转秘书处回访"
        move(petition, StepKind.UNHAPPY, by=by, text=reason, along=(), sentence=sentence)
        tell_staff(petition, "events.petition_reopened", by=by, reason=reason, again=True)
        return petition
    due_on, facts = workdays_from_today(REDO_WITHIN), {"reopened_at": now()}
    if petition.lead_id:
        facts |= {"lead": None, "handover": None}
    elif petition.handover:
        petition.handover.redo_due_on = due_on
        petition.handover.save(update_fields=["redo_due_on"])
    sentence = f"对{petition.number}的答复不满意，要求重办"
    move(
        petition,
        StepKind.DISSATISFIED,
        by=by,
        text=reason,
        along=(),
        due_on=due_on,
        sentence=sentence,
        **facts,
    )
    tell_staff(petition, "events.petition_reopened", by=by, reason=reason, again=False)
    if petition.handover_id:
        tell_department(petition, "events.petition_redo", by=by, due_on=due_on)
    return petition


@verb
def settle(petition, *, by, verdict: str, text: str) -> Petition:
    """Close one after the secretariat has called: with the member's verdict, or because nobody could be reached.

    Who says now that it is not content has it done again, if that has not been yet. Doing it twice changes nothing.
    """
    petition = locked(petition)
    refuse_own(petition, by)
    if petition.state == PetitionState.CLOSED:
        return petition
    expect(petition, PetitionState.FOLLOWED, doing="登记回访")
    if verdict == Verdict.DISSATISFIED and not petition.reopened_at:
        return dissatisfied(petition, by=by, reason=f"回访：{text}")
    label, facts = Verdict(verdict).label, {"verdict": verdict, "closed_at": now()}
    sentence = f"回访{petition.number}：{label}，办结"
    move(petition, StepKind.SETTLED, by=by, text=text, along=(), sentence=sentence, **facts)
    tell_unit([petition], "events.petition_settled", by=by, verdict=label)
    return petition
