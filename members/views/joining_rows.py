"""The applicant's page prepared: where the application stands in words, what comes next, what is missing."""

from django.utils.timezone import localdate

from association.formats import chinese_date
from association.models import Activity, Attachment
from association.money import chinese_of, yuan_of
from members.choices import ApplicationState, Grade
from members.domain import drafts
from members.forms.applications import FileForm
from members.models import FeeStandard

STEPS = ("填写资料", "秘书处初审", "理事会审议", "缴纳会费", "正式会员")
STEP = {
    ApplicationState.DRAFT: 1, ApplicationState.MENDING: 1, ApplicationState.CHECKING: 2,
    ApplicationState.COUNCIL: 3, ApplicationState.ADMITTED: 4, ApplicationState.MEMBER: 6,
}  # fmt: skip
TONES = {
    ApplicationState.DRAFT: "off", ApplicationState.CHECKING: "info", ApplicationState.MENDING: "warn",
    ApplicationState.COUNCIL: "info", ApplicationState.ADMITTED: "warn", ApplicationState.MEMBER: "good",
    ApplicationState.REFUSED: "late", ApplicationState.WITHDRAWN: "off", ApplicationState.EXPIRED: "off",
}  # fmt: skip
# What the applicant reads of the record: the sentences about the application itself, without who in the house acted.
TOLD = "members.application."


def next_step(application) -> str:
    """What happens next, and until when."""
    due = chinese_date(application.due_on) if application.due_on else ""
    match application.state:
        case ApplicationState.DRAFT:
            return "还没有提交。填好资料，打印申请书盖章，连同营业执照上传，再提交。"
        case ApplicationState.CHECKING:
            return f"秘书处正在初审，{due}前答复；结果发到你核实过的手机或邮箱。"
        case ApplicationState.MENDING:
            return f"请补齐下面几项，在{due}前重新提交；逾期没有提交的，申请失效。"
        case ApplicationState.COUNCIL:
            return "初审已通过，等待理事会审议；结果发到你核实过的手机或邮箱。"
        case ApplicationState.ADMITTED:
            return f"理事会已通过。请在{due}前缴纳会费，财务确认到账后成为正式会员。"
        case ApplicationState.MEMBER:
            number = application.organization.member_number
            return f"已成为正式会员，会员编号 {number}。登录后可以下载会员证、维护本单位资料。"
        case ApplicationState.REFUSED:
            return f"理事会没有通过。{chinese_date(application.may_apply_again_on)}起可以再次申请。"
        case ApplicationState.EXPIRED:
            return "申请已失效。仍愿意入会的，可以重新申请。"
    return "申请已撤回。仍愿意入会的，可以重新申请。"


def page(application) -> dict:
    """What the applicant's page shows."""
    missing = drafts.lacking(application) if application.is_editable else []
    about = Activity.objects.about(application).filter(kind__startswith=TOLD)
    return {
        "application": application,
        "token": drafts.token_of(application),
        "steps": STEPS,
        "step": STEP.get(application.state, 0),
        "tone": TONES[application.state],
        "next_step": next_step(application),
        "lacking": missing,
        "lacking_fields": [(name, words) for name, words in missing if name != "files"],
        "slots": slots(application),
        "activities": about[:20],
        **bill(application),
    }


def slots(application) -> list[dict]:
    """The kinds of files, each with what was uploaded and, while it may be changed, a form for more."""
    files = list(Attachment.objects.about(application).order_by("pk").prefetch_related("files"))
    found = []
    for number, kind in enumerate(drafts.FILE_KINDS):
        mine = [file for file in files if file.kind == kind]
        form = (
            FileForm(initial={"kind": kind}, auto_id=f"file{number}_%s") if application.is_editable else None
        )
        if mine or form:
            required = kind in drafts.REQUIRED_FILES
            found.append({"kind": kind, "files": mine, "form": form, "required": required})
    return found


def bill(application) -> dict:
    """What is to be paid, once the council has admitted the applicant."""
    owed = application.bill
    if owed is None or application.state != ApplicationState.ADMITTED:
        return {}
    return {"bill": owed, "amount": yuan_of(owed.outstanding), "in_words": chinese_of(owed.outstanding)}


def fees() -> dict:
    """The tiers of the fee standard in force this year, if the assembly has adopted one."""
    standard = FeeStandard.objects.for_year(localdate().year)
    tiers = standard.tiers.all() if standard else ()
    rows = [(t.name, yuan_of(t.amount), "、".join(Grade(g).label for g in t.grades)) for t in tiers]
    return {"standard": standard, "tiers": rows}
