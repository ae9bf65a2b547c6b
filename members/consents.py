"""What each purpose that somebody may consent to means, as the person reads it."""

from members.choices import Purpose

# In the session: the version that the person is known to have agreed to, so that no page asks again.
AGREED = "members.policy"
# Given and withdrawn by the person at any time; the policy itself is agreed to by version.
SEPARATE = {
    Purpose.PUBLISH_NAME: (
        "同意后，协会可以在公开的网页、活动报道和参访材料中写出你的姓名与职务。不同意或撤回，已登出的网页会改为只写单位，已印出的不能收回。"
    ),
    Purpose.SHARE_CONTACT: (
        "同意后，其他会员单位或服务商找你对接时，协会可以把你的姓名、单位和工作联系方式给他们，每次都会告诉你给了谁。"
        "不同意或撤回，协会只在中间传话。"
    ),
}
