"""Verbs on membership certificates: issued, issued anew when name or grade change, void on leaving (domain 10.17)."""

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Case, F, FilteredRelation, Min, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association.choices import JobState
from association.domain import outbox
from association.domain.activities import record, record_many, verb
from association.domain.notices import FOOTER, notify
from association.errors import Refused
from association.jobs import later
from association.models import User
from association.models.job import Job
from members.choices import CertificateNeed, ContactDuty, Grade
from members.models import Certificate, ContactRole, Membership, Organization, Post
from members.models.certificate import grade_of

JOB = "members.issue_certificates"
RUN_LOCK = 20_220_127
CHUNK = 200
PRINTED = ("name", "member_number", "grade")
CHANGES = {"name": "更名", "member_number": "会员编号变化", "grade": "级别变化"}


def grade_on(organization, day) -> int:
    """The unit's grade on `day`: the highest of its posts, a plain member's without one (domain 2.4)."""
    grades = organization.posts.on(day).values_list("grade", flat=True)
    return min(grades, default=Grade.MEMBER)


def present_of(organization) -> Certificate | None:
    """The unit's certificate that nobody made void; it may have expired or say what is no longer so."""
    return organization.certificates.present().first()


def printed_now(organization) -> dict:
    """What a certificate of the unit would say today, by field."""
    grade = grade_on(organization, localdate())
    return {"name": organization.name, "member_number": organization.member_number, "grade": grade}


def differences(certificate, printed: dict) -> list[str]:
    """What the certificate says otherwise than `printed`, in words: 更名, 级别变化, 会员编号变化."""
    return [CHANGES[name] for name in PRINTED if getattr(certificate, name) != printed[name]]


def awaiting(day):
    """Members on `day` whose certificate is missing, has expired or no longer says what is so.

    Each unit with `need` (a CertificateNeed), `grade_now` and, where there is one, `present_number`, `present_name`,
    `present_grade`, `present_until` and, as `present_printed`, the member number that stands on it.
    """
    units = Organization.objects.members_on(day).exclude(member_number="")
    units = units.annotate(
        present=FilteredRelation("certificates", condition=Q(certificates__voided_at__isnull=True)),
        grade_now=grade_of(day, unit="pk"),
    ).annotate(
        present_number=F("present__number"),
        present_name=F("present__name"),
        present_printed=F("present__member_number"),
        present_grade=F("present__grade"),
        present_until=F("present__valid_until"),
    )
    changed = (
        ~Q(present_name=F("name")) | ~Q(present_printed=F("member_number")) | ~Q(present_grade=F("grade_now"))
    )
    need = Case(
        When(present_number__isnull=True, then=Value(CertificateNeed.MISSING.value)),
        When(changed, then=Value(CertificateNeed.CHANGED.value)),
        When(present_until__lt=day, then=Value(CertificateNeed.EXPIRED.value)),
    )
    return units.annotate(need=need).filter(need__isnull=False)


# --- issuing --------------------------------------------------------------------------------------------------


@verb
def issue(organization, *, by, reason: str) -> Certificate:
    """Issue the unit's certificate as of today; one that says the same and is valid is left alone.

    A former one is void from now on. Raises Refused when the unit is no member.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    _refuse_strangers(organization)
    present = present_of(organization)
    if present and present.is_valid and not differences(present, printed_now(organization)):
        return present
    return _issue([organization], by=by, reason=reason)[0]


@verb
def reissue(organization, *, by, reason: str, seen: int | None) -> Certificate:
    """Issue the certificate anew although it may still say what is so: it was lost, or somebody asks for it.

    `seen` is the key of the certificate that is to be replaced, None for the first. When that one was replaced
    meanwhile the newer is given, so doing it twice issues once. Raises Refused when the unit is no member.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    _refuse_strangers(organization)
    present = present_of(organization)
    if present and present.pk != seen:
        return present
    return _issue([organization], by=by, reason=reason)[0]


def _refuse_strangers(organization):
    if not organization.member_number or not organization.memberships.on(localdate()).exists():
        raise Refused(f"{organization.name}现在不是会员，不能签发会员证。")


