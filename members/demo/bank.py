"""A bank's list for the demonstration: it pays bills that stand open there, well and less well told. All invented."""

import csv
import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from association.money import yuan_of
from members import permissions
from members.choices import NameKind
from members.demo.invented import person_name
from members.domain import bank_lists
from members.models import AlternativeName, BankStatement, Bill

NAME = "演示银行流水（工商银行格式）.csv"
OURS = "0200000000000000001"
HEADER = (
    "凭证号", "本方账号", "对方账号", "交易时间", "借/贷", "借方发生额", "贷方发生额", "对方行号", "摘要", "用途", "对方单位名称",
    "余额",
)  # fmt: skip
# Only bills of invented units are paid here: of a real one nothing is made up.
INVENTED = "演示"
MOST = 12


def load(by) -> BankStatement | None:
    """Upload and read the list once; without open bills of invented units there is nothing to do."""
    if by is None or not permissions.can_import_bank_lists(by):
        return None
    present = BankStatement.objects.filter(is_demo=True).first()
    bills = _bills(by)
    if present or not bills:
        return present
    file = SimpleUploadedFile(NAME, _text(bills).encode("gb18030"), content_type="text/csv")
    statement = bank_lists.upload(file, by=by, is_demo=True)
    bank_lists.read(statement.pk)
    statement.refresh_from_db()
    return statement


def _bills(by) -> list[Bill]:
    """Open bills of a dozen invented units, one of each; those that somebody else issued first, for they can be
    confirmed by whoever tries the list."""
    open_bills = Bill.objects.outstanding().filter(
        organization__is_demo=True, organization__name__startswith=INVENTED
    )
    found = {}
    for bill in open_bills.select_related("organization").order_by("due_on", "pk"):
        found.setdefault(bill.organization_id, bill)
    return sorted(found.values(), key=lambda b: (b.issued_by_id == by.pk, b.pk))[:MOST]


def _text(bills) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["[HISTORYDETAIL]"])
    writer.writerow(["本方账号", OURS, "演示数据，没有真实交易"])
    writer.writerow(HEADER)
    for number, cells in enumerate(_rows(bills)):
        writer.writerow(_row(number, *cells))
    return stream.getvalue()


def _rows(bills):
    """(payer, 分, what it is for) of each transfer; a negative amount went out."""
    former = dict(
        AlternativeName.objects.filter(
            kind=NameKind.FORMER, park=None, organization__in=[b.organization_id for b in bills]
        ).values_list("organization", "name")
    )
    for place, bill in enumerate(bills):
        unit, owed = bill.organization, bill.outstanding
        if place % 6 == 1:
            yield person_name(900 + place), owed, f"{unit.member_number or bill.number} 会费"
        elif place % 6 == 2:
            yield unit.name.replace("（", "(").replace("）", ")"), owed // 2 or owed, "会费（第一次）"
        elif place % 6 == 3:
            yield former.get(unit.pk, unit.name), owed + 10_000, f"{bill.year}年度会费"
        elif place % 6 == 4:
            yield "演示代付公司", owed, f"代{unit.name}缴纳{bill.year}年会费"
        else:
            yield former.get(unit.pk, unit.name), owed, f"{bill.year}年度会费"
    yield "演示物业服务公司", -320_000, "办公用房租金"
    yield "", 1_873, "结息"
    yield "演示来宾公司", 66_600, "活动赞助"


def _row(number, payer, fen, use):
    day = localdate() - timedelta(days=20 - number % 15)
    money = yuan_of(abs(fen)).removeprefix("¥")
    way = ("借", money, "") if fen < 0 else ("贷", "", money)
    account = f"62220000000000{number:05d}" if payer else ""
    summary = "结息" if not payer else "转账"
    return [
        f"{20_000 + number}", OURS, account, f"{day:%Y-%m-%d} 10:{number:02d}:00", *way, "102100000001", summary, use, payer, "",
    ]  # fmt: skip
