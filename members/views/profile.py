"""What a unit's page shows, prepared for its templates."""

from django.urls import reverse
from django.utils.timezone import localdate

from association.columns import masked
from association.formats import area, chinese_date, mask_mobile, show_mobile
from members import permissions
from members.choices import ContactDuty, Grade, Industry, Standing
from members.columns import ROSTER
from members.models import ContactRole, ParkYear, Recognition
from members.photos import LOGO, PHOTOS, pictures_of, sort_photos
from members.queries import rate
from members.views.cells import TONES

TABS = [
    ("overview", "基本信息", "members:organization"),
    ("parks", "园区", "members:organization_parks"),
    ("contacts", "联系人", "members:organization_contacts"),
    ("recognitions", "认定", "members:organization_recognitions"),
    ("membership", "会籍", "members:organization_membership"),
    ("dues", "会费", "members:organization_dues"),
    ("files", "附件", "members:organization_files"),
    ("changes", "资料变更", "members:organization_changes"),
    ("timeline", "时间线", "members:organization_timeline"),
    ("value", "年度小结", "members:organization_value"),
]
# Tabs that not everybody who sees the unit may open.
ASKED = {"changes": permissions.can_see_changes_of, "dues": permissions.can_see_dues_of}
HEAD = ROSTER.chosen(["standing", "grade", "joined_on", "park_name", "park_count"])


def head(user, organization, tab) -> dict:
    """Heading, tabs and rights: what every tab of a unit's page needs."""
    standing, grade, joined_on, park, parks = HEAD.values([organization.pk], localdate())[0]
    parts = [organization.member_number and f"会员 {organization.member_number}"]
    if standing == Standing.ACTIVE:
        parts += [Grade(grade).label, f"自{chinese_date(joined_on)}"]
    return {
        "organization": organization,
        "suspension": organization.suspensions.current().first(),
        "open_case": organization.exit_cases.unfinished().visible_to(user).first(),
        "above": " · ".join(p for p in parts if p) or "还不是会员",
        "brand": f"{park}等 {parks} 个园区" if parks and parks > 1 else park or "",
        "standing": Standing(standing),
        "tone": TONES[standing],
        "tabs": [
            {
                "label": label,
                "url": reverse(url, args=[organization.pk]),
                "current": key == tab,
                "count": None,
            }
            for key, label, url in TABS
            if key not in ASKED or ASKED[key](user, organization)
        ],
        "can_view_roster": permissions.can_view_roster(user),
        "can_edit": permissions.can_edit_members(user),
        "can_keep": permissions.can_edit_organization(user, organization),
        "can_report": permissions.can_report_for(user, organization),
        "can_publish": permissions.can_publish_parks_of(user, organization),
        "is_member": standing == Standing.ACTIVE,
    }


def facts(user, organization) -> list[tuple]:
    """(label, value) pairs of the unit; bank data for those who may see it."""
    o = organization
    capital = f"{o.registered_capital.normalize():,f} 万元" if o.registered_capital is not None else ""
    pairs = [
        ("统一社会信用代码", o.credit_code),
        ("类别", " · ".join(filter(None, [o.get_category_display(), o.get_nature_display()]))),
        ("所属区", o.get_district_display()),
        ("法定代表人", o.legal_representative),
        ("注册资本", capital),
        ("成立日期", chinese_date(o.founded_on) if o.founded_on else ""),
        ("注册地址", o.registered_address),
        ("单位电话", o.phone),
        ("单位邮箱", o.email),
        ("网址", o.website),
        ("发票抬头", o.invoice_title),
        ("开票地址电话", o.invoice_address_phone),
        ("收票邮箱", o.invoice_email),
    ]
    if permissions.can_view_bank_of(user, organization):
        pairs += [("开户行", o.bank_name), ("银行账号", o.bank_account)]
    return pairs


def _latest_years(parks):
    rows = ParkYear.objects.filter(park__in=parks).order_by("park_id", "-year").distinct("park_id")
    return {row.park_id: row for row in rows}


def park_cards(organization) -> list[dict]:
    """The parks of a unit in short, the main one first, each with its latest numbers and titles."""
    parks = list(organization.parks.prefetch_related("recognitions"))
    years = _latest_years(parks)
    return [
        {"park": p, "facts": _park_facts(p, years.get(p.pk)), "titles": list(p.recognitions.all())}
        for p in parks
    ]


def _percent(value):
    return f"{value:.1f}%" if value is not None else ""


