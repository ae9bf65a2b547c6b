"""Verbs on transfer slips: filed, replaced and withdrawn by the unit's people, checked by the treasurer (domain 10.3)."""

from django.utils import timezone

from association import filetypes
from association.domain import attachments
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, locked, store
from association.domain.notices import notify
from association.errors import Refused
from association.models import Attachment
from association.money import yuan_of
from members import permissions
from members.choices import FiledState
from members.domain import payments
from members.domain.audience import payers
from members.domain.bills import refuse_void
from members.models import Payment, PaymentSlip

FILE_KIND = "转账凭证"
PDF = "application/pdf"


# --- filing ---------------------------------------------------------------------------------------------------


@verb
def file_slip(bill, *, by, upload, amount: int, paid_on, payer_name: str, note="") -> PaymentSlip:
    """Enter what the unit says it transferred (`amount` in 分), with a picture or PDF of the bank's slip.

    Doing it twice gives the first one. Raises Refused when another slip of the bill waits, when a waiver was asked for,
    when nothing or less is owed, for a day to come, and for other kinds of files.
    """
    bill = payments.locked_bill(bill)
    waiting = bill.slips.pending().first()
    if waiting:
        if (waiting.filed_by_id, waiting.amount, waiting.paid_on) == (by.pk, amount, paid_on):
            return waiting
        raise Refused(
            f"{bill.title}已有一张 {yuan_of(waiting.amount)} 的凭证在等财务核对，可以替换或撤回那一张。"
        )
    if bill.waivers.pending().exists():
        raise Refused(f"{bill.title}的减免申请还没有决定。要缴费，请先撤回申请。")
    _refuse_amount(bill, amount, paid_on)
    _refuse_other_files(upload)
    slip = PaymentSlip.objects.create(
        bill=bill, amount=amount, paid_on=paid_on, payer_name=payer_name, note=note, filed_by=by
    )
    attachments.add(slip, upload, by=by, kind=FILE_KIND)
    sentence = f"提交{bill.title}的转账凭证，{yuan_of(amount)}，待核对"
    record("members.slip.filed", bill.organization, bill, by=by, sentence=sentence)
    return slip


@verb
def replace_slip(slip, *, by, version: int, changes: dict, upload=None) -> PaymentSlip:
    """Put other facts, or another file, in the place of those of a slip that still waits.

    Doing it twice changes nothing. Raises Conflict when somebody else changed it meanwhile, Refused once it is settled.
    """
    bill = payments.locked_bill(slip.bill)
    _refuse_settled(PaymentSlip.objects.get(pk=slip.pk), "替换")
    slip = locked(slip, version, changes)
    changes = changed_fields(slip, changes)
    if not changes and upload is None:
        return slip
    _refuse_amount(bill, changes.get("amount", slip.amount), changes.get("paid_on", slip.paid_on))
    if upload is not None:
        _refuse_other_files(upload)
        for former in Attachment.objects.about(slip):
            attachments.remove(former, by=by)
        attachments.add(slip, upload, by=by, kind=FILE_KIND)
    # The one who replaced it stands behind what it says now, and so may not check it.
    store(slip, changes | {"filed_by": by})
    sentence = f"替换{bill.title}的转账凭证，{yuan_of(slip.amount)}，待核对"
    record("members.slip.replaced", bill.organization, bill, by=by, sentence=sentence)
    return slip


@verb
def withdraw(slip, *, by) -> PaymentSlip:
    """Take a slip back before it is checked. Doing it twice changes nothing; raises Refused once it is settled."""
    bill, slip = _locked(slip)
    if slip.state == FiledState.WITHDRAWN:
        return slip
    _refuse_settled(slip, "撤回")
    _settle(slip, FiledState.WITHDRAWN, by)
    sentence = f"撤回{bill.title}的转账凭证"
    record("members.slip.withdrawn", bill.organization, bill, by=by, sentence=sentence)
    return slip


# --- checking -------------------------------------------------------------------------------------------------


@verb
def accept(
    slip,
    *,
    by,
    version: int,
    amount: int,
    paid_on,
    method,
    payer_name="",
    reference="",
    seen: int | None = None,
) -> Payment:
    """Book what really came in for a slip, whatever it claimed; gives the payment.

    Doing it twice gives the same payment. Raises Refused when the slip was replaced since `version` or settled
    otherwise, and for whatever `payments.confirm` refuses.
    """
    bill, slip = _locked(slip)
    if slip.state == FiledState.ACCEPTED:
        return slip.payments.filter(refund_of=None).get()
    _refuse_settled(slip, "核对")
    _refuse_replaced(slip, version)
    return payments.confirm(
        bill, by=by, amount=amount, paid_on=paid_on, method=method, payer_name=payer_name, reference=reference,
        slip=slip, seen=seen,
    )  # fmt: skip


@verb
def reject(slip, *, by, version: int, reason: str) -> PaymentSlip:
    """Say that the money of a slip was not found, or that it is wrong, and why; the unit is told.

    Doing it twice changes nothing. Raises Refused when it was replaced since `version` or settled otherwise, for one's
    own slip and without a reason.
    """
    bill, slip = _locked(slip)
    if slip.state == FiledState.REJECTED:
        return slip
    _refuse_settled(slip, "核对")
    if not permissions.checks_slip(by, slip):
        raise Refused("自己提交的凭证、自己出的账单，要由另一位财务人员核对。")
    _refuse_replaced(slip, version)
    if not reason:
        raise Refused("退回凭证请写明理由。", status=422)
    _settle(slip, FiledState.REJECTED, by, reason)
    sentence = f"退回{bill.title}的转账凭证，{yuan_of(slip.amount)}"
    record("members.slip.rejected", bill.organization, bill, by=by, sentence=sentence, basis=reason)
    notify(
        payers(bill.organization), "members.slip_rejected", about=bill, url=bill.get_absolute_url(), by=by,
        organization=bill.organization.name, title=bill.title, amount=yuan_of(slip.amount), reason=reason,
    )  # fmt: skip
    return slip


# --- what it takes --------------------------------------------------------------------------------------------


def _locked(slip):
    """The bill of the slip and the slip as they are now, locked."""
    bill = payments.locked_bill(slip.bill)
    return bill, PaymentSlip.objects.select_for_update(of=("self",)).select_related("bill").get(pk=slip.pk)


def _settle(slip, state, by, reason=""):
    store(slip, {"state": state, "settled_by": by, "settled_at": timezone.now(), "reason": reason})


def _refuse_settled(slip, what):
    if not slip.is_pending:
        raise Refused(f"这张凭证{slip.get_state_display()}，不能再{what}。")


def _refuse_replaced(slip, version):
    if slip.version != version:
        raise Refused("单位刚刚替换了这张凭证，请看过现在的再核对。")


def _refuse_amount(bill, amount, paid_on):
    refuse_void(bill)
    payments.refuse_future(paid_on)
    owed = bill.outstanding
    if not owed:
        raise Refused(f"{bill.title}已没有欠款，不必再上传凭证。")
    if not 0 < amount <= owed:
        raise Refused(
            f"{bill.title}还欠 {yuan_of(owed)}，金额应大于零且不超过欠款。实际多转的，请在备注里写明。",
            status=422,
        )


def _refuse_other_files(upload):
    try:
        found = filetypes.identify(upload, attachments.extension_of(attachments.clean_name(upload.name)))
    except filetypes.UnacceptableFile as error:
        raise Refused(error.sentence, status=422) from error
    if not (found.is_image or found.media_type == PDF):
        raise Refused("凭证请用图片（JPG、PNG、WebP）或 PDF。", status=422)
