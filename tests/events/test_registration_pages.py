"""The pages of registration: with an account, without one, and for the secretariat; who reads what."""

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now
from icalendar import Calendar

from association import guests
from association.domain.erasing import erase_elsewhere
from association.models import Activity
from events.domain import feeds, terms
from events.domain import registrations as domain
from events.models import CalendarFeed, Event, Registration
from events.personal_data import registrations as registrations_copy
from tests.factories import make_user
from tests.factories.happenings import make_event, make_registration, make_series, open_registration

pytestmark = pytest.mark.django_db
MOBILE = "13900139000"
LINK = "https://meeting.example.cn/演示"


@pytest.fixture
def event(secretary, secretary_general):
    made = make_event(
        make_series(by=secretary), by=secretary, stand="published", submitter=secretary, approver=secretary_general,
        audience="public", online_link=LINK,
    )  # fmt: skip
    return open_registration(made)


@pytest.fixture
def guest(client):
    """A visitor who has proved a mobile number."""
    return proved(client, MOBILE)


def proved(client, address):
    session = client.session
    session[guests.PROVED] = {"address": address, "at": time.time()}
    session.save()
    return client


def address(name, *args):
    return reverse(name, args=args)


def given(**fields):
    return {"full_name": "李来宾", "unit_name": "演示来宾单位", "mobile": MOBILE, "mode": "online"} | fields


def body(answer):
    return answer.content.decode()


# --- with an account ----------------------------------------------------------------------------------------------
def test_a_member_registers_for_themselves_and_for_a_colleague(event, member, park_unit, as_user):
    client = as_user(member)
    page = client.get(address("events:register", event.pk))
    assert 'value="赵联络"' in body(page)
    form = given(full_name="赵联络", mobile="13800000001", unit=park_unit.pk)
    answer = client.post(address("events:register", event.pk), form)
    mine = Registration.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, address("events:registration", mine.pk))
    assert (mine.user, mine.filed_by, mine.organization, mine.unit_name, mine.source) == (member, member, park_unit, park_unit.name, "self")  # fmt: skip
    colleague = make_user("孙同事", "colleague@test.cn", organization=park_unit, duty="manager")
    form = given(full_name="", mobile="13800000002", unit=park_unit.pk, colleague=colleague.contact.pk)
    client.post(address("events:register", event.pk) + "?for=colleague", form)
    theirs = Registration.objects.latest("pk")
    assert (theirs.full_name, theirs.user, theirs.filed_by, theirs.source) == (
        "孙同事",
        colleague,
        member,
        "colleague",
    )
    assert [row.pk for row in Registration.objects.visible_to(colleague)] == [theirs.pk]
    listed = body(client.get(address("events:mine")))
    assert ("赵联络" in listed, "孙同事" in listed) == (True, True)


def test_a_form_with_gaps_says_so_and_changes_nothing(event, member, secretary, as_user):
    (question,) = terms.set_questions(
        event, by=secretary, version=event.version,
        rows=[{"text": "用餐", "kind": "one", "options": ["素", "荤"], "is_required": True, "mode": "", "after": None, "asked_when": ""}],
    )  # fmt: skip
    answer = as_user(member).post(address("events:register", event.pk), {"mode": "onsite", "mobile": "123"})
    assert answer.status_code == 422
    text = body(answer)
    assert "手机号应为 11 位" in text or "手机" in text
    answer = as_user(member).post(
        address("events:register", event.pk), given(unit=member.contact.roles.get().organization_id)
    )
    assert (answer.status_code, "请回答“用餐”。" in body(answer)) == (422, True)
    answer = as_user(member).post(
        address("events:register", event.pk),
        given(unit=member.contact.roles.get().organization_id) | {f"q{question.pk}": "海鲜"},
    )
    assert (answer.status_code, Registration.objects.count()) == (422, 0)


def test_the_same_form_sent_twice_registers_once(event, member, as_user):
    client = as_user(member)
    form = given(unit=member.contact.roles.get().organization_id, _key="6f9619ff-8b86-4011-b42d-00c04fc964ff")
    first, second = (client.post(address("events:register", event.pk), form) for _ in range(2))
    assert (first["Location"], Registration.objects.count()) == (second["Location"], 1)


