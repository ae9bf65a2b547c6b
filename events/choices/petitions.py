"""The closed lists of petitions to government and of the departments that answer them (domain 5.4, 10.7)."""

from django.db import models

__all__ = [
    "ASKED_STATES", "AT_DEPARTMENT", "CLOSED_STATES", "KINDS_INTO", "MERGEABLE", "MOVING", "STATE_AFTER", "WAITING_STATES",
    "DepartmentLevel", "PetitionKind", "PetitionSource", "PetitionState", "PetitionTopic", "StepKind", "Verdict",
]  # fmt: skip


class DepartmentLevel(models.TextChoices):
    NATIONAL = "national", "国家"
    CITY = "city", "市级"
    DISTRICT = "district", "区级"
    STREET = "street", "街道、乡镇"


class PetitionSource(models.TextChoices):
    EVENT = "event", "政企沟通会提出"
    MEMBER = "member", "会员提交"
    STAFF = "staff", "秘书处代录"


class PetitionKind(models.TextChoices):
    ENQUIRY = "enquiry", "咨询"
    HELP = "help", "求助"
    ADVICE = "advice", "建议"
    POLICY = "policy", "政策"
    OTHER = "other", "其他"


class PetitionTopic(models.TextChoices):
    """The six that members named in 2022, and whatever fits none of them."""

    NATIONAL = "national", "创建国家级园区"
    MERGING = "merging", "三区融合"
    SMART = "smart", "智慧化"
    GREEN = "green", "绿色改造和低碳运营"
    OPERATION = "operation", "运营模式创新"
    LISTING = "listing", "上市及IPO"
    OTHER = "other", "其他"


class PetitionState(models.TextChoices):
    """Where a petition stands; follows from its last step, never stored."""

    SUBMITTED = "submitted", "待受理"
    ASKED = "asked", "待补充"
    ACCEPTED = "accepted", "已受理"
    HANDED = "handed", "已转办"
    WORKING = "working", "办理中"
    ANSWERED = "answered", "已答复"
    FOLLOWED = "followed", "回访中"
    REDOING = "redoing", "重办"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "已撤销"


class StepKind(models.TextChoices):
    """What was done with a petition; all but the last few move it into another state."""

    SUBMITTED = "submitted", "提交"
    ASKED = "asked", "要求补充"
    SUPPLEMENTED = "supplemented", "补充材料"
    ACCEPTED = "accepted", "受理"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "撤销"
    HANDED = "handed", "转办"
    OBJECTED = "objected", "派单异议"
    SIGNED = "signed", "签收"
    REPLIED = "replied", "部门答复"
    ANSWERED = "answered", "协会答复"
    CALLED = "called", "转入回访"
    DISSATISFIED = "dissatisfied", "不满意，要求重办"
    UNHAPPY = "unhappy", "仍不满意"
    SATISFIED = "satisfied", "满意"
    SETTLED = "settled", "回访办结"
    SEPARATED = "separated", "分开办理"
    EXTENDED = "extended", "延期"
    JOINED = "joined", "合并办理"


class Verdict(models.TextChoices):
    """What the member said of the answer in the end."""

    SATISFIED = "satisfied", "满意"
    DISSATISFIED = "dissatisfied", "不满意"
    UNREACHED = "unreached", "未联系上"


STATE_AFTER = {
    StepKind.SUBMITTED: PetitionState.SUBMITTED,
    StepKind.ASKED: PetitionState.ASKED,
    StepKind.SUPPLEMENTED: PetitionState.SUBMITTED,
    StepKind.ACCEPTED: PetitionState.ACCEPTED,
    StepKind.REFUSED: PetitionState.REFUSED,
    StepKind.WITHDRAWN: PetitionState.WITHDRAWN,
    StepKind.HANDED: PetitionState.HANDED,
    StepKind.OBJECTED: PetitionState.ACCEPTED,
    StepKind.SIGNED: PetitionState.WORKING,
    StepKind.REPLIED: PetitionState.ANSWERED,
    StepKind.ANSWERED: PetitionState.ANSWERED,
    StepKind.CALLED: PetitionState.FOLLOWED,
    StepKind.UNHAPPY: PetitionState.FOLLOWED,
    StepKind.DISSATISFIED: PetitionState.REDOING,
    StepKind.SATISFIED: PetitionState.CLOSED,
    StepKind.SETTLED: PetitionState.CLOSED,
    StepKind.SEPARATED: PetitionState.ACCEPTED,
}
MOVING = tuple(STATE_AFTER)
KINDS_INTO = {
    state: tuple(kind for kind, after in STATE_AFTER.items() if after == state) for state in PetitionState
}
# In which a department has to do something, and what it does has a last day.
AT_DEPARTMENT = (PetitionState.HANDED, PetitionState.WORKING, PetitionState.REDOING)
# In which the secretariat has to do something.
WAITING_STATES = (PetitionState.SUBMITTED, PetitionState.ACCEPTED)
# In which the member is asked what it thinks of the answer.
ASKED_STATES = (PetitionState.ANSWERED, PetitionState.FOLLOWED)
CLOSED_STATES = (PetitionState.CLOSED, PetitionState.REFUSED, PetitionState.WITHDRAWN)
# In which a petition may lead others: it is accepted and not answered yet.
MERGEABLE = (PetitionState.ACCEPTED, PetitionState.HANDED, PetitionState.WORKING)
