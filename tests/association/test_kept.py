"""Kept pages: quick for the same person at the same moment, never for anybody or any moment else."""

import re
from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from association import kept, stamps
from association.domain.accounts import end_role
from association.domain.inbox import mark_read, unread_count
from association.domain.notices import Telling, notify_each
from members.domain.contacts import end_duty
from members.domain.organizations import update_organization

ROSTER = "/members/"


@pytest.fixture(autouse=True)
def keeping(monkeypatch):
    monkeypatch.setattr(kept, "SECONDS", 60)


def change(unit, by, **changes):
    unit.refresh_from_db()
    update_organization(unit, by=by, version=unit.version, changes=changes)


def token(response):
    return re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', response.content)[1]


def test_a_second_look_asks_the_database_for_the_person_only(as_user, secretary, park_unit, queries):
    client = as_user(secretary)
    first = client.get(ROSTER)
    with queries() as captured:
        second = client.get(ROSTER)
    assert re.sub(rb"\w{64}", b"", second.content) == re.sub(rb"\w{64}", b"", first.content)
    tables = {m for q in captured for m in re.findall(r'FROM "(\w+)"', q["sql"])}
    assert tables <= {"association_user", "association_roleassignment", "django_session"}


def test_a_verb_is_seen_at_once(as_user, secretary, park_unit, django_capture_on_commit_callbacks):
    client = as_user(secretary)
    assert "改过的名字" not in client.get(ROSTER).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        change(park_unit, secretary, name="改过的名字有限公司")
    assert "改过的名字" in client.get(ROSTER).content.decode()
    assert "改过的名字" in client.get(f"/members/{park_unit.pk}/").content.decode()


def test_what_one_person_is_told_is_seen_by_them_at_once_and_leaves_the_pages_of_others(
    as_user, secretary, treasurer, tellable, park_unit, queries, django_capture_on_commit_callbacks
):
    kind = tellable("test.told", "标题\n\n正文")
    told, other = as_user(secretary), as_user(treasurer)
    for client in (told, other):
        client.get(ROSTER)
    assert unread_count(secretary) == 0
    with django_capture_on_commit_callbacks(execute=True):
        notify_each([Telling([secretary])], kind)
    assert (unread_count(secretary), unread_count(treasurer)) == (1, 0)
    asked = {}
    for client in (told, other):
        with queries() as captured:
            client.get(ROSTER)
        asked[client] = any("members_organization" in q["sql"] for q in captured)
    assert (asked[told], asked[other]) == (True, False)
    with django_capture_on_commit_callbacks(execute=True):
        mark_read(secretary.notices.get())
    assert unread_count(secretary) == 0


def test_nobody_sees_another_persons_page(as_user, secretary, treasurer, park_unit):
    change(park_unit, secretary, bank_account="1100223344556677")
    address = f"/members/{park_unit.pk}/"
    assert "1100223344556677" in as_user(treasurer).get(address).content.decode()
    assert "1100223344556677" not in as_user(secretary).get(address).content.decode()


def test_a_visitor_and_a_person_without_duty_are_stopped_before_any_page(
    as_user, secretary, stranger, park_unit
):
    assert as_user(secretary).get(ROSTER).status_code == 200
    assert as_user(None).get(ROSTER).status_code == 302
    assert as_user(stranger).get(ROSTER).status_code == 403
    assert as_user(stranger).get(f"/members/{park_unit.pk}/").status_code == 404


def test_a_duty_that_ended_ends_the_page(as_user, secretary, administrator, park_unit):
    client = as_user(secretary)
    assert client.get(ROSTER).status_code == 200
    end_role(secretary.role_assignments.get(), by=administrator)
    assert client.get(ROSTER).status_code == 403


