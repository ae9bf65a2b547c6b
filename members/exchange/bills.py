"""Bills as a workbook: one row each, amounts in 元."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from django.conf import settings
from django.utils.timezone import localdate

from association.choices import ExportFormat
from association.domain.exports import ExportRequest
from association.errors import Refused
from association.exchange.writing import Column, write_workbook
from members.choices import BillStatus

KEY, TITLE = "members.bills", "账单"
MOST = 30_000
COLUMNS = (
    Column("账单号", "code"), Column("年度", "integer"), Column("种类", "choice"), Column("单位", width=32),
    Column("统一社会信用代码", "code"), Column("项目"), Column("档次"), Column("出账时级别", "choice"),
    Column("计算依据", width=40), Column("应收（元）", "decimal"), Column("实收（元）", "decimal"),
    Column("减免（元）", "decimal"), Column("欠缴（元）", "decimal"), Column("状态", "choice"),
    Column("出账日期", "date"), Column("缴费期限", "date"), Column("作废原因"),
)  # fmt: skip


def _yuan(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _row(bill) -> tuple:
    return (
        bill.number, bill.year, bill.get_kind_display(), bill.payer_name, bill.payer_code, bill.title,
        bill.tier.name if bill.tier else "", bill.get_grade_display() if bill.grade else "", bill.rule,
        _yuan(bill.amount), _yuan(bill.paid), _yuan(bill.waived), _yuan(bill.outstanding),
        BillStatus(bill.status).label, bill.issued_on, bill.due_on, bill.void_reason,
    )  # fmt: skip


def made(bills, *, person, conditions: str, query: str) -> tuple[ExportRequest, bytes]:
    """The workbook of `bills`, with statuses as of today, and what the log is to say of it.

    Raises Refused for none and for more than thirty thousand.
    """
    count, today = bills.count(), localdate()
    if not count:
        raise Refused("没有符合条件的账单，没有可导出的内容。", status=422)
    if count > MOST:
        raise Refused(f"一次最多导出 {MOST:,} 份账单，请先按年度或状态筛选。", status=422)
    buffer = BytesIO()
    notes = [
        ("名称", f"{settings.ASSOCIATION_NAME}{TITLE}"),
        ("筛选条件", conditions),
        ("行数", str(count)),
        ("导出人", str(person)),
    ]
    rows = (_row(bill) for bill in bills.iterator(chunk_size=2_000))
    write_workbook(buffer, sheet=TITLE, columns=COLUMNS, rows=rows, notes=notes, as_of=today)
    return _request(count, today, conditions, query), buffer.getvalue()


def _request(count: int, today: date, conditions: str, query: str) -> ExportRequest:
    return ExportRequest(
        listing=KEY, title=TITLE, query=query, conditions=conditions, columns=[c.header for c in COLUMNS],
        as_of=today, format=ExportFormat.XLSX, file_name=f"{TITLE}_{today:%Y%m%d}.xlsx", rows=count,
    )  # fmt: skip
