"""What people are told of projects (domain 7)."""

from association import notices

GROUP = "活动"
notices.register("events.review_asked", "请评审项目", group=GROUP)
notices.register("events.project_selected", "项目入选", group=GROUP)
notices.register("events.project_rejected", "项目未入选", group=GROUP)