def test_the_online_link_is_for_those_whose_place_is_confirmed(
    event, member, other_member, secretary, as_user
):
    made = domain.register(
        event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
    )  # fmt: skip
    page = address("events:event", event.pk)
    assert LINK in body(as_user(member).get(page))
    assert LINK in body(as_user(member).get(address("events:registration", made.pk)))
    assert LINK not in body(as_user(other_member).get(page))
    assert LINK not in body(as_user(None).get(address("activities:activity", event.pk)))
    domain.cancel(made, by=secretary, as_staff=True)
    assert LINK not in body(as_user(member).get(page))
    assert LINK not in body(as_user(member).get(address("events:registration", made.pk)))


def test_participants_see_those_who_agreed_when_they_come_themselves(event, member, other_member, as_user):
    open_registration(event, lists_participants=True)
    make_registration(event, number=1, full_name="愿意公开", lists_name=True)
    make_registration(event, number=2, full_name="不愿公开")
    page = address("events:participants", event.pk)
    assert as_user(member).get(page).status_code == 404
    domain.register(
        event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
    )  # fmt: skip
    text = body(as_user(member).get(page))
    assert ("愿意公开" in text, "不愿公开" in text, "1990001" in text) == (True, False, False)
    assert as_user(other_member).get(page).status_code == 404


def test_a_personal_calendar_shows_what_one_is_registered_for(event, member, as_user, client):
    domain.register(
        event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
    )  # fmt: skip
    as_user(member).post(address("events:feed_open"))
    as_user(member).post(address("events:feed_open"))
    feed = CalendarFeed.objects.get()
    assert f"/activities/calendar/{feed.token}/" in body(as_user(member).get(address("events:mine")))
    entries = Calendar.from_ical(client.get(address("activities:personal_ics", feed.token)).content).walk(
        "VEVENT"
    )
    assert [str(entry["summary"]) for entry in entries] == [str(event)]
    as_user(member).post(address("events:feed_close"))
    assert client.get(address("activities:personal_ics", feed.token)).status_code == 404


# --- without one --------------------------------------------------------------------------------------------------
def test_a_visitor_proves_a_number_first(event, client):
    answer = client.get(address("activities:register", event.pk))
    assert answer["Location"].startswith("/prove/?next=")


def test_a_guest_registers_and_keeps_the_proved_number(event, guest):
    answer = guest.post(address("activities:register", event.pk), given(mobile="13911111111", agrees="on"))
    made = Registration.objects.get()
    assert answer["Location"] == address("activities:registration", made.pk)
    assert (made.mobile, made.guest_address, made.source, made.filed_by) == (MOBILE, MOBILE, "guest", None)
    assert made.privacy_version
    assert "签到码" in body(guest.get(answer["Location"]))
    assert "李来宾" in body(guest.get(address("activities:mine")))
    assert [a.by for a in Activity.objects.about(made)] == [None]


def test_a_guest_must_agree_to_the_policy(event, guest):
    answer = guest.post(address("activities:register", event.pk), given())
    assert (answer.status_code, "请先阅读并同意，才能报名。" in body(answer)) == (422, True)
    assert Registration.objects.count() == 0


def test_a_guest_sees_and_changes_their_own_only(event, guest, django_assert_num_queries):
    mine = make_registration(event, number=1, mobile=MOBILE)
    other = make_registration(event, number=2)
    for name in ("registration", "registration_cancel", "registration_accept"):
        send = guest.get if name == "registration" else guest.post
        assert send(address(f"activities:{name}", other.pk)).status_code == 404
    assert guest.post(address("activities:registration_cancel", mine.pk)).status_code == 303
    assert Registration.objects.get(pk=mine.pk).cancelled_at is not None
    assert Registration.objects.get(pk=other.pk).cancelled_at is None


def test_a_guest_by_mail_finds_what_was_filed_for_that_address(event, client):
    made = make_registration(event, email="Guest@Test.cn")
    page = proved(client, "guest@test.cn").get(address("activities:registration", made.pk))
    assert page.status_code == 200


def test_guests_find_no_event_of_members(event, guest):
    Event.objects.filter(pk=event.pk).update(audience="members")
    assert guest.get(address("activities:register", event.pk)).status_code == 404
    assert guest.post(address("activities:register", event.pk), given(agrees="on")).status_code == 404


