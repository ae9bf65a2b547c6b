"""Certificates: issued, issued anew, void; what follows by itself from names, posts, leaving and merging."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from association.errors import Refused
from association.models import Activity, Delivery, Notice
from association.stocks import large
from members.choices import CertificateNeed, CertificateState, Grade
from members.domain import certificates, memberships, merges, organizations
from members.integrity.certificates import certificates_of_others
from members.models import Certificate, Organization
from tests.factories import FOUNDED, make_organization, make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = localdate


@pytest.fixture
def unit(db):
    return make_organization("演示运营公司01")


@pytest.fixture
def certified(unit, secretary):
    certificates.issue(unit, by=secretary, reason="入会")
    return unit


def fresh(unit):
    return Organization.everything.get(pk=unit.pk)


def present(unit):
    return certificates.present_of(unit)


def said(unit, kind):
    return [a.sentence for a in Activity.objects.about(unit).filter(kind=f"members.certificate.{kind}")]


# --- issuing ------------------------------------------------------------------------------------------------


def test_a_certificate_says_what_is_so_today(unit, secretary):
    made = certificates.issue(unit, by=secretary, reason="入会")
    assert (made.name, made.member_number, made.grade, made.reason, made.issued_by) == (
        unit.name, unit.member_number, Grade.MEMBER, "入会", secretary,
    )  # fmt: skip
    assert (made.number, made.issued_on) == (f"{unit.member_number}-01", TODAY())
    assert made.valid_until == TODAY().replace(year=TODAY().year + 3) - timedelta(days=1)
    assert (made.state, made.is_valid, len(made.token)) == (CertificateState.VALID, True, 32)
    assert said(unit, "issued") == [f"签发会员证 {made.number}（入会）"]


def test_issuing_twice_changes_nothing(certified, secretary):
    first = present(certified)
    assert certificates.issue(certified, by=secretary, reason="入会") == first
    assert len(said(certified, "issued")) == 1


def test_no_certificate_for_who_is_no_member(secretary):
    unit = make_organization("演示未入会", joined=None)
    for issue in (certificates.issue, lambda *a, **k: certificates.reissue(*a, **k, seen=None)):
        with pytest.raises(Refused, match="现在不是会员"):
            issue(unit, by=secretary, reason="入会")


def test_another_in_the_place_of_a_lost_one(certified, secretary):
    lost = present(certified)
    second = certificates.reissue(certified, by=secretary, reason="补发：遗失", seen=lost.pk)
    lost.refresh_from_db()
    assert (second.number, second.token == lost.token) == (f"{certified.member_number}-02", False)
    assert (lost.state, lost.void_reason) == (CertificateState.VOID, "另发新证：补发：遗失")
    again = certificates.reissue(certified, by=secretary, reason="补发：遗失", seen=lost.pk)
    assert (again, certified.certificates.count()) == (second, 2)


def test_an_expired_one_is_issued_anew(certified, secretary):
    certified.certificates.update(issued_on=FOUNDED, valid_until=TODAY() - timedelta(days=1))
    assert present(certified).state == CertificateState.EXPIRED
    assert certificates.issue(certified, by=secretary, reason="到期").number.endswith("-02")


def test_managers_with_an_account_are_told(unit, secretary):
    manager = make_user("孙管理", "manager@test.cn", organization=unit, duty="manager")
    make_user("钱经办", "clerk@test.cn", organization=unit, duty="clerk")
    made = certificates.issue(unit, by=secretary, reason="入会")
    told = Notice.objects.get(kind="members.certificate_issued")
    assert (told.recipient, told.title) == (manager, f"会员证已签发：{unit.name}")
    assert (made.number in told.body, told.url) == (True, f"/members/{unit.pk}/certificate/")
    assert Delivery.objects.get(kind="members.certificate_issued").address == "manager@test.cn"


def test_many_are_issued_in_as_many_queries_as_three(secretary, django_assert_max_num_queries):
    units = [make_organization(f"演示运营公司{n:02d}", people=False) for n in range(30)]
    memberships.add_post(units[4], by=secretary, grade=Grade.COUNCIL, since=FOUNDED, basis="测试选举")
    with CaptureQueriesContext(connection) as few:
        assert certificates.issue_many(units[:3], by=secretary, reason="批量") == 3
    with django_assert_max_num_queries(len(few)):
        assert certificates.issue_many(units, by=secretary, reason="批量") == 27
    assert certificates.issue_many(units, by=secretary, reason="批量") == 0
    assert Certificate.objects.filter(grade=Grade.COUNCIL).get().organization == units[4]
    assert {c.number for c in Certificate.objects.all()} == {
        f"{u.member_number}-01" for u in Organization.objects.all()
    }


def test_the_run_issues_for_all_who_wait_and_begins_once(secretary, run_jobs, monkeypatch):
    monkeypatch.setattr(certificates, "CHUNK", 2)
    units = [make_organization(f"演示运营公司{n}", people=False) for n in range(5)]
    first = certificates.start_run(by=secretary, reason="批量签发")
    assert certificates.start_run(by=secretary, reason="批量签发") == first
    assert first.arguments["total"] == 5
    run_jobs()
    assert Certificate.objects.present().count() == len(units)
    assert certificates.run_under_way() is None
    assert certificates.start_run(by=secretary, reason="批量签发") is None
    assert Activity.objects.filter(kind="members.certificate.run").count() == 1


# --- what waits ---------------------------------------------------------------------------------------------


def test_who_waits_and_why(secretary):
    missing, changed, expired, good = (
        make_organization(f"演示{n}", people=False) for n in ("无证", "改级", "过期", "有证")
    )
    make_organization("演示已退", people=False, left=FOUNDED + timedelta(days=9))
    for unit in (changed, expired, good):
        certificates.issue(unit, by=secretary, reason="入会")
    changed.certificates.update(grade=Grade.COUNCIL)
    expired.certificates.update(issued_on=FOUNDED, valid_until=FOUNDED)
    found = dict(certificates.awaiting(TODAY()).values_list("pk", "need"))
    assert found == {missing.pk: "missing", changed.pk: "changed", expired.pk: "expired"}
    piles = large.piles("members.certificates")
    assert {need: stock.number for (need,), stock in piles.items()} == dict.fromkeys(
        CertificateNeed.values, 1
    )


# --- what follows by itself ---------------------------------------------------------------------------------


def rename(unit, name, by):
    unit = fresh(unit)
    return organizations.update_organization(unit, by=by, version=unit.version, changes={"name": name})


def test_a_new_name_brings_a_new_certificate(certified, secretary):
    rename(certified, "演示更名公司", secretary)
    now = present(certified)
    assert (now.name, now.reason, now.number[-2:]) == ("演示更名公司", "更名", "02")
    assert certified.certificates.last().void_reason == "另发新证：更名"


def test_a_change_of_anything_else_brings_none(certified, secretary):
    organizations.update_organization(
        fresh(certified), by=secretary, version=fresh(certified).version, changes={"phone": "010-66660000"}
    )
    assert certified.certificates.count() == 1


def test_who_had_none_gets_none_by_a_change(unit, secretary):
    rename(unit, "演示更名公司", secretary)
    memberships.add_post(unit, by=secretary, grade=Grade.COUNCIL, since=FOUNDED, basis="测试选举")
    assert Certificate.objects.count() == 0


def test_a_post_in_force_brings_a_new_certificate_and_its_end_another(certified, secretary):
    post = memberships.add_post(certified, by=secretary, grade=Grade.COUNCIL, since=FOUNDED, basis="测试选举")
    assert (present(certified).grade, present(certified).reason) == (Grade.COUNCIL, "级别变化")
    memberships.end_post(post, by=secretary, until=TODAY(), basis="测试届满")
    assert (present(certified).grade, certified.certificates.count()) == (Grade.MEMBER, 3)


def test_what_lies_ahead_comes_on_its_day(certified, secretary, time_machine):
    tomorrow = TODAY() + timedelta(days=1)
    memberships.add_post(certified, by=secretary, grade=Grade.COUNCIL, since=tomorrow, basis="测试选举")
    memberships.leave(
        certified, by=secretary, on=tomorrow + timedelta(days=1), reason="withdrawal", basis="测试退会"
    )
    assert (certificates.keep_true(), present(certified).grade) == (0, Grade.MEMBER)
    time_machine.move_to(f"{tomorrow}T12:00+08:00")
    assert (certificates.keep_true(), present(certified).grade) == (1, Grade.COUNCIL)
    time_machine.move_to(f"{tomorrow + timedelta(days=1)}T12:00+08:00")
    assert (certificates.keep_true(), present(certified)) == (1, None)
    assert (certificates.keep_true(), certified.certificates.first().void_reason) == (0, "自愿退会")


def test_leaving_makes_it_void_in_the_same_transaction(certified, secretary):
    before = present(certified)
    memberships.leave(certified, by=secretary, on=TODAY(), reason="expulsion", basis="测试除名")
    before.refresh_from_db()
    assert (present(certified), before.state, before.void_since) == (None, CertificateState.VOID, TODAY())
    assert certificates.void(certified, by=secretary, reason="除名") is None
    assert len(said(certified, "voided")) == 1


def test_a_unit_that_left_by_another_door_has_no_valid_certificate_either(certified):
    """An import may end a membership without the verb; the certificate is void from that day, the row follows."""
    certified.memberships.update(left_on=TODAY() - timedelta(days=3), leave_reason="withdrawal")
    found = Certificate.objects.select_related("organization").get()
    assert (found.state, found.void_since) == (CertificateState.VOID, TODAY() - timedelta(days=3))
    assert certificates.keep_true() == 1


def test_refreshing_twice_changes_nothing(certified, secretary):
    for _ in range(2):
        assert certificates.refresh(certified, by=secretary) == present(certified)
    assert certified.certificates.count() == 1


# --- merging ------------------------------------------------------------------------------------------------


def merged(kept, gone, by, second, picks=None):
    kept, gone = fresh(kept), fresh(gone)
    versions = (kept.version, gone.version)
    merge = merges.propose(kept, gone, by=by, basis="同一执照", picks=picks or {}, versions=versions)
    return merges.confirm(merge, by=second)


def undone(merge, by, second):
    return merges.undo(merges.ask_undo(merge, by=by, basis="不是一家"), by=second)


def test_the_merged_unit_s_certificate_is_void_and_undoing_makes_it_valid(
    certified, secretary, secretary_general
):
    other = make_organization("演示运营公司02")
    theirs = certificates.issue(other, by=secretary, reason="入会")
    ours = present(certified)
    merge = merged(certified, other, secretary, secretary_general)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.organization_id) == (CertificateState.VOID, certified.pk)
    assert present(certified) == ours
    undone(merge, secretary, secretary_general)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.organization_id, theirs.void_reason) == (
        CertificateState.VALID, other.pk, "",
    )  # fmt: skip
    assert present(certified) == ours


def test_a_name_taken_over_in_a_merge_brings_a_new_certificate(certified, secretary, secretary_general):
    other = make_organization("演示运营公司02")
    certificates.issue(other, by=secretary, reason="入会")
    merge = merged(certified, other, secretary, secretary_general, {"name": "merged"})
    assert (present(certified).name, present(certified).reason) == ("演示运营公司02", "合并")
    undone(merge, secretary, secretary_general)
    assert (present(certified).name, present(certified).reason) == ("演示运营公司01", "撤销合并")
    assert present(other).number.endswith("-01")


def test_who_comes_to_membership_by_a_merge_gets_a_certificate_and_loses_it_again(
    certified, secretary, secretary_general
):
    kept = make_organization("演示保留公司", joined=None)
    merge = merged(kept, certified, secretary, secretary_general)
    assert (present(kept).name, present(kept).member_number) == ("演示保留公司", certified.member_number)
    undone(merge, secretary, secretary_general)
    assert (present(kept), present(certified).number[-2:]) == (None, "01")
    rename(certified, "演示再更名", secretary)
    assert present(certified).number[-2:] == "03"


# --- two at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_issue_one(transactional_db, secretary):
    unit = make_organization("演示运营公司01", people=False)
    found = at_once(*[lambda: certificates.issue(unit, by=secretary, reason="入会")] * 2)
    assert (found[0], Certificate.objects.count()) == (found[1], 1)


@pytest.mark.django_db(transaction=True)
def test_leaving_and_issuing_at_once_leave_no_valid_certificate(transactional_db, secretary):
    unit = make_organization("演示运营公司01", people=False)
    at_once(
        lambda: certificates.issue(unit, by=secretary, reason="入会"),
        lambda: memberships.leave(unit, by=secretary, on=TODAY(), reason="withdrawal", basis="测试"),
    )
    assert not Certificate.objects.present().exists()


# --- what must be true --------------------------------------------------------------------------------------


def test_the_invariant_finds_a_certificate_of_who_left(certified):
    assert list(certificates_of_others()) == []
    certified.memberships.update(left_on=TODAY(), leave_reason="withdrawal")
    assert list(certificates_of_others()) == []
    certified.memberships.update(left_on=TODAY() - timedelta(days=1))
    assert list(certificates_of_others()) == [f"会员证 {certified.member_number}-01"]
