"""Verbs on the state of an account: correct it, switch it off and on, take a lost second factor from it."""

import hashlib

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import now

from association.domain.accounts import keep_an_administrator, refuse_oneself
from association.domain.activities import record, verb
from association.domain.editing import Conflict, changed_fields, labels
from association.domain.notices import notify
from association.errors import Refused
from association.history import as_read
from association.models import FactorReset, RoleAssignment, User

CORRECTABLE = ("full_name", "email", "mobile")


def fingerprint(user) -> str:
    """What an editor of the account saw, in short: another one means that somebody changed it meanwhile."""
    text = "\n".join(str(getattr(user, name) or "") for name in CORRECTABLE)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@verb
def correct_account(user, *, by, seen: str, changes: dict, basis: str) -> User:
    """Correct name, e-mail address or mobile number. Doing it twice changes nothing.

    A changed number is no longer a verified one; a former address no longer opens the account. The person is told,
    at the former address too. Raises Conflict when somebody else changed the account meanwhile, Refused when an
    address belongs to somebody else or none would be left.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    changes = changed_fields(user, changes | {"email": changes.get("email") or None})
    if not changes:
        return user
    _refuse_stale(user, seen, changes)
    _refuse_taken(user, changes)
    _tell(user, "association.account_corrected", by, what=labels(user, changes))
    for name, value in changes.items():
        setattr(user, name, value)
    if "mobile" in changes:
        user.mobile_verified_at = None
    if "email" in changes:
        EmailAddress.objects.filter(user=user).delete()
    user.save()
    sentence = f"更正{user}的账号：{labels(user, changes)}"
    record("association.account.corrected", user, by=by, basis=basis, sentence=sentence)
    return user


def _refuse_stale(user, seen, changes):
    if fingerprint(user) == seen:
        return
    fields = {name: user._meta.get_field(name) for name in changes}
    both = [(f.verbose_name, as_read(f, getattr(user, n)), as_read(f, changes[n])) for n, f in fields.items()]
    raise Conflict(user, both)


def _refuse_taken(user, changes):
    after = {name: changes.get(name, getattr(user, name)) for name in CORRECTABLE}
    if not after["email"] and not after["mobile"]:
        raise Refused("手机和邮箱至少留一项，否则无法登录。", status=422)
    others = User.objects.exclude(pk=user.pk)
    if changes.get("email") and others.filter(email=changes["email"]).exists():
        raise Refused("这个邮箱已有账号使用。", status=422)
    if changes.get("mobile") and others.filter(mobile=changes["mobile"]).exists():
        raise Refused("这个手机号已有账号使用。", status=422)


def end_sessions(user):
    """End every session of the person, on all devices, from the next request on; belongs inside a verb."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)


@verb
def deactivate_account(user, *, by, basis: str) -> User:
    """Switch an account off: nobody can sign in to it, and whoever is signed in is out at once.

    Doing it twice changes nothing. Duties stay as they are; without an account they give no right. Raises Refused
    for one's own account and for that of the last administrator.
    """
    refuse_oneself(user, by, "不能停用自己的账号，请由另一位管理员办理。")
    keep_an_administrator(without=user)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        return user
    _tell(user, "association.account_switched", by, what="停用", basis=basis)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    record("association.account.deactivated", user, by=by, basis=basis, sentence=f"停用{user}的账号")
    return user


@verb
def reactivate_account(user, *, by, basis: str) -> User:
    """Switch an account on again, with the duties that are still open. Doing it twice changes nothing.

    Raises Refused for one's own account, and when neither address nor number is left to sign in with.
    """
    refuse_oneself(user, by, "不能启用自己的账号，请由另一位管理员办理。")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        return user
    if not user.email and not user.mobile:
        raise Refused("这个账号没有手机也没有邮箱，请先更正再启用。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("association.account.reactivated", user, by=by, basis=basis, sentence=f"重新启用{user}的账号")
    _tell(user, "association.account_switched", by, what="重新启用", basis=basis)
    return user


def _tell(user, kind, by, **words):
    """Tell the person and the administrators except the one who did it."""
    notify([user], kind, about=user, url=reverse("association:today"), by=by, person=user, **words)
    others = RoleAssignment.objects.administrators().exclude(pk__in=[user.pk, by.pk])
    page = reverse("association:person", args=[user.pk])
    notify(others, kind, about=user, url=page, by=by, person=user, **words)


# --- a lost second factor ---------------------------------------------------------------------------------


@verb
def propose_reset(user, *, by, reason: str) -> FactorReset:
    """Propose to take the second factors from an account whose person has lost them. Twice gives the open proposal.

    The person is told at once, so that somebody else's story does not open their account unnoticed. Raises Refused
    for one's own account and when there is no second factor to take.
    """
    refuse_oneself(user, by, "不能为自己提出重设，请由另一位管理员办理。")
    user = User.objects.select_for_update().get(pk=user.pk)
    waiting = user.factor_resets.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).first()
    if waiting:
        return waiting
    if not Authenticator.objects.filter(user=user).exists():
        raise Refused("这个账号没有设置第二步验证，不需要重设。")
    reset = FactorReset.objects.create(user=user, reason=reason, proposed_by=by)
    sentence = f"提出重设{user}的第二步验证"
    record("association.factor_reset.proposed", user, by=by, basis=reason, sentence=sentence)
    _tell(user, "association.factor_reset_proposed", by, reason=reason)
    return reset


@verb
def confirm_reset(reset, *, by) -> FactorReset:
    """Take the second factors from the account, end its sessions and tell the person by every way.

    Doing it twice changes nothing. Raises Refused for the one who proposed it, the person themselves, and when the
    proposal was given up.
    """
    reset = _locked_reset(reset)
    if reset.confirmed_at:
        return reset
    user = reset.user
    refuse_oneself(user, by, "不能确认自己的重设，请由另一位管理员办理。")
    if reset.proposed_by_id == by.pk:
        raise Refused("提出和确认须由两位管理员分别办理。", status=422)
    if reset.withdrawn_at:
        raise Refused("这项重设已经作废，不能再确认。")
    reset.confirmed_by, reset.confirmed_at = by, now()
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    sentence = f"确认重设{user}的第二步验证，其全部登录随即退出"
    record("association.factor_reset.confirmed", user, by=by, basis=reset.reason, sentence=sentence)
    _tell(user, "association.factor_reset_done", by, reason=reset.reason)
    return reset


@verb
def withdraw_reset(reset, *, by, basis: str = "") -> FactorReset:
    """Give a proposed reset up; any administrator may. Doing it twice changes nothing."""
    reset = _locked_reset(reset)
    if reset.withdrawn_at:
        return reset
    if reset.confirmed_at:
        raise Refused("重设已经生效，不能再作废。")
    reset.withdrawn_at = now()
    reset.save(update_fields=["withdrawn_at"])
    sentence = f"作废{reset.user}第二步验证的重设"
    record("association.factor_reset.withdrawn", reset.user, by=by, basis=basis, sentence=sentence)
    return reset


def _locked_reset(reset):
    return FactorReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset.pk)
