"""Which units look like one, how they are found among many, and what people decide."""

import random
import time

import pytest
from django.urls import reverse

from association.choices import JobState
from association.errors import Refused
from association.jobs import later
from association.models import Activity, Job
from members.candidates import FORMER, NAME, PARK, SHORT, Candidates, Entry
from members.choices import NameKind, PairState, SearchState
from members.domain import duplicates, merges, organizations, parks
from members.models import DuplicatePair, DuplicateSearch, Organization
from members.similarity import Name
from tests.factories import make_organization


def found(*entries, codes=None):
    """{pair: (score, reasons)} among entries (unit, kind, name)."""
    return Candidates([Entry(unit, kind, Name(name)) for unit, kind, name in entries], codes or {}).find()


# --- among names, without a database ----------------------------------------------------------------------------


def test_each_way_of_looking_alike_is_found_and_said():
    pairs = found(
        (1, NAME, "北京锦程文化传播有限公司"),
        (2, NAME, "锦程文化传播（北京）有限责任公司"),
        (3, NAME, "锦城文化传播有限公司"),
        (4, NAME, "锦程文化传媒有限公司"),
        (5, NAME, "万象投资公司"),
        (5, FORMER, "锦程文化传播公司"),
        (6, NAME, "云帆集团"),
        (6, PARK, "莱锦文化创意产业园"),
        (7, NAME, "远山集团"),
        (7, PARK, "莱锦文化创意产业园"),
    )
    assert {pair: score for pair, (score, _) in pairs.items()} == {
        (1, 2): 100, (1, 3): 95, (2, 3): 95, (1, 4): 92, (2, 4): 92, (1, 5): 96, (2, 5): 96, (3, 5): 95, (4, 5): 92,
        (6, 7): 82,
    }  # fmt: skip
    assert pairs[1, 2][1] == ["名称实为相同：“北京锦程文化传播有限公司”，“锦程文化传播（北京）有限责任公司”"]
    assert pairs[1, 5][1] == ["名称实为相同：“北京锦程文化传播有限公司”，曾用名“锦程文化传播公司”"]
    assert pairs[6, 7][1] == ["园区同名：园区“莱锦文化创意产业园”，园区“莱锦文化创意产业园”"]


def test_the_same_registration_kernel_is_found_whatever_the_names():
    codes = {
        1: "91110105MA01ABCD2X",
        2: "52110000MA01ABCD2K",
        3: "MA01ABCD-2",
        4: "",
        5: "91110105MA01ABCD3X",
    }
    pairs = found((1, NAME, "甲公司"), (2, NAME, "乙公司"), codes=codes)
    assert set(pairs) == {(1, 2), (1, 3), (2, 3)}
    assert pairs[1, 2] == (98, ["登记主体相同：信用代码第9至17位同为 MA01ABCD2"])


def test_strangers_are_left_alone():
    assert found(
        (1, NAME, "演示运营公司01"), (2, NAME, "演示运营公司02"), (3, NAME, "万象文化创意产业投资管理有限公司"),
        (4, NAME, "云帆文化创意产业投资管理有限公司"), (5, PARK, "文化创意产业园"), (6, PARK, "文化创意产业园"),
        (7, NAME, "北京锦程文化有限公司"), (8, NAME, "锦程投资管理有限公司"),
    ) == {}  # fmt: skip


def test_a_short_name_that_is_anothers_name_or_the_short_name_of_few():
    assert found((1, NAME, "首创郎园公司"), (2, NAME, "某集团"), (2, SHORT, "首创郎园")).keys() == {(1, 2)}
    assert found((1, SHORT, "郎园"), (2, SHORT, "郎园")) == {(1, 2): (80, ["简称相同：“郎园”"])}
    assert found(*((n, SHORT, "郎园") for n in range(4))) == {}


def test_several_reasons_weigh_a_little_more():
    entries = [
        (n, kind, name) for n in (1, 2) for kind, name in ((NAME, f"锦{'程城'[n - 1]}文化"), (PARK, "莱锦园"))
    ]
    assert found(*entries)[1, 2][0] == 97


def test_a_crowd_is_counted_and_not_compared_one_by_one():
    names = [Entry(n, NAME, Name(f"锦程{chr(0x4E00 + n)}文化传播")) for n in range(400)]
    candidates = Candidates(names, {})
    candidates.find()
    assert candidates.crowded > 0


