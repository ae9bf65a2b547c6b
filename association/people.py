"""The list of accounts: its columns, and the parts they are loaded by (see `association/columns.py`)."""

from collections import defaultdict

from allauth.mfa.models import Authenticator

from association import permissions, timelines
from association.choices import Role
from association.columns import Column, ColumnSet, Kind, Tier
from association.models import FactorReset, RoleAssignment, User

KEY = "association.people"


def accounts(pks, as_of, fields):
    """Plain fields of the account."""
    return {row[0]: row[1:] for row in User.objects.filter(pk__in=pks).values_list("pk", *fields)}


def duties(pks, as_of, fields):
    """Labels of the duties in force today, and of those that wait to be confirmed."""
    held, waiting = defaultdict(list), defaultdict(list)
    rows = RoleAssignment.objects.filter(user__in=pks)
    for pk, role in rows.current().values_list("user_id", "role"):
        held[pk].append(role)
    for pk, role in rows.waiting().values_list("user_id", "role"):
        waiting[pk].append(role)
    loaded = {"held": held, "waiting": waiting}
    return {pk: tuple(_labels(loaded[name][pk]) for name in fields) for pk in pks}


def _labels(roles) -> list[str]:
    return [Role(role).label for role in Role.values if role in roles]


def factors(pks, as_of, fields):
    """Whether the account has a second step of sign-in; recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found = set(Authenticator.objects.filter(user__in=pks, type__in=kinds).values_list("user_id", flat=True))
    return {pk: (pk in found,) * len(fields) for pk in pks}


PEOPLE = ColumnSet(
    [
        Column("name", "姓名", "account", "full_name", shown=True, sort=("pinyin_full",)),
        Column("held", "职责", "duties", "held", Kind.LIST, shown=True),
        Column("waiting", "待确认", "duties", "waiting", Kind.LIST, shown=True),
        Column("email", "邮箱", "account", "email", tier=Tier.CONTACT, shown=True, sort=("email",)),
        Column("mobile", "手机", "account", "mobile", Kind.PHONE, tier=Tier.CONTACT, shown=True),
        Column("factor", "第二步验证", "factors", "has", Kind.BOOL, shown=True),
        Column("last_login", "最近登录", "account", "last_login", shown=True, sort=("last_login",)),
        Column("active", "状态", "account", "is_active", Kind.BOOL, shown=True),
    ],
    {"account": accounts, "duties": duties, "factors": factors},
)


# --- who may see what changed in an account -----------------------------------------------------------------
ADDRESSES = {"email", "mobile", "mobile_verified_at"}
APPEARANCE = {"theme", "text_size", "user"}


def _find(user, pk):
    return User.objects.filter(pk=pk).first() if permissions.can_see_accounts(user) else None


def _rows(account, event_model):
    """Filter arguments that keep a history model to this account's rows."""
    model = event_model.pgh_tracked_model
    if model is User:
        return {"pgh_obj_id": account.pk}
    return {"user_id": account.pk} if model in (RoleAssignment, FactorReset) else None


def _may_read(user, record, change):
    if change.field in ADDRESSES:
        return permissions.can_manage_accounts(user)
    return change.field not in APPEARANCE


timelines.register(User, find=_find, rows=_rows, may_read=_may_read)
