"""Verbs that let like petitions of several members be handled as one, and apart again."""

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events.choices import CLOSED_STATES, MERGEABLE, PetitionState, StepKind
from events.domain.petition_work import expect, locked, refuse_own, step
from events.models import Petition

# The step that brings one that follows to where its lead stands.
CATCHING_UP = {PetitionState.HANDED: StepKind.HANDED, PetitionState.WORKING: StepKind.SIGNED}


@verb
def join(petition, lead, *, by) -> Petition:
    """Let the petition follow `lead`, which another member filed: what is done and answered there reaches it too.

    Doing it twice changes nothing. Raises Refused for one that is not merely accepted, that others follow, or whose
    lead is answered, follows another or is of the same unit.
    """
    # One after the other in the order of their keys, so that two who join crosswise wait for each other.
    found = {one.pk: locked(one) for one in sorted((petition, lead), key=lambda p: p.pk)}
    petition, lead = found[petition.pk], found[lead.pk]
    refuse_own(petition, by)
    if petition.lead_id == lead.pk:
        return petition
    if petition.lead_id or petition.following or lead.lead_id or petition.pk == lead.pk:
        raise Refused("已并入别件或已有别件并入的诉求，不能再并入；请先分开办理。")
    expect(petition, PetitionState.ACCEPTED, doing="并入别件")
    expect(lead, *MERGEABLE, doing="让别件并入")
    if petition.organization_id == lead.organization_id:
        raise Refused("同一家单位的诉求不必合并，请分别办理。", status=422)
    store(petition, {"lead": lead, "handover": lead.handover, "due_on": lead.due_on})
    step(petition, StepKind.JOINED, by=by, text=f"并入{lead.number}一并办理。")
    step(lead, StepKind.JOINED, by=by, text=f"{petition.number}并入本件一并办理。")
    if lead.state in CATCHING_UP:
        step(petition, CATCHING_UP[lead.state], by=by, text=f"随{lead.number}。")
        petition.last_kind = CATCHING_UP[lead.state]
    sentence = f"把{petition.number}并入{lead.number}"
    record("events.petition.joined", petition, lead, by=by, sentence=sentence)
    return petition


@verb
def separate(petition, *, by) -> Petition:
    """Let one that follows another go its own way: accepted, and to be answered or handed over by itself. Doing it twice
    changes nothing; raises Refused once it is closed."""
    petition = locked(petition)
    refuse_own(petition, by)
    if not petition.lead_id:
        return petition
    if petition.state in CLOSED_STATES:
        raise Refused(f"{petition.number}{petition.state.label}，不能再分开办理。")
    lead = petition.lead
    facts = {"lead": None, "handover": None, "due_on": None, "answered_at": None}
    store(petition, facts)
    step(petition, StepKind.SEPARATED, by=by, text=f"与{lead.number}分开办理。")
    petition.last_kind = StepKind.SEPARATED
    record(
        "events.petition.separated", petition, lead, by=by, sentence=f"把{petition.number}与{lead.number}分开"
    )
    return petition
