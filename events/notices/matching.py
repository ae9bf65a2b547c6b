"""What people are told of demand, supply and matches (domain 7)."""

from association import notices

GROUP = "供需对接"
notices.register("events.posting_submitted", "供需待审核", email=False, group=GROUP)
notices.register("events.posting_published", "供需已发布", group=GROUP)
notices.register("events.posting_rejected", "供需被驳回", group=GROUP)
notices.register("events.posting_expires", "供需快到期", email=False, group=GROUP)
notices.register("events.match_asked", "有单位表示意向", group=GROUP)
notices.register("events.match_proposed", "秘书处撮合", group=GROUP)
notices.register("events.match_answer_due", "对接待答复", email=False, group=GROUP)
notices.register("events.match_agreed", "双方同意对接", group=GROUP)
notices.register("events.match_ended", "对接结束", group=GROUP)
notices.register("events.match_follow_up", "对接跟进", email=False, group=GROUP)
notices.register("events.match_signed", "对接已签约", email=False, group=GROUP)
notices.register("events.match_landed", "对接已落地", email=False, group=GROUP)
# It tells where one's own number went: nobody can decline it (个人信息保护法 §23).
notices.register("events.contact_shared", "联系方式已提供给对方", statutory=True, group=GROUP)