def _park_facts(park, year):
    pairs = [
        ("区", park.get_district_display()),
        ("地址", park.address),
        ("类型", park.get_park_type_display()),
        ("建筑面积", area(park.floor_area) if park.floor_area is not None else ""),
        ("主导产业", " · ".join(f"{code} {Industry(code).label}" for code in park.industries)),
    ]
    if year:
        pairs += [
            (f"出租率（{year.year} 年）", _percent(rate(year.rented_area, park.rentable_area))),
            (f"入驻 / 文化企业（{year.year} 年）", _tenants(year)),
        ]
    return pairs


def _tenants(year):
    if year.tenants is None:
        return ""
    share = rate(year.culture_tenants, year.tenants)
    return f"{year.tenants:,} / {year.culture_tenants or 0:,}" + (
        f"，占 {share:.1f}%" if share is not None else ""
    )


def park_details(organization) -> list[dict]:
    """Every park of a unit with all that is known of it."""
    parks = list(organization.parks.prefetch_related("recognitions", "years", "alternative_names"))
    pictures = pictures_of(parks, LOGO, *PHOTOS)
    return [
        {
            "park": park,
            "photos": sort_photos([p for p in pictures.get(park.pk, []) if p.kind != LOGO]),
            "logo": next((p for p in reversed(pictures.get(park.pk, [])) if p.kind == LOGO), None),
            "facts": _all_park_facts(park),
            "years": [_year_row(park, year) for year in park.years.all()],
            "titles": list(park.recognitions.all()),
            "names": list(park.alternative_names.all()),
        }
        for park in parks
    ]


def _all_park_facts(park):
    def square(value):
        return area(value) if value is not None else ""

    return [
        *_park_facts(park, None),
        ("街道（乡镇）", park.street),
        ("占地面积", square(park.land_area)),
        ("可出租面积", square(park.rentable_area)),
        ("公共空间面积", square(park.public_area)),
        ("公共文化空间面积", square(park.culture_area)),
        ("产权单位", park.owner_name),
        ("产权性质", park.get_tenure_display()),
        ("租赁到期日", chinese_date(park.lease_until) if park.lease_until else ""),
        ("土地性质", park.land_use),
        ("改造前用途", park.former_use),
        ("开园日期", chinese_date(park.opened_on) if park.opened_on else ""),
        ("地铁与公交", park.transport),
        ("停车位", park.parking_spaces),
        (
            "经纬度",
            f"{park.longitude}，{park.latitude}（{park.datum}）" if park.longitude and park.latitude else "",
        ),
        ("公共服务平台", _labels(park, "platforms")),
        ("文化设施", _labels(park, "facilities")),
    ]


def _labels(park, field):
    names = dict(park._meta.get_field(field).base_field.flatchoices)
    return "、".join(names.get(code, code) for code in getattr(park, field))


def _year_row(park, year):
    return {
        "row": year,
        "occupancy": _percent(rate(year.rented_area, park.rentable_area)),
        "culture_share": _percent(rate(year.culture_tenants, year.tenants)),
    }


def contact_rows(user, organization) -> dict:
    """Current and former duties; numbers in full only for those who may see them."""
    full = permissions.can_view_contacts_of(user, organization)
    roles = (
        ContactRole.objects.filter(organization=organization)
        .select_related("contact")
        .order_by("-since", "-pk")
    )
    roles = sorted(roles, key=lambda role: ContactDuty.values.index(role.duty))
    today = localdate()
    given = permissions.duties_to_give(user, organization)
    rows = [
        {
            "role": role,
            "contact": role.contact,
            "mobile": _mobile(role.contact.mobile, full),
            "full": full,
            "can_end": role.duty in given,
        }
        for role in roles
    ]
    return {
        "invitations": _invitations(organization, full) if given else [],
        "current": [r for r in rows if r["role"].until is None or r["role"].until > today],
        "former": [r for r in rows if r["role"].until is not None and r["role"].until <= today],
        "full": full,
    }


def people_in(rows) -> list:
    """Everybody whose number or address stands in the tables of a unit's people."""
    shown = [row["contact"] for row in (*rows["current"], *rows["former"])]
    return shown + [row["invitation"].contact for row in rows["invitations"]]


def _invitations(organization, full) -> list[dict]:
    """Invitations that were neither accepted nor taken back, the newest first."""
    rows = organization.invitations.unfinished().select_related("contact", "invited_by")
    return [
        {"invitation": row, "sent_to": _mobile(row.contact.mobile, full) or masked(row.contact.email)}
        for row in rows
    ]


def _mobile(number, full):
    if not number:
        return ""
    return show_mobile(number) if full else mask_mobile(number)


def recognition_rows(organization):
    return (
        Recognition.objects.filter(park__organization=organization)
        .select_related("park")
        .order_by("-year", "pk")
    )
