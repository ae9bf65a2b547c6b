"""What people say afterwards, and the head-count that archiving locks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from association.errors import Refused
from association.models import Activity, Notice
from events.domain import attendance, events, feedback
from events.models import Attendance, Event, Feedback, OnlineList, OnlineRow
from events.personal_data.invitations import said
from tests.factories.doors import expected, make_running
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(secretary, secretary_general):
    return make_running(secretary, secretary_general)


def over(event, *, days=1):
    """The event ended `days` ago."""
    move = timedelta(days=days) + (event.ends_at - now())
    Event.objects.filter(pk=event.pk).update(
        starts_at=event.starts_at - move, ends_at=event.ends_at - move,
        registration_opens_at=event.registration_opens_at - move,
        registration_closes_at=event.registration_closes_at - move,
    )  # fmt: skip
    for row in Attendance.objects.filter(event=event):
        Attendance.objects.filter(pk=row.pk).update(arrived_at=row.arrived_at - move)
    event.refresh_from_db()
    return event


@pytest.fixture
def was_there(event, member, secretary):
    mine = expected(event, user=member)
    attendance.check_in(mine, by=secretary)
    over(event)
    return mine


# --- feedback -----------------------------------------------------------------------------------------------------
def test_whoever_was_there_says_so_once_and_changes_it(was_there, member, event):
    feedback.give(was_there, by=member, score=5, liked="案例扎实")
    feedback.give(was_there, by=member, score=5, liked="案例扎实")
    feedback.give(was_there, by=member, score=4, liked="案例扎实", missed="时间太紧")
    found = Feedback.objects.get()
    assert (found.score, found.missed, found.version) == (4, "时间太紧", 2)
    said = [a for a in Activity.objects.about(event) if a.kind == "events.feedback.given"]
    assert [(a.by, a.sentence) for a in said] == [(None, "收到文科汇第1期的一份评价")] * 2


def test_the_copy_of_one_s_data_holds_what_was_said(was_there, member, event):
    feedback.give(was_there, by=member, score=4, liked="案例扎实")
    (table,) = said(member)
    assert [row[:3] for row in table.rows] == [(str(event), 4, "案例扎实")]


@pytest.mark.django_db(transaction=True)
def test_two_words_at_once_are_one(was_there, member):
    results = at_once(*(lambda n=n: feedback.give(was_there, by=member, score=n) for n in (3, 5)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Feedback.objects.get().version == 2


def test_who_was_not_there_and_an_archived_event_are_refused(event, member, secretary, was_there):
    attendance.undo(Attendance.objects.get(), by=secretary, reason="扫错了人")
    with pytest.raises(Refused, match="参加过活动的人"):
        feedback.give(was_there, by=member, score=5)
    attendance.check_in(was_there, by=secretary)
    events.archive(event, by=secretary)
    with pytest.raises(Refused, match="已归档，不再收评价"):
        feedback.give(was_there, by=member, score=5)


def test_the_day_after_everybody_who_was_there_is_asked_once(was_there, member):
    assert feedback.ask_yesterdays() == 1
    assert feedback.ask_yesterdays() == 0
    asked = Notice.objects.filter(recipient=member, kind="events.feedback_asked")
    assert asked.count() == 1


def test_the_page_takes_it_and_the_staff_read_it_without_a_name(was_there, member, secretary, event, as_user):
    page = reverse("events:feedback_give", args=[was_there.pk])
    assert as_user(member).post(page, {"score": "9"}).status_code == 422
    assert as_user(member).post(page, {"score": "4", "liked": "案例扎实"}).status_code == 303
    text = as_user(secretary).get(reverse("events:feedback", args=[event.pk])).content.decode()
    assert ("平均 4.0 分" in text, "案例扎实" in text, was_there.full_name in text) == (True, True, False)


# --- the head-count -----------------------------------------------------------------------------------------------
def test_archiving_locks_the_head_count_and_a_correction_says_why(event, secretary, member, was_there):
    event = events.archive(event, by=secretary)
    assert (event.closed_onsite, event.closed_online, event.closed_companies) == (1, 0, 1)
    person = {"full_name": "来宾甲", "unit_name": "演示来宾单位"}
    with pytest.raises(Refused, match="人数已经锁定"):
        attendance.add_walk_in(event, by=secretary, **person)
    row, is_new = attendance.add_walk_in(event, by=secretary, correction="漏录一人", **person)
    assert (is_new, row.correction, attendance.head_count(event)["onsite"]) == (True, "漏录一人", 2)
    said = [(a.sentence, a.basis) for a in Activity.objects.about(row)]
    assert said == [("文科汇第1期归档后更正，补录：演示来宾单位", "漏录一人")]
    attendance.undo(row, by=secretary, reason="重复")
    event.refresh_from_db()
    assert (event.closed_onsite, attendance.head_count(event)["onsite"]) == (1, 1)


def test_the_page_shows_a_correction_as_such(event, secretary, was_there, as_user):
    events.archive(event, by=secretary)
    client = as_user(secretary)
    person = {"full_name": "来宾甲", "unit_name": "演示来宾单位", "mode": "onsite"}
    assert client.post(reverse("events:walk_in", args=[event.pk]), person).status_code == 422
    assert (
        client.post(
            reverse("events:walk_in", args=[event.pk]), person | {"correction": "漏录一人"}
        ).status_code
        == 303
    )
    text = client.get(reverse("events:attendance", args=[event.pk]) + "?tab=onsite").content.decode()
    assert ("更正后 2 人（+1）" in text, "归档后更正：漏录一人" in text) == (True, True)


def test_an_event_is_not_archived_while_people_of_an_online_list_wait(event, secretary, was_there):
    found = OnlineList.objects.create(event=event, filename="名单.xlsx", digest="x", uploaded_by=secretary)
    OnlineRow.objects.create(
        list=found, event=event, number=2, full_name="线上来宾", unit_name="演示单位", mode="online"
    )
    with pytest.raises(Refused, match="线上名单还有 1 人没有核对"):
        events.archive(event, by=secretary)
    OnlineRow.objects.all().delete()
    assert events.archive(event, by=secretary).archived_at