@verb
def issue_many(organizations: Iterable, *, by, reason: str) -> int:
    """Issue certificates for those of the units that are members today and lack a valid and true one; gives how many.

    At most some hundreds at once: all of them are locked in one transaction, and about ten queries suffice for all.
    """
    pks = [organization.pk for organization in organizations]
    units = {u.pk: u for u in Organization.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    waiting = awaiting(localdate()).filter(pk__in=units).values_list("pk", flat=True)
    return len(_issue([units[pk] for pk in sorted(waiting)], by=by, reason=reason))


def _issue(units, *, by, reason) -> list[Certificate]:
    """Certificates for locked units that are members, those they had void from now on; records and tells of it."""
    today, pks = localdate(), [unit.pk for unit in units]
    held = Post.objects.on(today).filter(organization__in=pks).order_by()
    grades = dict(held.values_list("organization_id").annotate(top=Min("grade")))
    former = Certificate.objects.present().filter(organization__in=pks)
    former.update(voided_at=timezone.now(), void_reason=f"另发新证：{reason}"[:100])
    numbers = _next_numbers(units)
    made = Certificate.objects.bulk_create(
        Certificate(
            organization=unit, number=numbers[unit.pk], token=secrets.token_urlsafe(24), name=unit.name,
            member_number=unit.member_number, grade=grades.get(unit.pk, Grade.MEMBER), issued_on=today,
            valid_until=_last_day(today), reason=reason[:100], issued_by=by,
        )
        for unit in units
    )  # fmt: skip
    said = [(c.organization, f"签发会员证 {c.number}（{reason}）") for c in made]
    record_many("members.certificate.issued", said, by=by)
    _tell_managers(made, by)
    return made


def _next_numbers(units) -> dict:
    """Unit → the next number of its series; what was ever given out under a member number is not given again."""
    last = defaultdict(int)
    taken = Certificate.objects.filter(member_number__in=[unit.member_number for unit in units])
    for member_number, number in taken.values_list("member_number", "number"):
        running = re.search(r"-(\d+)$", number.removeprefix(member_number))
        last[member_number] = max(last[member_number], int(running[1]) if running else 0)
    return {unit.pk: f"{unit.member_number}-{last[unit.member_number] + 1:02d}" for unit in units}


def _last_day(day: date) -> date:
    """The last day of validity: the day before the same day some years later."""
    years = settings.CERTIFICATE_YEARS
    try:
        later = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        later = date(day.year + years, 3, 1)
    return later - timedelta(days=1)


def _tell_managers(certificates, by):
    """Managers with an account are told; of a unit without one nobody is."""
    roles = ContactRole.objects.current().filter(duty=ContactDuty.MANAGER, contact__user__isnull=False)
    roles = roles.filter(organization__in=[c.organization_id for c in certificates])
    managers = defaultdict(set)
    for unit, user in roles.values_list("organization_id", "contact__user_id"):
        managers[unit].add(user)
    people = {user.pk: user for user in User.objects.filter(pk__in=set().union(*managers.values()))}
    for certificate in certificates:
        told = [people[pk] for pk in sorted(managers.get(certificate.organization_id, ()))]
        if told:
            unit = certificate.organization
            url = reverse("members:certificate", args=[unit.pk])
            kind = "members.certificate_issued"
            notify(told, kind, about=unit, url=url, by=by, certificate=certificate, reason=certificate.reason)


# --- void, and true to the records ----------------------------------------------------------------------------


@verb
def void(organization, *, by, reason: str) -> Certificate | None:
    """Make the unit's certificate void at once; gives it, or None when there is none. Twice changes nothing."""
    Organization.everything.select_for_update().get(pk=organization.pk)
    certificate = present_of(organization)
    if certificate:
        certificate.voided_at, certificate.void_reason = timezone.now(), reason[:100]
        certificate.save(update_fields=["voided_at", "void_reason"])
        sentence = f"会员证 {certificate.number} 作废（{reason}）"
        record("members.certificate.voided", organization, by=by, sentence=sentence)
    return certificate


@verb
def refresh(organization, *, by, reason: str = "") -> Certificate | None:
    """Keep the unit's certificate true: void when the unit is no member today, issued anew when what it says is no
    longer so; `reason` is found in what differs unless given. A unit without a certificate gets none.

    Gives the present certificate, or None. Twice changes nothing.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    present = present_of(organization)
    if present is None:
        return None
    if not organization.memberships.on(localdate()).exists():
        void(organization, by=by, reason=reason or _how_it_left(organization))
        return None
    differing = differences(present, printed_now(organization))
    if not differing:
        return present
    return _issue([organization], by=by, reason=reason or "、".join(differing))[0]


@verb
def settle(organization, *, by, reason: str) -> Certificate | None:
    """As `refresh`, for a unit that is entitled to a certificate because a part of it had one: a member gets one."""
    present = refresh(organization, by=by, reason=reason)
    is_member = organization.member_number and organization.memberships.on(localdate()).exists()
    return issue(organization, by=by, reason=reason) if present is None and is_member else present


def _how_it_left(organization) -> str:
    ended = Membership.objects.filter(organization=organization, left_on__lte=localdate())
    last = ended.order_by("left_on").last()
    return (last and last.get_leave_reason_display()) or "退会"


def keep_true() -> int:
    """Bring every certificate in line with today's records, each in a transaction of its own; gives how many changed.

    What was dated in the future - a post that begins, a leave - comes into force on its day; units whose names came
    in a workbook get theirs too.
    """
    count = 0
    wrong = Certificate.objects.untrue(localdate()).filter(organization__merged_into__isnull=True)
    for certificate in wrong.select_related("organization").order_by("pk").iterator(500):
        now = refresh(certificate.organization, by=None)
        count += now is None or now.pk != certificate.pk
    return count


# --- all that wait, in the background -------------------------------------------------------------------------


@verb
def start_run(*, by, reason: str) -> Job | None:
    """Have certificates issued for all units that wait for one; while such a run goes on, that one is given.

    Gives None when no unit waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
    running = run_under_way()
    if running is not None:
        return running
    total = awaiting(localdate()).count()
    if not total:
        return None
    record("members.certificate.run", by=by, sentence=f"为 {total} 家会员签发会员证（{reason}）")
    return later(JOB, by_id=by.pk, reason=reason, total=total)


def run_under_way() -> Job | None:
    """The run that waits or works, or None. How far it has come is told by how many units still wait."""
    unfinished = Job.objects.filter(name=JOB, state__in=[JobState.QUEUED, JobState.RUNNING])
    return unfinished.order_by("pk").first()


def run(*, by_id: int, reason: str) -> None:
    """Issue for all units that wait, some hundreds at a time; taken up again, it goes on with those left."""
    by = User.objects.get(pk=by_id)
    last = 0
    while True:
        waiting = awaiting(localdate()).filter(pk__gt=last).order_by("pk")
        units = list(waiting.only("pk")[:CHUNK])
        if not units:
            return
        issue_many(units, by=by, reason=reason)
        last = units[-1].pk


# --- to one's own mailbox -------------------------------------------------------------------------------------


@verb
def mail_link(certificate, *, to) -> None:
    """Write the person a letter with the way to the certificate's files, for where a browser cannot take them.

    Raises Refused when the person's account has no address.
    """
    if not to.email:
        raise Refused("你的账号没有登记邮箱，请联系秘书处登记，或长按图片保存。", status=422)
    unit = certificate.organization
    link = settings.SITE_URL + reverse("members:certificate", args=[unit.pk])
    text = (
        f"{to.full_name}，您好：\n\n{certificate.name}的会员证（{certificate.number}）在这里查看与下载，"
        f"有 PDF 和图片，打开前需要登录：\n\n{link}\n\n{FOOTER}"
    )
    subject = f"【{settings.ASSOCIATION_NAME}】会员证下载：{certificate.name}"
    outbox.store([outbox.new_letter(to.email, subject, text, user=to)])
    sentence = f"把会员证 {certificate.number} 的下载地址发到自己的邮箱"
    record("members.certificate.mailed", unit, by=to, sentence=sentence)
