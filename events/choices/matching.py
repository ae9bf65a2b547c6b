"""The closed lists of demand, supply and matches (domain 5.5, 10.8)."""

from django.db import models


class PostingKind(models.TextChoices):
    DEMAND = "demand", "需求"
    SUPPLY = "supply", "供给"


class PostingCategory(models.TextChoices):
    """The six categories of service in the association's programme, and what parks look for beside them."""

    FINANCE = "finance", "文化金融"
    BRANDING = "branding", "品牌营销"
    TALENT = "talent", "人才培训"
    PROPERTY = "property", "知识产权"
    SMART_PARK = "smart_park", "智慧园区建设"
    CONSULTING = "consulting", "产业咨询顾问"
    SPACE = "space", "空间场地"
    CONTENT = "content", "内容合作"
    TECHNOLOGY = "technology", "技术应用"
    OTHER = "other", "其他"


class BudgetBand(models.TextChoices):
    """From the smallest to the largest; what has no number comes first."""

    OPEN = "open", "面议"
    FREE = "free", "不涉及费用"
    UNDER_100K = "under_100k", "10万元以下"
    UNDER_500K = "under_500k", "10万至50万元"
    UNDER_1M = "under_1m", "50万至100万元"
    UNDER_5M = "under_5m", "100万至500万元"
    OVER_5M = "over_5m", "500万元以上"


class PostingVisibility(models.TextChoices):
    MEMBERS = "members", "会员"
    PUBLIC = "public", "公开"


class PostingState(models.TextChoices):
    """Where a posting stands; derived from dated facts and the clock, never stored."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审"
    PUBLISHED = "published", "已发布"
    REJECTED = "rejected", "驳回"
    MATCHED = "matched", "已匹配"
    EXPIRED = "expired", "已过期"
    CLOSED = "closed", "已关闭"


class PostingOutcome(models.TextChoices):
    """What became of a posting when it was closed."""

    SOLVED_HERE = "solved_here", "在协会对接成功"
    SOLVED_ELSEWHERE = "solved_elsewhere", "已另行解决"
    NOT_NEEDED = "not_needed", "不再需要"
    TAKEN_DOWN = "taken_down", "秘书处下架"


class MatchOrigin(models.TextChoices):
    INTEREST = "interest", "会员意向"
    PROPOSED = "proposed", "秘书处撮合"


class MatchState(models.TextChoices):
    """Where a match stands; derived from dated facts and the clock, never stored."""

    PROPOSED = "proposed", "意向"
    WAITING = "waiting", "待对方确认"
    AGREED = "agreed", "双方同意"
    TALKING = "talking", "洽谈中"
    SIGNED = "signed", "已签约"
    LANDED = "landed", "已落地"
    FAILED = "failed", "未成"
    TERMINATED = "terminated", "已终止"


class MatchEnding(models.TextChoices):
    """How a match ended without a deal."""

    DECLINED = "declined", "一方婉拒"
    LAPSED = "lapsed", "逾期未答复"
    FAILED = "failed", "洽谈未成"
    WITHDRAWN = "withdrawn", "提出方撤回"
    TERMINATED = "terminated", "终止"


class TalkWay(models.TextChoices):
    MEETING = "meeting", "见面"
    CALL = "call", "电话"
    ONLINE = "online", "线上会议"
    WRITING = "writing", "微信或邮件"
    OTHER = "other", "其他"


class SharingBasis(models.TextChoices):
    """On what a person's number may be given to the other unit (个人信息保护法 §23)."""

    OWN = "own", "本人在这项对接中单独同意"
    STANDING = "standing", "本人已同意向其他单位提供联系方式"
