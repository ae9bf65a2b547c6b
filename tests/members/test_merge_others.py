"""What meets a merge on its way: old lists, checked imports, editors, and two who act at once."""

from datetime import date

import pytest
from django.db import OperationalError
from django.urls import reverse

from association import jobs
from association import kept as kept_pages
from association.choices import ImportState, RowResult
from association.domain import imports
from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity
from members.choices import MergeState
from members.domain import (
    bills,
    cases,
    contacts,
    duplicates,
    memberships,
    merges,
    organizations,
    parks,
    payments,
)
from members.exchange.plan import PLAN
from members.models import DuplicateSearch, Membership, Merge, Organization
from tests.factories import make_organization, make_user
from tests.factories.bank import make_bill
from tests.factories.exits import withdrawal
from tests.factories.sheets import csv_upload, new_unit
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by():
    return make_user("陈思远", "secretary@test.cn", roles=["secretariat"])


@pytest.fixture
def second():
    return make_user("周文清", "general@test.cn", roles=["secretary_general"])


@pytest.fixture
def kept(by):
    return make_organization("锦程公司", by=by, park="一号园")


@pytest.fixture
def gone(by):
    return make_organization("北京锦程公司", by=by, park="二号园", joined=date(2022, 6, 1))


def proposed(kept, gone, by):
    kept, gone = (Organization.objects.get(pk=unit.pk) for unit in (kept, gone))
    return merges.propose(
        kept, gone, by=by, basis="同一执照", picks={}, versions=(kept.version, gone.version)
    )


def kinds_of(results):
    """What came of functions run at once: the class of an exception, else "done"."""
    return sorted(type(r).__name__ if isinstance(r, Exception) else "done" for r in results)


# --- lists ------------------------------------------------------------------------------------------------------


def checked(by, *rows):
    batch = imports.upload(PLAN, csv_upload(*rows), by=by)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("by_what", ["name", "code", "number"])
def test_an_old_list_that_still_has_the_merged_unit_means_the_kept_one(by_what, by, second, kept, gone):
    merges.confirm(proposed(kept, gone, by), by=second)
    row = {"单位名称": "北京锦程公司"}
    row |= {"code": {"统一社会信用代码": gone.credit_code}, "number": {"会员编号": gone.member_number}}.get(
        by_what, {}
    )
    batch = checked(by, row | {"单位电话": "010-66668888"})
    line = batch.rows.get()
    assert (line.result, line.target, line.errors) == (RowResult.UPDATE, kept.pk, [])
    assert [difference[0] for difference in line.differences] == ["phone"]


def test_an_import_that_was_checked_before_goes_stale(by, second, kept, gone):
    batch = checked(by, {"单位名称": "北京锦程公司", "单位电话": "010-66668888"})
    assert batch.rows.get().target == gone.pk
    merges.confirm(proposed(kept, gone, by), by=second)
    imports.confirm(batch, by=by, round=1)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert batch.state == ImportState.STALE
    assert not Organization.everything.filter(phone="010-66668888").exists()


@pytest.mark.parametrize("turn", range(3))
def test_an_import_that_applies_at_the_same_moment_is_in_the_kept_unit_or_stale(turn, by, second, kept, gone):
    batch = checked(by, {"单位名称": "北京锦程公司", "单位电话": "010-66668888"})
    merge = proposed(kept, gone, by)
    imports.confirm(batch, by=by, round=1)
    results = at_once(lambda: merges.confirm(merge, by=second), lambda: imports.apply(batch.pk))
    batch.refresh_from_db()
    merge.refresh_from_db()
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]
    # Whoever was first made the other's ground shift: the import counts the unit's version up, the merge moves it.
    assert (merge.state, batch.state) in {
        (MergeState.DONE, ImportState.STALE), (MergeState.PROPOSED, ImportState.DONE),
    }  # fmt: skip


