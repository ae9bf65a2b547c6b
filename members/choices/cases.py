"""Ways out of the association, and what is done on them (domain 10.12)."""

from django.db import models


class CaseKind(models.TextChoices):
    WITHDRAWAL = "withdrawal", "退会"
    DEEMED = "deemed", "视为退会"
    EXPULSION = "expulsion", "除名"


class CaseState(models.TextChoices):
    FILED = "filed", "待核对"
    URGING = "urging", "催告中"
    HEARING = "hearing", "告知与申辩"
    PUBLISHED = "published", "公示中"
    COUNCIL = "council", "待理事会"
    DONE = "done", "已办结"
    CLOSED = "closed", "已撤销"
    APPEALED = "appealed", "申诉中"
    OVERTURNED = "overturned", "申诉成立"


# States in which the unit is still a member and somebody has something to do.
OPEN_CASES = (
    CaseState.FILED, CaseState.URGING, CaseState.HEARING, CaseState.PUBLISHED, CaseState.COUNCIL,
)  # fmt: skip


class StepKind(models.TextChoices):
    """What was done on a case; each is a row of its own that nobody changes afterwards."""

    FILED = "filed", "立案"
    CHECKED = "checked", "核对欠费、证书与职务"
    URGED = "urged", "催告"
    NOTIFIED = "notified", "告知申辩权利"
    STATEMENT = "statement", "单位申辩"
    PUBLISHED = "published", "公示"
    OBJECTION = "objection", "公示期异议"
    TO_COUNCIL = "to_council", "提交理事会"
    DECIDED = "decided", "理事会决定"
    APPEALED = "appealed", "向会员大会申诉"
    APPEAL_DECIDED = "appeal_decided", "会员大会决定"
    CLOSED = "closed", "撤销"
    REPLACED = "replaced", "处理空缺职务"
