"""Petitions on the workbench: menu, to-dos of the association, of members and of departments, search."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from events import permissions
from events.choices import ASKED_STATES, AT_DEPARTMENT, PetitionState
from events.models import Petition

LISTED = 20


# --- menu ---------------------------------------------------------------------------------------------------
def _in(*states):
    return lambda: Petition.objects.in_state(*states).leading()


waiting.add("events.petitions.submitted", _in(PetitionState.SUBMITTED), due="due_on")
waiting.add("events.petitions.accepted", _in(PetitionState.ACCEPTED))
waiting.add("events.petitions.department", _in(*AT_DEPARTMENT), due="due_on")
waiting.add(
    "events.petitions.late", lambda: _in(*AT_DEPARTMENT)().filter(due_on__lt=localdate()), due="due_on"
)
waiting.add("events.petitions.followed", lambda: Petition.objects.in_state(PetitionState.FOLLOWED))
waiting.add("events.petitions.members", lambda: Petition.objects.in_state(PetitionState.ASKED, *ASKED_STATES))


def petitions_waiting(user) -> int:
    """How many petitions wait for the secretariat; the same for everybody who sees them."""
    names = ("submitted", "accepted", "followed")
    return sum(waiting.of(f"events.petitions.{name}").number for name in names)


desk.menu(
    "活动", "政企诉求", "events:petitions", allowed=permissions.can_see_petitions, order=40, count=petitions_waiting, due=True
)  # fmt: skip
desk.menu("活动", "诉求统计", "events:petition_ledger", allowed=permissions.can_see_petitions, order=42)
desk.menu("活动", "政府部门", "events:departments", allowed=permissions.can_see_petitions, order=44)
desk.menu("", "我的诉求", "events:own_petitions", allowed=permissions.can_file_petitions, order=30)
desk.menu("", "转办诉求", "events:handed_petitions", allowed=permissions.serves_department, order=10)
desk.confine(permissions.is_liaison_only, "association:today", "events:handed_petitions")


# --- to-dos -------------------------------------------------------------------------------------------------
@desk.todo
def petitions_to_handle(user):
    """For the secretariat: what to accept, what to answer or hand over, whom to call."""
    if not permissions.can_keep_petitions(user):
        return
    address = reverse("events:petitions")
    if stock := waiting.of("events.petitions.submitted"):
        yield desk.Todo(
            title=f"{stock.number:,} 件诉求待受理", detail="两个工作日内决定受理、请单位补充或不予受理",
            url=f"{address}?tab=all&state=submitted", action="去受理", due=stock.due,
        )  # fmt: skip
    if stock := waiting.of("events.petitions.accepted"):
        what = (
            "转给部门，或由协会答复"
            if permissions.can_hand_over_petitions(user)
            else "由协会答复，或请秘书长转办"
        )
        yield desk.Todo(
            title=f"{stock.number:,} 件诉求已受理，还没有去向", detail=what,
            url=f"{address}?tab=all&state=accepted", action="去办理",
        )  # fmt: skip
    if stock := waiting.of("events.petitions.followed"):
        yield desk.Todo(
            title=f"{stock.number:,} 件诉求待回访", detail="答复后没有回音或仍不满意，请联系单位后登记",
            url=f"{address}?tab=all&state=followed", action="去回访",
        )  # fmt: skip


@desk.todo
def petitions_late(user):
    """For those who hand petitions over: departments that let the last day pass."""
    if not permissions.can_hand_over_petitions(user):
        return
    if stock := waiting.of("events.petitions.late"):
        yield desk.Todo(
            title=f"{stock.number:,} 件诉求部门超期未答复", detail="请督办",
            url=f"{reverse('events:petitions')}?tab=working", action="去督办", due=stock.due,
        )  # fmt: skip


@desk.todo
def own_petitions(user):
    """For a unit's people who file petitions: what is to be added, what is to be confirmed."""
    if not waiting.of("events.petitions.members") or not permissions.can_file_petitions(user):
        return
    found = Petition.objects.visible_to(user).in_state(PetitionState.ASKED, *ASKED_STATES)
    for one in found.select_related("organization").order_by("due_on", "pk")[:LISTED]:
        if not permissions.can_file_petitions_for(user, one.organization):
            continue
        asked = one.state == PetitionState.ASKED
        yield desk.Todo(
            title=f"{'请补充' if asked else '请确认答复'}：{one.title}", detail=one.number,
            url=one.get_absolute_url(), action="去补充" if asked else "去确认", due=one.due_on,
        )  # fmt: skip


@desk.todo
def handed_to_me(user):
    """For a liaison: every petition to be signed for or answered, in the words of the letter."""
    if not waiting.of("events.petitions.department") or not permissions.serves_department(user):
        return
    found = Petition.objects.visible_to(user).in_state(*AT_DEPARTMENT).select_related("handover")
    for one in found.order_by("due_on", "pk")[:LISTED]:
        action = "去答复" if one.state == PetitionState.WORKING else "去签收"
        yield desk.Todo(
            title=f"{one.state.label}：{one.handover.title}", detail=one.handover.number,
            url=one.get_absolute_url(), action=action, due=one.due_on,
        )  # fmt: skip


# --- search -------------------------------------------------------------------------------------------------
@desk.search
def found(user, text, limit):
    """Petitions by number, title, text or unit; a liaison's by what their department was told."""
    handed = permissions.serves_department(user)
    petitions = Petition.objects.visible_to(user).matching(text, handed=handed)
    for one in petitions.select_related("handover").order_by("-year", "-serial")[:limit]:
        title = one.handover.title if handed else one.title
        yield desk.Hit(
            title=f"{one.number} {title}", url=one.get_absolute_url(), kind="政企诉求",
            detail=f"{one.state.label}，{chinese_date(localdate(one.submitted_at))}提交",
        )  # fmt: skip
