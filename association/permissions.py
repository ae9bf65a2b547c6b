"""Named questions about who may do what. Role names appear here and in the models only.

Each question carries `@question` with what it allows in Chinese: the table of rights (`association/matrix.py`) is made
from these. A question without it fails a test.
"""

from collections.abc import Callable
from dataclasses import dataclass

from association.choices import Role

# Whom the association's own house is open to: everyone who holds a duty in it.
STAFF = frozenset(Role)
# Keeping the roster is the secretariat's work.
KEEPERS = frozenset({Role.SECRETARIAT, Role.SECRETARY_GENERAL})
# The auditor reads who holds which duty and changes nothing (domain 1.5, 用户/权限/日志).
ACCOUNT_READERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


@dataclass(frozen=True)
class Question:
    """A named question with what it allows; `of` says of which record it is asked besides the person, if of any."""

    name: str
    label: str
    group: str
    ask: Callable
    of: str = ""


questions: list[Question] = []


def question(label: str, *, group: str, of: str = ""):
    """Register `can_…(user)`, or `can_…(user, record)` with the record named by `of`, under what it allows."""

    def register(function):
        questions.append(Question(f"{function.__module__}.{function.__name__}", label, group, function, of))
        return function

    return register


def current_roles(user) -> frozenset:
    """Duties the person holds today; asked of the database once a request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_current_roles"):
        user._current_roles = frozenset(user.role_assignments.current().values_list("role", flat=True))
    return user._current_roles


def has_role(user, *roles) -> bool:
    """Whether the person holds any of `roles` today."""
    return not current_roles(user).isdisjoint(roles)


def is_staff_member(user) -> bool:
    return bool(current_roles(user))


def is_administrator(user) -> bool:
    return has_role(user, Role.ADMINISTRATOR)


@question("与同事共享列表视图", group="工作台")
def can_share_views(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


@question("看到后台任务失败的提示", group="工作台")
def can_see_job_failures(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


@question("看年度统计", group="工作台")
def can_see_figures(user) -> bool:
    return is_staff_member(user)


@question("看页面组件样张", group="工作台")
def can_see_components(user) -> bool:
    return is_staff_member(user)


@question("看账号与职责", group="账号与权限")
def can_see_accounts(user) -> bool:
    return has_role(user, *ACCOUNT_READERS)


@question("开通与停用账号，授予、确认、结束职责，重设第二步验证", group="账号与权限")
def can_manage_accounts(user) -> bool:
    """Whether the person may propose and confirm; never both for the same thing, and nothing for themselves."""
    return is_administrator(user)


@question("看权限表", group="账号与权限")
def can_see_matrix(user) -> bool:
    return is_staff_member(user)


@question("看发送记录，重发失败的邮件与短信，解除退信标记", group="工作台")
def can_see_deliveries(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


@question("在发送记录里看完整地址与正文", group="工作台")
def can_read_deliveries(user) -> bool:
    """The administrator sees that something was sent and whether it arrived, not to which number and not what."""
    return has_role(user, *KEEPERS)
