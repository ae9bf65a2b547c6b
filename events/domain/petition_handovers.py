"""Verbs on petitions at a department: handed over by letter, signed for, objected to, extended, replied to (10.7)."""

from datetime import date

from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from association.formats import chinese_date
from association.workdays import add_workdays_or_weekdays
from events import masks, permissions
from events.choices import ASKED_STATES, PetitionState, StepKind
from events.domain.petition_work import (
    expect,
    expect_own_course,
    locked,
    move,
    next_serial,
    step,
    tell_department,
    tell_staff,
    tell_unit,
    workdays_from_today,
)
from events.domain.petitions import give
from events.models import Department, Handover, Petition

ANSWER_WITHIN = 15  # working days, unless the letter says otherwise (domain 10.7)


@verb
def hand_over(petition, *, by, department, title: str, text: str, workdays: int = ANSWER_WITHIN) -> Petition:
    """Hand the petition to a department by a numbered letter, to be answered within `workdays`.

    `title` and `text` are all that the department is told. Doing it twice changes nothing. Raises Refused for a
    department that is none any more (422), and for one that a department has already.
    """
    petition = locked(petition)
    if not permissions.hands_over(by, petition):
        raise Refused("这件诉求不由你转办：在单位任职的人不办理本单位的诉求。")
    expect_own_course(petition, "转办")
    if petition.handover_id:
        if petition.handover.department_id == department.pk:
            return petition
        raise Refused(f"{petition.number}已转{petition.handover.department}，部门提出派单异议以后才能另转。")
    expect(petition, PetitionState.ACCEPTED, PetitionState.REDOING, doing="转办")
    _refuse_named(petition, title, text)
    department = Department.objects.select_for_update().get(pk=department.pk)
    if not department.is_current:
        raise Refused(f"{department}已停用，不能转办。", status=422)
    year, due_on = localdate().year, workdays_from_today(workdays)
    handover = Handover.objects.create(
        petition=petition, department=department, year=year, serial=next_serial(Handover, year), title=title, text=text,
        handed_by=by, due_on=due_on,
    )  # fmt: skip
    words = f"{handover.number}，请{department}于{chinese_date(due_on)}前答复。"
    sentence = f"把{petition.number}转{department}（{handover.number}）"
    moved = move(
        petition, StepKind.HANDED, by=by, text=words, sentence=sentence, due_on=due_on, handover=handover
    )
    tell_unit(moved, "events.petition_handed", by=by, department=department.name, due_on=due_on)
    tell_department(petition, "events.petition_assigned", by=by, due_on=due_on)
    return petition


def _refuse_named(petition, title, text):
    """Raises Refused (422) when the letter says whose petition it is although the member asked to be hidden."""
    for one in (petition, *petition.following):
        said = [name for name in masks.names_of(one) if name in title + text] if one.hides_member else ()
        if said:
            raise Refused(f"单位要求隐去名称，函件里还有“{said[0]}”，请改掉再转办。", status=422)


def _at_department(petition, by, doing) -> Petition:
    """The petition, locked, as one that a department has and for which `by` may speak."""
    petition = locked(petition)
    expect_own_course(petition, doing)
    if not petition.handover_id or not permissions.answers_petition(by, petition):
        raise Refused(f"{petition.number}没有转给你的部门，不能{doing}。")
    return petition


@verb
def sign(petition, *, by) -> Petition:
    """Sign for the letter, or for its being done again: 办理中. Doing it twice changes nothing."""
    petition = _at_department(petition, by, "签收")
    if petition.state == PetitionState.WORKING:
        return petition
    expect(petition, PetitionState.HANDED, PetitionState.REDOING, doing="签收")
    handover = petition.handover
    _responded(handover, localdate())
    sentence = f"{handover.department}签收{petition.number}"
    move(petition, StepKind.SIGNED, by=by, sentence=sentence, due_on=handover.last_day)
    return petition


def _responded(handover, day: date):
    handover.signed_at = handover.signed_at or now()
    handover.responded_on = min(handover.responded_on or day, day)
    handover.save(update_fields=["signed_at", "responded_on"])


@verb
def object_to(petition, *, by, reason: str) -> Petition:
    """The department says that this is not its matter; the petition is the association's again. Doing it twice changes
    nothing; raises Refused once it was signed for."""
    unlocked = Petition.objects.get(pk=petition.pk)
    if unlocked.state == PetitionState.ACCEPTED and unlocked.handovers.filter(objection=reason).exists():
        return unlocked
    petition = _at_department(petition, by, "提出派单异议")
    expect(petition, PetitionState.HANDED, doing="提出派单异议")
    handover = petition.handover
    handover.objected_at, handover.objection = now(), reason
    handover.save(update_fields=["objected_at", "objection"])
    sentence = f"{handover.department}对{petition.number}提出派单异议"
    move(petition, StepKind.OBJECTED, by=by, text=reason, sentence=sentence, handover=None)
    words = {"department": handover.department.name, "reason": reason}
    tell_staff(petition, "events.petition_objected", by=by, **words)
    return petition


@verb
def extend(petition, *, by, workdays: int, reason: str) -> Petition:
    """Give the department so many working days more, once, for a reason. Doing it twice changes nothing; raises Refused
    for a second extension and for one that is being done again."""
    petition = _at_department(petition, by, "延期")
    expect(petition, PetitionState.HANDED, PetitionState.WORKING, doing="延期")
    handover = petition.handover
    if handover.extended_from:
        if handover.extension_reason == reason:
            return petition
        raise Refused(f"{petition.number}已延期过一次，不能再延。")
    if handover.redo_due_on:
        raise Refused("重办的期限不能再延。")
    handover.extended_from, handover.extension_reason = handover.due_on, reason
    handover.due_on = add_workdays_or_weekdays(max(handover.due_on, localdate()), workdays)[0]
    handover.save(update_fields=["extended_from", "extension_reason", "due_on"])
    for one in (petition, *petition.following):
        if one.state == petition.state:
            store(one, {"due_on": handover.due_on})
            step(one, StepKind.EXTENDED, by=by, text=f"延至{chinese_date(handover.due_on)}：{reason}")
    sentence = f"{petition.number}延期至{chinese_date(handover.due_on)}"
    record("events.petition.extended", petition, by=by, sentence=sentence, basis=reason)
    words = {"department": handover.department.name, "due_on": handover.due_on, "reason": reason}
    tell_unit([petition, *petition.following], "events.petition_extended", by=by, **words)
    return petition


@verb
def reply(petition, *, by, text: str, letter_on: date | None = None) -> Petition:
    """The department's answer, by its liaison or from a letter of `letter_on` by the secretariat; it reaches everyone
    that follows. Doing it twice changes nothing. Raises Refused (422) for a letter of a day before it was asked for."""
    petition = _at_department(petition, by, "答复")
    if petition.state in ASKED_STATES:
        return petition
    expect(petition, PetitionState.HANDED, PetitionState.WORKING, PetitionState.REDOING, doing="答复")
    handover = petition.handover
    if letter_on and not localdate(handover.handed_at) <= letter_on <= localdate():
        raise Refused("复函日期应在转办之后、今天之前。", status=422)
    if permissions.departments_served(by):
        letter_on = None
    elif letter_on is None:
        raise Refused("请写明复函日期。", status=422)
    _responded(handover, letter_on or localdate())
    facts = {"handover": handover, "letter_on": letter_on}
    sentence = f"{handover.department}答复{petition.number}"
    give(petition, StepKind.REPLIED, by=by, sentence=sentence, text=text, **facts)
    tell_staff(petition, "events.petition_replied", by=by, department=handover.department.name)
    return petition
