"""What the house tells of money: payments, slips, waivers, receipts (domain 7, 到账+票据 SE)."""

from association import notices

DUES = "会费"
# Statutory: whoever pays must know what was booked, given back and decided.
notices.register("members.payment_confirmed", "会费已到账", statutory=True, group=DUES)
notices.register("members.payment_refunded", "已登记退款", statutory=True, group=DUES)
notices.register("members.slip_rejected", "转账凭证被退回", statutory=True, group=DUES)
notices.register("members.waiver_asked", "减免申请待决定", group=DUES)
notices.register("members.waiver_decided", "减免申请的决定", statutory=True, group=DUES)
notices.register("members.receipt_recorded", "票据已开具", group=DUES)
notices.register("members.receipt_voided", "票据已作废", statutory=True, group=DUES)
