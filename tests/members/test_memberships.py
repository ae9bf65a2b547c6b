"""Joining, leaving, posts: facts with dates from which standing and grade follow."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from association.errors import Refused
from association.models import Activity
from members.domain import memberships as domain
from members.models import Membership, Organization, Post
from members.queries import grades, memberships
from tests.factories import make_organization
from tests.forms import errors
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def activities(unit, kind):
    return [
        (a.sentence, a.basis) for a in Activity.objects.about(unit) if a.kind.startswith(f"members.{kind}")
    ]


def grade(unit, day):
    return grades([unit.pk], day, ["grade"]).get(unit.pk, (None,))[0]


@pytest.fixture
def unit(db):
    """In the books, no member."""
    return make_organization("候选单位", joined=None, people=False)


# --- join -------------------------------------------------------------------------------------------------


def test_joining_brings_a_number_and_leaves_one_activity(secretary, unit, as_user):
    client, data = as_user(secretary), {"on": "2022-03-01", "basis": "理事会决议3号", "batch": "2022-03"}
    for _ in range(2):
        answer = client.post(url("join", unit), data | {"_key": str(uuid.uuid4())})
        assert (answer.status_code, answer["Location"]) == (303, f"/members/{unit.pk}/membership/")
    unit.refresh_from_db()
    assert unit.member_number == "BCIPA-2022-0001"
    assert unit.memberships.get().joined_on == date(2022, 3, 1)
    assert activities(unit, "membership") == [("候选单位入会", "理事会决议3号")]
    assert list(Organization.objects.matching("bcipa-2022-0001")) == [unit]


def test_numbers_count_up_within_their_year(secretary):
    joined = [date(2022, 1, 26), date(2023, 5, 1), date(2022, 7, 1), date(2023, 1, 1)]
    units = [make_organization(f"单位{n}", joined=day, people=False) for n, day in enumerate(joined)]
    assert [u.member_number for u in units] == [
        "BCIPA-2022-0001",
        "BCIPA-2023-0001",
        "BCIPA-2022-0002",
        "BCIPA-2023-0002",
    ]


def test_numbers_go_on_after_the_last_one_even_past_four_digits(secretary, unit):
    Organization.objects.create(name="旧", member_number="BCIPA-2022-9999")
    Organization.objects.create(name="别处", member_number="OTHER-2022-20000")
    domain.join(unit, by=secretary, on=date(2022, 3, 1))
    unit.refresh_from_db()
    assert unit.member_number == "BCIPA-2022-10000"
    assert domain.next_number(2022) == "BCIPA-2022-10001"


@pytest.mark.parametrize("day", ["2022-06-01", "2022-01-27"])
def test_a_member_does_not_join_again(secretary, park_unit, as_user, day):
    answer = as_user(secretary).post(url("join", park_unit), {"on": day, "basis": "决议"})
    assert (answer.status_code, "不能重复入会" in answer.content.decode()) == (409, True)
    assert park_unit.memberships.count() == 1


def test_a_period_before_the_present_one_is_refused(secretary, park_unit):
    with pytest.raises(Refused):
        domain.join(park_unit, by=secretary, on=date(2021, 1, 1))


@pytest.mark.parametrize(
    ("data", "wrong"),
    [({"on": "", "basis": "x"}, "on"), ({"on": "2022-02-29", "basis": "x"}, "on"), ({"on": "2022-03-01", "basis": " "}, "basis"),
     ({"on": "2022-03-01", "basis": "x" * 201}, "basis"), ({"on": "2022-03-01", "basis": "x", "batch": "x" * 21}, "batch")],
)  # fmt: skip
def test_a_form_that_says_too_little_is_refused(secretary, unit, as_user, data, wrong):
    answer = as_user(secretary).post(url("join", unit), data)
    assert (answer.status_code, list(errors(answer))) == (422, [wrong])
    assert unit.memberships.count() == 0


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_all_different(secretary):
    units = [make_organization(f"单位{n}", joined=None, people=False) for n in range(6)]
    results = at_once(*[lambda u=u: domain.join(u, by=secretary, on=date(2022, 3, 1)) for u in units])
    assert [r for r in results if isinstance(r, Exception)] == []
    numbers = sorted(Organization.objects.values_list("member_number", flat=True))
    assert numbers == [f"BCIPA-2022-000{n}" for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_of_two_joinings_of_one_unit_at_once_one_counts(secretary):
    unit = make_organization("单位", joined=None, people=False)
    days = [date(2022, 3, 1), date(2022, 3, 1), date(2022, 4, 1)]
    results = at_once(*[lambda day=day: domain.join(unit, by=secretary, on=day) for day in days])
    assert {type(r) for r in results} <= {Membership, Refused}
    assert (unit.memberships.count(), len(activities(unit, "membership"))) == (1, 1)


# --- leave ------------------------------------------------------------------------------------------------

LEAVE = {"on": "2022-09-01", "reason": "withdrawal", "basis": "书面申请"}


def test_leaving_ends_the_period_and_its_posts_and_twice_is_harmless(secretary, park_unit, as_user):
    domain.add_post(park_unit, by=secretary, grade=20, since=date(2022, 2, 1), basis="选举")
    client = as_user(secretary)
    for _ in range(2):
        assert client.post(url("leave", park_unit), LEAVE).status_code == 303
    period = park_unit.memberships.get()
    assert (period.left_on, period.leave_reason, period.leave_basis) == (
        date(2022, 9, 1),
        "withdrawal",
        "书面申请",
    )
    assert park_unit.posts.get().until == date(2022, 9, 1)
    assert activities(park_unit, "membership.left") == [("演示运营公司01退会（自愿退会）", "书面申请")]


def test_past_rosters_stay_as_they_were(secretary, park_unit):
    domain.leave(park_unit, by=secretary, on=date(2022, 9, 1), reason="deemed", basis="决议")
    on = [park_unit in Organization.objects.members_on(day) for day in (date(2022, 8, 31), date(2022, 9, 1))]
    assert on == [True, False]


def test_who_is_no_member_cannot_leave(secretary, unit, as_user):
    answer = as_user(secretary).post(url("leave", unit), LEAVE)
    assert (answer.status_code, "不能办理退会" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize(
    "change", [{"on": "2022-01-26"}, {"on": "2021-12-31"}, {"reason": "boredom"}, {"basis": ""}, {"on": "x"}]
)
def test_a_leaving_that_cannot_be_is_refused(secretary, park_unit, as_user, change):
    assert as_user(secretary).post(url("leave", park_unit), LEAVE | change).status_code == 422
    assert park_unit.memberships.get().left_on is None
    assert activities(park_unit, "membership.left") == []


def test_who_joins_again_keeps_the_number_and_has_two_periods(secretary, park_unit):
    number = park_unit.member_number
    domain.leave(park_unit, by=secretary, on=date(2022, 9, 1), reason="withdrawal", basis="申请")
    domain.join(park_unit, by=secretary, on=date(2023, 1, 1), basis="决议")
    park_unit.refresh_from_db()
    assert park_unit.member_number == number
    assert list(park_unit.memberships.values_list("joined_on", "left_on")) == [
        (date(2022, 1, 26), date(2022, 9, 1)),
        (date(2023, 1, 1), None),
    ]
    standing = [
        memberships([park_unit.pk], day, ["standing"])[park_unit.pk][0]
        for day in (
            date(2022, 1, 25),
            date(2022, 8, 31),
            date(2022, 9, 1),
            date(2022, 12, 31),
            date(2023, 1, 1),
        )
    ]
    assert standing == ["none", "active", "left", "left", "active"]


def test_a_unit_may_join_again_on_the_day_it_left(secretary, park_unit):
    domain.leave(park_unit, by=secretary, on=date(2022, 9, 1), reason="withdrawal", basis="申请")
    domain.join(park_unit, by=secretary, on=date(2022, 9, 1))
    assert park_unit.memberships.count() == 2


def test_posts_of_the_former_period_do_not_come_back_with_the_next(secretary, park_unit):
    """Ended early, ended ahead of its time, and never begun: none of them makes a grade later."""
    for since, until in ((2, None), (3, date(2023, 6, 1)), (10, None)):
        Post.objects.create(organization=park_unit, grade=20, since=date(2022, since, 1), until=until)
    domain.leave(park_unit, by=secretary, on=date(2022, 9, 1), reason="withdrawal", basis="申请")
    domain.join(park_unit, by=secretary, on=date(2023, 1, 1))
    assert sorted(park_unit.posts.values_list("since", "until")) == [
        (date(2022, 2, 1), date(2022, 9, 1)),
        (date(2022, 3, 1), date(2022, 9, 1)),
    ]
    assert [grade(park_unit, day) for day in (date(2022, 8, 31), date(2022, 10, 1), date(2023, 2, 1))] == [
        20,
        None,
        90,
    ]


# --- posts ------------------------------------------------------------------------------------------------

POST = {"grade": "20", "since": "2022-03-01", "basis": "第一次会员大会选举"}


def test_a_post_lifts_the_grade_from_its_day_on_and_twice_is_harmless(secretary, park_unit, as_user):
    client = as_user(secretary)
    for _ in range(2):
        assert client.post(url("post_add", park_unit), POST).status_code == 303
    assert [grade(park_unit, day) for day in (date(2022, 2, 28), date(2022, 3, 1))] == [90, 20]
    assert activities(park_unit, "post") == [("自 2022-03-01 起为副会长单位", "第一次会员大会选举")]


def test_of_two_posts_the_higher_one_gives_the_grade(secretary, park_unit):
    domain.add_post(park_unit, by=secretary, grade=50, since=date(2022, 3, 1), basis="选举")
    domain.add_post(park_unit, by=secretary, grade=10, since=date(2022, 6, 1), basis="选举")
    assert [grade(park_unit, day) for day in (date(2022, 3, 1), date(2022, 6, 1))] == [50, 10]


@pytest.mark.parametrize(
    "change",
    [{"grade": "90"}, {"grade": "15"}, {"grade": "abc"}, {"since": ""}, {"basis": ""}, {"grade": "20.0"}],
)
def test_a_post_that_cannot_be_is_refused(secretary, park_unit, as_user, change):
    assert as_user(secretary).post(url("post_add", park_unit), POST | change).status_code == 422
    assert park_unit.posts.count() == 0


def test_who_is_no_member_that_day_holds_no_post(secretary, unit, park_unit, as_user):
    client = as_user(secretary)
    assert client.post(url("post_add", unit), POST).status_code == 409
    assert client.post(url("post_add", park_unit), POST | {"since": "2022-01-25"}).status_code == 409
    assert Post.objects.count() == 0


def test_a_post_ends_on_its_day_and_twice_is_harmless(secretary, park_unit, as_user):
    post = domain.add_post(park_unit, by=secretary, grade=20, since=date(2022, 3, 1), basis="选举")
    client = as_user(secretary)
    assert client.get(url("post_end", post)).status_code == 200
    for _ in range(2):
        assert client.post(url("post_end", post), {"until": "2022-08-01", "basis": "辞任"}).status_code == 303
    assert [grade(park_unit, day) for day in (date(2022, 7, 31), date(2022, 8, 1))] == [20, 90]
    assert activities(park_unit, "post.ended") == [("副会长单位的任职至 2022-08-01", "辞任")]


@pytest.mark.parametrize(
    "data", [{"until": "2022-03-01", "basis": "x"}, {"until": "2022-08-01", "basis": ""}, {"until": ""}]
)
def test_an_end_that_cannot_be_is_refused(secretary, park_unit, as_user, data):
    post = domain.add_post(park_unit, by=secretary, grade=20, since=date(2022, 3, 1), basis="选举")
    assert as_user(secretary).post(url("post_end", post), data).status_code == 422
    post.refresh_from_db()
    assert post.until is None


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_posts_at_once_one_counts(secretary):
    unit = make_organization("单位", people=False)
    at_once(
        *[lambda: domain.add_post(unit, by=secretary, grade=20, since=date(2022, 3, 1), basis="选举")] * 3
    )
    assert (unit.posts.count(), len(activities(unit, "post"))) == (1, 1)


def test_texts_are_shown_as_they_were_typed(secretary, unit, as_user):
    client, bad = as_user(secretary), "<script>alert(1)</script>"
    client.post(url("join", unit), {"on": "2022-03-01", "basis": bad, "batch": "<b>x</b>"})
    client.post(url("post_add", unit), POST | {"basis": bad})
    client.post(url("leave", unit), LEAVE | {"basis": bad})
    for name in ("organization_membership", "organization_timeline", "organization"):
        body = client.get(url(name, unit)).content.decode()
        assert ("<script>alert" in body, "<b>x</b>" in body, "&lt;script&gt;" in body) == (False, False, True)
