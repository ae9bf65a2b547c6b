"""What people are told of fee standards and bills."""

from association import notices

DUES = "会费"
notices.register("members.dues_billed", "年度会费账单已出", sms=True, group=DUES)
notices.register("members.bill_issued", "账单已出", sms=True, group=DUES)
notices.register("members.bill_voided", "账单已作废", group=DUES)
notices.register("members.bill_run_done", "批量出账完成", email=False, group=DUES)

# All members are told of these by law (domain 2.1 c, d): nobody can decline them.
PUBLISHED = "会费公示"
notices.register("members.fee_standard_published", "会费标准公布", statutory=True, group=PUBLISHED)
notices.register("members.dues_published", "年度会费收支公布", statutory=True, group=PUBLISHED)
