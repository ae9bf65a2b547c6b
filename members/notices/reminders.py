"""Reminders of what a unit owes (domain 7: 到期前 SE, 逾期 SEM)."""

from association import notices

DUES = "会费"
notices.register("members.dues_due_soon", "会费到期提醒", statutory=True, group=DUES)
# Arrears may end a membership (domain 10.12): nobody can decline to hear of them.
notices.register("members.dues_overdue", "会费逾期提醒", sms=True, statutory=True, group=DUES)
