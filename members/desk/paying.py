"""What money puts on the workbench: slips to check, receipts to record, waivers to decide."""

from django.db.models.functions import TruncDate
from django.urls import reverse

from association import desk
from association.stocks import waiting
from members import permissions, receivables

waiting.add("members.slips", receivables.slips_waiting)
waiting.add("members.waivers", receivables.waivers_waiting)
waiting.add("members.receipts_due", receivables.bills_awaiting_receipt, due=TruncDate("since"))


desk.menu(
    "会费",
    "到账核对",
    "members:paying",
    allowed=permissions.can_see_dues,
    order=30,
    count=lambda user: waiting.of("members.slips").number,
    due=True,
)
desk.menu(
    "会费",
    "减免申请",
    "members:waivers",
    allowed=permissions.can_see_waivers,
    order=45,
    count=lambda user: waiting.of("members.waivers").number,
    due=True,
)
desk.menu(
    "会费",
    "待开票据",
    "members:receipts_due",
    allowed=permissions.can_record_receipts,
    order=50,
    count=lambda user: waiting.of("members.receipts_due").number,
    due=True,
)
desk.menu("会费", "票据登记簿", "members:receipts", allowed=permissions.can_see_dues, order=60)


@desk.todo
def slips_to_check(user):
    """One for the treasurer when slips wait that they may check."""
    if not permissions.can_confirm_payments(user) or not waiting.of("members.slips"):
        return
    theirs = receivables.slips_waiting().exclude(filed_by=user).exclude(bill__issued_by=user)
    if number := theirs.count():
        yield desk.Todo(
            title=f"{number:,} 张转账凭证待核对",
            detail="会员上传的凭证，对照银行到账逐张确认或退回",
            url=reverse("members:paying"),
            action="去核对",
        )


@desk.todo
def receipts_to_record(user):
    """One for the treasurer when money came in that no receipt covers, with the earliest deadline."""
    if not permissions.can_record_receipts(user):
        return
    if stock := waiting.of("members.receipts_due"):
        yield desk.Todo(
            title=f"{stock.number:,} 张账单待开票据",
            detail="到账后十个工作日内在财政票据平台开具，再登记号码",
            url=reverse("members:receipts_due"),
            action="去登记",
            due=receivables.receipt_due(stock.due),
        )


@desk.todo
def waivers_to_decide(user):
    """One for those who register the decisions of 会长办公会 when requests wait that are not their own."""
    if not permissions.can_decide_waivers(user) or not waiting.of("members.waivers"):
        return
    if number := receivables.waivers_waiting().exclude(filed_by=user).count():
        yield desk.Todo(
            title=f"{number:,} 项减免申请待决定",
            detail="会长办公会决定后登记依据，单位会收到通知",
            url=reverse("members:waivers"),
            action="去登记",
        )
