"""The closed lists of registration, with the words a reader sees (domain 5.3, 10.6)."""

from django.db import models


class RegistrationState(models.TextChoices):
    """Where a registration stands; derived from dated facts, never stored."""

    PENDING = "pending", "待审核"
    CONFIRMED = "confirmed", "已确认"
    WAITING = "waiting", "候补"
    OFFERED = "offered", "候补到位，待确认"
    DECLINED = "declined", "未通过"
    CANCELLED = "cancelled", "已取消"
    LAPSED = "lapsed", "候补未确认"


class WaitRule(models.TextChoices):
    """Who comes first when a seat becomes free; shown to everybody who waits."""

    FIRST_COME = "first_come", "按登记先后递补"
    UNITS_FIRST = "units_first", "还没有名额的单位优先，再按登记先后"
    MEMBERS_FIRST = "members_first", "会员单位优先，再按登记先后"


class Source(models.TextChoices):
    """How a registration came."""

    SELF = "self", "本人报名"
    COLLEAGUE = "colleague", "同事代报"
    STAFF = "staff", "秘书处代报"
    GUEST = "guest", "凭验证码报名"
    INVITED = "invited", "受邀回复"


class QuestionKind(models.TextChoices):
    TEXT = "text", "填空"
    YES_NO = "yes_no", "是或否"
    ONE = "one", "单选"
    SEVERAL = "several", "多选"


class RegistrationPhase(models.TextChoices):
    """Whether an event takes registrations at this moment; derived."""

    NONE = "none", "不用报名"
    BEFORE = "before", "报名未开始"
    OPEN = "open", "报名中"
    CLOSED = "closed", "报名截止"
