"""The yearly run: what it would issue, confirmed once, written by chunks whatever happens to the worker."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.choices import JobState
from association.errors import Refused
from association.integrity import verify
from association.models import Activity, Delivery, Job, Notice
from members.choices import RunState
from members.domain import bill_runs as domain
from members.domain import bills, contacts, memberships
from members.models import Bill, BillRun, Organization
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard
from tests.forms import filled
from tests.races import at_once

DAY = date(2026, 1, 10)
pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def standard(db):
    return make_standard(2022)


@pytest.fixture
def roster(standard):
    """A president's unit, a plain one, and one that joined after the day of the bills."""
    return [
        make_organization("演示会长单位", grade=10),
        make_organization("演示会员单位"),
        make_organization("演示后来单位", joined=date(2026, 1, 20)),
    ]


@pytest.fixture
def run(roster, treasurer):
    return domain.prepare(by=treasurer, year=2026, bill_on=DAY)


def confirmed(run, by):
    return domain.confirm(run, by=by, version=BillRun.objects.get(pk=run.pk).version)


def issued():
    return {b.payer_name: (b.amount, b.rule) for b in Bill.objects.filter(run__isnull=False)}


# --- the preview ------------------------------------------------------------------------------------------------


def test_the_preview_says_what_each_unit_owes_and_who_is_left_out(run, roster, treasurer, as_user):
    with_bill = make_organization("演示已有单位")
    bill = bills.issue(with_bill, by=treasurer, year=2026, on=DAY)
    gone = make_organization("演示离开单位", left=date(2026, 1, 5))
    context = as_user(treasurer).get(url("bill_run", run.pk)).context
    assert [(u.name, u.owed.amount, u.owed.rule) for u in context["page"]] == [
        ("演示会员单位", 500_000, "2022年会费标准 · 会员单位 · 全年"),
        ("演示会长单位", 5_000_000, "2022年会费标准 · 会长单位 · 全年"),
    ]
    assert [(str(t.tier), t.count, t.amount) for t in context["totals"]] == [
        ("会长单位", 1, 5_000_000),
        ("会员单位", 1, 500_000),
    ]
    left_out = {u.name: (u.why, [b.pk for b in u.own]) for u in context["left_out"]}
    assert left_out == {
        with_bill.name: ("已有2026年度会费账单", [bill.pk]),
        gone.name: ("出账日期之前已退会", []),
        "演示后来单位": ("出账日期之后入会，可单独出账", []),
    }
    assert (run.expected, run.expected_total, run.due_on) == (2, 5_500_000, date(2026, 3, 31))


def test_the_grade_is_that_of_the_day(roster, treasurer):
    memberships.end_post(roster[0].posts.get(), by=None, until=DAY, basis="届满")
    assert domain.prepare(by=treasurer, year=2026, bill_on=DAY).expected_total == 1_000_000
    before = domain.prepare(by=treasurer, year=2026, bill_on=DAY - timedelta(1))
    assert before.expected_total == 5_500_000


def test_halves_are_for_those_who_join_in_the_second_half(treasurer):
    make_standard(2022, proration="half")
    for name, joined in (
        ("演示六月", date(2025, 6, 30)),
        ("演示七月", date(2025, 7, 1)),
        ("演示去年", date(2024, 9, 1)),
    ):
        make_organization(name, joined=joined)
    run = domain.prepare(by=treasurer, year=2025, bill_on=date(2025, 12, 1))
    assert [(t.rule.rpartition(" · ")[2], t.count, t.amount) for t in domain.totals(run)] == [
        ("下半年入会减半", 1, 250_000),
        ("全年", 2, 1_000_000),
    ]
    confirmed(run, treasurer)
    domain.issue(run.pk)
    assert sum(amount for amount, _ in issued().values()) == run.expected_total


def test_units_are_found_by_name_and_twenty_stand_on_a_page(run, treasurer, as_user, queries):
    client = as_user(treasurer)
    client.get(url("bill_run", run.pk))
    with queries() as few:
        client.get(url("bill_run", run.pk))
    for n in range(24):
        make_organization(f"演示更多{n:02d}", people=False)
    with queries() as many:
        page = client.get(url("bill_run", run.pk)).context["page"]
    assert (len(page), page.paginator.count, len(few)) == (20, 26, len(many))
    assert len(many) <= 20
    found = client.get(url("bill_run", run.pk), {"q": "会长"}).context["page"]
    assert [u.name for u in found] == ["演示会长单位"]


