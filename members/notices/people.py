"""What people are told of their requests about their own data. Statutory: an answer is owed to them."""

from association import notices

GROUP = "个人信息"
notices.register("members.person_request_filed", "个人信息请求待办理", statutory=True, group=GROUP)
notices.register("members.person_request_verified", "个人信息请求开始办理", statutory=True, group=GROUP)
notices.register("members.person_request_settled", "个人信息请求办理结果", statutory=True, group=GROUP)
notices.register("members.person_erased", "核对过的删除请求已完成", statutory=True, group=GROUP)
