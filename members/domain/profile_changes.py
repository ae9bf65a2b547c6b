"""Verbs on proposed changes of sensitive fields: filed by the unit's people, decided by the association (domain 10.2)."""

import json
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from association import creditcode
from association.domain import attachments
from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.models import User
from association.workdays import add_workdays_or_weekdays
from members import permissions
from members.choices import ChangeState, ContactDuty, SensitiveField
from members.domain import contacts, organizations
from members.domain.audience import holders
from members.models import Contact, ContactRole, Organization, ProfileChange
from members.models.profile_change import COLUMNS

WORKDAYS_TO_DECIDE = 3
NOTICE_KIND = "书面通知"


@dataclass(frozen=True)
class Decision:
    """What a decider says to one change: `version` is that of the proposal they saw, `confirmed` the digest of the
    present value when they were shown that it is no longer the one the proposal started from."""

    change: int
    version: int
    accept: bool
    reason: str = ""
    confirmed: str = ""


# --- filing ---------------------------------------------------------------------------------------------------


@verb
def save_profile(organization, *, by, version: int, changes: dict) -> list[ProfileChange]:
    """Save what a unit's own people may change at once and file the sensitive rest; gives what was filed.

    Doing it twice changes nothing. Raises Conflict when somebody else saved the unit meanwhile.
    """
    sensitive = {name for columns in COLUMNS.values() for name in columns}
    plain = {name: value for name, value in changes.items() if name not in sensitive}
    organization = organizations.update_organization(organization, by=by, version=version, changes=plain)
    proposed = {field: _proposed(changes, columns) for field, columns in COLUMNS.items()}
    filed = [
        change
        for field, new in proposed.items()
        if new and new != current_value(organization, field)
        if (change := _file(organization, field, new, by=by))
    ]
    _tell_filed(organization, filed, by=by)
    return filed


def _proposed(changes, columns):
    return {name: changes[name] for name in columns} if set(columns) <= changes.keys() else {}


@verb
def file_representative(
    organization, *, by, notice, title="", contact=None, name="", mobile=""
) -> ProfileChange:
    """Propose another representative: `contact`, a person of the unit, or a new one by `name` and `mobile`; `notice`
    is the unit's written notice as an uploaded file.

    Doing it twice changes nothing. Raises Refused for the present representative and for a file that may not come in.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    new = {
        "contact": contact and contact.pk,
        "name": contact.name if contact else name,
        "title": title,
        "mobile": contact.mobile if contact else mobile,
    }
    if contact and current_value(organization, SensitiveField.REPRESENTATIVE).get("contact") == contact.pk:
        raise Refused(f"{contact.name}已经是会员代表。", status=422)
    change = _file(organization, SensitiveField.REPRESENTATIVE, new, by=by)
    if change is None:
        return organization.profile_changes.pending().get(field=SensitiveField.REPRESENTATIVE)
    attachments.add(change, notice, by=by, kind=NOTICE_KIND)
    _tell_filed(organization, [change], by=by)
    return change


def current_value(organization, field) -> dict:
    """What the unit has now in a sensitive field, in the shape of `ProfileChange.old`."""
    if field in COLUMNS:
        return {name: getattr(organization, name) for name in COLUMNS[field]}
    roles = organization.contact_roles.current().filter(duty=ContactDuty.REPRESENTATIVE, is_primary=True)
    role = roles.select_related("contact").order_by("since", "pk").first()
    if role is None:
        return {}
    person = role.contact
    return {"contact": person.pk, "name": person.name, "title": role.title, "mobile": person.mobile}


def _file(organization, field, new, *, by):
    """Enter a proposal, or put its value in the place of the one that waits; None when that one says the same."""
    pending = organization.profile_changes.pending().select_for_update().filter(field=field).first()
    if pending and pending.new == new:
        return None
    now = timezone.now()
    due_on, _ = add_workdays_or_weekdays(timezone.localdate(now), WORKDAYS_TO_DECIDE)
    facts = {
        "old": current_value(organization, field),
        "new": new,
        "filed_by": by,
        "filed_at": now,
        "due_on": due_on,
    }
    if pending:
        return store(pending, facts)
    return ProfileChange.objects.create(organization=organization, field=field, **facts)


def _tell_filed(organization, filed, *, by):
    if not filed:
        return
    sentence = f"提交资料变更：{_labels(filed)}，待审核"
    record("members.profile_change.filed", organization, *filed, by=by, sentence=sentence)
    for roles in {permissions.deciding_roles(change.field) for change in filed}:
        theirs = [c for c in filed if permissions.deciding_roles(c.field) == roles]
        notify(
            holders(roles).exclude(pk=by.pk),
            "members.profile_change_filed",
            about=organization,
            url=_page(organization),
            by=by,
            organization=organization.name,
            fields=_labels(theirs),
            due_on=min(c.due_on for c in theirs),
        )


# --- withdrawing ------------------------------------------------------------------------------------------------


@verb
def withdraw(change, *, by) -> ProfileChange:
    """Take a proposal back before it is decided. Doing it twice changes nothing; raises Refused once it is decided."""
    Organization.objects.select_for_update().get(pk=change.organization_id)
    change = ProfileChange.objects.select_for_update().get(pk=change.pk)
    if change.state == ChangeState.WITHDRAWN:
        return change
    if not change.is_pending:
        raise Refused(f"“{change.get_field_display()}”的修改{change.get_state_display()}，不能再撤回。")
    store(change, {"state": ChangeState.WITHDRAWN, "settled_by": by, "settled_at": timezone.now()})
    sentence = f"撤回资料变更：{change.get_field_display()}"
    record("members.profile_change.withdrawn", change.organization, change, by=by, sentence=sentence)
    return change


# --- deciding ---------------------------------------------------------------------------------------------------


@verb
def decide(organization, *, by, decisions) -> list[ProfileChange]:
    """Accept or reject proposals of one unit, all of them or none; gives those that were settled now.

    Doing it twice changes nothing. Raises Refused when one was settled, replaced or withdrawn meanwhile, when the
    value it started from has changed and that was not confirmed, and for one's own proposal.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    settled = [change for decision in decisions if (change := _settle(organization, decision, by=by))]
    if settled:
        _tell_decided(organization, settled, by=by)
    return settled