def test_preparing_again_is_the_same_run_brought_up_to_date(run, treasurer):
    again = domain.prepare(by=treasurer, year=2026, bill_on=DAY, due_on=date(2026, 5, 1))
    assert (again.pk, again.version, again.due_on) == (run.pk, 2, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"year": 2020}, "还没有会员大会通过的会费标准"), ({"bill_on": localdate() + timedelta(1)}, "不能晚于今天"),
        ({"due_on": DAY - timedelta(1)}, "不能早于出账日期"), ({"bill_on": date(2023, 1, 1)}, "前后一年"),
    ],
)  # fmt: skip
def test_a_run_that_cannot_be_is_refused_in_words(roster, treasurer, fields, word):
    with pytest.raises(Refused, match=word):
        domain.prepare(by=treasurer, **({"year": 2026, "bill_on": DAY} | fields))


def test_a_run_is_prepared_on_the_page_and_given_up(roster, treasurer, as_user):
    client = as_user(treasurer)
    page = client.get(url("bill_runs"))
    answer = client.post(url("bill_runs"), filled(page, year="2026", bill_on="2026-01-10", due_on=""))
    run = BillRun.objects.get()
    assert answer["Location"] == url("bill_run", run.pk)
    cache.clear()
    assert [t.title for t in desk.desk.todos_for(treasurer) if "出账" in t.title] == [
        "2026年度会费待确认出账"
    ]
    for _ in range(2):
        client.post(url("bill_run_discard", run.pk))
    run.refresh_from_db()
    assert (run.state, Bill.objects.count()) == (RunState.DISCARDED, 0)
    with pytest.raises(Refused, match="不能确认"):
        confirmed(run, treasurer)
    assert client.get(url("bill_run", run.pk)).status_code == 200


# --- confirming ---------------------------------------------------------------------------------------------------


def test_confirmed_it_is_issued_once_and_people_are_told(run, roster, treasurer, run_jobs, as_user):
    manager = make_user(
        "郑管理", "manager@test.cn", organization=roster[0], duty="manager", mobile="13800001111"
    )
    payer = make_user("冯财务", "payer@test.cn", organization=roster[1], duty="finance")
    make_user("褚联络", "liaison@test.cn", organization=roster[1], duty="liaison")
    client = as_user(treasurer)
    for _ in range(2):
        assert client.post(url("bill_run_confirm", run.pk), {"version": "1"}).status_code == 303
    assert "出账中" in client.get(url("bill_run", run.pk)).content.decode()
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.done, run.issued, run.sentence) == ("done", 2, 2, "2026年度会费出账完成：2 份")
    assert issued() == {
        "演示会长单位": (5_000_000, "2022年会费标准 · 会长单位 · 全年"),
        "演示会员单位": (500_000, "2022年会费标准 · 会员单位 · 全年"),
    }
    assert list(Bill.objects.order_by("number").values_list("number", flat=True)) == [
        "HF-2026-000001",
        "HF-2026-000002",
    ]
    told = {n.recipient: n.body for n in Notice.objects.filter(kind="members.dues_billed")}
    assert set(told) == {manager, payer}
    assert "演示会长单位：¥50,000.00，账单号 HF-2026-000001" in told[manager]
    assert "演示会长单位" not in told[payer]
    assert {d.user for d in Delivery.objects.filter(kind="members.dues_billed", channel="email")} == {
        manager,
        payer,
    }
    assert Notice.objects.get(kind="members.bill_run_done").recipient == treasurer
    said = Activity.objects.about(roster[0]).filter(kind="members.bill.issued")
    assert [a.sentence for a in said] == ["出具2026年度会费账单 HF-2026-000001，¥50,000.00"]
    assert [f.offenders for f in verify(only=["members.bill_run", "members.paid_is_the_sum"])] == [[], []]


