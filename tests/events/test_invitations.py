"""Invitations by the roster: counted before they are sent, answered by 参加, 委派 or 不参加."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from association.errors import Refused
from association.models import Activity, Delivery, Notice, SavedView
from events.choices import Reply
from events.desk.invitations import invitations_to_answer
from events.domain import events, registrations
from events.domain import invitations as domain
from events.models import Event, EventInvitation, Registration
from events.personal_data import invitations as invited_copy
from members.columns import KEY
from members.models import Contact, Organization
from tests.factories.happenings import make_event, make_series, open_registration
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(secretary, secretary_general):
    made = make_event(
        make_series(by=secretary), by=secretary, stand="published", submitter=secretary, approver=secretary_general,
        audience="invited",
    )  # fmt: skip
    return open_registration(made)


def units():
    return Organization.objects.order_by("pk")


def sent(event, by, expected, duty="liaison"):
    return domain.invite(event, by=by, units=units(), duty=duty, expected=expected)


@pytest.fixture
def invited(event, secretary, member, other_member):
    """The invitation of `member`; another unit is invited, too."""
    sent(event, secretary, 2)
    return EventInvitation.objects.get(contact=member.contact)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def fresh(row):
    return EventInvitation.objects.select_related("registration").get(pk=row.pk)


# --- sending ------------------------------------------------------------------------------------------------------
def test_one_of_each_unit_is_invited_once_and_told(event, secretary, member, other_member):
    chosen, without = domain.recipients(event, units(), "liaison")
    assert (len(chosen), without) == (2, [])
    assert sent(event, secretary, 2) == 2
    assert (told(member), told(other_member)) == (["events.invited"], ["events.invited"])
    assert (
        next(a.sentence for a in Activity.objects.about(event).order_by("-pk"))
        == "发出文科汇第1期的邀请：2 人"
    )
    assert domain.recipients(event, units(), "liaison")[0] == []
    with pytest.raises(Refused, match="没有要发的人"):
        sent(event, secretary, 0)


def test_another_number_than_was_seen_is_not_sent(event, secretary, member):
    with pytest.raises(Refused, match="刚才看到的是 7 人，现在是 1 人"):
        sent(event, secretary, 7)
    assert EventInvitation.objects.count() == 0


def test_units_without_such_a_person_are_named(event, park_unit):
    chosen, without = domain.recipients(event, units(), "reporter")
    assert (chosen, without) == ([], [park_unit])


def test_somebody_without_an_account_gets_a_letter_alone(event, secretary, park_unit):
    Contact.objects.filter(roles__duty="liaison").update(email="liaison@test.cn", mobile="13800000009")
    sent(event, secretary, 1)
    assert list(Delivery.objects.filter(kind="events.invited", channel="email").values_list("address", flat=True)) == ["liaison@test.cn"]  # fmt: skip
    assert Notice.objects.filter(kind="events.invited").count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"registration_opens_at": None, "registration_closes_at": None}, "先在“报名安排”里写明"),
        ({"approved_at": None}, "不能再发邀请"),
        ({"cancelled_at": now(), "cancel_reason": "另有安排"}, "已取消，不能再发邀请"),
    ],
)
def test_an_event_that_takes_nobody_invites_nobody(event, secretary, member, change, words):
    Event.objects.filter(pk=event.pk).update(**change)
    with pytest.raises(Refused, match=words):
        sent(event, secretary, 1)


def test_those_without_an_answer_are_reminded_once_a_day(event, secretary, member, other_member, invited):
    domain.answer(invited, by=member, reply=Reply.DECLINED)
    assert domain.remind(event, by=secretary) > 0
    assert domain.remind(event, by=secretary) == 0
    assert (told(member), told(other_member)) == (
        ["events.invited"],
        ["events.invited", "events.invited_reminder"],
    )


# --- answering ----------------------------------------------------------------------------------------------------
def test_whoever_comes_is_registered_and_the_same_answer_again_changes_nothing(member, invited):
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online")
    row = fresh(invited)
    assert (row.reply, row.registration.user, row.registration.source) == ("attending", member, "invited")
    assert row.registration.organization_id == row.organization_id
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online")
    assert (Registration.objects.count(), fresh(invited).version) == (1, row.version)


def test_somebody_else_is_sent_and_the_answer_may_change(member, invited):
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online")
    delegate = {"full_name": "孙同事", "mobile": "13800000002", "title": "经理"}
    domain.answer(invited, by=member, reply=Reply.DELEGATED, mode="online", delegate=delegate)
    row = fresh(invited)
    assert (row.reply, row.registration.full_name, row.registration.unit_name) == (
        "delegated",
        "孙同事",
        row.organization.name,
    )
    assert [r.full_name for r in Registration.objects.live()] == ["孙同事"]
    domain.answer(invited, by=member, reply=Reply.DECLINED, reason="当天另有安排")
    assert (fresh(invited).reply, Registration.objects.live().count()) == ("declined", 0)


def test_an_answer_that_the_staff_write_down_is_the_persons_own_and_not_theirs(secretary, member, invited):
    own = Registration.objects.of
    domain.answer(invited, by=secretary, reply=Reply.ATTENDING, mode="online")
    assert (list(own(secretary)), list(own(member))) == ([], [fresh(invited).registration])
    delegate = {"full_name": "孙同事", "mobile": "13800000002"}
    domain.answer(invited, by=member, reply=Reply.DELEGATED, mode="online", delegate=delegate)
    assert [r.full_name for r in own(member).live()] == ["孙同事"]
    assert list(own(secretary)) == []


@pytest.mark.parametrize(
    "delegate", [None, {"full_name": "孙同事", "mobile": ""}, {"full_name": "", "mobile": "13800000002"}]
)
def test_a_delegate_has_a_name_and_a_number(member, invited, delegate):
    with pytest.raises(Refused, match="请写明姓名和手机"):
        domain.answer(invited, by=member, reply=Reply.DELEGATED, mode="online", delegate=delegate)
    assert (fresh(invited).reply, Registration.objects.count()) == ("", 0)


def test_another_mode_is_another_place_and_a_word_more_is_none(event, member, invited):
    Event.objects.filter(pk=event.pk).update(mode="hybrid", venue="演示会议室")
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="onsite")
    first = fresh(invited).registration
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="onsite", reason="晚到半小时")
    assert (fresh(invited).registration, fresh(invited).reason) == (first, "晚到半小时")
    domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online", reason="晚到半小时")
    assert [(r.mode, r.full_name) for r in Registration.objects.live()] == [("online", "赵联络")]


def test_after_it_is_called_off_nobody_answers(secretary, member, event, invited):
    events.cancel(event, by=secretary, reason="场地另有安排")
    with pytest.raises(Refused, match="不用再回复"):
        domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online")


def test_only_the_invited_know_of_the_event(event, member, other_member, stranger, secretary):
    domain.invite(
        event,
        by=secretary,
        units=units().filter(pk=member.contact.roles.get().organization_id),
        duty="liaison",
        expected=1,
    )
    assert [list(Event.objects.visible_to(p)) for p in (member, other_member, stranger)] == [[event], [], []]
    with pytest.raises(Refused, match="请打开收到的邀请回复"):
        registrations.register(
            event, by=member, source="self", mode="online", full_name="赵联络", mobile="13800000001", unit_name="演示", user=member,
        )  # fmt: skip


# --- pages --------------------------------------------------------------------------------------------------------
def url(name, record):
    return reverse(f"events:{name}", args=[record.pk])


def test_the_page_counts_first_and_sends_to_exactly_those(event, secretary, member, other_member, as_user):
    client = as_user(secretary)
    view = SavedView.objects.create(owner=secretary, listing=KEY, name="朝阳", query="q=演示运营公司01")
    page = client.get(url("invite", event), {"view": view.pk, "duty": "liaison"})
    assert (page.context["number"], page.context["lacking"]) == (1, 0)
    assert (
        client.post(url("invite", event), {"view": view.pk, "duty": "liaison", "expected": "2"}).status_code
        == 409
    )
    assert (
        client.post(url("invite", event), {"view": view.pk, "duty": "liaison", "expected": "1"}).status_code
        == 303
    )
    assert [i.organization.name for i in EventInvitation.objects.all()] == ["演示运营公司01"]
    assert client.get(url("invite", event), {"view": "0", "duty": "nobody"}).status_code == 422


def test_the_answer_is_given_on_its_page(event, member, other_member, invited, as_user):
    client = as_user(member)
    assert (
        client.post(url("invitation", invited), {"reply": "delegated", "mode": "online"}).status_code == 422
    )
    form = {"reply": "delegated", "mode": "online", "full_name": "孙同事", "mobile": "138 0000 0002"}
    assert client.post(url("invitation", invited), form).status_code == 303
    assert fresh(invited).registration.mobile == "13800000002"
    begun = client.get(url("invitation", invited)).context["form"].initial
    assert (begun["reply"], begun["mode"]) == ("delegated", "online")
    assert (
        as_user(other_member)
        .post(url("invitation", invited), {"reply": "declined", "mode": "online"})
        .status_code
        == 404
    )


def test_the_list_asks_as_many_queries_for_thirty_as_for_one(event, secretary, park_unit, as_user, queries):
    client = as_user(secretary)

    def add(number):
        contact = Contact.objects.create(name=f"演示受邀{number}", mobile=f"1990002{number:04d}")
        EventInvitation.objects.create(event=event, organization=park_unit, contact=contact, sent_at=now())

    add(1)
    client.get(url("invitations", event))
    with queries() as one:
        client.get(url("invitations", event))
    for number in range(2, 31):
        add(number)
    with queries() as many:
        client.get(url("invitations", event))
    assert len(many) == len(one) <= 20


def test_the_copy_of_one_s_data_holds_the_invitation(event, member, invited):
    domain.answer(invited, by=member, reply=Reply.DECLINED, reason="当天另有安排")
    (table,) = invited_copy.invited(member)
    assert [(row[0], row[3], row[5]) for row in table.rows] == [(str(event), "不参加", "当天另有安排")]


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_invite_everybody_once(
    event, secretary, secretary_general, member, other_member
):
    results = at_once(lambda: sent(event, secretary, 2), lambda: sent(event, secretary_general, 2))
    assert sorted(str(r) if isinstance(r, int) else type(r).__name__ for r in results) == ["2", "Refused"]
    assert (EventInvitation.objects.count(), told(member)) == (2, ["events.invited"])


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one_place(event, member, secretary, invited):
    results = at_once(
        lambda: domain.answer(invited, by=member, reply=Reply.ATTENDING, mode="online"),
        lambda: domain.answer(invited, by=secretary, reply=Reply.ATTENDING, mode="online"),
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    assert (Registration.objects.count(), fresh(invited).registration.user) == (1, member)


# --- the workbench ------------------------------------------------------------------------------------------------
def todos(user):
    return [todo.title for todo in invitations_to_answer(user)]


def test_the_invited_and_who_acts_for_the_unit_see_what_is_to_answer(
    event, member, other_member, secretary, invited
):
    title = f"回复邀请：{event}"
    assert (todos(member), todos(other_member), todos(secretary)) == ([title], [title], [])
    domain.answer(invited, by=member, reply=Reply.DECLINED)
    assert todos(member) == []
    Event.objects.filter(pk=event.pk).update(cancelled_at=now(), cancel_reason="另有安排")
    assert todos(other_member) == []
