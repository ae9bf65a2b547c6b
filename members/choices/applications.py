"""Where an application to become a member stands (domain 10.1)."""

from django.db import models


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    CHECKING = "checking", "待初审"
    MENDING = "mending", "待补正"
    COUNCIL = "council", "待理事会审议"
    ADMITTED = "admitted", "已通过待缴费"
    MEMBER = "member", "正式会员"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已失效"


# States in which somebody still has something to do; of one credit code there is one such application at a time.
OPEN_APPLICATIONS = (
    ApplicationState.CHECKING, ApplicationState.MENDING, ApplicationState.COUNCIL, ApplicationState.ADMITTED,
)  # fmt: skip
# Before the council has it, the applicant may take it back (domain 10.1).
WITHDRAWABLE = (ApplicationState.DRAFT, ApplicationState.CHECKING, ApplicationState.MENDING)


class ReminderKind(models.TextChoices):
    """Of what the applicant is reminded before an application expires."""

    MENDING = "mending", "补正即将到期"
    UNPAID = "unpaid", "会费即将到期"
    UNPAID_LATE = "unpaid_late", "会费逾期未缴"
