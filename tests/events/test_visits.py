"""Visits of member parks: noted, corrected, removed; who reads of them; what the year's figure counts."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now

from association import integrity
from association.desk import desk
from association.domain.editing import Conflict
from association.errors import Refused
from association.formats import chinese_date
from association.models import Activity
from events.choices import VisitMode, VisitTag
from events.demo import visits as demo
from events.domain import events
from events.domain import visits as domain
from events.models import Event, Visit
from members import together
from members.demo.plan import units
from members.domain import parks
from tests.factories import make_organization
from tests.factories.happenings import make_event, make_series
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


@pytest.fixture
def series(secretary):
    return make_series("案例云参访", by=secretary, unit="session")


@pytest.fixture
def make(series, secretary, secretary_general):
    """An event as `make_event` makes it, published, that ended yesterday unless `days` says otherwise."""

    def made(*, ended=True, **fields):
        event = make_event(
            series, by=secretary, stand="published", submitter=secretary, approver=secretary_general, **fields
        )
        if ended:
            move(event, days=2)
        return Event.objects.get(pk=event.pk)

    return made


def move(event, *, days):
    starts_at = localtime(now() - timedelta(days=days)).replace(hour=9, minute=0)
    Event.objects.filter(pk=event.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


@pytest.fixture
def event(make):
    return make()


def archived(event, by):
    return events.archive(event, by=by)


def sentences(event):
    found = Activity.objects.about(event).filter(kind__startswith="events.visit").order_by("pk")
    return [(a.sentence, a.basis) for a in found]


def url(name, record):
    return reverse(f"events:{name}", args=[record.pk])


# --- the verbs --------------------------------------------------------------------------------------------------
def test_a_visit_keeps_unit_day_and_order(event, park, other_unit, secretary):
    first = domain.add(
        event, park, by=secretary, mode=VisitMode.LIVE, tags=[VisitTag.DIGITAL, VisitTag.PROFESSIONAL]
    )
    second = domain.add(event, other_unit.parks.get(), by=secretary)
    assert (first.organization, first.visited_on, first.position) == (
        park.organization,
        localdate(event.starts_at),
        1,
    )
    assert (second.position, second.mode, first.tag_labels) == (2, "onsite", ["专业化", "数字化"])
    assert sentences(event)[0] == (f"登记案例云参访第1场走访“{park.name}”", "")


def test_a_park_is_visited_once_at_an_event_and_at_others_again(event, park, make, secretary):
    domain.add(event, park, by=secretary)
    with pytest.raises(Refused, match="每个园区只登记一次"):
        domain.add(event, park, by=secretary)
    domain.add(make(), park, by=secretary)
    assert Visit.objects.count() == 2


def test_what_is_planned_or_to_come_or_called_off_takes_no_visit(series, make, park, secretary):
    for event in (make_event(series, by=secretary), make(ended=False)):
        with pytest.raises(Refused, match="还没有开始"):
            domain.add(event, park, by=secretary)
    off = make()
    events.cancel(off, by=secretary, reason="人数不足", did_not_convene=True)
    with pytest.raises(Refused, match="未开成"):
        domain.add(off, park, by=secretary)


def test_a_draft_whose_time_has_come_takes_none_either(series, park, secretary):
    draft = make_event(series, by=secretary)
    move(draft, days=2)
    with pytest.raises(Refused, match="还没有开始"):
        domain.add(draft, park, by=secretary)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_lies_within_the_event(event, park, secretary, days):
    with pytest.raises(Refused, match="走访日期应在活动期间"):
        domain.add(event, park, by=secretary, visited_on=localdate(event.starts_at) + timedelta(days=days))


def test_only_who_was_a_member_on_that_day_is_visited(event, secretary):
    never = make_organization("演示候选", park="候选园区", joined=None)
    today = make_organization("演示新会员", park="新园区", joined=localdate())
    left = make_organization("演示已退", park="退会园区", left=localdate(event.starts_at))
    for unit in (never, today, left):
        with pytest.raises(Refused, match="不是会员，走访只登记当时的会员单位"):
            domain.add(event, unit.parks.get(), by=secretary)
    last_day = make_organization(
        "演示将退", park="将退园区", left=localdate(event.starts_at) + timedelta(days=1)
    )
    assert domain.add(event, last_day.parks.get(), by=secretary).organization == last_day


def test_whoever_saves_second_is_told(event, park, secretary):
    visit = domain.add(event, park, by=secretary)
    domain.update(visit, by=secretary, version=1, changes={"viewers": 10})
    with pytest.raises(Conflict):
        domain.update(visit, by=secretary, version=1, changes={"viewers": 20})
    visit = domain.update(visit, by=secretary, version=2, changes={"viewers": 10})
    assert (visit.viewers, visit.version, len(sentences(event))) == (10, 2, 2)
    with pytest.raises(Refused, match="走访日期应在活动期间"):
        domain.update(visit, by=secretary, version=2, changes={"visited_on": date(2022, 1, 30)})


def test_what_is_archived_is_corrected_with_a_reason_that_stands_beside_it(
    event, park, other_unit, secretary
):
    visit = domain.add(event, park, by=secretary)
    archived(event, secretary)
    other = other_unit.parks.get()
    for wrong in (
        lambda: domain.add(event, other, by=secretary),
        lambda: domain.update(visit, by=secretary, version=1, changes={"viewers": 1}),
        lambda: domain.remove(visit, by=secretary),
    ):
        with pytest.raises(Refused, match="归档以后的更正要写明理由"):
            wrong()
    late = domain.add(event, other, by=secretary, reason="漏登")
    changed = domain.update(visit, by=secretary, version=1, changes={"viewers": 1}, reason="补记人次")
    assert [(v.correction, v.corrected_at is not None) for v in (late, changed)] == [
        ("漏登", True),
        ("补记人次", True),
    ]
    domain.remove(late, by=secretary, reason="登记错了")
    assert sentences(event)[-1] == (
        f"删去案例云参访第1场走访“{other.name}”", "归档后更正：登记错了",
    )  # fmt: skip


def test_a_removed_visit_stays_in_the_history_and_removing_again_changes_nothing(event, park, secretary):
    visit = domain.add(event, park, by=secretary)
    gone = Visit.objects.get(pk=visit.pk)
    domain.remove(visit, by=secretary)
    domain.remove(gone, by=secretary)
    labels = Visit.pgh_event_model.objects.filter(pgh_obj_id=gone.pk).values_list("pgh_label", flat=True)
    assert (Visit.objects.count(), sorted(labels), len(sentences(event))) == (0, ["delete", "insert"], 2)


def test_an_event_does_not_leave_its_visits(event, park, secretary):
    domain.add(event, park, by=secretary)
    event = Event.objects.get(pk=event.pk)
    later = {"starts_at": event.starts_at + timedelta(days=1), "ends_at": event.ends_at + timedelta(days=1)}
    with pytest.raises(Refused, match="活动时间要包括这一天"):
        events.update(event, by=secretary, version=event.version, changes=later)


@pytest.mark.django_db(transaction=True)
def test_two_who_note_the_same_visit_at_once_note_it_once(event, park, secretary):
    results = at_once(
        lambda: domain.add(event, park, by=secretary), lambda: domain.add(event, park, by=secretary)
    )
    assert (Visit.objects.count(), sum(isinstance(r, Refused) for r in results)) == (1, 1)


# --- the pages of those who keep ----------------------------------------------------------------------------------
def test_a_secretary_notes_changes_and_removes(event, park, secretary, as_user):
    client = as_user(secretary)
    page = client.get(url("event", event)).content.decode()
    assert "登记走访" in page
    given = {"park": park.pk, "visited_on": localdate(event.starts_at), "mode": "live", "tags": ["digital"]}
    assert client.post(url("visit_add", event), given).status_code == 303
    visit = Visit.objects.get()
    assert (visit.tags, visit.mode, visit.position) == (["digital"], "live", 1)
    given = given | {"version": 1, "highlights": "演示文字", "viewers": 30, "position": ""}
    assert client.post(url("visit_edit", visit), given).status_code == 303
    page = client.get(url("event", event)).content.decode()
    assert all(word in page for word in (park.name, "数字化", "直播", "演示文字"))
    assert client.post(url("visit_edit", visit), given).status_code == 409
    assert client.post(url("visit_remove", visit)).status_code == 303
    assert Visit.objects.count() == 0


def test_what_cannot_be_stands_beside_the_form(event, park, secretary, as_user):
    client = as_user(secretary)
    given = {"park": park.pk, "visited_on": "2022-01-30", "mode": "live"}
    answer = client.post(url("visit_add", event), given)
    assert (answer.status_code, "走访日期应在活动期间" in answer.content.decode()) == (422, True)
    archived(event, secretary)
    answer = client.post(url("visit_add", event), given | {"visited_on": localdate(event.starts_at)})
    assert (answer.status_code, "更正理由" in answer.content.decode()) == (422, True)
    answer = client.post(
        url("visit_add", event), given | {"visited_on": localdate(event.starts_at), "reason": "漏登"}
    )
    assert (answer.status_code, Visit.objects.get().correction) == (303, "漏登")
    assert "归档后更正" in client.get(url("event", event)).content.decode()


def test_the_form_offers_members_that_were_not_visited_yet(event, park, other_unit, secretary, as_user):
    make_organization("演示候选", park="候选园区", joined=None)
    domain.add(event, park, by=secretary)
    page = as_user(secretary).get(url("visit_add", event)).content.decode()
    assert [name in page for name in (park.name, "嘉诚胡同创意工场", "候选园区")] == [False, True, False]


# --- what others read ---------------------------------------------------------------------------------------------
def test_everybody_reads_of_visits_at_public_events_but_not_who_guided(
    make, park, secretary, as_user, member
):
    event = make(audience="public")
    link = "https://example.com/v"
    domain.add(event, park, by=secretary, guide="讲解人甲", video_link=link, highlights="演示文字")
    public = Client().get(reverse("activities:activity", args=[event.pk])).content.decode()
    inside = as_user(member).get(url("event", event)).content.decode()
    of_park = Client().get(reverse("parks:park", args=[park.pk])).content.decode()
    for page in (public, inside, of_park):
        assert (park.name in page, link in page, "讲解人甲" in page) == (True, True, False)
    parks.withdraw_park(park, by=secretary)
    public = Client().get(reverse("activities:activity", args=[event.pk])).content.decode()
    assert (park.name in public, link in public) == (False, False)


def test_the_park_s_page_tells_of_no_event_that_is_not_for_everybody(make, park, secretary):
    link = "https://example.com/v"
    domain.add(make(audience="members"), park, by=secretary, video_link=link)
    called_off = make(audience="public")
    domain.add(called_off, park, by=secretary, video_link=link)
    Event.objects.filter(pk=called_off.pk).update(cancelled_at=now(), cancel_reason="另有安排")
    assert link not in Client().get(reverse("parks:park", args=[park.pk])).content.decode()


def test_who_may_not_know_of_the_event_knows_of_no_visit(make, park, secretary, other_member, member):
    open_to = {audience: make(audience=audience) for audience in ("public", "members", "invited")}
    for event in open_to.values():
        domain.add(event, park, by=secretary)
    seen = {person: Visit.objects.visible_to(person).count() for person in (secretary, member, other_member)}
    assert list(seen.values()) == [3, 2, 2]


# --- figure, timeline, invariants ---------------------------------------------------------------------------------
def counted(year):
    return [(unit.name, len(unit.made)) for unit in desk.figures["events.visited_members"].queryset(year)]


def test_the_figure_counts_units_once_that_were_members_at_events_that_were_held(
    make, park, other_unit, secretary
):
    year = localdate(now() - timedelta(days=2)).year
    unit = park.organization
    second = parks.add_park(unit, by=secretary, name="莱锦二园", district="110105")
    first, again = make(), make()
    domain.add(first, park, by=secretary)
    domain.add(first, second, by=secretary)
    domain.add(again, park, by=secretary)
    off = make()
    domain.add(off, other_unit.parks.get(), by=secretary)
    events.cancel(off, by=secretary, reason="没有开成", did_not_convene=True)
    assert (counted(year), counted(year - 1)) == ([(unit.name, 3)], [])
    Visit.objects.filter(park=park).update(visited_on=date(year, 1, 1))
    unit.memberships.update(joined_on=date(year, 1, 2))
    assert counted(year) == [(unit.name, 1)]


def test_a_unit_reads_of_its_visits_and_of_what_it_held(make, park, member, secretary):
    event = make(topic="数字展厅")
    domain.add(event, park, by=secretary, mode="live", tags=["digital"])
    event.hosts.create(role="undertaker", name=park.organization.name, organization=park.organization)
    found = {item.sentence for item in together.items(together.of_unit(member, park.organization, "events"))}
    assert found == {
        f"走访“{park.name}”：案例云参访第1场｜数字展厅，直播，数字化",
        f"承办单位：案例云参访第1场｜数字展厅（{chinese_date(localdate(event.starts_at))}）",
    }
    events.cancel(event, by=secretary, reason="没有开成", did_not_convene=True)
    assert together.items(together.of_unit(member, park.organization, "events")) == []


KEYS = ["events.visits_of_operators", "events.visits_within_their_event"]


def broken():
    found = integrity.verify(only=KEYS)
    return {f.invariant.key: len(f.offenders) for f in found if f.offenders}


def test_a_visit_of_somebody_else_s_park_or_on_another_day_is_noticed(event, park, other_unit, secretary):
    visit = domain.add(event, park, by=secretary)
    assert broken() == {}
    Visit.objects.filter(pk=visit.pk).update(organization=other_unit)
    assert broken() == {KEYS[0]: 1}
    Visit.objects.filter(pk=visit.pk).update(organization=park.organization, visited_on=date(2022, 1, 30))
    assert broken() == {KEYS[1]: 1}


# --- the demonstration ----------------------------------------------------------------------------------------------
def test_the_demonstration_plans_36_visits_to_32_units():
    by_park = {park.name: unit for unit in units() for park in unit.parks}
    planned = [row for session in range(12) for row in demo.planned(session)]
    assert (len(planned), len({by_park[row["park"]].name for row in planned})) == (36, 32)
    invented = [row for row in planned if "演示" not in row["highlights"] or row["guide"] != "演示讲解人"]
    assert invented == []
    assert {row["video_link"].split("/")[2] for row in planned if row["video_link"]} == {"example.com"}
