"""What the law on personal information asks for (domain 8, 10.18)."""

from django.db import models


class Purpose(models.TextChoices):
    """What somebody consents to, each by itself (个人信息保护法 §14, §23, §25)."""

    POLICY = "policy", "个人信息保护政策"
    PUBLISH_NAME = "publish_name", "在公开页面署名"
    SHARE_CONTACT = "share_contact", "向其他单位提供联系方式"


class RequestKind(models.TextChoices):
    ACCESS = "access", "查阅"
    COPY = "copy", "复制"
    CORRECTION = "correction", "更正"
    ERASURE = "erasure", "删除"


class RequestState(models.TextChoices):
    FILED = "filed", "待核对身份"
    HANDLING = "handling", "处理中"
    DONE = "done", "已完成"
    REFUSED = "refused", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"