def test_two_units_of_one_person_come_in_one_notice(run, roster, treasurer):
    person = make_user("郑管理", "manager@test.cn", organization=roster[0], duty="manager")
    contacts.assign_duty(roster[1], person.contact, by=None, duty="finance", since=date(2022, 2, 1))
    confirmed(run, treasurer)
    domain.issue(run.pk)
    body = Notice.objects.get(kind="members.dues_billed").body
    assert [word in body for word in ("演示会长单位：", "演示会员单位：")] == [True, True]


def test_a_roster_that_changed_is_looked_at_again(run, treasurer, as_user):
    make_organization("演示新来单位", joined=date(2025, 5, 1))
    client = as_user(treasurer)
    assert "名册有变，请重新预览" in client.get(url("bill_run", run.pk)).content.decode()
    answer = client.post(url("bill_run_confirm", run.pk), {"version": "1"})
    assert (answer.status_code, "名册有变，请重新预览。" in answer.content.decode()) == (409, True)
    client.post(url("bill_run_refresh", run.pk))
    run.refresh_from_db()
    assert (run.expected, run.version, run.state) == (3, 2, RunState.PREVIEW)
    # Who still has the former preview on the screen has not seen this one.
    assert client.post(url("bill_run_confirm", run.pk), {"version": "1"}).status_code == 409
    assert client.post(url("bill_run_confirm", run.pk), {"version": "2"}).status_code == 303


def test_nothing_to_issue_is_refused(standard, treasurer):
    run = domain.prepare(by=treasurer, year=2026, bill_on=DAY)
    with pytest.raises(Refused, match="没有要出的账单"):
        confirmed(run, treasurer)


def test_a_second_run_issues_what_is_missing_only(run, roster, treasurer):
    confirmed(run, treasurer)
    domain.issue(run.pk)
    first = Bill.objects.get(payer_name="演示会员单位")
    bills.void(first, by=treasurer, reason="级别有误")
    again = domain.prepare(by=treasurer, year=2026, bill_on=DAY)
    assert (again.expected, again.pk != run.pk) == (1, True)
    confirmed(again, treasurer)
    domain.issue(again.pk)
    assert Bill.objects.standing().count() == 2


def test_confirming_asks_for_the_proof_again(run, treasurer):
    answer = signed_in_client(treasurer, proved=False).post(url("bill_run_confirm", run.pk), {"version": "1"})
    run.refresh_from_db()
    assert (answer.status_code, run.state) == (302, RunState.PREVIEW)


@pytest.mark.parametrize("name", ["secretary", "secretary_general", "auditor"])
def test_who_sees_dues_looks_and_does_not_issue(request, name, run, as_user):
    client = as_user(request.getfixturevalue(name))
    assert [client.get(url(n, *a)).status_code for n, a in (("bill_runs", ()), ("bill_run", (run.pk,)))] == [
        200,
        200,
    ]
    assert "出账 2 份" not in client.get(url("bill_run", run.pk)).content.decode()
    verbs = ("confirm", "discard", "refresh", "resume")
    assert [client.post(url(f"bill_run_{v}", run.pk)).status_code for v in verbs] == [403] * 4
    assert client.post(url("bill_runs"), {"year": "2026", "bill_on": "2026-01-10"}).status_code == 403


def test_get_changes_nothing(run, treasurer, as_user):
    client = as_user(treasurer)
    verbs = ("confirm", "discard", "refresh", "resume")
    assert [client.get(url(f"bill_run_{v}", run.pk)).status_code for v in verbs] == [405] * 4


# --- what may happen to the worker ----------------------------------------------------------------------------------


def test_a_worker_that_dies_between_chunks_leaves_whole_ones(run, treasurer, monkeypatch):
    monkeypatch.setattr(domain, "CHUNK", 1)
    confirmed(run, treasurer)
    domain.issue_chunk(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.issued, len(issued())) == (RunState.RUNNING, 1, 1, 1)
    domain.issue(run.pk)
    domain.issue(run.pk)
    run.refresh_from_db()
    assert (run.state, run.issued, len(issued())) == (RunState.DONE, 2, 2)


