"""Records for tests, made by the product's own verbs; nothing is random."""

from datetime import date

from association.domain.accounts import grant_role
from association.models import User
from members.domain import contacts, memberships, organizations, parks
from members.models import Contact
from tests.factories.codes import credit_code

PASSWORD = "test-password-2022"
FOUNDED = date(2022, 1, 26)
_numbers = {"code": 0, "mobile": 0}


def next_code() -> str:
    """A valid credit code of the unassigned region 119900, each one once a process."""
    _numbers["code"] += 1
    return credit_code(_numbers["code"])


def next_mobile() -> str:
    _numbers["mobile"] += 1
    return f"1990001{_numbers['mobile']:04d}"


def make_user(name, email, *, roles=(), organization=None, duty="liaison", **fields) -> User:
    """An account with open duties since the founding day; with `organization` also a person of it, its liaison."""
    user = User.objects.create_user(email, name, PASSWORD, **fields)
    for role in roles:
        grant_role(user, role, by=None, since=FOUNDED)
    if organization is not None:
        contact = contacts.add_contact(
            organization, by=None, duty=duty, name=name, mobile=next_mobile(), email=email, since=FOUNDED
        )
        Contact.objects.filter(pk=contact.pk).update(user=user)
    return user


def make_organization(
    name, *, by=None, joined=FOUNDED, left=None, park="", people=True, grade=None, **fields
):
    """A unit that joined on `joined` (None: never), with a park when named and with its two people."""
    fields = {"credit_code": next_code(), "district": "110105", "legal_representative": "王法人"} | fields
    organization = organizations.create_organization(by=by, name=name, **fields)
    if joined:
        memberships.join(organization, by=by, on=joined, basis="测试决议")
    if park:
        parks.add_park(
            organization,
            by=by,
            name=park,
            district=fields["district"],
            address="测试路1号",
            floor_area=30000,
            rentable_area=25000,
            industries=["02"],
        )
    if people:
        for duty, person in (("representative", "李代表"), ("liaison", "赵联络")):
            contacts.add_contact(
                organization, by=by, duty=duty, name=person, mobile=next_mobile(), since=joined or FOUNDED
            )
    if grade:
        memberships.add_post(organization, by=by, grade=grade, since=joined, basis="测试选举")
    if left:
        memberships.leave(organization, by=by, on=left, reason="withdrawal", basis="测试退会")
    organization.refresh_from_db()
    return organization
