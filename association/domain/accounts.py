"""Verbs on accounts and duties: one administrator grants, another confirms; nobody does either for themselves."""

from django.urls import reverse
from django.utils.timezone import localdate, now

from association.choices import Role
from association.domain.activities import record, verb
from association.domain.notices import notify
from association.errors import Refused
from association.models import RoleAssignment, User


def choose_appearance(user, *, theme: str, text_size: str) -> User:
    """Keep the person's colours and text size. No activity: it concerns nobody else."""
    user.theme, user.text_size = theme, text_size
    user.save(update_fields=["theme", "text_size"])
    return user


@verb
def open_account(
    *, full_name: str, by, email: str = "", mobile: str = "", password: str | None = None
) -> User:
    """Open an account; without a password the person signs in by a code sent to the mobile or e-mail address.

    Doing it twice changes nothing: the account that has the address stays as it is. Raises Refused when the mobile
    number belongs to another account than the e-mail address, or when there is neither.
    """
    if not email and not mobile:
        raise Refused("请填写手机或邮箱，否则无法登录。", status=422)
    existing = User.objects.filter(email=email.lower()).first() if email else None
    with_mobile = User.objects.filter(mobile=mobile).first() if mobile else None
    if existing and with_mobile and existing != with_mobile:
        raise Refused("这个手机号和这个邮箱分属两个账号，请核对。", status=422)
    if existing or with_mobile:
        return existing or with_mobile
    user = User.objects.create_user(email, full_name, password, mobile=mobile)
    record("association.account.opened", user, by=by, sentence=f"为{full_name}开通账号")
    return user


def refuse_oneself(user, by, sentence):
    """Raise Refused when a person would do to their own account what another has to do."""
    if by is not None and by.pk == user.pk:
        raise Refused(sentence, status=422)


def keep_an_administrator(*, without):
    """Raise Refused when `without` is the only administrator who could still sign in.

    The rows are locked in one order, so that two administrators who end each other at once wait for each other.
    """
    held = list(RoleAssignment.objects.current().of_administrators().order_by("pk").select_for_update())
    active = User.objects.filter(pk__in=[a.user_id for a in held], is_active=True).values_list(
        "pk", flat=True
    )
    if set(active) == {without.pk}:
        raise Refused("这是最后一位系统管理员，先授予并确认另一位，再办理。")


def _page(user):
    return reverse("association:person", args=[user.pk])


@verb
def grant_role(user, role, *, by, since=None, basis="") -> RoleAssignment:
    """Propose the duty `role` for `user` from `since` (today when empty); it counts once another has confirmed it.

    Without a granting person (command line, demonstration) it counts at once: a new house has nobody to ask. Doing
    it twice changes nothing. Raises Refused when `by` would grant a duty to themselves or the account is off.
    """
    refuse_oneself(user, by, "不能给自己授予职责，请由另一位管理员办理。")
    user = User.objects.select_for_update().get(pk=user.pk)
    existing = user.role_assignments.filter(role=role, until__isnull=True).first()
    if existing:
        return existing
    if not user.is_active:
        raise Refused("这个账号已停用，先启用再授予职责。")
    assignment = RoleAssignment.objects.create(
        user=user,
        role=role,
        since=since or localdate(),
        granted_by=by,
        confirmed_at=None if by else now(),
    )
    verb_word = "提出授予" if by else "授予"
    sentence = f"{verb_word}{user}“{Role(role).label}”职责"
    record("association.role.granted", user, by=by, basis=basis, sentence=sentence)
    if by:
        _tell_others(assignment, "association.role_proposed", by, basis)
    return assignment


