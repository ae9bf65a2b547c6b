"""What the members app keeps about one person, for the copy they may ask for."""

from django.db.models import Q

from association.personal_data import Table, personal_data
from members import viewers
from members.models import Application, Consent, Contact, ContactRole, ContactView, Invitation, PersonRequest


@personal_data
def entry(user):
    """The person's own entry among the contacts, and the duties they held."""
    contact = Contact.objects.filter(user=user).first()
    if contact is None:
        return
    heads = ("姓名", "手机", "座机", "邮箱", "微信", "登记时间")
    row = (contact.name, contact.mobile, contact.landline, contact.email, contact.wechat, contact.created_at)
    yield Table("联系人", heads, [row])
    roles = ContactRole.objects.filter(contact=contact).select_related("organization").order_by("pk")
    yield Table(
        "在单位的职责",
        ("单位", "职责", "职务", "自", "至（不含）"),
        ((r.organization, r.get_duty_display(), r.title, r.since, r.until) for r in roles),
    )
    posts = contact.posts.select_related("organization").order_by("pk")
    yield Table(
        "代表单位担任的职务",
        ("单位", "职务", "自", "至（不含）", "依据"),
        ((p.organization, p.get_grade_display(), p.since, p.until, p.basis) for p in posts),
    )
    invitations = Invitation.objects.filter(contact=contact).select_related("organization").order_by("pk")
    yield Table(
        "收到的邀请",
        ("时间", "单位", "职责", "接受时间", "撤回时间"),
        (
            (i.created_at, i.organization, i.get_duty_display(), i.accepted_at, i.revoked_at)
            for i in invitations
        ),
    )


@personal_data
def said(user):
    rows = Consent.objects.filter(Q(user=user) | Q(contact__user=user)).order_by("pk")
    yield Table(
        "同意记录",
        ("时间", "目的", "同意或撤回", "版本", "方式"),
        ((c.at, c.get_purpose_display(), "同意" if c.given else "撤回", c.version, c.how) for c in rows),
    )
    requests = PersonRequest.objects.filter(user=user).order_by("pk")
    yield Table(
        "个人信息请求",
        ("编号", "要求", "提出时间", "说明", "状态", "结果或理由", "办结时间"),
        (
            (
                r.number,
                r.get_kind_display(),
                r.filed_at,
                r.text,
                r.get_state_display(),
                r.reason,
                r.settled_at,
            )
            for r in requests
        ),
    )


@personal_data
def looked_at(user):
    """Who looked, by their duty: their names are their own data."""
    views = list(ContactView.objects.filter(contact__user=user).order_by("pk"))
    who = viewers.in_words(views)
    yield Table(
        "谁看过完整联系方式",
        ("日期", "谁", "在哪里"),
        ((view.day, who[view.pk], view.place) for view in views),
    )


@personal_data
def applied(user):
    """Applications that name an address of the person; of other people named beside them only to the applicant."""
    mine = user.proved_addresses
    heads = ("编号", "单位", "状态", "提交时间", "会员代表", "代表手机", "代表邮箱", "联络员", "联络员手机", "联络员邮箱", "同意的政策")  # fmt: skip
    rows = Application.objects.naming(mine).order_by("pk")
    yield Table("入会申请", heads, (_application(row, mine) for row in rows))


def _application(row, mine):
    is_applicant = row.address.lower() in mine
    people = [
        (row.representative_name, row.representative_mobile, row.representative_email),
        (row.liaison_name, row.liaison_mobile, row.liaison_email),
    ]
    shown = [
        cell if is_applicant or not mine.isdisjoint((mobile, email.lower())) else ""
        for name, mobile, email in people
        for cell in (name, mobile, email)
    ]
    policy = row.policy_version if is_applicant else ""
    return (row.number, row.name, row.get_state_display(), row.submitted_at, *shown, policy)