def test_a_hundred_thousand_names_take_no_quadratic_time():
    """Ten times the names must not take anything like a hundred times as long."""
    taken = {}
    for size in (1_000, 10_000):
        entries = invented(size)
        start = time.perf_counter()
        pairs = Candidates(entries, {}).find()
        taken[size] = time.perf_counter() - start
        assert (0, size) in pairs
    assert taken[10_000] < 40 * taken[1_000]


def invented(size):
    """Names of three common characters and a trade, and one pair that is meant."""
    chance = random.Random(7)
    han = [chr(c) for c in range(0x4E00, 0x4E00 + 1500)]
    tails = ["文化传播", "文化创意", "投资管理", "影视文化", "科技发展"]
    names = ["".join(chance.choices(han, k=3)) + chance.choice(tails) + "有限公司" for _ in range(size)]
    names.append(f"北京{names[0].removesuffix('有限公司')}（北京）有限责任公司")
    return [Entry(unit, NAME, Name(name)) for unit, name in enumerate(names)]


# --- the search -------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(db):
    """Two records of one unit, found."""
    first, second = make_organization("锦程文化有限公司"), make_organization("北京锦程文化公司", joined=None)
    duplicates.start_search(by=None)
    run_search()
    return DuplicatePair.objects.get(first=first, second=second)


def run_search():
    duplicates.run_search(DuplicateSearch.objects.get(state=SearchState.RUNNING).pk)


def again():
    duplicates.start_search(by=None)
    run_search()


def test_a_search_runs_in_the_background_and_says_what_it_found(secretary, run_jobs):
    make_organization("锦程文化有限公司")
    make_organization("北京锦程文化公司")
    started = duplicates.start_search(by=secretary)
    assert (started.is_running, DuplicatePair.objects.count()) == (True, 0)
    run_jobs()
    started.refresh_from_db()
    assert (started.state, started.found, started.finished_at is not None) == (SearchState.DONE, 1, True)
    assert DuplicatePair.objects.get().score == 100
    assert Activity.objects.filter(kind="members.duplicates.started").count() == 1


def test_one_search_at_a_time(secretary):
    assert duplicates.start_search(by=secretary) == duplicates.start_search(by=secretary)
    assert Job.objects.filter(name=duplicates.JOB).count() == 1


def test_a_search_that_was_given_up_makes_room(secretary):
    stuck = duplicates.start_search(by=secretary)
    Job.objects.update(state=JobState.FAILED)
    fresh = duplicates.start_search(by=secretary)
    stuck.refresh_from_db()
    assert (stuck.state, fresh.state, fresh.pk != stuck.pk) == (SearchState.FAILED, SearchState.RUNNING, True)


def test_every_night(db, run_jobs):
    make_organization("锦程文化有限公司")
    make_organization("北京锦程文化公司")
    later("members.find_duplicates_nightly", key="members.find_duplicates_nightly:20260101")
    run_jobs()
    assert DuplicatePair.objects.count() == 1


def test_what_no_longer_looks_alike_is_taken_from_the_list(pair, secretary):
    again()
    assert DuplicatePair.objects.get() == pair
    organizations.update_organization(
        pair.second, by=secretary, version=pair.second.version, changes={"name": "远山公司"}
    )
    pair.second.alternative_names.all().delete()
    again()
    assert not DuplicatePair.objects.exists()


def test_a_better_reason_is_added_to_a_known_pair(pair, secretary):
    for unit in (pair.first, pair.second):
        parks.add_park(unit, by=secretary, name="锦程二号园", district="110105")
    again()
    pair.refresh_from_db()
    assert (pair.score, len(pair.reasons)) == (100, 2)


# --- decisions --------------------------------------------------------------------------------------------------


def test_no_duplicate_is_remembered_for_good(pair, secretary):
    duplicates.dismiss(pair, by=secretary)
    duplicates.dismiss(pair, by=secretary)
    again()
    organizations.update_organization(
        pair.first, by=secretary, version=pair.first.version, changes={"name": "北京锦程文化"}
    )
    again()
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, DuplicatePair.objects.count()) == (
        PairState.NOT_DUPLICATE,
        secretary,
        1,
    )
    for unit in (pair.first, pair.second):
        assert Activity.objects.about(unit).filter(kind="members.duplicates.not_duplicate").count() == 1


