"""Fee standards: drafted, changed, adopted by the assembly, published; who sees what of them."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association import desk
from association.domain.editing import Conflict
from association.errors import Refused
from association.integrity import verify
from association.models import Activity, Notice
from members.choices import Grade
from members.domain import fees as domain
from members.domain.fees import TierDraft
from members.models import FeeStandard
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.factories.dues import TIERS, make_standard
from tests.forms import errors, filled

pytestmark = pytest.mark.django_db
TODAY = localdate()
VOTE = {
    "on": date(2026, 1, 20),
    "basis": "决议〔2026〕1号",
    "eligible": 105,
    "present": 70,
    "in_favour": 35,
    "secret": True,
}
DRAFTS = [TierDraft(name, amount, tuple(map(int, grades))) for name, amount, grades in TIERS]


def url(name, *args):
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def draft(secretary):
    return domain.draft(by=secretary, tiers=DRAFTS, name="2027年会费标准", first_year=2027)


def adopted(draft, by, **changes):
    return domain.adopt(draft, by=by, version=draft.version, **(VOTE | changes))


def sentences(standard):
    return [a.sentence for a in Activity.objects.about(standard).order_by("pk")]


def typed(**changes):
    """What the form of a draft sends."""
    data = {
        "name": "2027年会费标准",
        "first_year": "2027",
        "proration": "full",
        "due_month": "3",
        "due_day": "31",
        "arrears_months": "12",
    }
    for place, tier in enumerate(DRAFTS, 1):
        data |= {
            f"tier{place}_name": tier.name,
            f"tier{place}_amount": str(tier.amount // 100),
            f"tier{place}_grades": list(tier.grades),
        }
    return data | changes


# --- drafting ---------------------------------------------------------------------------------------------------


def test_a_draft_is_written_with_its_tiers(secretary, as_user):
    answer = as_user(secretary).post(url("fee_standard_add"), typed(tier1_amount="50,000.00"))
    made = FeeStandard.objects.get()
    assert (answer.status_code, made.first_year, made.drafted_by, made.is_adopted) == (
        303,
        2027,
        secretary,
        False,
    )
    assert domain.drafts_of(made) == DRAFTS
    assert sentences(made) == ["起草会费标准“2027年会费标准”"]


@pytest.mark.parametrize(
    ("tiers", "word"),
    [
        (DRAFTS[:3], "会员单位还没有档次"),
        ([*DRAFTS[:3], TierDraft("会员", 1, (90, 50))], "理事单位出现在两个档次里"),
        ([*DRAFTS, TierDraft("第五档", 1, ())], "1 至 4 档"),
        ([], "1 至 4 档"),
        ([*DRAFTS[:3], TierDraft("会员", 0, (90,))], "固定的数"),
    ],
)
def test_every_grade_stands_in_exactly_one_of_at_most_four_tiers(secretary, tiers, word):
    with pytest.raises(Refused, match=word):
        domain.draft(by=secretary, tiers=tiers, name="标准", first_year=2027)
    assert not FeeStandard.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tier1_amount": "5000-8000"}, "tier1_amount"), ({"tier1_amount": "1.005"}, "tier1_amount"),
        ({"tier1_amount": ""}, "tier1_amount"), ({"tier1_amount": "NaN"}, "tier1_amount"),
        ({"tier1_amount": "9" * 30}, "tier1_amount"), ({"tier2_name": ""}, "tier2_name"),
        ({"tier3_grades": []}, "tier3_grades"), ({"tier4_grades": ["90", "50"]}, "__all__"),
        ({"due_month": "13"}, "due_month"), ({"first_year": "26"}, "first_year"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_the_field(secretary, as_user, changes, field):
    answer = as_user(secretary).post(url("fee_standard_add"), typed(**changes))
    assert (answer.status_code, list(errors(answer))) == (422, [field])


def test_fewer_tiers_are_left_empty(secretary, as_user):
    data = typed(tier3_grades=["40", "50", "90"], tier4_name="", tier4_amount="", tier4_grades=[])
    as_user(secretary).post(url("fee_standard_add"), data)
    assert [t.grades for t in FeeStandard.objects.get().tiers.all()] == [[10], [20, 30], [40, 50, 90]]


def test_a_draft_is_changed_and_the_same_again_changes_nothing(treasurer, draft, as_user):
    client = as_user(treasurer)
    page = client.get(url("fee_standard_edit", draft.pk))
    data = filled(page, name="新名称", tier4_amount="6000")
    assert client.post(url("fee_standard_edit", draft.pk), data).status_code == 303
    draft.refresh_from_db()
    assert (draft.name, draft.version, draft.tiers.last().amount) == ("新名称", 2, 600_000)
    tiers = domain.drafts_of(draft)
    domain.update_draft(draft, by=treasurer, version=2, tiers=tiers, name="新名称")
    draft.refresh_from_db()
    assert (draft.version, sentences(draft)[1:]) == (2, ["修改会费标准草案：名称、档次与金额"])


def test_whoever_saves_second_is_told(secretary, treasurer, draft, as_user):
    client = as_user(treasurer)
    page = client.get(url("fee_standard_edit", draft.pk))
    domain.update_draft(draft, by=secretary, version=1, tiers=DRAFTS, name="先存的")
    answer = client.post(url("fee_standard_edit", draft.pk), filled(page, name="后存的"))
    assert (answer.status_code, "先存的" in answer.content.decode()) == (409, True)
    with pytest.raises(Conflict):
        domain.update_draft(draft, by=secretary, version=1, tiers=DRAFTS, name="再存的")


def test_a_draft_is_thrown_away_an_adopted_one_is_not(secretary, secretary_general, draft):
    kept = make_standard(2022)
    domain.discard(draft, by=secretary)
    domain.discard(draft, by=secretary)
    with pytest.raises(Refused, match="不能再改"):
        domain.discard(kept, by=secretary)
    assert list(FeeStandard.objects.all()) == [kept]


# --- adopting ---------------------------------------------------------------------------------------------------


def test_the_vote_is_registered_once_and_the_standard_never_changed(secretary_general, draft, as_user):
    client = as_user(secretary_general)
    page = client.get(url("fee_standard_adopt", draft.pk))
    data = filled(page) | VOTE | {"on": "2026-01-20", "secret": "on"}
    assert client.post(url("fee_standard_adopt", draft.pk), data).status_code == 303
    draft.refresh_from_db()
    assert (draft.adopted_on, draft.present, draft.adopted_by) == (VOTE["on"], 70, secretary_general)
    adopted(draft, secretary_general, in_favour=70)
    draft.refresh_from_db()
    assert (draft.in_favour, len(sentences(draft))) == (35, 2)
    assert sentences(draft)[1] == "会员大会通过会费标准“2027年会费标准”：应到 105，实到 70，无记名投票同意 35"
    with pytest.raises(Refused, match="不能再改"):
        domain.update_draft(draft, by=secretary_general, version=draft.version, tiers=DRAFTS, name="改名")
    assert client.get(url("fee_standard_edit", draft.pk)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"present": 69}, "三分之二以上"), ({"in_favour": 34}, "半数以上"), ({"secret": False}, "无记名"),
        ({"on": TODAY + timedelta(1)}, "不能晚于今天"), ({"version": 9}, "草案刚被改过"),
    ],
)  # fmt: skip
def test_a_vote_that_does_not_carry_it_is_refused(secretary_general, draft, changes, word):
    with pytest.raises(Refused, match=word):
        domain.adopt(draft, by=secretary_general, **(VOTE | {"version": draft.version} | changes))
    assert not FeeStandard.objects.adopted().exists()


def test_what_the_rule_refuses_stands_on_the_form(secretary_general, draft, as_user):
    data = VOTE | {"on": "2026-01-20", "secret": "on", "present": 69, "version": 1}
    answer = as_user(secretary_general).post(url("fee_standard_adopt", draft.pk), data)
    assert (answer.status_code, "须三分之二以上（70 家）出席" in answer.content.decode()) == (422, True)


def test_two_standards_from_one_year_on_are_refused(secretary_general, draft):
    make_standard(2027)
    with pytest.raises(Refused, match="2027年起已有通过的会费标准"):
        adopted(draft, secretary_general)


def test_the_history_would_show_a_change_afterwards(secretary_general, draft):
    adopted(draft, secretary_general)
    assert [f.offenders for f in verify(only=["members.fee_standard_fixed"])] == [[]]
    draft.tiers.filter(position=4).update(amount=1)
    # In a test all is one transaction, which has one time.
    events = apps.get_model("members", "FeeTierEvent").objects.filter(pgh_label="update")
    events.update(pgh_created_at=timezone.now() + timedelta(1))
    assert [len(f.offenders) for f in verify(only=["members.fee_standard_fixed"])] == [1]


@pytest.mark.parametrize("name", ["secretary", "treasurer", "president", "auditor", "member"])
def test_only_the_secretary_general_registers_the_vote(request, name, draft, as_user):
    client = as_user(request.getfixturevalue(name))
    assert client.post(url("fee_standard_adopt", draft.pk), VOTE).status_code == 403


# --- publishing -------------------------------------------------------------------------------------------------


def test_all_members_people_are_told_once(
    secretary, secretary_general, draft, member, other_member, stranger, as_user
):
    adopted(draft, secretary_general)
    client = as_user(secretary)
    assert client.get(url("fee_standard_publish", draft.pk)).status_code == 405
    for _ in range(2):
        assert client.post(url("fee_standard_publish", draft.pk)).status_code == 303
    told = Notice.objects.filter(kind="members.fee_standard_published")
    assert {n.recipient for n in told} == {member, other_member}
    assert len(told) == 2
    assert "会员单位：每年 ¥5,000.00" in told[0].body
    assert sentences(draft)[-1] == "向会员公布会费标准“2027年会费标准”，通知 2 人"


def test_a_draft_is_not_published(secretary, draft):
    with pytest.raises(Refused, match="还没有经会员大会通过"):
        domain.publish(draft, by=secretary)


def test_publishing_asks_for_the_proof_again(secretary, draft):
    answer = signed_in_client(secretary, proved=False).post(url("fee_standard_publish", draft.pk))
    assert (answer.status_code, Notice.objects.count()) == (302, 0)


def test_it_waits_on_the_desk_until_the_thirtieth_day(
    secretary, treasurer, president, secretary_general, draft
):
    adopted(draft, secretary_general)

    def todos(person):
        return [(t.title, t.due) for t in desk.desk.todos_for(person) if "向会员公布" in t.title]

    expected = [("向会员公布“2027年会费标准”", date(2026, 2, 19))]
    assert [todos(p) for p in (secretary, treasurer, president)] == [expected, expected, []]
    domain.publish(draft, by=secretary)
    assert todos(secretary) == []


def test_members_read_what_was_published_and_no_drafts(secretary, member, other_member, draft, as_user):
    published = make_standard(2022)
    domain.publish(published, by=secretary)
    client = as_user(member)
    assert [r.pk for r in client.get(url("fee_standards")).context["rows"]] == [published.pk]
    assert [client.get(url("fee_standard", s.pk)).status_code for s in (published, draft)] == [200, 404]
    assert as_user(secretary).get(url("fee_standard", draft.pk)).status_code == 200


def test_the_standard_in_force_is_marked(secretary, as_user):
    old, present = make_standard(2022), make_standard(2024)
    make_standard(2099)
    assert FeeStandard.objects.for_year(2023) == old
    assert as_user(secretary).get(url("fee_standards")).context["in_force"] == present.pk


def test_people_of_no_member_see_nothing(stranger, as_user):
    assert as_user(stranger).get(url("fee_standards")).status_code == 403


def test_as_many_queries_for_many_standards(secretary, as_user, queries):
    client = as_user(secretary)
    make_standard(2022)
    client.get(url("fee_standards"))
    with queries() as few:
        client.get(url("fee_standards"))
    for year in range(2023, 2030):
        make_standard(year)
    with queries() as many:
        client.get(url("fee_standards"))
    assert len(few) == len(many) <= 20


# --- the last day to pay ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "day", "due"),
    [(3, 31, date(2027, 3, 31)), (2, 30, date(2027, 2, 28)), (12, 31, date(2027, 12, 31))],
)
def test_a_day_that_the_month_lacks_is_its_last(month, day, due):
    assert domain.due_date(FeeStandard(due_month=month, due_day=day), 2027) == due


def test_grades_of_a_tier_in_words():
    assert make_standard(2022).tiers.all()[1].grade_labels == "副会长单位、监事单位"
    assert Grade(20).label == "副会长单位"


def test_a_person_without_role_is_no_reader(db):
    assert list(FeeStandard.objects.visible_to(make_user("路人", "x@test.cn"))) == []
