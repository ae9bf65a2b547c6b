"""Writes the planned units through the verbs of the domain, so that their timelines read as those of real ones."""

from django.db import transaction

from association.demo import CASHIER, DEMO_ACCOUNTS, PASSWORD, open_account
from association.domain.activities import record, verb
from association.models import Activity, User
from members.choices import ContactDuty, NameKind
from members.demo import applications, bank, cases, dues, people
from members.demo.enlarging import enlarge
from members.demo.plan import FOUNDED, units
from members.demo.proposals import propose
from members.domain import certificates, contacts, duplicates, memberships, organizations, parks
from members.models import ContactRole, Membership, Organization, ParkYear, Recognition

LOADED = "members.demo.loaded"
# Whose liaison signs in as the member of the demonstration.
MEMBER_PARK, MEMBER_EMAIL = "莱锦文化创意产业园", "member@example.cn"


def load(*, scale: int = 0, tell=print) -> None:
    """Write the roster of the demonstration once, then enlarge it by `scale` times a hundred invented units.

    A run that was cut short is taken up where it stopped. Once complete, the roster is left alone for good, so that
    nothing that was edited or removed since comes back.
    """
    by = User.objects.get(email=DEMO_ACCOUNTS[0][2])
    if not Activity.objects.filter(kind=LOADED).exists():
        _load_roster(by, tell)
    enlarge(scale * 100, by=by, tell=tell)


def _load_roster(by, tell):
    planned = units()
    tell(f"正在装入演示名册：{len(planned)} 家单位")
    known = set(Organization.objects.filter(is_demo=True).values_list("name", flat=True))
    for unit in planned:
        if unit.name not in known:
            write(unit, by=by)
    _open_member_account(by)
    propose(by=by)
    # The order follows what rests on what: bills on the standard, who is admitted on a bill, lists on bills.
    dues.load(by)
    applications.load(by)
    bank.load(User.objects.filter(email=CASHIER).first())
    certificates.issue_many(Organization.objects.filter(is_demo=True), by=by, reason="首次签发（演示）")
    cases.load(by)
    people.show(by=by, member=MEMBER_EMAIL)
    duplicates.run_search(duplicates.start_search(by=by).pk)
    _finish(by=by)
    count = Membership.objects.current().count()
    tell(f"演示名册已就绪：会员 {count} 家，演示账号的密码都是 {PASSWORD}")


@verb
def _finish(*, by):
    record(LOADED, by=by, sentence="装入演示名册")


@transaction.atomic
def write(plan, *, by) -> Organization:
    """Write one planned unit completely or not at all."""
    unit = organizations.create_organization(by=by, name=plan.name, **plan.fields)
    for name in plan.short_names:
        organizations.add_name(unit, by=by, kind=NameKind.SHORT, name=name)
    for name, until in plan.former_names:
        organizations.add_name(unit, by=by, kind=NameKind.FORMER, name=name, used_until=until)
    for park in plan.parks:
        _write_park(unit, park, by)
    people = [_write_person(unit, person, by) for person in plan.people]
    for period in plan.periods:
        _write_period(unit, period, plan.posts, people[0], by)
    for tag in plan.tags:
        organizations.tag_organizations([unit], by=by, name=tag)
    return unit


def _write_park(unit, plan, by):
    park = parks.add_park(unit, by=by, name=plan.name, district=plan.district, **plan.fields)
    _write_numbers(unit, park, plan, by=by)
    if plan.former_name:
        organizations.add_name(unit, by=by, kind=NameKind.FORMER, name=plan.former_name, park=park)


@verb
def _write_numbers(unit, park, plan, *, by):
    """Years and titles of a new park at once: one verb for each would make the first start twice as long."""
    ParkYear.objects.bulk_create(ParkYear(park=park, year=y, **numbers) for y, numbers in plan.years.items())
    titles = Recognition.objects.bulk_create(Recognition(park=park, **more) for more in plan.recognitions)
    years = "、".join(map(str, plan.years))
    record("members.park_year.reported", unit, park, by=by, sentence=f"填报“{park.name}”{years} 年度数据")
    for title in titles:
        record("members.recognition.added", unit, park, by=by, sentence=f"登记认定：{title}")


def _write_person(unit, plan, by):
    details = {"name": plan.name, "mobile": plan.mobile, "email": plan.email, "is_demo": True}
    return contacts.add_contact(unit, by=by, duty=plan.duty, title=plan.title, since=plan.since, **details)


def _write_period(unit, period, posts, representative, by):
    joined_on, left_on, reason, basis = period
    batch = "首批" if joined_on == FOUNDED else ""
    memberships.join(unit, by=by, on=joined_on, batch=batch, basis="理事会讨论通过（演示）")
    for post in posts:
        if joined_on <= post.since and (left_on is None or post.since < left_on):
            _write_post(unit, post, representative, by)
    if left_on:
        memberships.leave(unit, by=by, on=left_on, reason=reason, basis=basis)


def _write_post(unit, plan, representative, by):
    post = memberships.add_post(
        unit, by=by, grade=plan.grade, since=plan.since, basis=plan.basis, contact=representative
    )
    if plan.until:
        memberships.end_post(post, by=by, until=plan.until, basis=plan.ending)


def _open_member_account(by):
    """The liaison of the unit behind MEMBER_PARK gets an account of its own."""
    roles = ContactRole.objects.current().filter(
        duty=ContactDuty.LIAISON, organization__parks__name=MEMBER_PARK
    )
    role = roles.select_related("contact", "organization").first()
    if role is None or role.contact.user_id:
        return
    user = open_account(role.contact.name, MEMBER_EMAIL, by)
    contacts.assign_duty(role.organization, role.contact, by=by, duty=ContactDuty.MANAGER, since=role.since)
    contacts.update_contact(
        role.contact,
        by=by,
        organization=role.organization,
        version=role.contact.version,
        changes={"user": user, "email": MEMBER_EMAIL},
    )