def _settle(organization, decision, *, by):
    change = organization.profile_changes.select_for_update().filter(pk=decision.change).first()
    if change is None:
        raise Refused("没有这项资料变更。", status=422)
    state = ChangeState.ACCEPTED if decision.accept else ChangeState.REJECTED
    if change.settled_by_id == by.pk and change.state == state:
        return None
    _refuse_to_decide(change, decision, by)
    if decision.accept:
        _refuse_moved_base(organization, change, decision.confirmed)
        _apply(organization, change, by)
    facts = {"state": state, "settled_by": by, "settled_at": timezone.now(), "reason": decision.reason}
    return store(change, facts)


def _refuse_to_decide(change, decision, by):
    label = change.get_field_display()
    if not change.is_pending:
        raise Refused(f"“{label}”的修改{change.get_state_display()}，不必再审核。")
    if not permissions.decides(by, change):
        raise Refused(f"“{label}”的修改不由你审核：自己提交的由别人审核，银行信息由财务审核。")
    if change.version != decision.version:
        raise Refused(f"申请人刚刚改了“{label}”要改成的内容，请核对后再审核。")
    if not decision.accept and not decision.reason:
        raise Refused(f"驳回“{label}”的修改请写明理由。", status=422)


def has_moved(organization, change) -> bool:
    """Whether the unit's present value is no longer the one that the proposal started from."""
    present = current_value(organization, change.field)
    if change.is_representative:
        return present.get("contact") != change.old.get("contact")
    return present != change.old


def digest(organization, field) -> str:
    """A word for the unit's present value of the field, for saying that one has seen it."""
    text = json.dumps(current_value(organization, field), sort_keys=True)
    return salted_hmac("members.profile_change", text, algorithm="sha256").hexdigest()[:32]


def _refuse_moved_base(organization, change, confirmed):
    if has_moved(organization, change) and confirmed != digest(organization, change.field):
        raise Refused(
            f"“{change.get_field_display()}”的现值在提交之后又改过。请对照现值，勾选确认后再通过，或者驳回。"
        )


def _apply(organization, change, by):
    if change.is_representative:
        _appoint(organization, change.new, by)
        return
    changed = {name: value for name, value in change.new.items() if getattr(organization, name) != value}
    if changed.get("credit_code"):
        _refuse_wrong_code(changed["credit_code"])
    if changed:
        organizations.put(organization, changed, by=by)


def _refuse_wrong_code(code):
    try:
        creditcode.check(code)
    except creditcode.CreditCodeError as error:
        raise Refused(str(error), status=422) from error


def _appoint(organization, new, by):
    duty = {"duty": ContactDuty.REPRESENTATIVE, "title": new["title"], "by": by}
    if new["contact"] is None:
        contacts.add_contact(organization, name=new["name"], mobile=new["mobile"], **duty)
        return
    person = Contact.objects.filter(pk=new["contact"], roles__organization=organization).first()
    if person is None:
        raise Refused("所选的联系人已不在这家单位，请驳回后由单位重新提交。")
    contacts.assign_duty(organization, person, **duty)


def _tell_decided(organization, settled, *, by):
    results = [
        {"label": c.get_field_display(), "state": c.get_state_display(), "reason": c.reason} for c in settled
    ]
    sentence = "审核资料变更：" + "，".join(f"{r['label']}{r['state']}" for r in results)
    if any(needs_council(organization, c) and c.state == ChangeState.ACCEPTED for c in settled):
        sentence += "；会员代表的变更须报理事会备案"
    basis = "；".join(f"{r['label']}：{r['reason']}" for r in results if r["reason"])
    record("members.profile_change.decided", organization, *settled, by=by, sentence=sentence, basis=basis)
    notify(
        managers(organization),
        "members.profile_change_decided",
        about=organization,
        url=_page(organization),
        by=by,
        organization=organization.name,
        results=results,
    )


def needs_council(organization, change) -> bool:
    """Whether the change is also to be filed with the council: another representative of a unit that holds a post."""
    return change.is_representative and organization.posts.current().exists()


# --- who hears of it ----------------------------------------------------------------------------------------------


def managers(organization):
    """Accounts of the people who keep the unit's profile today."""
    roles = ContactRole.objects.current().filter(organization=organization, duty=ContactDuty.MANAGER)
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")


def _labels(changes):
    return "、".join(change.get_field_display() for change in changes)


def _page(organization):
    return reverse("members:organization_changes", args=[organization.pk])
