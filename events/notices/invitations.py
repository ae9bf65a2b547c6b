"""What the invited and those who took part are told (domain 7: 邀请 SEM; 会后问卷 S)."""

from association import notices

GROUP = "活动邀请与评价"
notices.register("events.invited", "活动邀请", group=GROUP, sms=True)
notices.register("events.invited_reminder", "活动邀请待回复", group=GROUP, sms=True)
notices.register("events.feedback_asked", "请评价参加过的活动", group=GROUP, email=False)
