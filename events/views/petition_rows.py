"""Petitions prepared for their pages: what the lists choose, what each reader may know of one, its course, the ledger."""

from django.db.models import Count, F
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.formats import chinese_date, show_mobile
from association.models import Activity
from events import masks, permissions
from events.choices import (
    ASKED_STATES,
    AT_DEPARTMENT,
    CLOSED_STATES,
    WAITING_STATES,
    PetitionState,
    StepKind,
    Verdict,
)
from events.letters.handover import contact as contact_of
from events.models import Answer, Petition
from events.models.petition import MEASURES
from events.views import petition_moves

TONES = {
    PetitionState.SUBMITTED: "warn", PetitionState.ASKED: "warn", PetitionState.FOLLOWED: "warn", PetitionState.REDOING: "late",
    PetitionState.CLOSED: "good", PetitionState.REFUSED: "off", PetitionState.WITHDRAWN: "off",
}  # fmt: skip
TABS = {
    "waiting": ("待处理", WAITING_STATES),
    "working": ("办理中", (PetitionState.ASKED, *AT_DEPARTMENT)),
    "asked": ("待回访", ASKED_STATES),
    "closed": ("已办结", CLOSED_STATES),
    "all": ("全部", ()),
}
# What the department hears of a petition's course; who of the member did it, it does not.
TOLD_DEPARTMENT = (
    StepKind.HANDED, StepKind.SIGNED, StepKind.EXTENDED, StepKind.REPLIED, StepKind.DISSATISFIED, StepKind.UNHAPPY,
    StepKind.SATISFIED, StepKind.SETTLED, StepKind.WITHDRAWN,
)  # fmt: skip
BY_MEMBER = (
    StepKind.SUBMITTED, StepKind.SUPPLEMENTED, StepKind.DISSATISFIED, StepKind.UNHAPPY, StepKind.SATISFIED, StepKind.WITHDRAWN,
)  # fmt: skip
DEADLINES = {
    PetitionState.SUBMITTED: "前受理", PetitionState.ANSWERED: "前确认", PetitionState.HANDED: "前答复",
    PetitionState.WORKING: "前答复", PetitionState.REDOING: "前再答复",
}  # fmt: skip


def tone(petition) -> str:
    return "late" if petition.is_late else TONES.get(petition.state, "info")


def deadline(petition) -> str:
    """The last day of the present step in words."""
    if petition.due_on is None or petition.state not in DEADLINES:
        return ""
    words = f"{chinese_date(petition.due_on)}{DEADLINES[petition.state]}"
    return f"{words}，已超期" if petition.is_late else words


# --- lists ------------------------------------------------------------------------------------------------------


def decorated(page, user):
    """The rows of a page with the words that this reader may read; the unit's registered names come with the rows."""
    for row in page:
        row.shown_title = title_for(user, row)
        row.unit = masks.shown_name(row, hidden=permissions.serves_department(user) and row.hides_member)
        row.tone, row.deadline = tone(row), deadline(row)
    return page


def whole(petitions):
    return petitions.select_related("organization", "handover__department", "contact")


def of_tab(petitions, tab: str):
    """Those of a tab: what waits by deadline, the rest the latest first."""
    states = TABS[tab][1]
    found = petitions.in_state(*states) if states else petitions
    if tab in ("closed", "all"):
        return found.order_by("-year", "-serial")
    return found.order_by(F("due_on").asc(nulls_last=True), "year", "serial")


def chosen(petitions, wanted):
    """The petitions that the filters of `PetitionsForm` choose."""
    if wanted["q"]:
        petitions = petitions.matching(wanted["q"])
    if wanted["state"]:
        petitions = petitions.in_state(wanted["state"])
    if wanted["topic"]:
        petitions = petitions.filter(topic=wanted["topic"])
    if wanted["department"]:
        petitions = petitions.filter(handover__department=wanted["department"])
    if wanted["year"]:
        petitions = petitions.filter(year=wanted["year"])
    if wanted["handed"]:
        petitions = petitions.handed_in(wanted["handed"])
    return petitions.measured(wanted["measure"]) if wanted["measure"] else petitions


def tabs(request, current: str) -> list[dict]:
    found = []
    for name, (label, _) in TABS.items():
        query = request.GET.copy()
        query["tab"] = name
        query.pop("page", None)
        found.append(
            {"label": label, "url": f"{request.path}?{query.urlencode()}", "current": name == current}
        )
    return found


# --- one petition -----------------------------------------------------------------------------------------------


def title_for(user, petition) -> str:
    """The title as this reader may know it."""
    return petition.handover.title if permissions.serves_department(user) else petition.title


def page_for(user, petition) -> dict:
    """Everything that the page of one petition shows to this reader."""
    liaison = permissions.serves_department(user)
    staff = permissions.can_see_petitions(user)
    hidden = not permissions.knows_petitioner(user, petition)
    handover = petition.handover
    return {
        "title": title_for(user, petition),
        "said": handover.text if liaison else petition.text,
        "unit": masks.shown_name(petition, hidden=hidden),
        "tone": tone(petition),
        "deadline": deadline(petition),
        "facts": facts(user, petition, hidden=hidden),
        "handed": handed(petition, staff=staff or liaison),
        "answers": answers(petition),
        "course": course(petition, liaison=liaison),
        "lead": petition.lead if staff else None,
        "with_others": petition.lead_id and not staff,
        "followers": followers(petition, liaison=liaison) if staff or liaison else [],
        "moves": petition_moves.open_to(user, petition),
        "sees_all": staff,
        "is_liaison": liaison,
        "activities": Activity.objects.about(petition).select_related("by")[:20] if staff else [],
    }


