"""What people are told of deals (domain 7)."""

from association import notices

GROUP = "活动"
notices.register("events.deal_landed", "合作落地待核实", email=False, group=GROUP)
notices.register("events.deal_returned", "落地登记被退回", email=False, group=GROUP)
