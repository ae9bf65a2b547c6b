"""A kept page is the page the person would get anew - theirs, of this moment, with a form token of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from association import kept
from association.domain import accounts
from members.domain import contacts, organizations
from members.models import Organization

pytestmark = pytest.mark.django_db
TABS = (
    "organization",
    "organization_parks",
    "organization_contacts",
    "organization_recognitions",
    "organization_membership",
)


@pytest.fixture(autouse=True)
def _keeping(monkeypatch):
    """The other tests keep no page, because their transactions never commit."""
    monkeypatch.setattr(kept, "SECONDS", 60)


@pytest.fixture
def pages(park_unit):
    return ["/members/", *(reverse(f"members:{tab}", args=[park_unit.pk]) for tab in TABS)]


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`with commit():` ends like a transaction: what waits for the commit happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def body(client, address):
    return client.get(address).content.decode()


def without_token(text):
    return kept.TOKEN.sub(b"", text.encode())


def test_a_second_look_gives_the_same_page_with_a_token_of_its_own(secretary, pages, as_user, queries):
    client = as_user(secretary)
    first = {address: body(client, address) for address in pages}
    with queries() as captured:
        second = {address: body(client, address) for address in pages}
    assert len(captured) <= 2 * len(pages) + 2
    for address in pages:
        assert without_token(first[address]) == without_token(second[address])
        assert kept.BLANK.decode() not in second[address]
        assert first[address] != second[address]


def test_the_token_of_a_kept_page_is_good(secretary, park_unit):
    client = Client(enforce_csrf_checks=True)
    client.force_login(secretary)
    for _ in range(2):
        page = body(client, "/members/")
    token = page.split('name="csrfmiddlewaretoken" value="')[1][:64]
    data = {"name": "重点", "chosen": [park_unit.pk], "csrfmiddlewaretoken": token}
    assert client.post("/members/tag/", data).status_code == 303


def test_a_page_kept_for_one_person_is_not_shown_to_another(
    pages, secretary, treasurer, auditor, member, as_user
):
    Organization.objects.update(bank_account="6222020200000001")
    for address in pages:
        body(as_user(treasurer), address)
        for person in (secretary, auditor, member):
            assert "6222020200000001" not in body(as_user(person), address)
    assert Client().get(pages[1]).status_code == 302


def test_no_kept_page_holds_a_form_key(secretary, pages, as_user):
    """Kept, a key would make the second thing a person creates vanish."""
    client = as_user(secretary)
    assert [address for address in pages if 'name="_key"' in body(client, address)] == []


def test_every_change_is_seen_at_once(secretary, park_unit, pages, as_user, commit):
    client = as_user(secretary)
    for n, address in enumerate(pages):
        body(client, address)
        park_unit.refresh_from_db()
        with commit():
            organizations.update_organization(
                park_unit, by=secretary, version=park_unit.version, changes={"name": f"改名{n}公司"}
            )
        assert f"改名{n}公司" in body(client, address)


def test_after_a_duty_has_ended_the_kept_page_is_gone(secretary, administrator, pages, as_user, commit):
    client = as_user(secretary)
    assert [client.get(address).status_code for address in pages] == [200] * len(pages)
    with commit():
        accounts.end_role(secretary.role_assignments.get(), by=administrator)
    assert [client.get(address).status_code for address in pages] == [403, *[404] * len(TABS)]


def test_after_a_person_has_left_a_unit_the_kept_page_is_gone(
    park_unit, member, secretary, pages, as_user, commit
):
    client = as_user(member)
    assert [client.get(address).status_code for address in pages[1:]] == [200] * len(TABS)
    with commit():
        contacts.end_duty(member.contact.roles.get(), by=secretary)
    assert [client.get(address).status_code for address in pages[1:]] == [404] * len(TABS)


def test_a_message_is_shown_once_and_not_kept(secretary, park_unit, as_user):
    client, address = as_user(secretary), reverse("members:organization", args=[park_unit.pk])
    body(client, address)
    client.post(reverse("members:name_add", args=[park_unit.pk]), {"kind": "short", "name": "莱"})
    client.post(reverse("members:name_remove", args=[park_unit.alternative_names.get().pk]))
    assert ["已删除“莱”" in body(client, address) for _ in range(2)] == [True, False]


def test_a_fragment_is_not_given_out_as_a_page(secretary, pages, as_user):
    client = as_user(secretary)
    client.get("/members/", headers={"HX-Request": "true"})
    assert "<html" in body(client, "/members/")
    assert "<html" not in client.get("/members/", headers={"HX-Request": "true"}).content.decode()


def test_headers_of_a_kept_page_are_those_of_a_new_one(secretary, pages, as_user):
    client = as_user(secretary)
    new, again = (client.get("/members/").headers for _ in range(2))
    differing = {name for name in {*new, *again} if new.get(name) != again.get(name)}
    assert differing <= {"X-Request-Id", "Content-Length"}
    assert again["Cache-Control"] == "no-store, private"
