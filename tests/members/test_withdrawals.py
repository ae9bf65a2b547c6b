"""A unit asks to leave: its wish, the check, the council's word, and what ends with it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from association.desk import desk
from association.errors import Refused
from association.models import Activity, Attachment, Notice
from members.domain import case_decisions, cases, casework, certificates, contacts, hearings, memberships
from members.models import Contact, ExitCase, Organization
from tests.factories import make_organization, make_user
from tests.factories.attachments import upload
from tests.factories.exits import days, decided, deemed, expulsion, fresh, make_bill, today, wait, withdrawal
from tests.factories.files import HTML
from tests.forms import errors
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def sentences(unit):
    found = Activity.objects.about(unit).filter(kind__startswith="members.case").order_by("pk")
    return list(found.values_list("sentence", flat=True))


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def kinds(case):
    return list(case.steps.order_by("pk").values_list("kind", flat=True))


def council(number=30):
    """So many units with a seat in the council."""
    for n in range(number):
        make_organization(f"理事{n}", people=False, grade=50)


# --- asking -------------------------------------------------------------------------------------------------


def test_the_manager_asks_with_the_stamped_letter(manager, secretary, park_unit, as_user):
    client = as_user(manager)
    assert client.get(url("case_ask", park_unit)).status_code == 200
    data = {"reason": "业务调整", "wanted_on": days(30).isoformat(), "letter": upload(name="申请书.pdf")}
    answer = client.post(url("case_ask", park_unit), data)
    case = ExitCase.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("case", case))
    assert (case.kind, case.state, case.wanted_on, case.filed_by) == (
        "withdrawal",
        "filed",
        days(30),
        manager,
    )
    assert case.number == f"TH-{today().year}-0001"
    assert [(a.name, a.kind) for a in Attachment.objects.about(case)] == [("申请书.pdf", "退会申请书")]
    assert (kinds(case), sentences(park_unit)) == (["filed"], [f"申请退会（{case.number}）"])
    assert (told(secretary), told(manager)) == (["members.case_filed"], [])


def test_asking_twice_is_one_case(manager, park_unit):
    assert withdrawal(park_unit, manager) == withdrawal(park_unit, manager)
    assert len(sentences(park_unit)) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [({"reason": ""}, "reason"), ({"wanted_on": ""}, "wanted_on"), ({"letter": ""}, "letter"), ({"wanted_on": "2022-02-29"}, "wanted_on")],
)  # fmt: skip
def test_an_asking_that_says_too_little(manager, park_unit, as_user, change, wrong):
    data = {"reason": "业务调整", "wanted_on": days(30).isoformat(), "letter": upload()} | change
    answer = as_user(manager).post(url("case_ask", park_unit), data)
    assert (answer.status_code, list(errors(answer))) == (422, [wrong])
    assert ExitCase.objects.count() == 0


def test_a_day_that_is_past_and_a_file_that_may_not_come_in(manager, park_unit):
    with pytest.raises(Refused, match="不能早于今天"):
        withdrawal(park_unit, manager, wanted=-1)
    with pytest.raises(Refused):
        withdrawal(park_unit, manager, letter=upload(HTML, "申请书.pdf"))
    assert ExitCase.objects.count() == 0


def test_who_may_ask(member, other_member, secretary, park_unit, as_user):
    people = (None, member, other_member, secretary)
    assert [as_user(p).get(url("case_ask", park_unit)).status_code for p in people] == [302, 403, 404, 403]


def test_who_is_no_member_or_has_another_case_does_not_ask(manager, secretary, park_unit):
    case = expulsion(park_unit, secretary)
    with pytest.raises(Refused, match="请联系秘书处"):
        withdrawal(park_unit, manager)
    hearings.hear(case, by=secretary, text="告知")
    with pytest.raises(Refused, match="已有一项在办的退会事项"):
        withdrawal(park_unit, manager)
    outsider = make_organization("未入会", joined=None)
    with pytest.raises(Refused, match="现在不是会员"):
        withdrawal(outsider, manager)


def test_arrears_that_were_only_listed_give_way_to_the_units_own_wish(manager, park_unit):
    listed = deemed(park_unit)
    case = withdrawal(park_unit, manager)
    assert (fresh(listed).state, fresh(listed).outcome, case.kind) == (
        "closed",
        "单位自行申请退会",
        "withdrawal",
    )


@pytest.mark.django_db(transaction=True)
def test_two_askings_at_once_are_one_case(db):
    unit = make_organization("单位", people=False)
    manager = make_user("管理", "m@test.cn", organization=unit, duty="manager")
    results = at_once(*[lambda: withdrawal(unit, manager)] * 2)
    assert {type(r) for r in results} == {ExitCase}
    assert (ExitCase.objects.count(), len(sentences(unit))) == (1, 1)


# --- taking back --------------------------------------------------------------------------------------------


def test_the_unit_takes_it_back_until_the_council_has_decided(manager, secretary, park_unit, as_user):
    case = withdrawal(park_unit, manager)
    cases.to_council(case, by=secretary)
    client = as_user(manager)
    assert client.get(url("case_take_back", case)).status_code == 405
    assert [client.post(url("case_take_back", case)).status_code for _ in range(2)] == [303, 303]
    case = fresh(case)
    assert (case.state, case.outcome, case.ended_at is None) == ("closed", "单位撤回申请", False)
    assert kinds(case) == ["filed", "checked", "to_council", "closed"]
    assert told(secretary) == ["members.case_filed", "members.case_taken_back"]
    assert withdrawal(park_unit, manager) != case


def test_what_was_decided_is_not_taken_back(manager, secretary, secretary_general, park_unit):
    case = decided(cases.to_council(withdrawal(park_unit, manager), by=secretary), secretary_general)
    with pytest.raises(Refused, match="不能撤回"):
        cases.take_back(case, by=manager)


def test_nobody_else_takes_it_back(manager, member, other_member, secretary, park_unit, as_user):
    case = withdrawal(park_unit, manager)
    got = [
        as_user(p).post(url("case_take_back", case)).status_code for p in (member, other_member, secretary)
    ]
    assert got == [404, 404, 403]


# --- the check ----------------------------------------------------------------------------------------------


def test_the_check_shows_and_keeps_bills_certificate_and_posts(
    manager, secretary, secretary_general, park_unit, as_user
):
    memberships.add_post(park_unit, by=None, grade=20, since=today() - timedelta(days=90), basis="选举")
    certificate = certificates.issue(park_unit, by=secretary, reason="入会")
    bill = make_bill(park_unit, months=2)
    case = withdrawal(park_unit, manager)
    text = as_user(secretary).get(url("case", case)).content.decode()
    assert [
        w in text for w in ("2023年度会费 ¥5,000.00", certificate.number, "副会长单位", "欠费不妨碍退会")
    ] == [True] * 4
    assert as_user(secretary).post(url("case_to_council", case), {"note": "已电话核实"}).status_code == 303
    case = fresh(case)
    assert (case.state, case.due_on) == ("council", None)
    assert case.checks["bills"] == [
        {
            "pk": bill.pk,
            "number": bill.number,
            "title": "2023年度会费",
            "owed": 500_000,
            "due_on": bill.due_on.isoformat(),
        }
    ]
    assert (case.checks["certificate"], case.checks["posts"]) == (certificate.number, ["副会长单位"])
    step = case.steps.get(kind="checked")
    assert step.text.startswith("欠费 ¥5,000.00（1 张账单）；会员证")
    assert step.text.endswith("已电话核实")
    assert told(secretary_general) == ["members.case_filed", "members.case_to_council"]
    cases.to_council(case, by=secretary)
    assert kinds(case) == ["filed", "checked", "to_council"]


def test_who_checks(manager, treasurer, president, auditor, administrator, park_unit, as_user):
    case = withdrawal(park_unit, manager)
    people = (manager, treasurer, president, auditor, administrator)
    got = [as_user(p).post(url("case_to_council", case), {}).status_code for p in people]
    assert got == [403, 403, 403, 403, 404]


def serve(person, unit):
    """Let an official also be a person of the unit."""
    contact = contacts.add_contact(unit, by=None, duty="clerk", name=person.full_name)
    Contact.objects.filter(pk=contact.pk).update(user=person)


def test_nobody_steps_on_a_case_of_a_unit_they_serve(
    manager, secretary, secretary_general, park_unit, as_user
):
    case = withdrawal(park_unit, manager)
    serve(secretary, park_unit)
    serve(secretary_general, park_unit)
    assert as_user(secretary).post(url("case_to_council", case), {}).status_code == 403
    with pytest.raises(Refused, match="不由你办理"):
        cases.to_council(case, by=secretary)
    ExitCase.objects.update(state="council")
    assert as_user(secretary_general).get(url("case_decide", case)).status_code == 403
    with pytest.raises(Refused, match="由别人登记"):
        decided(case, secretary_general)


def test_the_secretariat_does_not_close_a_wish_to_leave(manager, secretary, park_unit):
    with pytest.raises(Refused, match="由单位自己撤回"):
        cases.close(withdrawal(park_unit, manager), by=secretary, reason="不办")


# --- the council --------------------------------------------------------------------------------------------


@pytest.fixture
def before_council(manager, secretary, park_unit):
    return cases.to_council(withdrawal(park_unit, manager), by=secretary)


def test_the_council_confirms_and_the_unit_leaves_on_its_day(
    before_council, manager, member, secretary_general, park_unit, as_user
):
    council(29)
    memberships.add_post(park_unit, by=None, grade=50, since=today() - timedelta(days=90), basis="选举")
    data = {
        "decided_on": today(),
        "basis": "理事会决议5号",
        "present": 20,
        "in_favour": 14,
        "left_on": days(10),
    }
    client = as_user(secretary_general)
    assert [client.post(url("case_decide", before_council), data).status_code for _ in range(2)] == [303, 303]
    case = fresh(before_council)
    assert (case.state, case.left_on, case.present, case.in_favour) == ("done", days(10), 20, 14)
    period = park_unit.memberships.get()
    assert (period.left_on, period.leave_reason, period.leave_basis) == (
        days(10),
        "withdrawal",
        "理事会决议5号",
    )
    assert [p["grade"] for p in case.ended_posts] == [50]
    assert park_unit.posts.get().until == days(10)
    standing = [park_unit in Organization.objects.members_on(day) for day in (days(-1), days(9), days(10))]
    assert standing == [True, True, False]
    assert sentences(park_unit)[-1] == f"理事会通过退会：到会 20 人，同意 14 人（{case.number}）"
    assert told(member) == ["members.case_decided"]
    letter = case.steps.get(kind="decided").text
    assert "理事会到会 20 人，同意 14 人，确认贵单位退会（理事会决议5号）" in letter


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"present": 19, "in_favour": 19}, "不足三分之二（20 人）"), ({"present": 31, "in_favour": 31}, "多于登记的理事 30 人"),
        ({"in_favour": 21}, "请核对人数"), ({"present": 0, "in_favour": 0}, "请核对人数"), ({"basis": ""}, "理事会决议"),
        ({"decided_on": 1}, "不能晚于今天"), ({"decided_on": -1}, "理事会最早在"), ({"left_on": -1}, "决定当天或之后"),
        ({"left_on": None}, "决定当天或之后"), ({"left_on": 400}, "一年以内"),
    ],
)  # fmt: skip
def test_a_vote_that_cannot_be_is_refused(before_council, secretary_general, park_unit, change, words):
    council(30)
    change = {k: days(v) if isinstance(v, int) and k.endswith("_on") else v for k, v in change.items()}
    with pytest.raises(Refused, match=words):
        decided(before_council, secretary_general, **change)
    assert park_unit.memberships.get().left_on is None


def test_where_no_seats_are_registered_the_quorum_is_the_recorders_word(before_council, secretary_general):
    assert decided(before_council, secretary_general, present=3, in_favour=2).state == "done"


def test_supervisors_have_no_seat_and_a_unit_has_one(db):
    council(2)
    unit = make_organization("两职", people=False, grade=40)
    memberships.add_post(unit, by=None, grade=50, since=today(), basis="选举")
    make_organization("监事", people=False, grade=30)
    assert case_decisions.council_size(today()) == 3


def test_what_does_not_pass_leaves_the_unit_a_member(
    before_council, member, secretary_general, park_unit, as_user
):
    data = {"decided_on": today(), "basis": "理事会决议5号", "present": 20, "in_favour": 13}
    assert as_user(secretary_general).post(url("case_decide", before_council), data).status_code == 303
    case = fresh(before_council)
    assert (case.state, case.outcome) == ("closed", "理事会未通过：到会 20 人，同意 13 人，须 14 人同意")
    assert park_unit.memberships.get().left_on is None
    assert told(member) == ["members.case_closed"]
    assert decided(case, secretary_general, in_favour=13).state == "closed"


def test_the_form_asks_for_the_day_only_where_it_passes(before_council, secretary_general, as_user):
    data = {"decided_on": today(), "basis": "决议", "present": 20, "in_favour": 14}
    answer = as_user(secretary_general).post(url("case_decide", before_council), data)
    assert (answer.status_code, list(errors(answer))) == (422, ["left_on"])


def test_only_the_secretary_general_records(
    before_council, manager, secretary, treasurer, president, as_user
):
    people = (None, manager, secretary, treasurer, president)
    got = [as_user(p).get(url("case_decide", before_council)).status_code for p in people]
    assert got == [302, 403, 403, 403, 403]


def test_nothing_is_decided_before_it_stands_before_the_council(
    manager, secretary_general, park_unit, as_user
):
    case = withdrawal(park_unit, manager)
    with pytest.raises(Refused, match="现为“待核对”，不能登记"):
        decided(case, secretary_general)
    assert as_user(secretary_general).get(url("case_decide", case)).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_taking_back_at_once_end_in_one_of_them(secretary_general):
    unit = make_organization("单位", people=False)
    manager = make_user("管理", "m@test.cn", organization=unit, duty="manager")
    keeper = make_user("秘书", "k@test.cn", roles=["secretariat"])
    case = cases.to_council(withdrawal(unit, manager), by=keeper)
    at_once(lambda: decided(case, secretary_general), lambda: cases.take_back(case, by=manager))
    case, left_on = fresh(case), unit.memberships.get().left_on
    assert (case.state, left_on) in [("done", today()), ("closed", None)]


# --- afterwards ---------------------------------------------------------------------------------------------


def test_rights_end_the_same_day_and_reading_goes_on(before_council, manager, secretary_general, as_user):
    case = decided(before_council, secretary_general)
    client = as_user(manager)
    assert client.get(url("case", case)).status_code == 200
    assert client.get(url("case_ask", case.organization)).status_code == 403
    assert client.get(reverse("members:organization_edit", args=[case.organization_id])).status_code == 403


def test_an_open_case_bars_the_direct_way_out(before_council, secretary, park_unit, as_user):
    answer = as_user(secretary).post(
        url("leave", park_unit), {"on": today(), "reason": "withdrawal", "basis": "申请"}
    )
    assert (answer.status_code, "请在那里办理" in answer.content.decode()) == (409, True)


def test_the_direct_way_out_knows_no_expulsion(secretary, park_unit, as_user):
    for reason in ("deemed", "expulsion"):
        answer = as_user(secretary).post(
            url("leave", park_unit), {"on": today(), "reason": reason, "basis": "决议"}
        )
        assert (answer.status_code, list(errors(answer))) == (422, ["reason"])


def test_vacant_posts_wait_on_the_desk_until_noted(
    before_council, secretary, secretary_general, park_unit, as_user
):
    council(2)
    memberships.add_post(park_unit, by=None, grade=20, since=today() - timedelta(days=90), basis="选举")

    def todos():
        return [t.title for t in desk.todos_for(secretary) if t.title.startswith("补选")]

    case = decided(before_council, secretary_general, present=3, in_favour=3)
    assert todos() == ["补选：演示运营公司01退出，空缺副会长"]
    client = as_user(secretary)
    for _ in range(2):
        assert client.post(url("case_settle_posts", case), {"text": "至换届暂缺"}).status_code == 303
    assert (fresh(case).posts_settled_on, kinds(case)[-1]) == (today(), "replaced")
    assert ExitCase.objects.with_vacant_posts().count() == 0


def test_deadlines_of_the_check_are_working_days(manager, secretary, park_unit):
    case = wait(withdrawal(park_unit, manager), 20)
    assert case.is_late
    found = [(t.title, t.remaining[1]) for t in desk.todos_for(secretary) if "退会申请" in t.title]
    assert found == [("1 项退会申请待核对", "late")]
    assert casework.page(case) == url("case", case)
