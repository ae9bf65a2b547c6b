"""What people are told of events (domain 7)."""

from association import notices

GROUP = "活动"
notices.register("events.event_submitted", "活动待审批", group=GROUP)
notices.register("events.event_approved", "活动已批准发布", group=GROUP)
notices.register("events.event_returned", "活动被退回修改", group=GROUP)
