"""What projects keep about one person, for the copy they may ask for."""

from association.personal_data import Table, personal_data
from events.models import ContactSharing, Posting, Project, Review


@personal_data
def shared(user):
    """To which units the person's number was told, or may be once both agree."""
    rows = ContactSharing.objects.filter(contact__user=user).select_related(
        "match__posting", "match__owner", "match__asker", "organization"
    )
    yield Table(
        "供需对接中提供联系方式",
        ("时间", "对接", "提供给", "依据", "同意的内容", "撤回时间"),
        (
            (
                s.given_at,
                s.match.posting.title,
                s.match.other_of(s.organization),
                s.get_basis_display(),
                s.wording,
                s.withdrawn_at,
            )
            for s in rows.order_by("pk")
        ),
    )
    answering = Posting.objects.filter(contact__user=user).order_by("pk")
    yield Table("作为答复人的供需", ("标题", "有效期至"), ((p.title, p.valid_to) for p in answering))


@personal_data
def said_of_projects(user):
    """The person's reviews, and the projects for which their number is the one to ring up."""
    reviews = Review.objects.filter(reviewer=user).select_related("project").order_by("pk")
    yield Table(
        "项目评审",
        ("项目", "邀请时间", "提交时间", "创新性", "场景契合度", "成熟度", "推广价值", "意见", "回避时间", "回避理由"),
        (
            (
                r.project.name, r.asked_at, r.submitted_at, r.novelty, r.fit, r.readiness, r.reach, r.comment, r.recused_at,
                r.recusal_reason,
            )
            for r in reviews
        ),
    )  # fmt: skip
    if user.mobile:
        projects = Project.objects.filter(contact_mobile=user.mobile).order_by("pk")
        yield Table(
            "项目联系人",
            ("项目", "单位", "联系人", "手机", "登记时间"),
            ((p.name, p.unit_name, p.contact_name, p.contact_mobile, p.created_at) for p in projects),
        )