def test_a_chunk_that_fails_is_not_half_there(run, treasurer, monkeypatch):
    confirmed(run, treasurer)
    with monkeypatch.context() as patch:
        patch.setattr(domain, "_tell", None)
        with pytest.raises(TypeError):
            domain.issue(run.pk)
    run.refresh_from_db()
    assert (run.done, Bill.objects.count(), Notice.objects.filter(kind="members.dues_billed").count()) == (
        0,
        0,
        0,
    )


def test_a_run_that_was_given_up_goes_on_by_hand(run, treasurer, run_jobs, as_user, monkeypatch):
    monkeypatch.setattr(domain, "CHUNK", 1)
    confirmed(run, treasurer)
    domain.issue_chunk(run.pk)
    Job.objects.filter(name=domain.JOB).update(state=JobState.FAILED)
    client = as_user(treasurer)
    assert "没有出完，已停下。" in client.get(url("bill_run", run.pk)).content.decode()
    assert [t.title for t in desk.desk.todos_for(treasurer) if "没有出完" in t.title] == [
        "2026年度会费没有出完，停在 1 份"
    ]
    for _ in range(2):
        client.post(url("bill_run_resume", run.pk))
    assert Job.objects.filter(name=domain.JOB).count() == 2
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.done, run.issued, len(issued())) == (RunState.DONE, 2, 2, 2)
    with pytest.raises(Refused, match="不能继续"):
        domain.resume(domain.prepare(by=treasurer, year=2025, bill_on=date(2025, 3, 1)), by=treasurer)


def test_a_refusal_half_way_ends_the_run_with_its_sentence(run, treasurer, standard):
    confirmed(run, treasurer)
    standard.tiers.filter(position=1).update(grades=[30])
    domain.issue(run.pk)
    run.refresh_from_db()
    assert (run.state, run.sentence) == (RunState.FAILED, "“2022年会费标准”没有会长单位的档次，不能出账。")
    standard.tiers.filter(position=1).update(grades=[10])
    domain.resume(run, by=treasurer)
    domain.issue(run.pk)
    run.refresh_from_db()
    assert (run.state, run.issued) == (RunState.DONE, 2)


def test_a_unit_that_leaves_meanwhile_is_told_of_in_the_sentence(run, roster, treasurer):
    confirmed(run, treasurer)
    memberships.leave(roster[1], by=None, on=DAY, reason="withdrawal", basis="申请")
    domain.issue(run.pk)
    run.refresh_from_db()
    assert run.sentence == "2026年度会费出账完成：1 份，确认时是 2 份；其间名册有变"


def test_as_many_queries_for_a_large_chunk_as_for_a_small(run, treasurer, queries):
    confirmed(run, treasurer)
    with queries() as few:
        domain.issue_chunk(run.pk)
    for n in range(30):
        make_user(
            f"人{n}", f"m{n}@test.cn", organization=make_organization(f"演示更多{n:02d}"), duty="manager"
        )
    with queries() as many:
        domain.issue_chunk(run.pk)
    assert Bill.objects.count() == 32
    assert len(many) <= len(few) + 8


def test_progress_is_a_fragment_and_ends_by_loading_the_page(run, treasurer, as_user):
    client = as_user(treasurer)
    confirmed(run, treasurer)
    asked = client.get(url("bill_run_progress", run.pk), headers={"HX-Request": "true"})
    assert (
        "正在准备" in asked.content.decode() or "0 / 2 份" in asked.content.decode(),
        "HX-Refresh" in asked,
    ) == (True, False)
    domain.issue(run.pk)
    assert (
        client.get(url("bill_run_progress", run.pk), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    )
    assert client.get(url("bill_run_progress", run.pk)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_single_bill_at_once_bill_everybody_once(run, roster, treasurer, monkeypatch):
    monkeypatch.setattr(domain, "CHUNK", 1)
    confirmed(run, treasurer)
    at_once(
        lambda: domain.issue(run.pk),
        lambda: domain.issue(run.pk),
        lambda: bills.issue(roster[1], by=treasurer, year=2026, on=DAY),
    )
    units = list(Bill.objects.standing().order_by("organization").values_list("organization", flat=True))
    assert units == sorted(u.pk for u in roster[:2])
    run.refresh_from_db()
    assert (run.state, run.issued) == (RunState.DONE, Bill.objects.filter(run=run).count())
    assert Organization.objects.count() == 3
