"""What people are told of petitions (domain 7: 受理 S, 转办 SE, 答复 SE, 超期 S→秘书长, 回访 SM)."""

from association import notices

GROUP = "政企诉求"
for _kind, _label, _ways in (
    ("petition_submitted", "诉求待受理", {"email": False}),
    ("petition_asked", "诉求待补充", {}),
    ("petition_accepted", "诉求已受理", {"email": False}),
    ("petition_refused", "诉求不予受理", {}),
    ("petition_withdrawn", "诉求已撤销", {"email": False}),
    ("petition_handed", "诉求已转办", {}),
    ("petition_extended", "诉求答复延期", {"email": False}),
    ("petition_objected", "派单异议", {"email": False}),
    ("petition_answered", "诉求已答复", {}),
    ("petition_replied", "部门已答复", {"email": False}),
    ("petition_reopened", "诉求答复不满意", {}),
    ("petition_closed", "诉求已办结", {"email": False}),
    ("petition_settled", "诉求回访办结", {"email": False}),
    ("petition_overdue", "诉求超期", {"email": False}),
    ("petition_long_overdue", "诉求超期十天", {"email": False}),
    ("petition_follow_up", "诉求回访", {"email": False, "sms": True}),
):
    notices.register(f"events.{_kind}", _label, group=GROUP, **_ways)

# To government liaisons.
HANDED = "转办诉求"
notices.register("events.liaison_opened", "担任政府联络员", sms=False, statutory=True, group=HANDED)
notices.register("events.petition_assigned", "转来的诉求", group=HANDED)
notices.register("events.petition_redo", "诉求要求重办", group=HANDED)
notices.register("events.petition_withdrawn_handed", "转来的诉求已撤销", email=False, group=HANDED)
