"""Who can sign in to the demonstration: one account for each duty. Names and addresses are invented."""

import functools
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from association.choices import Role
from association.domain import accounts
from association.models import User

PASSWORD = "yanshi-2022"
GRANTED_ON = date.fromisoformat(settings.ASSOCIATION_APPROVED_ON)

SECOND_ADMINISTRATOR = "administrator2@example.cn"
# Who issues a bill does not confirm its payment, so there are two.
CASHIER = "cashier@example.cn"
# Where two hold one duty, what tells them apart.
SECOND = {SECOND_ADMINISTRATOR: "（第二位）", CASHIER: "（出纳）"}

# (duty, name, e-mail address); the members' own people are added by the members app.
DEMO_ACCOUNTS = [
    (Role.SECRETARIAT, "陈思远", "secretary@example.cn"),
    (Role.SECRETARY_GENERAL, "周文清", "secretary-general@example.cn"),
    (Role.TREASURER, "孙会宁", "treasurer@example.cn"),
    (Role.TREASURER, "柳清源", CASHIER),
    (Role.PRESIDENT, "何景行", "president@example.cn"),
    (Role.AUDITOR, "沈明鉴", "auditor@example.cn"),
    (Role.ADMINISTRATOR, "唐立新", "administrator@example.cn"),
    # What one administrator proposes, another has to confirm.
    (Role.ADMINISTRATOR, "高明远", SECOND_ADMINISTRATOR),
]
# Whose duty has been proposed and waits to be confirmed.
PROPOSED = (Role.TREASURER, "许知新", "newcomer@example.cn")


def load(*, scale: int = 0, tell=print) -> None:
    """Open the accounts and grant their duties, from the day the association was approved on.

    The first account of the house is opened by nobody, the others by the secretary; their duties stand from the
    beginning, as those given from the command line do. An account that exists is left alone, with whatever became of
    its duties.
    """
    by = None
    for role, name, email in DEMO_ACCOUNTS:
        user = User.objects.filter(email=email).first() or _open(role, name, email, by)
        by = by or user
    _propose(*PROPOSED)


@transaction.atomic
def _open(role, name, email, by):
    user = open_account(name, email, by)
    accounts.grant_role(user, role, by=None, since=GRANTED_ON, basis="演示")
    return user


@transaction.atomic
def _propose(role, name, email):
    if not User.objects.filter(email=email).exists():
        by = User.objects.get(email="administrator@example.cn")
        user = open_account(name, email, by)
        accounts.grant_role(user, role, by=by, basis="演示：拟接任财务")


def open_account(name, email, by) -> User:
    """Open an account with the demonstration's password. One hash serves all: each takes half a second by design."""
    user = accounts.open_account(email=email, full_name=name, password=None, by=by)
    User.objects.filter(pk=user.pk).update(password=_hashed())
    return user


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)


def shown_accounts() -> list[dict]:
    """The accounts as the sign-in page lists them in demo mode."""
    rows = [
        {"label": _label(role, email), "email": email, "password": PASSWORD}
        for role, _, email in DEMO_ACCOUNTS
    ]
    others = (("会员（莱锦）", "member@example.cn"), ("政府联络员", "liaison@example.cn"))
    return [*rows, *({"label": label, "email": email, "password": PASSWORD} for label, email in others)]


def _label(role, email) -> str:
    return f"{Role(role).label}{SECOND.get(email, '')}"
