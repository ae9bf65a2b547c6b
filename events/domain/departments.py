"""Verbs on departments of government and their liaisons."""

from django.urls import reverse
from django.utils.timezone import localdate

from association.domain import accounts
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.domain.notices import notify
from association.errors import Refused
from association.permissions import is_staff_member
from events.choices import AT_DEPARTMENT
from events.models import Department, Liaison, Petition
from members.permissions import serves_member


@verb
def add_department(*, by, **fields) -> Department:
    """A department to which petitions can be handed. Raises Refused (422) for a name that there is already."""
    _refuse_name(fields["name"])
    department = Department.objects.create(**fields)
    record("events.department.added", department, by=by, sentence=f"登记政府部门{department}")
    return department


def _refuse_name(name, *, but=None):
    if Department.objects.filter(name=name).exclude(pk=but).exists():
        raise Refused("已有这个名称的部门。", status=422)


@verb
def update_department(department, *, by, version: int, changes: dict) -> Department:
    """Correct a department. Raises Conflict when somebody saved it meanwhile, Refused (422) for a name that is taken."""
    department = locked(department, version, changes)
    changes = changed_fields(department, changes)
    if not changes:
        return department
    _refuse_name(changes.get("name", department.name), but=department.pk)
    store(department, changes)
    words = labels(department, changes)
    record("events.department.updated", department, by=by, sentence=f"修改{department}：{words}")
    return department


@verb
def end_department(department, *, by) -> Department:
    """Hand nothing to it from today on, and end the duties of its liaisons. Doing it twice changes nothing; raises
    Refused while it has petitions in hand."""
    department = Department.objects.select_for_update().get(pk=department.pk)
    if not department.is_current:
        return department
    held = Petition.objects.in_state(*AT_DEPARTMENT).filter(handover__department=department).count()
    if held:
        raise Refused(f"{department}还有 {held} 件诉求没有答复，不能停用。")
    store(department, {"until": max(localdate(), department.since)})
    record("events.department.ended", department, by=by, sentence=f"停用{department}")
    for liaison in department.liaisons.filter(until__isnull=True):
        end_liaison(liaison, by=by)
    return department


@verb
def open_liaison(department, *, by, name: str, email: str = "", mobile: str = "", title: str = "") -> Liaison:
    """Make the person a liaison of the department from today on; an account is opened where there is none, to which
    they sign in by a code sent to the address or number.

    Doing it twice changes nothing. Raises Refused for somebody with a duty in the association or at a member, whom the
    two would set at odds, and (422) for an address that somebody of another name has.
    """
    department = Department.objects.select_for_update().get(pk=department.pk)
    if not department.is_current:
        raise Refused(f"{department}已停用，不能登记联络员。")
    user = accounts.open_account(full_name=name, email=email, mobile=mobile, by=by)
    if user.full_name != name:
        raise Refused(f"这个邮箱或手机已是{user.full_name}的账号，请核对姓名。", status=422)
    if not user.is_active:
        raise Refused("这个账号已停用，先请系统管理员启用。")
    if is_staff_member(user) or serves_member(user):
        raise Refused(f"{user}在协会或会员单位任职，不能同时担任政府联络员。")
    liaison = department.liaisons.filter(user=user, until__isnull=True).first()
    if liaison:
        return liaison
    liaison = Liaison.objects.create(department=department, user=user, title=title)
    record("events.liaison.opened", department, user, by=by, sentence=f"{user}任{department}联络员")
    url = reverse("events:handed_petitions")
    notify([user], "events.liaison_opened", about=department, url=url, by=by, department=department.name)
    return liaison


@verb
def end_liaison(liaison, *, by) -> Liaison:
    """End the duty today; its rights end the same moment. Doing it twice changes nothing."""
    liaison = Liaison.objects.select_for_update(of=("self",)).get(pk=liaison.pk)
    if liaison.until:
        return liaison
    liaison.until = max(localdate(), liaison.since)
    liaison.save(update_fields=["until"])
    sentence = f"{liaison.user}不再任{liaison.department}联络员"
    record("events.liaison.ended", liaison.department, liaison.user, by=by, sentence=sentence)
    return liaison
