"""Expulsion: filed, told, heard, voted, appealed; an appeal that succeeds leaves no gap. And suspension of rights."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from association.desk import desk
from association.errors import Refused
from association.history import event_models
from association.models import Activity, Attachment, Notice
from members import permissions
from members.domain import case_decisions, cases, certificates, hearings, memberships, suspensions
from members.models import ExitCase, Membership, Organization, Suspension
from members.queries import grades
from tests.factories import make_organization, make_user
from tests.factories.attachments import upload
from tests.factories.exits import days, decided, expelled, expulsion, fresh, heard, today, wait, withdrawal
from tests.forms import errors
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def kinds(case):
    return list(case.steps.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def case(secretary, park_unit):
    return expulsion(park_unit, secretary)


# --- filing -------------------------------------------------------------------------------------------------


def test_filed_with_reason_and_evidence(secretary, manager, park_unit, as_user):
    client = as_user(secretary)
    assert client.get(url("case_expel", park_unit)).status_code == 200
    data = {"reason": "冒用协会名义", "evidence": [upload(name="一.pdf"), upload(name="二.pdf")]}
    assert client.post(url("case_expel", park_unit), data).status_code == 303
    case = ExitCase.objects.get()
    assert (case.kind, case.state, case.filed_by, case.reason) == (
        "expulsion",
        "filed",
        secretary,
        "冒用协会名义",
    )
    assert sorted(Attachment.objects.about(case).values_list("name", "kind")) == [
        ("一.pdf", "证据材料"),
        ("二.pdf", "证据材料"),
    ]
    assert [
        a.sentence for a in Activity.objects.about(case, park_unit) if a.kind == "members.case.filed"
    ] == [f"除名立案（{case.number}）"]
    assert told(manager) == []
    assert expulsion(park_unit, secretary) == case


def test_who_files(manager, treasurer, president, secretary_general, park_unit, as_user):
    got = [
        as_user(p).get(url("case_expel", park_unit)).status_code
        for p in (None, manager, treasurer, president)
    ]
    assert got == [302, 403, 403, 403]
    assert as_user(secretary_general).get(url("case_expel", park_unit)).status_code == 200


def test_not_without_a_reason(secretary, park_unit, as_user):
    answer = as_user(secretary).post(url("case_expel", park_unit), {"reason": " "})
    assert (answer.status_code, list(errors(answer))) == (422, ["reason"])


# --- the hearing --------------------------------------------------------------------------------------------


def test_the_unit_is_told_and_has_fifteen_days(case, secretary, member, manager, as_user):
    client = as_user(secretary)
    text = client.get(url("case_hear", case)).context["form"].initial["text"]
    assert "严重违反章程" in text
    assert [client.post(url("case_hear", case), {"text": text}).status_code for _ in range(2)] == [303, 303]
    case = fresh(case)
    assert (case.state, case.due_on, kinds(case)) == ("hearing", days(16), ["filed", "notified"])
    assert [told(p) for p in (member, manager)] == [["members.case_hearing"]] * 2
    (todo,) = [t for t in desk.todos_for(manager) if "申辩" in t.title]
    assert (todo.title, todo.due) == ("演示运营公司01：可以陈述意见、提出申辩", days(15))


def test_the_unit_states_its_case_with_files(case, secretary, manager, as_user):
    hearings.hear(case, by=secretary, text="告知")
    client = as_user(manager)
    data = {"text": "并无此事", "files": [upload(name="说明.pdf")]}
    assert client.post(url("case_state", case), data).status_code == 303
    hearings.state_case(case, by=manager, text="并无此事")
    assert kinds(case) == ["filed", "notified", "statement"]
    assert list(Attachment.objects.about(case).values_list("name", "kind")) == [("说明.pdf", "申辩材料")]
    assert told(secretary) == ["members.case_words"]
    assert "单位提交申辩意见 1 份、材料 1 件" in as_user(secretary).get(url("case", case)).content.decode()


def test_who_speaks_for_the_unit(case, secretary, member, other_member, park_unit, as_user):
    hearings.hear(case, by=secretary, text="告知")
    for number, duty in enumerate(("head", "representative", "clerk", "finance")):
        person = make_user(f"人{number}", f"p{number}@test.cn", organization=park_unit, duty=duty)
        expected = 200 if duty in ("head", "representative") else 404
        assert as_user(person).get(url("case_state", case)).status_code == expected, duty
    for person, expected in ((secretary, 403), (member, 404), (other_member, 404)):
        assert as_user(person).get(url("case_state", case)).status_code == expected


def test_late_words_are_accepted_until_the_council_has_decided(case, secretary, secretary_general, manager):
    case = heard(case, secretary)
    hearings.state_case(case, by=manager, text="迟到的意见")
    case = cases.to_council(case, by=secretary)
    hearings.state_case(case, by=manager, text="会前补充")
    assert [s.text for s in case.steps.filter(kind="statement")] == [
        "（期限届满后提交）迟到的意见", "（期限届满后提交）会前补充",
    ]  # fmt: skip
    case = decided(case, secretary_general)
    with pytest.raises(Refused, match="由单位的负责人"):
        hearings.state_case(case, by=manager, text="太晚")


def test_words_before_the_unit_was_told_and_of_a_withdrawal(case, manager, secretary):
    with pytest.raises(Refused, match="不能再提交申辩"):
        hearings.state_case(case, by=manager, text="x")
    assert not ExitCase.objects.visible_to(manager).exists()
    cases.close(case, by=secretary, reason="证据不足")
    with pytest.raises(Refused, match="不能再提交申辩"):
        hearings.state_case(withdrawal(case.organization, manager), by=manager, text="x")


def test_nothing_before_the_fifteen_days_are_over(case, secretary, secretary_general, as_user):
    with pytest.raises(Refused, match="不能提交理事会"):
        cases.to_council(case, by=secretary)
    hearings.hear(case, by=secretary, text="告知")
    wait(case, 15)
    with pytest.raises(Refused, match="期限未满"):
        cases.to_council(fresh(case), by=secretary)
    assert as_user(secretary).get(url("case_to_council", case)).status_code == 409
    with pytest.raises(Refused, match="不能登记"):
        decided(fresh(case), secretary_general)
    case = cases.to_council(wait(case, 1), by=secretary)
    with pytest.raises(Refused, match="理事会最早在"):
        decided(case, secretary_general, decided_on=days(-1))
    assert decided(case, secretary_general).state == "done"


# --- the vote -----------------------------------------------------------------------------------------------


def test_two_thirds_of_those_present_expel(case, secretary, secretary_general, manager, park_unit, as_user):
    case = cases.to_council(heard(case, secretary), by=secretary)
    data = {"decided_on": today(), "basis": "决议7号", "present": 9, "in_favour": 6, "left_on": today()}
    assert as_user(secretary_general).post(url("case_decide", case), data).status_code == 303
    period = park_unit.memberships.get()
    assert (fresh(case).state, period.left_on, period.leave_reason) == ("done", today(), "expulsion")
    assert told(manager)[-1] == "members.case_decided"
    assert "并可以向会员大会申诉" in Notice.objects.filter(recipient=manager).latest("pk").body
    step = case.steps.get(kind="decided")
    text = as_user(manager).get(reverse("members:case_letter", args=[case.pk, step.pk])).content.decode()
    assert [w in text for w in ("除名决定通知", "予以除名（决议7号）", "向会员大会申诉")] == [True] * 3


def test_one_vote_less_does_not(case, secretary, secretary_general, park_unit):
    case = cases.to_council(heard(case, secretary), by=secretary)
    case = decided(case, secretary_general, present=9, in_favour=5, left_on=None)
    assert (case.state, park_unit.memberships.get().left_on) == ("closed", None)


def test_who_filed_does_not_record_the_vote(secretary_general, secretary, park_unit, as_user):
    case = cases.to_council(heard(expulsion(park_unit, secretary_general), secretary), by=secretary)
    assert as_user(secretary_general).get(url("case_decide", case)).status_code == 403
    with pytest.raises(Refused, match="自己立案的"):
        decided(case, secretary_general)


# --- the appeal ---------------------------------------------------------------------------------------------


@pytest.fixture
def out(secretary, secretary_general, park_unit):
    """Expelled today."""
    return expelled(park_unit, secretary, secretary_general)


def test_the_unit_appeals_while_it_may_read(out, manager, member, secretary, as_user):
    client = as_user(manager)
    for _ in range(2):
        data = {"text": "请大会复议", "files": [upload(name="申诉书.pdf")]}
        assert client.post(url("case_appeal", out), data).status_code == 303
    assert (fresh(out).state, kinds(out)[-1], told(secretary)[-1]) == (
        "appealed",
        "appealed",
        "members.case_words",
    )
    assert kinds(out).count("appealed") == 1
    assert as_user(member).get(url("case_appeal", out)).status_code == 404


def test_the_secretariat_enters_an_appeal_that_came_on_paper(out, secretary, treasurer, as_user):
    assert as_user(treasurer).post(url("case_appeal", out), {"text": "x"}).status_code == 403
    assert as_user(secretary).post(url("case_appeal", out), {"text": "来信申诉"}).status_code == 303


def test_after_ninety_days_it_is_too_late(out, manager, secretary, park_unit, as_user):
    late = today() - timedelta(days=90)
    Membership.objects.filter(organization=park_unit).update(left_on=late)
    ExitCase.objects.update(left_on=late)
    with pytest.raises(Refused, match="已经过期"):
        case_decisions.appeal(out, by=secretary, text="x")
    assert as_user(manager).get(url("case", out)).status_code == 404


def test_other_ways_out_know_no_appeal(manager, secretary, secretary_general, park_unit):
    case = decided(cases.to_council(withdrawal(park_unit, manager), by=secretary), secretary_general)
    with pytest.raises(Refused, match="只有除名"):
        case_decisions.appeal(case, by=manager, text="x")


def assembly(case, by, *, overturned, **fields):
    data = {"decided_on": today(), "basis": "会员大会决议2号"} | fields
    return case_decisions.decide_appeal(case, by=by, overturned=overturned, **data)


def test_upheld_it_stands_and_there_is_no_second_appeal(out, manager, secretary_general, park_unit):
    case_decisions.appeal(out, by=manager, text="复议")
    for _ in range(2):
        case = assembly(out, secretary_general, overturned=False)
    assert (case.state, case.outcome) == ("done", "会员大会维持除名决定")
    assert (kinds(case)[-1], kinds(case).count("appeal_decided")) == ("appeal_decided", 1)
    assert park_unit.memberships.get().left_on == today()
    assert told(manager)[-1] == "members.case_appeal_decided"
    with pytest.raises(Refused, match="已经对申诉作出决定"):
        case_decisions.appeal(case, by=manager, text="再申诉")


def test_overturned_the_membership_has_no_gap(secretary, secretary_general, manager, park_unit, as_user):
    memberships.add_post(park_unit, by=None, grade=20, since=days(-300), basis="选举")
    memberships.add_post(park_unit, by=None, grade=40, since=days(-300), basis="选举")
    memberships.end_post(park_unit.posts.get(grade=40), by=None, until=days(100), basis="届满")
    certificates.issue(park_unit, by=secretary, reason="入会")
    day_before = grades([park_unit.pk], days(5), ["grade"])
    posts = list(park_unit.posts.order_by("pk").values())
    case = expelled(park_unit, secretary, secretary_general, present=1, in_favour=1)
    certificates.void(park_unit, by=secretary, reason="除名")
    case_decisions.appeal(case, by=manager, text="复议")
    data = {"result": "overturned", "decided_on": today(), "basis": "会员大会决议2号"}
    client = as_user(secretary_general)
    assert [client.post(url("case_decide_appeal", case), data).status_code for _ in range(2)] == [303, 303]
    assert fresh(case).state == "overturned"
    period = park_unit.memberships.get()
    assert (period.left_on, period.leave_reason, period.leave_basis) == (None, "", "")
    assert list(park_unit.posts.order_by("pk").values()) == posts
    assert grades([park_unit.pk], days(5), ["grade"]) == day_before
    assert [park_unit in Organization.objects.members_on(day) for day in (days(-1), today(), days(50))] == [
        True
    ] * 3
    assert park_unit.certificates.filter(voided_at__isnull=True).count() == 1
    # Both the leaving and its undoing are kept, as sentences and as rows.
    said = list(
        Activity.objects.about(park_unit)
        .filter(kind__startswith="members.membership")
        .values_list("kind", flat=True)
    )
    assert sorted(said) == [
        "members.membership.joined",
        "members.membership.left",
        "members.membership.restored",
    ]
    (history,) = [m for m in event_models() if m.pgh_tracked_model is Membership]
    assert list(history.objects.filter(pgh_obj_id=period.pk).order_by("pgh_id").values_list("left_on", flat=True)) == [
        None, today(), None,
    ]  # fmt: skip


def test_a_post_that_had_not_begun_comes_back_too(secretary, secretary_general, manager, park_unit):
    memberships.add_post(park_unit, by=None, grade=50, since=days(20), basis="选举")
    case = expelled(park_unit, secretary, secretary_general)
    assert park_unit.posts.count() == 0
    case_decisions.appeal(case, by=manager, text="复议")
    assembly(case, secretary_general, overturned=True)
    assert list(park_unit.posts.values_list("grade", "since", "until")) == [(50, days(20), None)]


def test_who_joined_again_is_not_restored(out, manager, secretary, secretary_general, park_unit):
    case_decisions.appeal(out, by=manager, text="复议")
    memberships.join(park_unit, by=secretary, on=today(), basis="重新入会")
    with pytest.raises(Refused, match="此后已重新入会"):
        assembly(out, secretary_general, overturned=True)
    assert fresh(out).state == "appealed"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"decided_on": 1}, "在申诉之后"), ({"decided_on": -1}, "在申诉之后"), ({"basis": ""}, "会员大会决议")],
)
def test_an_assembly_that_cannot_have_decided(out, manager, secretary_general, change, words):
    change = {k: days(v) if isinstance(v, int) else v for k, v in change.items()}
    case_decisions.appeal(out, by=manager, text="复议")
    with pytest.raises(Refused, match=words):
        assembly(out, secretary_general, overturned=True, **change)


def test_only_an_appeal_is_decided_and_only_by_the_secretary_general(
    out, secretary, manager, secretary_general, as_user
):
    with pytest.raises(Refused, match="不能登记会员大会的决定"):
        assembly(out, secretary_general, overturned=True)
    case_decisions.appeal(out, by=manager, text="复议")
    got = [as_user(p).get(url("case_decide_appeal", out)).status_code for p in (manager, secretary)]
    assert got == [403, 403]


def test_figures_of_past_days_are_the_same_after_an_expulsion(
    secretary, secretary_general, park_unit, other_unit
):
    asked = (date(2022, 1, 26), date(2022, 12, 31), days(-1))
    before = [Organization.objects.members_on(day).count() for day in asked]
    figure = desk.figures["members.at_year_end"].value(2022)
    expelled(park_unit, secretary, secretary_general)
    assert [Organization.objects.members_on(day).count() for day in asked] == before
    assert desk.figures["members.at_year_end"].value(2022) == figure
    assert Organization.objects.members_on(today()).count() == 1


# --- suspension ---------------------------------------------------------------------------------------------

SUSPEND = {"reason": "连续三次缺席", "basis": "决议9号"}


def test_rights_are_suspended_from_a_day_and_restored_from_a_day(
    member, secretary_general, park_unit, as_user
):
    client = as_user(secretary_general)
    data = SUSPEND | {"since": days(-2)}
    assert [client.post(url("suspend", park_unit), data).status_code for _ in range(2)] == [303, 303]
    row = Suspension.objects.get()
    page = as_user(member).get(url("organization_membership", park_unit)).content.decode()
    assert ["权利暂停" in page, "决议9号" in page] == [True, True]
    assert (
        client.post(url("suspension_lift", row), {"until": today(), "basis": "决议10号"}).status_code == 303
    )
    rights = [
        permissions.has_voting_rights(park_unit, day) for day in (days(-3), days(-2), days(-1), today())
    ]
    assert rights == [True, False, False, True]
    assert told(member) == ["members.rights_suspended", "members.rights_restored"]
    found = Activity.objects.about(park_unit).filter(kind__startswith="members.rights").order_by("pk")
    assert list(found.values_list("kind", "basis")) == [
        ("members.rights.suspended", "决议9号"), ("members.rights.restored", "决议10号"),
    ]  # fmt: skip
    lifted = suspensions.lift(row, by=secretary_general, until=days(5), basis="又")
    assert (lifted.until, lifted.lift_basis) == (today(), "决议10号")


def test_a_member_with_suspended_rights_is_a_member_and_found_in_the_roster(
    secretary, secretary_general, park_unit, other_unit, as_user
):
    suspensions.suspend(park_unit, by=secretary_general, since=today(), **SUSPEND)
    assert park_unit in Organization.objects.members_on(today())
    page = as_user(secretary).get(reverse("members:roster"), {"suspended": "true"}).content.decode()
    assert ["演示运营公司01" in page, "演示运营公司02" in page] == [True, False]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"since": date(2021, 1, 1)}, "不是会员"),
        ({"basis": ""}, "事由和依据"),
        ({"reason": ""}, "事由和依据"),
    ],
)
def test_a_suspension_that_cannot_be(secretary_general, park_unit, fields, words):
    with pytest.raises(Refused, match=words):
        suspensions.suspend(park_unit, by=secretary_general, **({"since": today()} | SUSPEND | fields))


def test_one_at_a_time_and_only_by_the_secretary_general(
    secretary, secretary_general, member, park_unit, as_user
):
    row = suspensions.suspend(park_unit, by=secretary_general, since=today(), **SUSPEND)
    with pytest.raises(Refused, match="已经暂停"):
        suspensions.suspend(park_unit, by=secretary_general, since=days(1), reason="又", basis="又一决议")
    with pytest.raises(Refused, match="晚于暂停的日期"):
        suspensions.lift(row, by=secretary_general, until=today(), basis="决议")
    for person in (secretary, member):
        assert as_user(person).get(url("suspend", park_unit)).status_code == 403
        assert as_user(person).get(url("suspension_lift", row)).status_code == 403
        with pytest.raises(Refused, match="由秘书长登记"):
            suspensions.lift(row, by=person, until=days(3), basis="决议")


def test_leaving_ends_a_suspension_and_joining_again_begins_without(secretary, secretary_general, park_unit):
    suspensions.suspend(park_unit, by=secretary_general, since=days(-5), **SUSPEND)
    case = expelled(park_unit, secretary, secretary_general)
    assert Suspension.objects.get().until == today()
    case_decisions.appeal(case, by=secretary, text="复议")
    assembly(case, secretary_general, overturned=True)
    assert Suspension.objects.get().until is None
    assert not permissions.has_voting_rights(park_unit, today())


@pytest.mark.django_db(transaction=True)
def test_two_suspensions_at_once_are_one(secretary_general):
    unit = make_organization("单位", people=False)
    suspend = lambda: suspensions.suspend(unit, by=secretary_general, since=today(), **SUSPEND)
    at_once(suspend, suspend)
    assert Suspension.objects.count() == 1


# --- lists --------------------------------------------------------------------------------------------------


def test_the_list_is_in_order_of_deadlines_and_asks_as_much_for_one_as_for_thirty(
    secretary, queries, as_user
):
    def file(number):
        unit = make_organization(f"单位{number:02d}", people=False)
        ExitCase.objects.create(
            number=f"TH-2030-{number:04d}", organization=unit, kind="expulsion", reason="x", filed_by=secretary,
            due_on=days(40 - number),
        )  # fmt: skip

    client, address = as_user(secretary), reverse("members:cases")
    file(0)
    client.get(address)
    with queries() as few:
        client.get(address)
    for number in range(1, 30):
        file(number)
    with queries() as many:
        page = client.get(address).context["page"]
    assert (len(many) <= len(few), len(many) <= 20, page.paginator.count) == (True, True, 30)
    assert page.object_list[0].number == "TH-2030-0029"
    assert client.get(f"{address}?finished=1").context["page"].paginator.count == 0
    assert client.get(f"{address}?kind=deemed").context["page"].paginator.count == 0


def test_who_sees_the_list(case, secretary, treasurer, president, auditor, administrator, manager, as_user):
    people = (secretary, treasurer, president, auditor, administrator, manager, None)
    got = [as_user(p).get(reverse("members:cases")).status_code for p in people]
    assert got == [200, 200, 200, 200, 403, 403, 302]
    hearings.hear(case, by=secretary, text="告知")
    assert [as_user(p).get(url("case", case)).status_code for p in people] == [
        200,
        200,
        200,
        200,
        404,
        200,
        302,
    ]


def test_the_publication_list_asks_as_much_for_one_as_for_many(secretary, other_member, queries, as_user):
    client, address = as_user(other_member), reverse("members:cases_published")

    def publish(number):
        unit = make_organization(f"单位{number:02d}", people=False)
        ExitCase.objects.create(number=f"TH-2030-{number:04d}", organization=unit, kind="deemed", reason="x", state="published", due_on=days(3))  # fmt: skip

    publish(0)
    client.get(address)
    with queries() as few:
        client.get(address)
    for number in range(1, 20):
        publish(number)
    with queries() as many:
        assert client.get(address).status_code == 200
    assert len(many) <= len(few)
