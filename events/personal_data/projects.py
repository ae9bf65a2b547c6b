"""What projects keep about one person, for the copy they may ask for."""

from association.personal_data import Table, personal_data
from events.models import Project, Review


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