def test_an_import_of_a_unit_that_was_merged_since_is_not_undone(by, second, kept):
    batch = checked(by, new_unit("北京锦程公司"))
    imports.confirm(batch, by=by, round=1)
    jobs.run_queued_jobs()
    merges.confirm(proposed(kept, Organization.objects.get(name="北京锦程公司"), by), by=second)
    batch.refresh_from_db()
    imports.undo(batch, by=by, basis="传错了")
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, "“北京锦程公司”在导入之后又有改动" in batch.sentence) == (ImportState.DONE, True)
    assert Organization.everything.count() == 2


# --- pages that were kept ---------------------------------------------------------------------------------------


def test_a_kept_page_of_the_merged_unit_is_not_shown_again(by, second, kept, gone, as_user, monkeypatch):
    monkeypatch.setattr(kept_pages, "SECONDS", 60)
    client = as_user(by)
    address = gone.get_absolute_url()
    assert ["已并入锦程公司" in client.get(address).content.decode() for _ in range(2)] == [False, False]
    merge = merges.confirm(proposed(kept, gone, by), by=second)
    assert "已并入锦程公司" in client.get(address).content.decode()
    merges.undo(merges.ask_undo(merge, by=by, basis="错"), by=second)
    assert "已并入锦程公司" not in client.get(address).content.decode()


# --- editors ----------------------------------------------------------------------------------------------------


def test_who_is_editing_the_merged_unit_is_told(by, second, kept, gone, as_user):
    client = as_user(by)
    park = gone.parks.get()
    url = reverse("members:organization_edit", args=[gone.pk])
    data = {"name": "新名", "category": "other", "version": gone.version}
    merges.confirm(proposed(kept, gone, by), by=second)
    assert client.post(url, data).status_code == 404
    with pytest.raises(Refused, match="已并入锦程公司"):
        parks.add_park(gone, by=by, name="三号园", district="110105")
    with pytest.raises(Refused, match="已并入锦程公司"):
        parks.update_park(park, by=by, version=park.version, changes={"street": "酒仙桥"})
    with pytest.raises(Refused, match="已并入锦程公司"):
        organizations.add_name(gone, by=by, kind="short", name="锦程")
    with pytest.raises(Refused, match="已并入锦程公司"):
        contacts.add_contact(gone, by=by, duty="head", name="新人")
    park.refresh_from_db()
    with pytest.raises(Conflict):
        parks.update_park(park, by=by, version=park.version - 1, changes={"street": "酒仙桥"})


# --- two at once ------------------------------------------------------------------------------------------------


def test_two_confirmations_at_once_merge_once(by, second, kept, gone):
    merge = proposed(kept, gone, by)
    results = at_once(*[lambda: merges.confirm(merge, by=second).state] * 3)
    assert results == [MergeState.DONE] * 3
    assert Activity.objects.filter(kind="members.merge.done").count() == 1


def test_two_proposals_at_once_leave_one(by, second, kept, gone):
    results = at_once(lambda: proposed(kept, gone, by), lambda: proposed(gone, kept, second))
    assert kinds_of(results) == ["Refused", "done"]
    assert Merge.objects.count() == 1


def test_a_chain_of_two_at_once_leaves_one(by, second, kept, gone):
    third = make_organization("丙公司", by=by)
    results = at_once(lambda: proposed(kept, gone, by), lambda: proposed(third, kept, second))
    assert kinds_of(results) == ["Refused", "done"]