def test_each_answer_has_a_form_token_of_its_own_that_works(as_user, secretary, park_unit):
    client = as_user(secretary)
    client.handler.enforce_csrf_checks = True
    client.get(ROSTER)
    tokens = [token(client.get(ROSTER)) for _ in range(2)]
    assert tokens[0] != tokens[1]
    data = {"name": "重点", "chosen": park_unit.pk, "csrfmiddlewaretoken": tokens[1].decode()}
    assert client.post("/members/tag/", data).status_code == 303
    assert client.post("/members/tag/", data | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_a_message_is_shown_once_and_never_kept(as_user, secretary, park_unit):
    client = as_user(secretary)
    client.get(ROSTER)
    client.post("/members/tag/", {"name": "重点", "chosen": park_unit.pk})
    assert "加上标签" in client.get(ROSTER).content.decode()
    assert "加上标签" not in client.get(ROSTER).content.decode()


def test_fragments_and_addresses_are_kept_apart(as_user, secretary, park_unit, other_unit):
    client = as_user(secretary)
    client.get(ROSTER)
    assert "<html" not in client.get(ROSTER, headers={"HX-Request": "true"}).content.decode()
    only = client.get(ROSTER, {"district": "110101"}).content.decode()
    assert other_unit.name in only
    assert park_unit.name not in only


def test_midnight_leaves_the_page_behind(as_user, secretary, park_unit):
    with time_machine.travel(date(2024, 3, 1)):
        client = as_user(secretary)
        assert "2024年3月1日" in client.get(ROSTER).content.decode()
    with time_machine.travel(date(2024, 3, 2)):
        client = as_user(secretary)
        assert "2024年3月2日" in client.get(ROSTER).content.decode()


def test_a_lost_cache_loses_nothing_but_time(as_user, secretary, park_unit):
    client = as_user(secretary)
    client.get(ROSTER)
    before = stamps.current()
    cache.clear()
    assert client.get(ROSTER).status_code == 200
    assert stamps.current() != before


TABS = ("organization", "organization_parks", "organization_contacts", "organization_recognitions")


def tabs_of(unit):
    return [reverse(f"members:{tab}", args=[unit.pk]) for tab in (*TABS, "organization_membership")]


def test_no_kept_page_holds_a_form_key(as_user, secretary, park_unit):
    """Kept, a key would make the second thing that a person creates vanish."""
    client = as_user(secretary)
    pages = [client.get(address).content for address in (ROSTER, *tabs_of(park_unit))]
    assert [b'name="_key"' in page for page in pages] == [False] * 6


def test_whoever_left_a_unit_sees_its_pages_no_more(
    as_user, member, secretary, park_unit, django_capture_on_commit_callbacks
):
    client = as_user(member)
    assert [client.get(address).status_code for address in tabs_of(park_unit)] == [200] * 5
    with django_capture_on_commit_callbacks(execute=True):
        end_duty(member.contact.roles.get(), by=secretary)
    assert [client.get(address).status_code for address in tabs_of(park_unit)] == [404] * 5


def test_a_record_cannot_be_written_so_that_it_is_filled_with_the_readers_token(
    as_user, secretary, park_unit
):
    """What stands in the place of the token while a page is kept is known to nobody."""
    client = as_user(secretary)
    for text in (
        "form-token-of-this-answer",
        "csrfmiddlewaretoken",
        'name="csrfmiddlewaretoken" value="' + "x" * 9,
    ):
        change(park_unit, secretary, english_name=text)
        address = tabs_of(park_unit)[0]
        for _ in range(2):
            page = client.get(address)
        assert token(page).decode() not in page.content.decode().split("<main")[1].split("csrfmiddleware")[0]
    assert kept.BLANK not in page.content
    assert len(kept.BLANK) >= 40


def test_headers_of_a_kept_page_are_those_of_a_new_one(as_user, secretary, park_unit):
    client = as_user(secretary)
    new, again = (client.get(ROSTER).headers for _ in range(2))
    assert {n for n in {*new, *again} if new.get(n) != again.get(n)} <= {"X-Request-Id", "Content-Length"}
    assert again["Cache-Control"] == "no-store, private"