@verb
def confirm_role(assignment, *, by, basis="") -> RoleAssignment:
    """Confirm a proposed duty; from now on it gives its rights, on no day before today.

    Doing it twice changes nothing. Raises Refused for the one who proposed it, for the person themselves, and when
    the proposal was withdrawn or the account is off.
    """
    assignment = _locked(assignment)
    if assignment.confirmed_at:
        return assignment
    user = assignment.user
    refuse_oneself(user, by, "不能确认自己的职责，请由另一位管理员办理。")
    if assignment.granted_by_id == by.pk:
        raise Refused("提出和确认须由两位管理员分别办理。", status=422)
    if assignment.until:
        raise Refused("这项提议已经撤回或退回，不能再确认。")
    if not user.is_active:
        raise Refused("这个账号已停用，先启用再确认职责。")
    assignment.confirmed_by, assignment.confirmed_at = by, now()
    assignment.since = max(assignment.since, localdate())
    assignment.save(update_fields=["confirmed_by", "confirmed_at", "since"])
    sentence = f"确认{user}的“{assignment.get_role_display()}”职责"
    record("association.role.confirmed", user, by=by, basis=basis, sentence=sentence)
    _tell_person(assignment, "association.role_confirmed", by, basis)
    _tell_others(assignment, "association.role_confirmed", by, basis)
    return assignment


@verb
def reject_role(assignment, *, by, basis="") -> RoleAssignment:
    """Turn a proposed duty down, or withdraw one's own proposal. Doing it twice changes nothing.

    Raises Refused when it was confirmed meanwhile: then it is ended, not turned down.
    """
    assignment = _locked(assignment)
    if assignment.was_turned_down:
        return assignment
    if assignment.confirmed_at:
        raise Refused("这项职责已经确认，不能退回；不再需要时请结束它。")
    own = assignment.granted_by_id == by.pk
    refuse_oneself(assignment.user, by, "不能退回自己的职责，请由另一位管理员办理。")
    assignment.until = assignment.since
    assignment.save(update_fields=["until"])
    word = "撤回" if own else "退回"
    sentence = f"{word}授予{assignment.user}“{assignment.get_role_display()}”职责的提议"
    record("association.role.rejected", assignment.user, by=by, basis=basis, sentence=sentence)
    if not own and assignment.granted_by:
        proposer = [assignment.granted_by]
        _tell(proposer, assignment, "association.role_rejected", _page(assignment.user), by, basis)
    return assignment


@verb
def end_role(assignment, *, by, basis="") -> RoleAssignment:
    """End a duty today, one that has not begun on the day it would begin; its rights end the same moment.

    Doing it twice changes nothing. Raises Refused for the last administrator's, and for one that nobody confirmed.
    """
    if assignment.is_administration and assignment.until is None:
        # Before the row itself is locked: two who end each other lock the same rows in the same order.
        keep_an_administrator(without=assignment.user)
    assignment = _locked(assignment)
    if assignment.until:
        return assignment
    if assignment.confirmed_at is None:
        raise Refused("这项职责还没有确认，请退回提议。")
    assignment.until = max(localdate(), assignment.since)
    assignment.save(update_fields=["until"])
    sentence = f"结束{assignment.user}的“{assignment.get_role_display()}”职责"
    record("association.role.ended", assignment.user, by=by, basis=basis, sentence=sentence)
    _tell_person(assignment, "association.role_ended", by, basis)
    _tell_others(assignment, "association.role_ended", by, basis)
    return assignment


def _locked(assignment):
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "granted_by")
    return rows.get(pk=assignment.pk)


def _tell_person(assignment, kind, by, basis):
    _tell([assignment.user], assignment, kind, reverse("association:today"), by, basis)


def _tell_others(assignment, kind, by, basis):
    """Tell the administrators except the one who did it and the person, who is told apart."""
    known = [pk for pk in (assignment.user_id, by and by.pk) if pk]
    others = RoleAssignment.objects.administrators().exclude(pk__in=known)
    _tell(others, assignment, kind, _page(assignment.user), by, basis)


def _tell(people, assignment, kind, url, by, basis):
    words = {"person": assignment.user, "role": assignment.get_role_display(), "since": assignment.since}
    notify(people, kind, about=assignment.user, url=url, by=by, basis=basis, **words)
