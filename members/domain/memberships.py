"""Verbs on membership: join, leave, posts. Grade and status follow from them and are stored nowhere."""

import re

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.errors import Refused
from members.choices import Grade, LeaveReason
from members.domain import certificates
from members.domain.search_keys import refresh
from members.models import Membership, Organization, Post

NUMBER_LOCK = 20_220_126
# Why a suspension of rights ended when the unit left.
LEFT = "退会"


def next_number(year: int) -> str:
    """The next free member number of `year`, such as BCIPA-2022-0001 (domain 2.4).

    Held under a lock until the transaction ends, so that two joins never take the same number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = f"{settings.MEMBER_NUMBER_PREFIX}-{year}-"
    taken = Organization.everything.filter(member_number__startswith=prefix).values_list(
        "member_number", flat=True
    )
    last = max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)
    return f"{prefix}{last + 1:04d}"


@verb
def join(organization, *, by, on, basis="", batch="") -> Membership:
    """Begin a membership on the day `on`; the first one brings the number, which stays for good.

    Doing it twice changes nothing. Raises Refused when the day falls into another period.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    same = organization.memberships.filter(joined_on=on).first()
    if same:
        return same
    later = organization.memberships.filter(joined_on__gt=on).exists()
    if later or organization.memberships.on(on).exists():
        raise Refused(f"{organization.name}在这一天已经是会员，或之后另有会籍，不能重复入会。")
    membership = Membership.objects.create(organization=organization, joined_on=on, basis=basis, batch=batch)
    if not organization.member_number:
        Organization.objects.filter(pk=organization.pk).update(member_number=next_number(on.year))
        refresh(organization)
    record("members.membership.joined", organization, by=by, basis=basis, sentence=f"{organization.name}入会")
    return membership


@verb
def leave(organization, *, by, on, reason, basis) -> Membership:
    """End the open membership on the day `on`, with its posts; past rosters stay as they were.

    The certificate is void in the same transaction, or on that day when it lies ahead.

    Doing it twice changes nothing. Raises Refused when there is no open membership, no basis is given, or a case of
    leaving is open: that is where it is decided.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    ended = organization.memberships.filter(left_on=on).first()
    if ended:
        return ended
    _refuse_open_case(organization)
    membership = organization.memberships.filter(left_on__isnull=True).first()
    if membership is None:
        raise Refused(f"{organization.name}现在不是会员，不能办理退会。")
    if on <= membership.joined_on:
        raise Refused("退会日期应晚于入会日期。", status=422)
    if not basis:
        raise Refused("请写明退会依据。", status=422)
    membership.left_on, membership.leave_reason, membership.leave_basis = on, reason, basis
    membership.save(update_fields=["left_on", "leave_reason", "leave_basis"])
    # Whoever left holds no post; one that had not begun must not come to life if the unit joins again.
    organization.posts.on(on).filter(since__lt=on).update(until=on)
    organization.posts.filter(since__gte=on).delete()
    organization.suspensions.filter(until__isnull=True, since__lt=on).update(until=on, lift_basis=LEFT)
    organization.suspensions.filter(since__gte=on).delete()
    label = LeaveReason(reason).label
    record(
        "members.membership.left",
        organization,
        by=by,
        basis=basis,
        sentence=f"{organization.name}退会（{label}）",
    )
    if on <= localdate():
        certificates.void(organization, by=by, reason=label)
    return membership


def _refuse_open_case(organization):
    case = organization.exit_cases.open().first()
    if case:
        raise Refused(f"{organization.name}有一项在办的退会事项（{case.number}），请在那里办理。")


@verb
def restore(organization, *, by, left_on, basis, posts=()) -> Membership:
    """Undo the leaving on `left_on` as if it had never been, without a gap: for an expulsion that the assembly overturned.

    `posts` are those that the leaving ended, as `posts_after` gave them before; so is a suspension that it ended. The
    history keeps both the leaving and this. Doing it twice changes nothing. Raises Refused when the unit joined again
    meanwhile.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    membership = organization.memberships.filter(left_on=left_on).first()
    if organization.memberships.filter(joined_on__gte=left_on).exists():
        raise Refused(f"{organization.name}此后已重新入会，原会籍不能再恢复，请秘书处合并两段会籍。")
    if membership is None:
        standing = organization.memberships.filter(left_on__isnull=True).first()
        if standing is None:
            raise Refused(f"{organization.name}没有在 {left_on} 结束的会籍。")
        return standing
    membership.left_on, membership.leave_reason, membership.leave_basis = None, "", ""
    membership.save(update_fields=["left_on", "leave_reason", "leave_basis"])
    for post in posts:
        _restore_post(organization, post)
    organization.suspensions.filter(until=left_on, lift_basis=LEFT).update(until=None, lift_basis="")
    sentence = f"{organization.name}自 {left_on} 起的退会撤销，会籍不中断"
    record("members.membership.restored", organization, by=by, basis=basis, sentence=sentence)
    return membership


def posts_after(organization, day) -> list[dict]:
    """Posts that leaving on `day` would end or do away with, with their days as they stand; fit for JSON."""
    posts = organization.posts.filter(Q(until__isnull=True) | Q(until__gt=day)).order_by("grade", "pk")
    return [
        {
            "pk": post.pk, "grade": post.grade, "contact": post.contact_id, "basis": post.basis,
            "since": post.since.isoformat(), "until": post.until and post.until.isoformat(),
        }
        for post in posts
    ]  # fmt: skip


def _restore_post(organization, post):
    if organization.posts.filter(pk=post["pk"]).update(until=post["until"]):
        return
    facts = {name: post[name] for name in ("grade", "since", "until", "basis")}
    Post.objects.create(organization=organization, contact_id=post["contact"], **facts)


@verb
def add_post(organization, *, by, grade, since, basis, contact=None) -> Post:
    """Register an elected post; the unit's grade follows from it. Doing it twice changes nothing.

    Raises Refused when the unit is no member that day.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    same = organization.posts.filter(grade=grade, since=since).first()
    if same:
        return same
    if not organization.memberships.on(since).exists():
        raise Refused(f"{organization.name}在 {since} 不是会员，不能任职。")
    post = Post.objects.create(
        organization=organization, grade=grade, since=since, basis=basis, contact=contact
    )
    record(
        "members.post.added",
        organization,
        by=by,
        basis=basis,
        sentence=f"自 {since} 起为{Grade(grade).label}",
    )
    certificates.refresh(organization, by=by)
    return post


@verb
def end_post(post, *, by, until, basis) -> Post:
    """End a post on the day `until`. Doing it twice changes nothing."""
    Organization.objects.select_for_update().get(pk=post.organization_id)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.until:
        return post
    if until <= post.since:
        raise Refused("任职结束日期应晚于开始日期。", status=422)
    post.until = until
    post.save(update_fields=["until"])
    record(
        "members.post.ended",
        post.organization,
        by=by,
        basis=basis,
        sentence=f"{post.get_grade_display()}的任职至 {until}",
    )
    certificates.refresh(post.organization, by=by)
    return post