def test_it_can_be_taken_back(pair, secretary):
    duplicates.dismiss(pair, by=secretary)
    assert duplicates.reopen(pair, by=secretary).state == PairState.OPEN
    assert duplicates.reopen(pair, by=secretary).state == PairState.OPEN
    assert Activity.objects.about(pair.first).filter(kind="members.duplicates.reopened").count() == 1


def test_a_pair_under_merge_or_merged_is_not_dismissed(pair, secretary, secretary_general):
    first, second = Organization.objects.get(pk=pair.first_id), Organization.objects.get(pk=pair.second_id)
    versions = (first.version, second.version)
    merge = merges.propose(first, second, by=secretary, basis="x", picks={}, versions=versions)
    with pytest.raises(Refused, match="正等人确认"):
        duplicates.dismiss(pair, by=secretary)
    merges.confirm(merge, by=secretary_general)
    with pytest.raises(Refused, match="已经合并"):
        duplicates.dismiss(pair, by=secretary)
    again()
    assert list(DuplicatePair.objects.open()) == []


# --- a new name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hits"),
    [
        ("北京锦程文化传播公司", ["锦程文化传播有限公司"]),
        ("锦城文化传播", ["锦程文化传播有限公司"]),
        ("曾用公司", ["万象公司"]),
        ("云帆公司", []),
        ("——", []),
    ],
)
def test_units_like_a_new_name(db, name, hits):
    make_organization("锦程文化传播有限公司")
    organizations.add_name(
        make_organization("万象公司"), by=None, kind=NameKind.FORMER, name="北京曾用有限公司"
    )
    assert [unit.name for unit in duplicates.units_like(name)] == hits


def test_a_new_unit_of_a_known_name_is_asked_about_once(db, secretary, as_user):
    make_organization("锦程文化传播有限公司")
    client, url = as_user(secretary), reverse("members:organization_create")
    data = {"name": "北京锦程文化传播公司", "category": "other"}
    page = client.post(url, data)
    assert page.status_code == 422
    assert "已有名称相近的单位：“锦程文化传播有限公司”" in page.content.decode()
    assert Organization.objects.count() == 1
    assert client.post(url, data | {"another": "on"}).status_code == 303
    assert client.post(url, {"name": "远山公司", "category": "other"}).status_code == 303
    assert Organization.objects.count() == 3


# --- pages ------------------------------------------------------------------------------------------------------

LIST = "/members/duplicates/"


def test_the_list_shows_pairs_by_state(pair, secretary, as_user):
    client = as_user(secretary)
    page = client.get(LIST)
    assert [p.pk for p in page.context["page"]] == [pair.pk]
    assert "名称实为相同" in page.content.decode()
    answer = client.post(reverse("members:duplicate_dismiss", args=[pair.pk]))
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert list(client.get(LIST).context["page"]) == []
    assert [p.pk for p in client.get(LIST + "?state=not_duplicate").context["page"]] == [pair.pk]
    client.post(reverse("members:duplicate_reopen", args=[pair.pk]))
    assert [p.pk for p in client.get(LIST + "?state=nonsense&page=99").context["page"]] == [pair.pk]


def test_the_button_starts_a_search_and_the_page_follows_it(secretary, as_user, run_jobs):
    client = as_user(secretary)
    assert client.post(LIST + "search/").status_code == 303
    assert "hx-get" in client.get(LIST).content.decode()
    assert client.get(LIST + "progress/", HTTP_HX_REQUEST="true").status_code == 200
    run_jobs()
    assert client.get(LIST + "progress/", HTTP_HX_REQUEST="true")["HX-Redirect"] == LIST
    assert "没有待核对的重复" in client.get(LIST).content.decode()


@pytest.mark.parametrize("name", ["duplicate_dismiss", "duplicate_reopen"])
def test_verbs_are_posts_of_the_secretariat(name, pair, secretary, treasurer, member, as_user):
    url = reverse(f"members:{name}", args=[pair.pk])
    assert [as_user(person).post(url).status_code for person in (treasurer, member)] == [403, 403]
    assert as_user(secretary).get(url).status_code == 405


def test_many_pairs_ask_no_more_queries_than_one(pair, secretary, as_user, queries):
    client = as_user(secretary)
    client.get(LIST)
    with queries() as few:
        client.get(LIST)
    for n in range(29):
        other = make_organization(f"甲{n}公司", people=False)
        DuplicatePair.objects.create(first=pair.first, second=other, score=90, reasons=["x"])
    client.get(LIST)
    with queries() as many:
        client.get(LIST)
    assert len(many) == len(few) <= 20