def test_the_public_page_says_how_many_seats_are_free(event, client):
    open_registration(event, online_capacity=2)
    make_registration(event)
    text = body(client.get(address("activities:activity", event.pk)))
    assert ("还有 1 个名额" in text, address("activities:register", event.pk) in text) == (True, True)
    open_registration(event, registration_closes_at=now() - timedelta(minutes=1))
    assert address("activities:register", event.pk) not in body(
        client.get(address("activities:activity", event.pk))
    )


# --- the secretariat ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["events:registrations", "events:participants"])
def test_lists_ask_as_many_queries_for_thirty_as_for_one(event, secretary, as_user, queries, name):
    client = as_user(secretary)
    make_registration(event, lists_name=True)
    client.get(address(name, event.pk))
    with queries() as one:
        client.get(address(name, event.pk))
    for number in range(2, 31):
        make_registration(event, number=number, by=secretary, lists_name=True)
    with queries() as many:
        client.get(address(name, event.pk))
    assert len(many) == len(one) <= 20


def test_my_list_asks_as_many_queries_for_thirty_as_for_one(event, secretary, as_user, queries):
    client = as_user(secretary)
    make_registration(event, by=secretary)
    client.get(address("events:mine"))
    with queries() as one:
        client.get(address("events:mine"))
    for number in range(2, 31):
        make_registration(event, number=number, by=secretary)
    with queries() as many:
        client.get(address("events:mine"))
    assert len(many) == len(one) <= 20


def test_the_list_is_filtered_and_masks_numbers(event, secretary, as_user):
    open_registration(event, online_capacity=1)
    make_registration(event, number=1, full_name="先到的人")
    make_registration(event, number=2, full_name="候补的人")
    text = body(as_user(secretary).get(address("events:registrations", event.pk) + "?state=waiting"))
    assert ("先到的人" in text, "候补的人" in text, "199****0002" in text, "19900010002" in text) == (False, True, True, False)  # fmt: skip
    assert (
        as_user(secretary).get(address("events:registrations", event.pk) + "?state=nonsense").status_code
        == 422
    )


def test_terms_are_set_on_their_page_and_a_late_save_is_told(event, secretary, as_user):
    client, page = as_user(secretary), address("events:terms", event.pk)
    form = {
        "registration_opens_at": "2026-01-01T09:00", "registration_closes_at": event.starts_at.strftime("%Y-%m-%d %H:%M"),
        "online_capacity": "50", "wait_rule": "units_first", "version": event.version,
    }  # fmt: skip
    assert client.post(page, form).status_code == 303
    event.refresh_from_db()
    assert (event.online_capacity, event.wait_rule) == (50, "units_first")
    assert client.post(page, form | {"online_capacity": "60"}).status_code == 409
    bad = form | {"online_capacity": "0", "version": event.version}
    assert client.post(page, bad).status_code == 422
    assert Event.objects.get(pk=event.pk).online_capacity == 50


def test_staff_sign_somebody_up_and_link_the_unit_by_name(event, secretary, park_unit, as_user):
    form = given(unit_name=park_unit.name)
    as_user(secretary).post(address("events:register_on_behalf", event.pk), form)
    made = Registration.objects.get()
    assert (made.organization, made.source, made.user) == (park_unit, "staff", None)


# --- a person's data ----------------------------------------------------------------------------------------------
def test_a_persons_copy_holds_their_registrations(event, member):
    domain.register(
        event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
    )  # fmt: skip
    make_registration(event, number=2)
    (table,) = registrations_copy.registered(member)
    assert [row[:3] for row in table.rows] == [(str(event), "赵联络", "13800000001")]


def test_erasing_takes_the_person_out_of_registrations_and_leaves_the_count(event, member):
    mine = domain.register(
        event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
    )  # fmt: skip
    other = make_registration(event, number=2)
    feeds.open_feed(by=member)
    erase_elsewhere(member, frozenset({"13800000001"}), "已删除的用户")
    erase_elsewhere(member, frozenset({"13800000001"}), "已删除的用户")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.full_name, mine.mobile, mine.email, mine.unit_name) == ("已删除的用户", "", "", "演示")
    assert (other.full_name, event.registrations.count(), CalendarFeed.objects.count()) == ("参加人2", 2, 0)