def test_two_undoings_at_once_undo_once(by, second, kept, gone):
    merge = merges.ask_undo(merges.confirm(proposed(kept, gone, by), by=second), by=by, basis="错")
    results = at_once(*[lambda: merges.undo(merge, by=second).state] * 3)
    assert results == [MergeState.UNDONE] * 3
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("turn", range(4))
def test_whoever_writes_at_the_same_moment_loses_nothing(turn, by, second, kept, gone):
    """A park, a name and an edit of the unit while it is merged: each is either in the kept unit or was refused."""
    merge = proposed(kept, gone, by)
    version = Organization.objects.get(pk=gone.pk).version
    results = at_once(
        lambda: merges.confirm(merge, by=second),
        lambda: parks.add_park(gone, by=by, name="三号园", district="110105"),
        lambda: organizations.update_organization(gone, by=by, version=version, changes={"phone": "010-5"}),
        lambda: organizations.add_name(gone, by=by, kind="short", name="锦程"),
    )
    assert not [
        r for r in results if isinstance(r, Exception) and not isinstance(r, (Refused, OperationalError))
    ]
    merge.refresh_from_db()
    if merge.state == MergeState.DONE:
        said = {r.name for r in results[1:] if not isinstance(r, Exception) and hasattr(r, "is_main")}
        assert said <= set(kept.parks.values_list("name", flat=True))
        assert not Organization.everything.get(pk=gone.pk).parks.exists()
        assert not Organization.everything.get(pk=gone.pk).alternative_names.exists()
    else:
        assert isinstance(results[0], Refused)


def test_a_member_that_joins_while_it_is_merged_is_counted_once(by, second, kept):
    fresh = make_organization("北京锦程公司", by=by, joined=None)
    merge = proposed(kept, fresh, by)
    at_once(
        lambda: merges.confirm(merge, by=second), lambda: memberships.join(fresh, by=by, on=date(2023, 1, 1))
    )
    merge.refresh_from_db()
    merges.confirm(merge, by=second)
    assert Organization.objects.members_on(date(2023, 6, 1)).count() == 1
    assert set(Membership.objects.values_list("organization", flat=True)) == {kept.pk}


def test_searches_that_start_at_once_are_one(by):
    results = at_once(*[lambda: duplicates.start_search(by=by).pk] * 4)
    assert len(set(results)) == 1
    assert DuplicateSearch.objects.count() == 1


# --- what each unit has one of --------------------------------------------------------------------------------


def test_of_two_bills_of_one_year_the_one_too_many_goes_first(by, second, kept, gone):
    ours, theirs = make_bill(kept, year=2023), make_bill(gone, year=2023)
    with pytest.raises(Refused, match=f"2023 年度会费账单，其中 {ours.number} 没有缴清"):
        proposed(kept, gone, by)
    bills.void(theirs, by=by, reason="同一单位")
    merges.confirm(proposed(kept, gone, by), by=second)
    assert set(kept.bills.values_list("pk", flat=True)) == {ours.pk, theirs.pk}


def test_two_settled_bills_of_one_year_stay_where_they_were_paid(by, second, kept, gone):
    paid = [make_bill(unit, year=2023) for unit in (kept, gone)]
    cashier = make_user("吴出纳", "cashier@test.cn", roles=["treasurer"])
    for bill in paid:
        payments.confirm(bill, by=cashier, amount=bill.amount, paid_on=date(2023, 2, 1))
    later = make_bill(gone, year=2024)
    merge = merges.confirm(proposed(kept, gone, by), by=second)
    assert [[b.pk for b in u.bills.order_by("pk")] for u in (kept, gone)] == [
        [paid[0].pk, later.pk], [paid[1].pk],
    ]  # fmt: skip
    assert [text for text in merge.outcome["left"] if paid[1].number in text] != []


def test_of_two_cases_one_is_settled_first(by, second, kept, gone):
    make_user("甲管", "a@test.cn", organization=kept, duty="manager")
    make_user("乙管", "b@test.cn", organization=gone, duty="manager")
    managers = {unit: unit.contact_roles.get(duty="manager").contact.user for unit in (kept, gone)}
    ours, theirs = (withdrawal(unit, managers[unit]) for unit in (kept, gone))
    with pytest.raises(Refused, match="都有在办的退会事项"):
        proposed(kept, gone, by)
    cases.take_back(theirs, by=managers[gone])
    merges.confirm(proposed(kept, gone, by), by=second)
    assert set(kept.exit_cases.values_list("pk", flat=True)) == {ours.pk, theirs.pk}