def facts(user, petition, *, hidden: bool) -> list[tuple]:
    pairs = [("提出单位", masks.shown_name(petition, hidden=hidden)), ("类型", petition.get_kind_display()),
             ("主题", petition.get_topic_display())]  # fmt: skip
    if permissions.serves_department(user):
        return [*pairs, ("联系", contact_of(petition))]
    person = petition.contact
    if person:
        pairs.append(
            (
                "联系人",
                " ".join(filter(None, (person.name, show_mobile(person.mobile) if person.mobile else ""))),
            )
        )
    pairs += [
        ("来源", petition.get_source_display()),
        ("提交", f"{chinese_date(localdate(petition.submitted_at))}，{petition.author or '系统'}"),
        ("转给部门时", _to_department(petition)),
    ]
    if petition.verdict:
        pairs.append(("评价", Verdict(petition.verdict).label))
    return pairs


def _to_department(petition) -> str:
    if petition.hides_member:
        return "隐去单位名称"
    return "写明单位名称和联系人" if petition.shares_contact else "写明单位名称，不提供联系人"


def handed(petition, *, staff: bool) -> list[tuple]:
    """What there is to say of its being handed over."""
    handover = petition.handover
    if handover is None:
        return []
    pairs = [("承办部门", handover.department.name), ("转办", chinese_date(localdate(handover.handed_at))),
             ("答复期限", chinese_date(handover.last_day))]  # fmt: skip
    if handover.extended_from:
        pairs.append(("延期", f"原为{chinese_date(handover.extended_from)}，{handover.extension_reason}"))
    if handover.signed_at:
        pairs.append(("签收", chinese_date(localdate(handover.signed_at))))
    return [("函号", handover.number), *pairs] if staff else pairs


def answers(petition) -> list[Answer]:
    """The answers that reached it, with whose they are."""
    found = list(petition.answers.select_related("by", "handover__department").order_by("pk"))
    for one in found:
        one.whose = one.handover.department.name if one.handover else "协会"
    return found


def course(petition, *, liaison: bool) -> list[dict]:
    """The steps as this reader may read them, the latest first."""
    steps = petition.steps.select_related("by").order_by("-pk")
    if liaison:
        steps = steps.filter(kind__in=TOLD_DEPARTMENT, at__gte=petition.handover.handed_at)
    found = []
    for step in steps:
        of_member = step.kind in BY_MEMBER
        text = masks.masked(step.text, petition) if liaison and petition.hides_member else step.text
        by = "提出单位" if liaison and of_member else str(step.by) if step.by else "系统"
        found.append({"at": step.at, "title": step.get_kind_display(), "text": text, "by": by})
    return found


def followers(petition, *, liaison: bool) -> list[Petition]:
    """Those that go with it, each with the name that the reader may know."""
    found = whole(petition.followers.order_by("year", "serial"))
    for one in found:
        one.unit = masks.shown_name(one, hidden=liaison and one.hides_member)
        one.tone = tone(one)
    return list(found)


def of_event(user, event) -> dict:
    """Petitions raised at an event, for its own page; None for those who may not see them, and before it begins as long
    as there are none."""
    if not permissions.can_see_petitions(user):
        return {"raised": None}
    found = list(event.petitions.select_related("organization").order_by("year", "serial"))
    if not found and event.starts_at > now():
        return {"raised": None}
    for one in found:
        one.tone = tone(one)
    return {"raised": found, "records_petitions": permissions.can_keep_petitions(user)}


# --- the ledger -------------------------------------------------------------------------------------------------


def ledger(year: int) -> tuple[dict, list[dict]]:
    """(sums, a row a department) of what was handed over in the year: the five counts, and the three rates in whole
    per cent, None where there is nothing to divide by. One query."""
    counts = {name: Count("pk", filter=condition) for name, condition in MEASURES.items()}
    found = (
        Petition.objects.handed_in(year)
        .order_by()
        .values("handover__department_id", "handover__department__name")
    )
    rows = [
        _rated(
            {"pk": row["handover__department_id"], "name": row["handover__department__name"]}
            | {n: row[n] for n in MEASURES},
            year,
        )
        for row in found.annotate(**counts).order_by("handover__department__name")
    ]
    sums = {name: sum(row[name] for row in rows) for name in MEASURES}
    return _rated(sums, year), rows


def _rated(row, year) -> dict:
    address = f"{reverse('events:petitions')}?tab=all&handed={year}"
    if "pk" in row:
        address += f"&department={row['pk']}"
    row["cells"] = [(label, row[name], f"{address}&measure={name}") for name, label in COUNTED]
    row["rates"] = [
        ("响应率", _share(row["responded"], row["handed"])),
        ("解决率", _share(row["solved"], row["handed"])),
        ("满意率", _share(row["satisfied"], row["rated"])),
    ]
    return row


COUNTED = (
    ("handed", "转办"),
    ("responded", "按期响应"),
    ("solved", "已解决"),
    ("rated", "已评价"),
    ("satisfied", "满意"),
)


def _share(part: int, of: int) -> str:
    """Whole per cent, rounded down: 100% is said of all only."""
    return f"{part * 100 // of}%" if of else "—"


def years(current: int) -> list[dict]:
    address = reverse("events:petition_ledger")
    last = localdate().year
    return [
        {"label": f"{year}年", "url": f"{address}?year={year}", "current": year == current}
        for year in range(last, max(2021, last - 6), -1)
    ]


def year_asked(text: str) -> int:
    """The year of the address; this year for everything else."""
    if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100:
        return int(text)
    return localdate().year
