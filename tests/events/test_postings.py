"""Demand and supply from draft to close: every arrow of domain 10.8, who may go it, who may read what."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity, Notice
from events.choices import PostingState
from events.domain import match_course
from events.domain import postings as domain
from events.models import Posting
from members.domain import memberships
from tests.factories import make_organization, make_user
from tests.factories.happenings import make_event, make_series
from tests.factories.market import act_for, make_match, make_posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(member, park_unit):
    return act_for(member, park_unit)


@pytest.fixture
def other_member(other_member, other_unit):
    return act_for(other_member, other_unit, "clerk")


def fresh(posting):
    return Posting.objects.get(pk=posting.pk)


def url(name, record):
    return reverse(f"events:{name}", args=[record.pk])


def told(person):
    return list(
        Notice.objects.filter(recipient=person, kind__startswith="events.")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


def published(unit, by, reviewer, **fields):
    return make_posting(unit, by=by, stand="published", reviewer=reviewer, **fields)


# --- drafting and review ------------------------------------------------------------------------------------------
def test_submitted_published_and_told(park_unit, member, secretary, secretary_general, treasurer):
    posting = make_posting(park_unit, by=member)
    assert posting.state == PostingState.DRAFT
    for _ in range(2):
        posting = domain.submit(posting, by=member)
    assert (posting.state, told(secretary), told(treasurer)) == (
        PostingState.SUBMITTED, ["events.posting_submitted"], [],
    )  # fmt: skip
    for _ in range(2):
        posting = domain.publish(posting, by=secretary, version=posting.version)
    assert (posting.state, posting.published_by, told(member)) == (
        PostingState.PUBLISHED, secretary, ["events.posting_published"],
    )  # fmt: skip
    assert sentences(posting) == [
        "起草需求：寻找展览技术团队", "提交需求：寻找展览技术团队", "发布需求：寻找展览技术团队",
    ]  # fmt: skip


def test_rejected_with_a_reason_mended_and_sent_again(park_unit, member, secretary):
    posting = make_posting(park_unit, by=member, stand="submitted")
    for _ in range(2):
        posting = domain.reject(posting, by=secretary, reason="写清时间")
    assert (posting.state, posting.reject_reason, told(member)) == (
        PostingState.REJECTED, "写清时间", ["events.posting_rejected"],
    )  # fmt: skip
    posting = domain.update(posting, by=member, version=posting.version, changes={"text": "三月展出。"})
    posting = domain.submit(posting, by=member)
    assert (posting.state, posting.reject_reason) == (PostingState.SUBMITTED, "")
    assert domain.publish(posting, by=secretary, version=posting.version).state == PostingState.PUBLISHED


def test_nobody_reviews_what_they_submitted_nor_what_they_have_not_seen(
    park_unit, member, secretary, secretary_general
):
    on_behalf = make_posting(park_unit, by=secretary, stand="submitted")
    for verb, words in ((domain.publish, {"version": on_behalf.version}), (domain.reject, {"reason": "x"})):
        with pytest.raises(Refused, match="不能自己审核"):
            verb(on_behalf, by=secretary, **words)
    seen = on_behalf.version
    domain.update(on_behalf, by=member, version=seen, changes={"title": "换了标题"})
    with pytest.raises(Refused, match="刚被改过"):
        domain.publish(on_behalf, by=secretary_general, version=seen)
    assert fresh(on_behalf).state == PostingState.SUBMITTED
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.update(published_by=secretary, published_at=now())


def test_what_was_not_submitted_is_not_reviewed_and_what_was_published_not_submitted(
    park_unit, member, secretary
):
    draft = make_posting(park_unit, by=member)
    for verb in (
        lambda: domain.publish(draft, by=secretary, version=1),
        lambda: domain.reject(draft, by=secretary, reason="x"),
        lambda: domain.extend(draft, by=member, valid_to=localdate() + timedelta(days=90)),
        lambda: domain.close(draft, by=member, outcome="not_needed"),
    ):
        with pytest.raises(Refused):
            verb()
    live = published(park_unit, member, secretary)
    for verb in (lambda: domain.submit(live, by=member), lambda: domain.discard(live, by=member)):
        with pytest.raises(Refused):
            verb()
    domain.discard(draft, by=member)
    assert list(Posting.objects.all()) == [live]


@pytest.mark.parametrize(("days", "words"), [(-1, "不早于今天"), (400, "最长一年")])
def test_days_that_cannot_be(park_unit, member, days, words):
    with pytest.raises(Refused, match=words):
        make_posting(park_unit, by=member, days=days)


def test_whoever_saves_second_is_told_and_what_is_published_keeps_its_words(park_unit, member, secretary):
    posting = make_posting(park_unit, by=member)
    domain.update(posting, by=member, version=1, changes={"title": "一"})
    with pytest.raises(Conflict):
        domain.update(posting, by=member, version=1, changes={"title": "二"})
    live = published(park_unit, member, secretary)
    with pytest.raises(Refused, match="已发布的供需不能再改内容"):
        domain.update(live, by=member, version=live.version, changes={"title": "二"})
    assert domain.update(live, by=secretary, version=live.version, changes={"title": "更正"}).title == "更正"


# --- its time and its end -----------------------------------------------------------------------------------------
def test_it_runs_out_by_the_clock_and_is_kept_valid_for_longer(park_unit, member, secretary):
    posting = published(park_unit, member, secretary, days=5)
    later = localdate() + timedelta(days=20)
    with time_machine.travel(now() + timedelta(days=6)):
        assert fresh(posting).state == PostingState.EXPIRED
        assert list(Posting.objects.on_market()) == []
        for _ in range(2):
            domain.extend(posting, by=member, valid_to=later)
        assert fresh(posting).state == PostingState.PUBLISHED
        with pytest.raises(Refused, match="应比它晚"):
            domain.extend(posting, by=member, valid_to=later - timedelta(days=1))
    assert sentences(posting)[3:] == [
        f"把需求：寻找展览技术团队的有效期延长到{later.year}年{later.month}月{later.day}日"
    ]


def test_closing_ends_what_nobody_answered(park_unit, member, secretary, other_unit, other_member):
    posting = published(park_unit, member, secretary)
    match = make_match(posting, other_unit, by=other_member)
    with pytest.raises(Refused, match="下架由秘书处办理"):
        domain.close(posting, by=member, outcome="taken_down")
    for _ in range(2):
        posting = domain.close(posting, by=member, outcome="solved_elsewhere", note="已找到")
    match.refresh_from_db()
    assert (posting.state, match.state.label, match.end_reason) == (
        PostingState.CLOSED,
        "已终止",
        "供需已关闭",
    )
    with pytest.raises(Refused, match="已关闭"):
        domain.update(posting, by=secretary, version=posting.version, changes={"title": "x"})
    with pytest.raises(Refused, match="已关闭"):
        domain.extend(posting, by=member, valid_to=localdate() + timedelta(days=99))


def test_before_it_runs_out_its_people_are_told_once(park_unit, member, secretary):
    published(park_unit, member, secretary, days=6)
    for _ in range(2):
        match_course.look_at_matches()
    assert told(member) == ["events.posting_published", "events.posting_expires"]


def test_every_state_is_found_by_the_same_rule(park_unit, member, secretary, other_unit, other_member):
    made = {
        "draft": make_posting(park_unit, by=member),
        "submitted": make_posting(park_unit, by=member, stand="submitted"),
        "rejected": domain.reject(
            make_posting(park_unit, by=member, stand="submitted"), by=secretary, reason="x"
        ),
        "published": published(park_unit, member, secretary),
        "matched": published(park_unit, member, secretary),
        "expired": published(park_unit, member, secretary),
        "closed": domain.close(published(park_unit, member, secretary), by=member, outcome="not_needed"),
    }
    make_match(made["matched"], other_unit, by=other_member, stand="agreed", owner=member)
    Posting.objects.filter(pk=made["expired"].pk).update(valid_to=localdate() - timedelta(days=1))
    assert {s: fresh(p).state.value for s, p in made.items()} == {s: s for s in made}
    assert {s: [p.pk for p in Posting.objects.in_state(s)] for s in PostingState.values} == {
        s: [made[s].pk] for s in PostingState.values
    }


# --- who reads what -------------------------------------------------------------------------------------------------
def test_who_may_know_of_which(
    park_unit,
    member,
    other_member,
    secretary,
    secretary_general,
    president,
    auditor,
    treasurer,
    administrator,
    stranger,
):
    draft, live = make_posting(park_unit, by=member), published(park_unit, member, secretary)
    both = {draft.pk, live.pk}
    seen = {
        who: set(Posting.objects.visible_to(who).values_list("pk", flat=True))
        for who in (member, other_member, secretary, secretary_general, president, auditor, treasurer, administrator, stranger)
    }  # fmt: skip
    assert list(seen.values()) == [both, {live.pk}, both, both, both, both, set(), set(), set()]


def test_a_unit_that_has_left_sees_no_market(as_user):
    left = make_organization("演示已退公司", left=localdate(), people=False)
    person = make_user("吴曾任", "left@test.cn", organization=left, duty="manager")
    assert as_user(person).get(reverse("events:market")).status_code == 403


def test_what_a_unit_offers_leaves_the_market_with_it(park_unit, member, secretary, other_unit, other_member):
    posting = published(park_unit, member, secretary)
    memberships.leave(park_unit, by=secretary, on=localdate(), reason="withdrawal", basis="测试")
    assert list(Posting.objects.on_market()) == []
    with pytest.raises(Refused, match="的单位已退会，不再接受意向"):
        make_match(posting, other_unit, by=other_member)


# --- pages ------------------------------------------------------------------------------------------------------
FORM = {
    "kind": "supply", "title": "可提供展厅", "text": "六百平方米展厅，四月起空闲。", "category": "space",
    "budget": "open", "visibility": "members",
}  # fmt: skip


def test_a_member_writes_one_and_submits_it(park_unit, member, as_user):
    client = as_user(member)
    page = client.get(reverse("events:posting_add")).content.decode()
    assert 'type="hidden" name="organization"' in page
    data = FORM | {
        "organization": park_unit.pk,
        "valid_to": localdate() + timedelta(days=30),
        "then": "submit",
    }
    data["contact"] = member.contact.pk
    answer = client.post(reverse("events:posting_add"), data)
    posting = Posting.objects.get()
    assert (answer.status_code, answer["Location"], posting.state) == (
        303,
        url("posting", posting),
        "submitted",
    )
    assert member.contact.name in client.get(url("posting", posting)).content.decode()


@pytest.mark.parametrize("text", ["电话 138 0000 1111", "写信到 a.b@c.cn", "座机010-65123456"])
def test_numbers_and_addresses_do_not_stand_in_it(park_unit, member, as_user, text):
    data = FORM | {"organization": park_unit.pk, "valid_to": localdate() + timedelta(days=30), "text": text}
    answer = as_user(member).post(reverse("events:posting_add"), data)
    assert (answer.status_code, Posting.objects.count()) == (422, 0)
    assert "不要写手机、座机和邮箱" in answer.content.decode()


def test_a_unit_or_a_person_of_another_is_not_taken(park_unit, other_unit, member, other_member, as_user):
    data = FORM | {"organization": other_unit.pk, "valid_to": localdate() + timedelta(days=30)}
    assert as_user(member).post(reverse("events:posting_add"), data).status_code == 422
    data |= {"organization": park_unit.pk, "contact": other_member.contact.pk}
    assert as_user(member).post(reverse("events:posting_add"), data).status_code == 422
    assert Posting.objects.count() == 0


def test_who_answers_is_read_by_the_unit_and_the_house_only(
    park_unit, member, other_member, secretary, as_user
):
    live = published(park_unit, member, secretary, contact=member.contact)
    pages = [
        as_user(who).get(url("posting", live)).content.decode() for who in (member, secretary, other_member)
    ]
    assert [member.contact.name in page for page in pages] == [True, True, False]
    assert [member.contact.mobile in page for page in pages] == [False, False, False]


def test_filters_choose_what_they_say(park_unit, member, secretary, other_member, as_user):
    published(park_unit, member, secretary, district="110105", budget="under_100k")
    published(park_unit, member, secretary, kind="supply", category="space", title="一处展厅")
    client = as_user(other_member)
    for query, wanted in (
        ("q=展厅", 1), ("kind=demand", 1), ("category=space", 1), ("budget=under_100k", 1), ("district=110105", 1),
        ("q=没有", 0), ("", 2), (f"q={park_unit.name}", 2),
    ):  # fmt: skip
        page = client.get(f"{reverse('events:market')}?{query}")
        assert (page.status_code, len(page.context["page"].object_list)) == (200, wanted), query
    assert client.get(f"{reverse('events:market')}?kind=x").status_code == 422


@pytest.mark.parametrize(
    ("name", "who"), [("market", "other_member"), ("postings", "secretary"), ("own_market", "member")]
)
def test_as_many_queries_for_thirty_as_for_one(
    request, park_unit, member, secretary, other_member, as_user, queries, name, who
):
    client = as_user(request.getfixturevalue(who))
    counts = []
    for number in (1, 29):
        for _ in range(number):
            published(park_unit, member, secretary)
        client.get(reverse(f"events:{name}"))
        with queries() as captured:
            assert client.get(reverse(f"events:{name}")).status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0] <= 20


def test_steps_are_posts_and_others_may_not(park_unit, member, secretary, other_member, as_user):
    live = published(park_unit, member, secretary)
    for name in ("posting_submit", "posting_publish", "posting_discard"):
        assert as_user(member).get(url(name, live)).status_code == 405
    client = as_user(other_member)
    for name in (
        "posting_edit",
        "posting_extend",
        "posting_close",
        "posting_submit",
        "posting_publish",
        "propose",
    ):
        assert client.post(url(name, live), {"x": 1}).status_code == 403, name
    draft = make_posting(park_unit, by=member)
    assert client.get(url("posting", draft)).status_code == 404


def test_the_event_it_was_made_for_shows_it(
    park_unit, member, secretary, secretary_general, treasurer, as_user
):
    series = make_series("合作对对碰", by=secretary)
    event = make_event(series, stand="published", submitter=secretary, approver=secretary_general)
    published(park_unit, member, secretary, event=event)
    pages = [as_user(who).get(url("event", event)).content.decode() for who in (member, treasurer)]
    assert ["寻找展览技术团队" in page for page in pages] == [True, False]


def test_visitors_read_words_of_what_is_open_to_all_and_no_unit(park_unit, member, secretary, as_user):
    published(park_unit, member, secretary, visibility="public", title="公开的展厅")
    published(park_unit, member, secretary, title="会员之间的")
    page = as_user(None).get(reverse("activities:postings")).content.decode()
    assert [word in page for word in ("公开的展厅", "会员之间的", park_unit.name)] == [True, False, False]
