"""States of events taken together, as boards count and lists filter them."""

from django.db import models


class EventGroup(models.TextChoices):
    DRAFTS = "drafts", "未发布"
    PUBLISHED = "published", "发布过"
    HELD = "held", "办过"
    OFF = "off", "取消与未开成"
    COMING = "coming", "将办与进行中"
    STANDING = "standing", "将办与办过"
