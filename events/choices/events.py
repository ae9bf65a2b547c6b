"""The closed lists of the events app, with the words a reader sees (domain 5, 10.6)."""

from django.db import models


class Unit(models.TextChoices):
    """What the events of a series are counted in."""

    SESSION = "session", "场"
    ISSUE = "issue", "期"


class Mode(models.TextChoices):
    ONSITE = "onsite", "线下"
    ONLINE = "online", "线上"
    HYBRID = "hybrid", "线下线上同时"


class Audience(models.TextChoices):
    """Whom an event is open to, and who may know of it."""

    PUBLIC = "public", "公开"
    MEMBERS = "members", "会员"
    INVITED = "invited", "受邀者"


class HostRole(models.TextChoices):
    """In the order in which a programme names them."""

    ADVISER = "adviser", "指导单位"
    ORGANIZER = "organizer", "主办单位"
    UNDERTAKER = "undertaker", "承办单位"
    CO_ORGANIZER = "co_organizer", "协办单位"
    SUPPORTER = "supporter", "支持单位"
    COMMISSIONER = "commissioner", "委托方"


class EventState(models.TextChoices):
    """Where an event stands; derived from dated facts and the clock, never stored."""

    PLANNED = "planned", "策划"
    SUBMITTED = "submitted", "待审批"
    ANNOUNCED = "announced", "已发布"
    RUNNING = "running", "进行中"
    ENDED = "ended", "已结束"
    ARCHIVED = "archived", "已归档"
    CANCELLED = "cancelled", "已取消"
    FAILED = "failed", "未开成"
