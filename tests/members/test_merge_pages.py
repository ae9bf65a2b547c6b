"""The pages of merging: both sides, the second person, the proof of who sits there, what nobody may see."""

import pytest
from django.urls import reverse

from association.desk import desk
from members.choices import MergeState
from members.domain import merges, organizations, parks
from members.models import Merge, Organization
from tests.conftest import signed_in_client
from tests.factories import make_organization
from tests.forms import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(secretary):
    unit = make_organization("锦程公司", by=secretary, park="一号园", bank_account="6222020200001111")
    parks.report_year(unit.parks.get(), by=secretary, year=2021, tenants=2)
    return unit


@pytest.fixture
def gone(secretary):
    unit = make_organization("北京锦程公司", by=secretary, park="一号园", bank_account="6222020200002222")
    parks.report_year(unit.parks.get(), by=secretary, year=2021, tenants=3)
    return unit


@pytest.fixture
def merge(kept, gone, secretary):
    kept, gone = (Organization.objects.get(pk=unit.pk) for unit in (kept, gone))
    versions = (kept.version, gone.version)
    return merges.propose(kept, gone, by=secretary, basis="同一执照", picks={}, versions=versions)


def url(name, *keys):
    return reverse(f"members:{name}", args=keys)


def text(response):
    return response.content.decode()


def test_from_both_sides_to_the_merge_and_back(kept, gone, secretary, secretary_general, as_user):
    one, two = as_user(secretary), as_user(secretary_general)
    page = one.get(url("merge_propose", kept.pk, gone.pk))
    assert "锦程公司" in text(page)
    assert "2022 年末" in text(page)
    assert "两边都有的园区合为一个" in text(page)
    answer = one.post(
        url("merge_propose", kept.pk, gone.pk), filled(page, basis="同一执照", pick_name="merged")
    )
    merge = Merge.objects.get()
    assert answer["Location"] == url("merge", merge.pk)
    assert merge.picks["name"] == "merged"
    assert "确认合并" not in text(one.get(url("merge", merge.pk)))
    assert "确认合并" in text(two.get(url("merge", merge.pk)))
    assert one.post(url("merge_confirm", merge.pk)).status_code == 403
    two.post(url("merge_confirm", merge.pk))
    assert Organization.objects.get(pk=kept.pk).name == "北京锦程公司"
    done = text(two.get(url("merge", merge.pk)))
    assert [words in done for words in ("转入的记录", "改动的资料", "留在原档案里的记录", "撤销合并")] == [
        True
    ] * 4
    two.post(url("merge_undo_ask", merge.pk), {"basis": "是两家"})
    assert two.post(url("merge_undo", merge.pk)).status_code == 403
    assert one.post(url("merge_undo", merge.pk)).status_code == 303
    assert "已撤销" in text(one.get(url("merge", merge.pk)))
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("name", ["merge_confirm", "merge_undo_ask", "merge_undo"])
def test_both_steps_ask_again_who_sits_there(name, merge, secretary_general):
    client = signed_in_client(secretary_general, proved=False)
    answer = client.post(url(name, merge.pk), {"basis": "x"})
    merge.refresh_from_db()
    assert (answer.status_code, merge.state) == (302, MergeState.PROPOSED)
    assert "/reauthenticate/" in answer["Location"]


def test_proposing_asks_again_too(kept, gone, secretary):
    client = signed_in_client(secretary, proved=False)
    assert "/reauthenticate/" in client.get(url("merge_propose", kept.pk, gone.pk))["Location"]


@pytest.mark.parametrize("name", ["merge_decline", "merge_undo_ask"])
def test_a_reason_must_be_given(name, merge, secretary, as_user):
    page = as_user(secretary).post(url(name, merge.pk), {"basis": " "})
    assert page.status_code == 422
    merge.refresh_from_db()
    assert merge.state == MergeState.PROPOSED


def test_a_proposal_without_a_reason_or_on_old_data_is_refused(kept, gone, secretary, as_user):
    client, address = as_user(secretary), url("merge_propose", kept.pk, gone.pk)
    data = {"kept_version": kept.version, "merged_version": gone.version, "pick_phone": "nonsense"}
    assert client.post(address, data).status_code == 422
    data["basis"] = "x"
    organizations.update_organization(
        gone, by=secretary, version=Organization.objects.get(pk=gone.pk).version, changes={"phone": "010-1"}
    )
    assert client.post(address, data | {"pick_phone": ""}).status_code == 409
    assert not Merge.objects.exists()


def test_bank_data_stay_with_the_treasurer(merge, secretary_general, as_user):
    client = as_user(secretary_general)
    pages = [url("merge", merge.pk), url("merge_propose", merge.kept_id, merge.merged_id)]
    client.post(url("merge_confirm", merge.pk))
    pages = [text(client.get(address)) for address in pages]
    assert [n for n in ("6222020200001111", "6222020200002222") for page in pages if n in page] == []


@pytest.mark.parametrize("address", ["propose_same", "propose_gone", "choose_gone"])
def test_there_is_nothing_to_merge_with_what_is_gone(address, merge, secretary_general, as_user):
    client = as_user(secretary_general)
    merges.confirm(merge, by=secretary_general)
    kept, gone = merge.kept_id, merge.merged_id
    addresses = {
        "propose_same": url("merge_propose", kept, kept),
        "propose_gone": url("merge_propose", kept, gone),
        "choose_gone": url("merge_choose", gone),
    }
    assert client.get(addresses[address]).status_code == 404


def test_the_other_record_is_looked_for_by_anything(kept, gone, secretary, as_user):
    client, address = as_user(secretary), url("merge_choose", kept.pk)
    assert [u.pk for u in client.get(address).context["found"]] == [gone.pk]
    assert [u.pk for u in client.get(address, {"q": gone.credit_code}).context["found"]] == [gone.pk]
    assert "没有找到" in text(client.get(address, {"q": "远山"}))


def test_the_to_do_is_for_the_second_person(merge, secretary, secretary_general, treasurer):
    def titles(user):
        return [t.title for t in desk.todos_for(user) if "合并" in t.title]

    assert titles(secretary_general) == ["合并待确认：北京锦程公司"]
    assert titles(secretary) == titles(treasurer) == []
    merges.confirm(merge, by=secretary_general)
    merges.ask_undo(merge, by=secretary_general, basis="x")
    assert titles(secretary) == ["撤销合并待确认：北京锦程公司"]
    assert titles(secretary_general) == []


@pytest.mark.parametrize("page", ["merges", "merge", "merge_propose"])
def test_many_records_ask_no_more_queries_than_one(page, merge, kept, gone, secretary, as_user, queries):
    client = as_user(secretary)
    keys = {"merges": (), "merge": (merge.pk,), "merge_propose": (kept.pk, gone.pk)}[page]
    client.get(url(page, *keys))
    with queries() as few:
        client.get(url(page, *keys))
    for n in range(29):
        other = make_organization(f"甲{n}公司", people=False, joined=None)
        Merge.objects.create(kept=kept, merged=other, basis="x", proposed_by=secretary)
        parks.add_park(kept, by=secretary, name=f"园区{n}", district="110105")
        organizations.add_name(gone, by=secretary, kind="short", name=f"简称{n}")
    client.get(url(page, *keys))
    with queries() as many:
        client.get(url(page, *keys))
    assert len(many) == len(few)
    if page == "merges":
        assert len(many) <= 20
