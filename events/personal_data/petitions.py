"""What petitions keep about one person, for the copy they may ask for."""

from django.db.models import Q

from association.personal_data import Table, personal_data
from events.models import Liaison, Petition


@personal_data
def petitions(user):
    rows = Petition.objects.filter(Q(author=user) | Q(contact__user=user)).order_by("pk")
    yield Table(
        "提出或作为联系人的政企诉求",
        ("编号", "单位", "标题", "提交时间", "同意把姓名和手机告诉部门"),
        (
            (p.number, p.organization, p.title, p.submitted_at, p.shares_contact)
            for p in rows.select_related("organization")
        ),
    )
    duties = Liaison.objects.filter(user=user).select_related("department").order_by("pk")
    yield Table(
        "担任政府联络员",
        ("部门", "处室与职务", "自", "至（不含）"),
        ((d.department, d.title, d.since, d.until) for d in duties),
    )
