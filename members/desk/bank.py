"""What bank lists put on the workbench: menu and to-dos of those who claim their lines."""

from django.db.models import Count, Min
from django.urls import reverse

from association import desk, stamps
from members import permissions
from members.choices import LineState, StatementState
from members.models import BankLine, BankStatement


def _counts() -> dict:
    """Open lines, the oldest list that has any, and lists that wait for somebody to assign their columns."""
    lines = BankLine.objects.filter(state=LineState.OPEN)
    found = lines.aggregate(open=Count("pk"), oldest=Min("statement"))
    waiting = BankStatement.objects.filter(state=StatementState.MAPPING)
    return found | waiting.aggregate(mapping=Count("pk"), first=Min("pk"))


def _waiting() -> dict:
    return stamps.counted("members.bank", _counts)


def open_lines(user) -> int:
    """How many transfers wait to be claimed; the same for everyone who claims them."""
    return _waiting()["open"]


desk.menu(
    "会费",
    "银行流水",
    "members:bank_statements",
    allowed=permissions.can_import_bank_lists,
    order=40,
    count=open_lines,
    due=True,
)


@desk.todo
def bank_lines_to_claim(user):
    """One for open transfers, and one for lists whose columns nobody has assigned yet."""
    if not permissions.can_import_bank_lists(user):
        return
    waiting = _waiting()
    if waiting["open"]:
        yield desk.Todo(
            title=f"{waiting['open']:,} 笔银行流水待认领",
            detail="核对每笔款是哪家单位的哪张账单，或登记为不入账",
            url=reverse("members:bank_statement", args=[waiting["oldest"]]),
            action="去认领",
        )
    if waiting["mapping"]:
        yield desk.Todo(
            title=f"{waiting['mapping']:,} 份银行流水待对应列",
            detail="表头不是已知银行的格式，指定一次以后就认得",
            url=reverse("members:bank_columns", args=[waiting["first"]]),
            action="去对应",
        )
