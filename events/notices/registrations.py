"""What people are told of their registration (domain 7: 报名成功 SEM, 候补转正 SM, 变更/取消 SEM, 前1天 M)."""

from association import notices

GROUP = "活动报名"
for name, label, statutory in (
    ("registered", "报名成功", False),
    ("waitlisted", "已列入候补", False),
    ("registration_pending", "报名待审核", False),
    ("registration_declined", "报名未通过", False),
    ("offered", "候补到位，请确认", True),
    ("offer_lapsed", "候补到期未确认", False),
    ("registration_cancelled", "报名已取消", False),
    ("changed", "活动有变更", True),
    ("called_off", "活动取消", True),
    ("tomorrow", "活动前一天提醒", False),
):
    notices.register(f"events.{name}", label, group=GROUP, sms=True, statutory=statutory)
