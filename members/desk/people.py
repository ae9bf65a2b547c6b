"""What people's own data put on the workbench: the policy to agree to, requests that wait."""

from django.urls import reverse
from django.utils.timezone import localdate

from association import desk, privacy, stamps
from association.stocks import waiting
from members import permissions
from members.choices import RequestState
from members.consents import AGREED
from members.domain.consents import has_agreed
from members.models import PersonRequest


@desk.band
def policy_to_agree(request):
    """A line until the person has agreed to the version in force; asked of the database until they have, then never
    again in this session."""
    version = privacy.in_force(localdate())
    if request.session.get(AGREED) == version.key:
        return None
    user = request.user
    agreed = stamps.counted(
        f"{AGREED}.{version.key}.{user.pk}", lambda: has_agreed(user, version), exact=True
    )
    if agreed:
        request.session[AGREED] = version.key
        return None
    text = f"个人信息保护政策（{version.key} 版）请看一看，确认一次就不再提示。"
    return desk.Band(text, reverse("members:policy"), "查看并确认")


waiting.add("members.person_requests", PersonRequest.objects.open)


def open_requests(user) -> int:
    """How many requests wait to be handled; the same for everyone who sees them."""
    return waiting.of("members.person_requests").number


desk.menu(
    "管理",
    "个人信息请求",
    "members:person_requests",
    allowed=permissions.can_see_person_requests,
    order=40,
    count=open_requests,
    due=True,
)
desk.menu(
    "管理", "联系方式查看记录", "members:contact_views", allowed=permissions.can_see_contact_views, order=45
)


@desk.todo
def requests_waiting(user):
    """One for each step that waits for the person: identities to verify, then what to do; late ones first."""
    if not permissions.can_handle_person_requests(user) or not open_requests(user):
        return
    rows = PersonRequest.objects.open().exclude(user=user).order_by("due_on", "pk")[:20]
    for row in rows:
        if row.is_erasure and row.verified_by_id == user.pk:
            continue
        verified = row.state == RequestState.HANDLING
        yield desk.Todo(
            title=f"个人信息请求 {row.number}：{row.get_kind_display()}",
            detail=_next_step(row) if verified else "先核对身份，再办理",
            url=reverse("members:person_request", args=[row.pk]),
            action="去办理" if verified else "去核对",
            due=row.due_on,
        )


def _next_step(row) -> str:
    if row.is_copy:
        return "副本正在生成，完成后自动办结"
    return "身份已由另一位同事核对，待执行删除" if row.is_erasure else "更正后写明改了什么"
