"""Verbs on accounts: their own preferences, and the duties that people hold."""

from django.utils.timezone import localdate

from association.choices import Role
from association.domain.activities import record, verb
from association.errors import Refused
from association.models import RoleAssignment, User


def choose_appearance(user, *, theme: str, text_size: str) -> User:
    """Keep the person's colours and text size. No activity: it concerns nobody else."""
    user.theme, user.text_size = theme, text_size
    user.save(update_fields=["theme", "text_size"])
    return user


@verb
def open_account(*, email: str, full_name: str, password: str | None, by) -> User:
    """Open an account; without a password nobody can sign in to it yet.

    Doing it twice changes nothing: the account that has the e-mail address stays as it is.
    """
    existing = User.objects.filter(email=email.lower()).first()
    if existing:
        return existing
    user = User.objects.create_user(email, full_name, password)
    record("association.account.opened", user, by=by, sentence=f"为{full_name}开通账号")
    return user


@verb
def grant_role(user, role, *, by, since=None, basis="") -> RoleAssignment:
    """Give `user` the duty `role` from `since` (today when empty). Doing it twice changes nothing.

    Raises Refused when `by` would grant a duty to themselves.
    """
    if by is not None and by.pk == user.pk:
        raise Refused("不能给自己授予职责，请由另一位管理员办理。", status=422)
    User.objects.select_for_update().get(pk=user.pk)
    existing = user.role_assignments.filter(role=role, until__isnull=True).first()
    if existing:
        return existing
    assignment = RoleAssignment.objects.create(
        user=user, role=role, since=since or localdate(), granted_by=by
    )
    record(
        "association.role.granted", user, by=by, basis=basis, sentence=f"授予{user}“{Role(role).label}”职责"
    )
    return assignment


@verb
def end_role(assignment, *, by, basis="") -> RoleAssignment:
    """End a duty today, one that has not begun on the day it would begin. Doing it twice changes nothing."""
    assignment = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    if assignment.until:
        return assignment
    assignment.until = max(localdate(), assignment.since)
    assignment.save(update_fields=["until"])
    record(
        "association.role.ended",
        assignment.user,
        by=by,
        basis=basis,
        sentence=f"结束{assignment.user}的“{assignment.get_role_display()}”职责",
    )
    return assignment
