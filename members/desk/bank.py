"""What bank lists put on the workbench: menu and to-dos of those who claim their lines."""

from django.urls import reverse

from association import desk
from association.stocks import waiting
from members import permissions
from members.choices import LineState, StatementState
from members.models import BankLine, BankStatement

waiting.add("members.bank_lines", lambda: BankLine.objects.filter(state=LineState.OPEN), first="statement")
waiting.add("members.bank_columns", lambda: BankStatement.objects.filter(state=StatementState.MAPPING))


def open_lines(user) -> int:
    """How many transfers wait to be claimed; the same for everyone who claims them."""
    return waiting.of("members.bank_lines").number


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
    if lines := waiting.of("members.bank_lines"):
        yield desk.Todo(
            title=f"{lines.number:,} 笔银行流水待认领",
            detail="核对每笔款是哪家单位的哪张账单，或登记为不入账",
            url=reverse("members:bank_statement", args=[lines.first]),
            action="去认领",
        )
    if lists := waiting.of("members.bank_columns"):
        yield desk.Todo(
            title=f"{lists.number:,} 份银行流水待对应列",
            detail="表头不是已知银行的格式，指定一次以后就认得",
            url=reverse("members:bank_columns", args=[lists.first]),
            action="去对应",
        )
