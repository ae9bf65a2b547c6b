"""What the page of one account shows, prepared for its template."""

from association import permissions
from association.columns import masked
from association.formats import show_mobile
from association.models import RoleAssignment
from association.signing.doorkeeper import factors_of


def shown_person(user, *, by) -> dict:
    """The account, its duties past and present with the allowed actions, and the state of its second step."""
    can_manage = permissions.can_manage_accounts(by)
    roles = [_role(role, by, can_manage) for role in _assignments(user)]
    reset = user.factor_resets.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).first()
    return {
        "account": user,
        "facts": _facts(user, full=can_manage),
        "roles": roles,
        # One primary button a page: what waits comes before what may be added.
        "grant_kind": "" if any(row["can_confirm"] for row in roles) else "primary",
        "reset": reset,
        "has_factor": factors_of(user).exists(),
        "can_manage": can_manage,
        "is_oneself": by.pk == user.pk,
        "can_confirm_reset": bool(reset and reset.proposed_by_id != by.pk and user.pk != by.pk),
        "administrators": RoleAssignment.objects.administrators().count(),
    }


def _assignments(user):
    rows = user.role_assignments.select_related("granted_by", "confirmed_by")
    return sorted(rows, key=lambda r: (not r.is_waiting, not r.is_in_force, -r.since.toordinal(), -r.pk))


def _role(role, by, can_manage) -> dict:
    """One row of the duties: its state in words, and what this administrator may do with it."""
    if role.is_waiting:
        state, tone = "待确认", "warn"
    elif role.was_turned_down:
        state, tone = "未生效", "off"
    elif role.is_in_force:
        state, tone = "生效", "good"
    else:
        state, tone = ("已结束", "off") if role.until else ("未开始", "info")
    mine = role.granted_by_id == by.pk
    decides = can_manage and role.is_waiting and role.user_id != by.pk
    return {
        "role": role,
        "state": state,
        "tone": tone,
        "can_confirm": decides and not mine,
        "can_reject": decides,
        "reject_word": "撤回" if mine else "退回",
        "can_end": can_manage and role.confirmed_at is not None and role.until is None,
    }


def _facts(user, *, full) -> list[tuple]:
    verified = "（已验证）" if user.mobile_verified_at else "（未验证）"
    number = (show_mobile(user.mobile) if full else masked(user.mobile)) if user.mobile else ""
    return [
        ("邮箱", (user.email if full else masked(user.email)) or ""),
        ("手机", f"{number}{verified}" if number else ""),
        ("开通", user.created_at),
        ("最近登录", user.last_login),
    ]
