"""Projects: every arrow of domain 10.8, reviews, who sees what, and what visitors read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.domain.editing import Conflict
from association.domain.erasing import erase_elsewhere
from association.errors import Refused
from association.models import Activity, Attachment, Notice
from events import permissions
from events.choices import Stage
from events.domain import deals, reviews
from events.domain import projects as domain
from events.models import Event, Project, Review
from events.views.project_rows import board
from tests.factories import make_user
from tests.factories.attachments import added
from tests.factories.deals import make_deal
from tests.factories.happenings import make_event, make_series
from tests.factories.projects import FIELDS, MARKS, brought_to, make_project, make_reviewers, reviewed
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = localdate()


@pytest.fixture
def event(secretary, secretary_general):
    made = make_event(
        make_series(by=secretary), by=secretary, stand="published", submitter=secretary,
        approver=secretary_general, audience="public",
    )  # fmt: skip
    Event.objects.filter(pk=made.pk).update(
        starts_at=now() - timedelta(days=2), ends_at=now() - timedelta(days=1)
    )
    return Event.objects.get(pk=made.pk)


@pytest.fixture
def reviewers(db):
    return make_reviewers()


@pytest.fixture
def project(secretary, event):
    return make_project(by=secretary, event=event)


def fresh(project):
    return Project.objects.get(pk=project.pk)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", "title"))


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


def stages_of(project):
    return [row.stage for row in project.stages.order_by("pk")]


# --- put forward --------------------------------------------------------------------------------------------------
def test_a_unit_of_the_roster_is_linked_and_the_same_project_comes_once(secretary, park_unit, event):
    project = make_project(by=secretary, unit_name="演示运营公司01", event=event)
    assert (project.organization, project.stage) == (park_unit, Stage.COLLECTED)
    with pytest.raises(Refused, match="演示运营公司01已经申报过“演示光影秀”"):
        make_project(by=secretary, unit_name="演示运营公司01", event=event)
    assert sentences(project) == ["演示运营公司01申报项目“演示光影秀”"]
    assert stages_of(project) == [Stage.COLLECTED]


def test_the_unit_corrects_and_gives_up_its_own_until_the_screening_begins(
    secretary, member, other_member, park_unit, event, stranger
):
    project = make_project(by=member, organization=park_unit, event=event)
    domain.update(project, by=member, version=1, changes={"scene": "园区导览"})
    with pytest.raises(Conflict):
        domain.update(project, by=member, version=1, changes={"scene": "展厅"})
    with pytest.raises(Refused, match="只有秘书处和申报单位"):
        domain.discard(project, by=other_member)
    other = make_project(by=member, organization=park_unit, event=event, name="演示另一")
    file = added(other, by=member)
    domain.discard(other, by=member)
    assert (Project.objects.count(), Attachment.objects.filter(pk=file.pk).count()) == (1, 0)
    domain.begin_screening(project, by=secretary)
    with pytest.raises(Refused, match="“演示光影秀”初筛，要改请联系秘书处。"):
        domain.update(fresh(project), by=member, version=3, changes={"scene": "展厅"})
    with pytest.raises(Refused, match="不能再撤下"):
        domain.discard(project, by=secretary)
    assert fresh(project).scene == "园区导览"


# --- the arrows ---------------------------------------------------------------------------------------------------
def test_every_step_follows_the_one_before_and_twice_is_harmless(secretary, event, reviewers, project):
    steps = (
        (domain.begin_screening, Stage.SCREENING), (domain.select, Stage.SELECTED), (domain.publish, Stage.PUBLISHED),
        (domain.invite_to_pitch, Stage.TO_PITCH), (domain.pitch, Stage.PITCHED), (domain.start_talks, Stage.TALKING),
        (domain.succeed, Stage.SUCCEEDED),
    )  # fmt: skip
    for verb, _ in steps[1:]:
        with pytest.raises(Refused, match="现在是“征集中”"):
            verb(project, by=secretary)
    for verb, stage in steps:
        if stage == Stage.SELECTED:
            reviewed(project, by=secretary, people=reviewers)
        if stage == Stage.SUCCEEDED:
            make_deal(by=secretary, project=project)
        for _ in range(2):
            assert verb(project, by=secretary).stage == stage
    assert stages_of(project) == [Stage.COLLECTED, *(stage for _, stage in steps)]
    assert project.deals.get().event == event


@pytest.mark.parametrize("verb", ["select", "reject"])
def test_three_reviews_come_before_a_decision(verb, secretary, project, reviewers):
    decide = {
        "select": lambda: domain.select(project, by=secretary),
        "reject": lambda: domain.reject(project, by=secretary, reason="场景不清"),
    }[verb]
    domain.begin_screening(project, by=secretary)
    reviewed(project, by=secretary, people=reviewers[:2])
    reviews.ask(project, by=secretary, people=reviewers)
    with pytest.raises(Refused, match="至少要有 3 份评审才能定，“演示光影秀”现有 2 份。"):
        decide()
    reviews.give(project, by=reviewers[2], marks=MARKS)
    assert decide().stage == {"select": Stage.SELECTED, "reject": Stage.REJECTED}[verb]
    with pytest.raises(Refused, match="初筛时才评审"):
        reviews.give(project, by=reviewers[2], marks=MARKS | {"fit": 1})


def test_what_stands_in_the_way_is_said_in_words(secretary, event, reviewers):
    nowhere = make_project(by=secretary, name="演示未定")
    with pytest.raises(Refused, match="归入哪一期活动"):
        domain.begin_screening(nowhere, by=secretary)
    with pytest.raises(Refused, match="日期还没有到"):
        domain.begin_screening(nowhere, by=secretary, on=TODAY + timedelta(days=1))
    project = make_project(by=secretary, event=event)
    with pytest.raises(Refused, match="不能早于上一步“征集中”的日期"):
        domain.begin_screening(project, by=secretary, on=TODAY - timedelta(days=1))
    project = brought_to(project, Stage.TO_PITCH, by=secretary, reviewers=reviewers)
    Event.objects.filter(pk=event.pk).update(
        starts_at=now() + timedelta(days=2), ends_at=now() + timedelta(days=3)
    )
    with pytest.raises(Refused, match="还没有举办"):
        domain.pitch(fresh(project), by=secretary)


def test_talks_end_with_a_deal_or_without_but_not_both(secretary, project, reviewers):
    project = brought_to(project, Stage.TALKING, by=secretary, reviewers=reviewers)
    with pytest.raises(Refused, match="请先登记“演示光影秀”谈成的合作"):
        domain.succeed(project, by=secretary)
    deal = make_deal(by=secretary, project=project)
    with pytest.raises(Refused, match="登记有合作，不能记为无合作"):
        domain.conclude_without_deal(project, by=secretary, reason="没谈成")
    deals.end(deal, by=secretary, on=TODAY, reason="终止")
    project = domain.conclude_without_deal(project, by=secretary, reason="没谈成")
    assert (project.stage, project.stages.last().reason) == (Stage.UNSUCCESSFUL, "没谈成")


def test_the_last_step_is_undone_by_a_further_row_and_counts_no_more(secretary, project, reviewers):
    project = brought_to(project, Stage.PUBLISHED, by=secretary, reviewers=reviewers)
    with pytest.raises(Refused, match="请重新打开再看"):
        domain.undo(project, by=secretary, stage=Stage.PITCHED, reason="x")
    for _ in range(2):
        project = domain.undo(project, by=secretary, stage=Stage.PUBLISHED, reason="点错了")
    assert (project.stage, Project.objects.published().count()) == (Stage.SELECTED, 0)
    assert [(r.stage, r.reason, bool(r.undoes)) for r in project.stages.order_by("pk")][-2:] == [
        (Stage.PUBLISHED, "", False), (Stage.SELECTED, "点错了", True),
    ]  # fmt: skip
    assert domain.publish(project, by=secretary).stage == Stage.PUBLISHED
    assert list(Project.objects.reached(Stage.PUBLISHED, year=TODAY.year)) == [project]
    assert sentences(project)[-2:] == [
        "撤销项目“演示光影秀”的“优选公开”，回到“入选”", "项目“演示光影秀”优选公开",
    ]  # fmt: skip


def test_the_first_step_is_not_undone(secretary, project):
    with pytest.raises(Refused, match="这是第一步"):
        domain.undo(project, by=secretary, stage=Stage.COLLECTED, reason="x")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(secretary, project, reviewers):
    domain.begin_screening(project, by=secretary)
    reviewed(project, by=secretary, people=reviewers)
    results = at_once(
        lambda: domain.select(project, by=secretary),
        lambda: domain.reject(project, by=secretary, reason="场景不清"),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert project.stages.filter(stage__in=(Stage.SELECTED, Stage.REJECTED)).count() == 1


# --- reviews ------------------------------------------------------------------------------------------------------
def test_a_review_is_asked_given_and_changed_until_the_decision(secretary, project, reviewers):
    domain.begin_screening(project, by=secretary)
    for _ in range(2):
        reviews.ask(project, by=secretary, people=reviewers)
    assert told(reviewers[0]) == [("events.review_asked", "请评审项目：演示光影秀")]
    for marks in (MARKS, MARKS, MARKS | {"novelty": 100}):
        review = reviews.give(project, by=reviewers[0], marks=marks)
    assert (review.novelty, project.reviews.count(), str(reviews.mean_of(project.reviews.all()))) == (
        100,
        3,
        "83.0",
    )
    assert sentences(project)[-3:] == [
        "请演示专家1、演示专家2、演示专家3评审“演示光影秀”", "评审了“演示光影秀”", "改了对“演示光影秀”的评审",
    ]  # fmt: skip
    reviews.give(project, by=reviewers[1], marks=dict.fromkeys(MARKS, 0))
    assert (str(board(project)["mean"]), board(project)["given"]) == ("41.5", 2)


def test_only_who_was_asked_reviews(secretary, project, stranger):
    domain.begin_screening(project, by=secretary)
    with pytest.raises(Refused, match="没有请你评审"):
        reviews.give(project, by=stranger, marks=MARKS)
    assert Review.objects.count() == 0


def test_whoever_is_of_the_unit_stands_aside(secretary, event, park_unit, member, reviewers):
    project = make_project(by=secretary, unit_name=park_unit.name, event=event)
    domain.begin_screening(project, by=secretary)
    with pytest.raises(Refused, match="赵联络与“演示光影秀”的申报单位有关，应当回避"):
        reviews.ask(project, by=secretary, people=[reviewers[0], member])
    assert project.reviews.count() == 0
    Review.objects.create(project=project, reviewer=member, due_on=TODAY)
    with pytest.raises(Refused, match="应当回避，不能评分"):
        reviews.give(project, by=member, marks=MARKS)


def test_a_recusal_takes_the_marks_with_it_and_is_no_review(secretary, project, reviewers):
    domain.begin_screening(project, by=secretary)
    reviewed(project, by=secretary, people=reviewers)
    for _ in range(2):
        mine = reviews.recuse(project, by=reviewers[0], reason="曾任顾问")
    assert (mine.novelty, mine.submitted_at, mine.recusal_reason) == (None, None, "曾任顾问")
    assert Project.objects.visible_to(reviewers[0]).count() == 0
    with pytest.raises(Refused, match="已回避"):
        reviews.give(project, by=reviewers[0], marks=MARKS)
    with pytest.raises(Refused, match="现有 2 份"):
        domain.select(project, by=secretary)


def test_who_has_not_answered_is_no_longer_asked_who_has_stays(secretary, project, reviewers):
    domain.begin_screening(project, by=secretary)
    first, second, _ = reviews.ask(project, by=secretary, people=reviewers)
    reviews.give(project, by=reviewers[0], marks=MARKS)
    with pytest.raises(Refused, match="评审一份也不去掉"):
        reviews.take_back(first, by=secretary)
    for _ in range(2):
        reviews.take_back(second, by=secretary)
    assert project.reviews.count() == 2


# --- who hears of it, who sees it ---------------------------------------------------------------------------------
def test_the_unit_hears_what_was_decided(
    secretary, secretary_general, member, other_member, park_unit, event, reviewers
):
    own = make_project(by=member, organization=park_unit, event=event)
    brought_to(own, Stage.SELECTED, by=secretary, reviewers=reviewers)
    domain.select(own, by=secretary)
    entered = make_project(by=secretary, unit_name=park_unit.name, event=event, name="演示另一")
    domain.begin_screening(entered, by=secretary)
    reviewed(entered, by=secretary, people=reviewers)
    domain.reject(entered, by=secretary, reason="场景不清")
    domain.undo(entered, by=secretary, stage=Stage.REJECTED, reason="漏看一份评审")
    assert told(member) == [
        ("events.project_selected", "项目入选：演示光影秀"), ("events.project_rejected", "项目未入选：演示另一"),
        ("events.project_reopened", "项目重新评审：演示另一"),
    ]  # fmt: skip
    assert told(other_member) == []


def test_whom_to_ring_up_is_seen_by_the_secretariat_and_the_unit_only(
    secretary, secretary_general, president, member, other_member, park_unit, event, reviewers, as_user
):
    project = make_project(by=member, organization=park_unit, event=event)
    domain.begin_screening(project, by=secretary)
    reviews.ask(project, by=secretary, people=reviewers)
    page = reverse("events:project", args=[project.pk])
    found = {}
    for person in (secretary, secretary_general, member, president, reviewers[0], other_member):
        answer = as_user(person).get(page)
        found[person.full_name] = (
            answer.status_code,
            "139 0000 0001" in answer.content.decode() or "13900000001" in answer.content.decode(),
        )
    assert found == {
        "陈思远": (200, True), "周文清": (200, True), "赵联络": (200, True), "何景行": (200, False), "演示专家1": (200, False),
        "钱联络": (404, False),
    }  # fmt: skip
    review = as_user(reviewers[0]).get(reverse("events:review", args=[project.pk])).content.decode()
    assert ("演示光影秀" in review, "13900000001" in review, "演示联系人" in review) == (True, False, False)


def test_visitors_read_what_is_published_without_whom_to_ring_up(secretary, event, reviewers, client):
    seen = make_project(by=secretary, event=event, name="演示已公开")
    brought_to(seen, Stage.PITCHED, by=secretary, reviewers=reviewers)
    make_project(by=secretary, event=event, name="演示征集中的")
    text = client.get(reverse("activities:activity", args=[event.pk])).content.decode()
    assert ("演示已公开" in text, "演示征集中的" in text, "演示联系人" in text, "0000001" in text) == (
        True,
        False,
        False,
        False,
    )


# --- pages --------------------------------------------------------------------------------------------------------
def test_a_member_puts_a_project_forward_on_the_phone_and_the_secretariat_sees_it(
    member, park_unit, secretary, as_user, event
):
    client = as_user(member)
    given = FIELDS | {"name": "演示导览", "unit": park_unit.pk}
    answer = client.post(
        reverse("events:project_put_forward"), given | {"_key": "6f0d3f3e-1f3b-4d57-8a61-0f6a1c0f2b11"}
    )
    again = client.post(
        reverse("events:project_put_forward"), given | {"_key": "6f0d3f3e-1f3b-4d57-8a61-0f6a1c0f2b11"}
    )
    project = Project.objects.get()
    assert (answer.status_code, again.status_code, project.organization, project.stage) == (
        303,
        303,
        park_unit,
        Stage.COLLECTED,
    )
    wrong = client.post(reverse("events:project_put_forward"), given | {"needs": [], "contact_mobile": "123"})
    assert (wrong.status_code, Project.objects.count()) == (422, 1)
    todo = as_user(secretary).get(reverse("association:today")).content.decode()
    assert "1 个项目待初筛" in todo


def test_only_the_secretary_general_publishes(secretary, secretary_general, event, reviewers, as_user):
    project = brought_to(
        make_project(by=secretary, event=event), Stage.SELECTED, by=secretary, reviewers=reviewers
    )
    address = reverse("events:project_step", args=[project.pk, "published"])
    answers = [
        as_user(p).post(address, {"on": TODAY.isoformat()}).status_code
        for p in (secretary, secretary_general)
    ]
    assert (answers, fresh(project).stage) == ([403, 303], Stage.PUBLISHED)
    assert as_user(secretary).post(reverse("events:project_step", args=[project.pk, "x"])).status_code == 404


def test_a_reviewer_reviews_on_the_page_and_marks_stay_within_a_hundred(
    secretary, project, reviewers, as_user
):
    domain.begin_screening(project, by=secretary)
    as_user(secretary).post(
        reverse("events:reviewers", args=[project.pk]), {"people": [p.pk for p in reviewers]}
    )
    client, page = as_user(reviewers[0]), reverse("events:review", args=[project.pk])
    assert "请评审项目：演示光影秀" in client.get(reverse("association:today")).content.decode()
    assert client.post(page, MARKS | {"fit": 101}).status_code == 422
    assert client.post(page, MARKS | {"comment": "可行"}).status_code == 303
    assert project.reviews.get(reviewer=reviewers[0]).comment == "可行"
    assert "请评审项目" not in client.get(reverse("association:today")).content.decode()


@pytest.mark.parametrize("listed", ["events:projects", "events:deals"])
def test_lists_ask_the_same_number_of_queries_for_one_row_and_for_thirty(
    listed, secretary, event, as_user, queries
):
    def add(number):
        for n in range(number):
            project = make_project(by=secretary, event=event, name=f"演示{Project.objects.count()}")
            make_deal(by=secretary, project=project, evidence=False, title=f"演示{n}")

    client, counts = as_user(secretary), []
    for number in (1, 29):
        add(number)
        client.get(reverse(listed))
        with queries() as captured:
            page = client.get(reverse(listed))
        counts.append(len(captured))
    assert page.content.decode().count("<tr data-row") == 20
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=导览", ["演示导览"]), ("kind=scene", ["演示导览"]), ("need=space", ["演示导览"]), ("stage=collected", ["演示导览"]),
        ("stage=screening", ["演示光影秀"]), (f"year={TODAY.year}", ["演示导览", "演示光影秀"]), ("year=2001", []),
        ("reached=screening", ["演示光影秀"]),
    ],
)  # fmt: skip
def test_the_list_is_filtered(query, names, secretary, event, as_user):
    domain.begin_screening(make_project(by=secretary, event=event), by=secretary)
    make_project(by=secretary, event=event, name="演示导览", kind="scene", needs=["space"])
    page = as_user(secretary).get(f"{reverse('events:projects')}?{query}").content.decode()
    assert [name for name in ("演示导览", "演示光影秀") if f">{name}</a>" in page] == names


def test_nobody_but_those_asked_sees_the_list_of_others(secretary, project, stranger, member, as_user):
    for person in (stranger, member):
        assert "演示光影秀" not in as_user(person).get(reverse("events:projects")).content.decode()
    assert permissions.edits_project(make_user("演示丙", "c@test.cn"), project) is False


def test_erasing_takes_the_contact_out_of_projects_and_their_history(secretary, member):
    mine, other = (
        make_project(by=secretary, name=f"演示项目{n}", contact_mobile=f"1390000000{n}") for n in (7, 8)
    )
    for _ in range(2):
        erase_elsewhere(member, frozenset({"13900000007"}), "已删除的个人1")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.contact_name, mine.contact_mobile) == ("已删除的个人1", "")
    assert (other.contact_name, other.contact_mobile) == ("演示联系人", "13900000008")
    kept = {field.name for field in Project.events.rel.related_model._meta.get_fields()}
    assert kept.isdisjoint({"contact_name", "contact_mobile"})
