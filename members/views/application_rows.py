"""Applications prepared for the desk: the list by deadline, the facts of one, who in the books it may be."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F
from django.urls import reverse

from association.models import Activity
from association.money import yuan_of
from members import permissions
from members.choices import OPEN_APPLICATIONS, ApplicationState, Industry
from members.domain.application_deadlines import may_expire
from members.domain.duplicates import units_like
from members.forms.applications import AdmitForm, MendForm, PassForm, RefuseForm
from members.models import Application, Organization
from members.views.joining_rows import TONES

CLOSED = "closed"


def tabs(chosen: str) -> list[dict]:
    """All open ones, those of each open state, and those that are done with; with their numbers."""
    counted = Application.objects.filed().order_by().values_list("state").annotate(Count("pk"))
    numbers = Counter(dict(counted))
    address = reverse("members:applications")
    open_ones = sum(numbers[state] for state in OPEN_APPLICATIONS)
    found = [{"label": "在办", "url": address, "current": not chosen, "count": open_ones}]
    for state in OPEN_APPLICATIONS:
        url = f"{address}?state={state}"
        found.append({"label": state.label, "url": url, "current": chosen == state, "count": numbers[state]})
    closed = sum(numbers.values()) - open_ones
    url = f"{address}?state={CLOSED}"
    return [*found, {"label": "已办结", "url": url, "current": chosen == CLOSED, "count": closed}]


def listed(chosen: str):
    """The rows of a tab: open ones by deadline, those without one last; closed ones by their end, the latest first."""
    found = Application.objects.filed()
    if chosen == CLOSED:
        return found.exclude(state__in=OPEN_APPLICATIONS).order_by(F("ended_at").desc(nulls_last=True), "-pk")
    states = [chosen] if chosen else OPEN_APPLICATIONS
    return found.filter(state__in=states).order_by(F("due_on").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Twin:
    """A unit in the books that may be the applicant, and why."""

    unit: Organization
    reason: str


def twins(application) -> list[Twin]:
    """Units with the same credit code, merged ones among them, then those of nearly the same name."""
    found = {}
    if application.credit_code:
        same = Organization.everything.with_code(application.credit_code).select_related("merged_into")
        for unit in same:
            found[(unit.merged_into or unit).pk] = Twin(unit.merged_into or unit, "统一社会信用代码相同")
    for unit in units_like(application.name):
        found.setdefault(unit.pk, Twin(unit, "名称相近"))
    if application.organization_id:
        found.pop(application.organization_id, None)
    return list(found.values())


def forms_for(user, application, alike, **bound) -> dict:
    """The forms of the steps that the person may take now, by the name of the step; `bound` ones came back with errors."""
    if not permissions.decides_application(user, application):
        return {}
    found = {}
    if application.state == ApplicationState.CHECKING:
        found["mend"] = MendForm(auto_id="mend_%s")
        if permissions.can_pass_applications(user):
            found["pass"] = PassForm(auto_id="pass_%s")
    elif application.state == ApplicationState.COUNCIL and permissions.can_decide_applications(user):
        units = [twin.unit for twin in alike]
        found["admit"] = AdmitForm(candidates=units, auto_id="admit_%s")
        found["refuse"] = RefuseForm(auto_id="refuse_%s")
    elif permissions.can_expire_applications(user) and may_expire(application):
        found["expire"] = True
    return found | {name: form for name, form in bound.items() if name in found}


def page(user, application, **bound) -> dict:
    """What the page of one application shows to a person of the association."""
    alike = twins(application) if application.is_open else []
    bill = application.bill
    return {
        "application": application,
        "tone": TONES[application.state],
        "twins": alike,
        "steps": forms_for(user, application, alike, **bound),
        "is_own": permissions.can_check_applications(user)
        and not permissions.decides_application(user, application),
        "industries": "、".join(Industry(code).label for code in application.park_industries),
        "sees_people": permissions.can_view_contacts(user),
        "bill": bill,
        "outstanding": yuan_of(bill.outstanding) if bill else "",
        "activities": Activity.objects.about(application).select_related("by")[:40],
        "content_type": ContentType.objects.get_for_model(application).pk,
    }
