"""What registration and attendance keep about one person, for the copy they may ask for."""

from django.db.models import Q

from association.personal_data import Table, personal_data
from events.domain import erasing  # noqa: F401  (registers itself)
from events.models import Attendance, Registration


@personal_data
def registered(user):
    """Registrations of the person, by account or by their own proved addresses."""
    mine = Q(user=user)
    for address in user.proved_addresses:
        mine |= Q(email__iexact=address) if "@" in address else Q(mobile=address)
    rows = Registration.objects.filter(mine).select_related("event__series").order_by("pk")
    heads = (
        "活动",
        "姓名",
        "手机",
        "邮箱",
        "单位",
        "职务",
        "形式",
        "状态",
        "报名时间",
        "同意公布姓名",
        "备注",
    )
    yield Table(
        "活动报名",
        heads,
        (
            (
                str(r.event), r.full_name, r.mobile, r.email, r.unit_name, r.title, r.get_mode_display(), r.state.label,
                r.created_at, "是" if r.lists_name else "否", r.note,
            )
            for r in rows
        ),
    )  # fmt: skip


@personal_data
def attended(user):
    """Attendance of the person's own registrations, and that under the mobile number that they proved."""
    mine = Q(registration__user=user)
    if user.mobile and user.mobile_verified_at:
        mine |= Q(mobile=user.mobile)
    rows = Attendance.objects.filter(mine).select_related("event__series").order_by("pk")
    heads = (
        "活动",
        "姓名",
        "手机",
        "职务",
        "单位",
        "参加形式",
        "方式",
        "签到时间",
        "线上分钟",
        "撤销时间",
        "撤销原因",
    )
    yield Table(
        "参加活动",
        heads,
        (
            (
                str(a.event), a.full_name, a.mobile, a.title, a.unit_name, a.get_mode_display(), a.get_source_display(),
                a.arrived_at, a.minutes, a.undone_at, a.undone_reason,
            )
            for a in rows
        ),
    )  # fmt: skip
