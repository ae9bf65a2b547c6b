"""What the roster keeps about people, and who may see it."""

from django.db.models import Q

from association import seen_by
from association.columns import Tier
from association.models import ExportJob
from members import permissions, viewers
from members.choices import ContactDuty, Purpose
from members.columns import KEY, ROSTER
from members.consents import SEPARATE
from members.domain import consents
from members.models import Application, Consent, Contact, ContactRole, Organization, PersonRequest

MOST = 50
# Whose numbers and addresses stand in columns of the roster; of other duties none do.
LISTED = {ContactDuty.REPRESENTATIVE: "representative", ContactDuty.LIAISON: "liaison"}


@seen_by.holdings
def contact_data(user):
    """The person's own entry among a unit's people, one for all units."""
    contact = Contact.objects.filter(user=user).first()
    if contact is None:
        return
    units = Organization.objects.filter(
        contact_roles__in=ContactRole.objects.current().filter(contact=contact)
    )
    own = seen_by.Audience(others=f"同单位的联系人（{_colleagues(contact, units)} 人）")
    yield seen_by.Holding(
        "联系方式",
        "手机、座机、邮箱、微信",
        [own, seen_by.staff(permissions.can_view_contacts), _rest(permissions.can_view_contacts, how="打码")],
    )
    yield seen_by.Holding(
        "姓名与在单位的职责",
        "姓名、职责、职务、任期",
        [own, seen_by.staff(permissions.can_view_roster)],
    )


@seen_by.holdings
def units_data(user):
    """The records of the units that the person acts for, by the tiers of the columns."""
    if permissions.can_view_roster(user) or not Organization.objects.visible_to(user).exists():
        return
    own = seen_by.Audience(others="同单位的联系人")
    yield seen_by.Holding(
        "单位与园区资料",
        "、".join(_headers(Tier.MEMBER, Tier.STAFF)),
        [own, seen_by.staff(permissions.can_view_roster)],
        public="、".join(_headers(Tier.PUBLIC)) + "，以及单位填写的园区介绍与照片",
    )
    yield seen_by.Holding(
        "银行信息",
        "、".join(_headers(Tier.FINANCE)),
        [_bank_people(), seen_by.staff(permissions.can_view_bank)],
    )
    yield seen_by.Holding(
        "附件", "单位上传的证照、照片等文件", [own, seen_by.staff(permissions.can_view_roster)]
    )


@seen_by.holdings
def applications_data(user):
    """Applications that name the person, as long as they are kept."""
    if not Application.objects.naming(user.proved_addresses).exists():
        return
    yield seen_by.Holding(
        "入会申请",
        "申请表里的姓名、职务、手机、邮箱，以及随申请上传的文件",
        [
            seen_by.Audience(others="持申请链接并通过验证码的申请人"),
            seen_by.staff(permissions.can_see_applications),
        ],
    )


@seen_by.holdings
def dues_data(user):
    """What the person does for a unit's dues and in its cases bears their name."""
    held = ContactRole.objects.current().filter(contact__user=user)
    units = Organization.objects.visible_to(user).filter(pk__in=held.values("organization"))
    if any(permissions.can_see_dues_of(user, unit) for unit in units):
        yield seen_by.Holding(
            "会费账单与转账凭证",
            "上传的凭证图片、说明，上传人的姓名与时间",
            [
                seen_by.Audience(others="本单位的会员管理员、财务、经办人、负责人和会员代表"),
                seen_by.staff(permissions.can_see_dues),
            ],
        )
    if any(permissions.can_see_cases_of(user, unit) for unit in units):
        yield seen_by.Holding(
            "退会与除名的说明、申辩和申诉",
            "提交的文字与文件，提交人的姓名与时间",
            [
                seen_by.Audience(others="本单位的会员管理员、负责人和会员代表"),
                seen_by.staff(permissions.can_see_cases),
            ],
        )


@seen_by.holdings
def requests_data(user):
    if PersonRequest.objects.filter(user=user).exists():
        yield seen_by.Holding(
            "个人信息请求",
            "要求、说明、核实方式、结果或理由",
            [seen_by.staff(permissions.can_see_person_requests)],
        )


def _bank_people():
    return seen_by.Audience(others="本单位的会员管理员")


def _colleagues(contact, units) -> int:
    roles = ContactRole.objects.current().filter(
        organization__in=units.values("pk"), contact__user__isnull=False
    )
    return roles.exclude(contact=contact).values("contact").distinct().count()


def _rest(narrow, *, how):
    full = set(seen_by.roles_for(narrow))
    roles = seen_by.roles_for(permissions.can_view_roster)
    return seen_by.Audience(roles=tuple(r for r in roles if r not in full), how=how)


def _headers(*tiers) -> list[str]:
    return [column.header for column in ROSTER.allowed(tiers)]


@seen_by.outflows
def roster_exports(user):
    """Exports of the roster with columns of a duty that the person held on the day exported; the newest fifty.

    What the filters left out can no longer be told for sure, so each of them may hold the person's data.
    """
    held = ContactRole.objects.filter(contact__user=user, duty__in=LISTED, is_primary=True)
    mine = Q()
    for role in held:
        span = Q(as_of__gte=role.since) if role.since else Q()
        span &= Q(as_of__lt=role.until) if role.until else Q()
        mine |= span & Q(columns__overlap=_columns_of(role.duty))
    if not mine:
        return
    exports = ExportJob.objects.filter(mine, listing=KEY).select_related("person").order_by("-pk")[:MOST]
    for export in exports:
        yield seen_by.Outflow(
            at=export.created_at,
            by=export.person,
            title=export.title,
            what=_personal(export),
            is_unmasked=export.is_unmasked,
            reason=export.reason,
        )


def _columns_of(duty) -> list[str]:
    return [c.key for c in ROSTER if c.part == LISTED[duty]]


def _personal(export) -> str:
    columns = [c.header for c in ROSTER.chosen(export.columns) if c.part in LISTED.values()]
    return "、".join(columns)


@seen_by.sections
def looks(user):
    """Who was shown the person's full number or address, by name for staff."""
    contact = Contact.objects.filter(user=user).first()
    views = viewers.newest_about(contact) if contact else []
    with_names = permissions.can_view_roster(user)
    who = viewers.in_words(views)
    rows = [
        {"day": v.day, "place": v.place, "who": f"{v.viewer}（{who[v.pk]}）" if with_names else who[v.pk]}
        for v in views
    ]
    return seen_by.Section(
        "谁看过我的完整联系方式",
        "members/people/looks.html",
        {"rows": rows, "has_contact": contact is not None},
    )


@seen_by.sections
def said(user):
    """What the person has consented to, each purpose by itself, and may take back."""
    latest = consents.current(user)
    rows = [
        {"purpose": purpose.value, "label": purpose.label, "means": means, "consent": latest[purpose],
         "given": bool(latest[purpose] and latest[purpose].given)}
        for purpose, means in SEPARATE.items()
    ]  # fmt: skip
    agreed = Consent.objects.filter(user=user, purpose=Purpose.POLICY, given=True).order_by("-pk")
    return seen_by.Section(
        "我的同意", "members/people/consents.html", {"rows": rows, "agreed": list(agreed[:20])}
    )


@seen_by.sections
def asked(user):
    """Where the person asks for a copy, a correction or an erasure."""
    is_open = PersonRequest.objects.open().filter(user=user).count()
    return seen_by.Section("我可以要求的", "members/people/rights.html", {"open": is_open})
