"""Matches from interest to deal: who may answer, whose number is seen when, what the clock does (domain 10.8)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate, now

from association import integrity
from association.desk import desk
from association.domain import attachments
from association.errors import Refused
from association.models import Activity, Notice
from events import sharing_words
from events.choices import MatchState
from events.domain import deals, match_course, sharings
from events.domain import matches as domain
from events.domain import postings as posting_domain
from events.models import ContactSharing, Deal, Match, Posting, Talk
from events.pairing import Facts, rank
from members.choices import Purpose
from members.domain import consents, contacts
from members.models import Contact, ContactRole, ContactView
from tests.factories import make_organization, make_user
from tests.factories.attachments import upload
from tests.factories.deals import landed
from tests.factories.happenings import make_event, make_series
from tests.factories.market import act_for, make_match, make_posting
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(member, park_unit):
    return act_for(member, park_unit)


@pytest.fixture
def asker(other_member, other_unit):
    return act_for(other_member, other_unit, "clerk")


@pytest.fixture
def posting(park_unit, owner, secretary):
    return make_posting(park_unit, by=owner, stand="published", reviewer=secretary)


@pytest.fixture
def waiting(posting, other_unit, asker):
    return make_match(posting, other_unit, by=asker)


@pytest.fixture
def agreed(waiting, park_unit, owner):
    return domain.accept(waiting, organization=park_unit, contact=owner.contact, by=owner)


def fresh(match):
    return Match.objects.get(pk=match.pk)


def url(name, record):
    return reverse(f"events:{name}", args=[record.pk])


def told(person):
    rows = Notice.objects.filter(recipient=person, kind__regex="match_|contact_shared").order_by("pk")
    return [kind.removeprefix("events.") for kind in rows.values_list("kind", flat=True)]


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


def days_later(days):
    return time_machine.travel(now() + timedelta(days=days))


# --- interest and answer ------------------------------------------------------------------------------------------
def test_interest_is_answered_and_both_see_whom_to_ring(
    posting, park_unit, other_unit, owner, asker, secretary
):
    for _ in range(2):
        match = make_match(posting, other_unit, by=asker, words="我们做过")
    assert (match.state, match.answer_by, Match.objects.count()) == (
        MatchState.WAITING, localdate() + timedelta(days=7), 1,
    )  # fmt: skip
    assert (told(owner), told(asker), told(secretary)) == (["match_asked"], [], [])
    for _ in range(2):
        match = domain.accept(match, organization=park_unit, contact=owner.contact, by=owner)
    assert match.state == MatchState.AGREED
    assert {o: s.contact for o, s in sharings.shown(match).items()} == {
        park_unit.pk: owner.contact, other_unit.pk: asker.contact,
    }  # fmt: skip
    assert (told(owner), told(asker)) == (
        ["match_asked", "match_agreed", "contact_shared"], ["match_agreed", "contact_shared"],
    )  # fmt: skip
    assert sentences(match) == [
        "演示运营公司02对“寻找展览技术团队”表示意向", "演示运营公司01同意对接，双方可以看到对方的联系人",
    ]  # fmt: skip
    assert Posting.objects.get(pk=posting.pk).state == "matched"


def test_a_consent_says_what_to_whom_when_and_in_which_words(agreed, park_unit, other_unit, asker):
    own = agreed.sharings.get(organization=other_unit)
    assert (own.contact, own.given_by, own.basis, own.version) == (
        asker.contact, asker, "own", sharing_words.VERSION,
    )  # fmt: skip
    assert own.wording == sharing_words.wording(park_unit.name)
    assert own.given_at <= agreed.agreed_at
    assert asker.contact.name not in own.wording


def test_nobody_shows_interest_in_their_own_or_in_what_is_off_the_market(
    posting, park_unit, other_unit, owner, asker
):
    with pytest.raises(Refused, match="本单位自己发布的"):
        make_match(posting, park_unit, by=owner)
    posting_domain.close(posting, by=owner, outcome="not_needed")
    with pytest.raises(Refused, match="已关闭，不再接受意向"):
        make_match(posting, other_unit, by=asker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(
            posting=posting, owner=park_unit, asker=park_unit, asked_at=now(), answer_by=localdate()
        )  # fmt: skip


def test_declined_it_did_not_come_about(waiting, park_unit, other_unit, owner, asker):
    with pytest.raises(Refused, match="与这家单位无关"):
        domain.decline(waiting, organization=make_organization("丙公司"), by=owner)
    for _ in range(2):
        match = domain.decline(waiting, organization=park_unit, by=owner, reason="已有人选")
    assert (match.state, match.end_reason, told(asker)) == (MatchState.FAILED, "已有人选", ["match_ended"])
    for verb in (
        lambda: domain.accept(match, organization=park_unit, contact=owner.contact, by=owner),
        lambda: domain.withdraw(match, by=asker),
        lambda: match_course.terminate(match, by=None, reason="x"),
        lambda: match_course.note_talk(match, by=owner, held_on=localdate(), way="call", text="x"),
        lambda: match_course.fail(match, by=owner, reason="x"),
        lambda: match_course.sign(match, by=owner, signed_on=localdate()),
        lambda: sharings.name_contact(match, organization=other_unit, contact=asker.contact, by=asker),
    ):
        with pytest.raises(Refused):
            verb()
    again = make_match(match.posting, other_unit, by=asker)
    assert again.pk != match.pk


def test_whoever_asked_takes_it_back_until_it_is_answered(waiting, agreed, posting, asker, owner):
    with pytest.raises(Refused, match="双方同意，不用再答复"):
        domain.withdraw(agreed, by=asker)
    third = make_organization("丙公司")
    person = act_for(make_user("丙人", "c@test.cn", organization=third), third)
    match = make_match(posting, third, by=person)
    for _ in range(2):
        match = domain.withdraw(match, by=person)
    assert (match.state, told(owner)[-1]) == (MatchState.TERMINATED, "match_ended")


def test_the_secretariat_brings_two_together_and_each_answers(
    posting, park_unit, other_unit, owner, asker, secretary, secretary_general
):
    counter = make_posting(
        other_unit, by=asker, kind="supply", title="展览技术服务", stand="published", reviewer=secretary
    )
    with pytest.raises(Refused, match="两家不同的单位"):
        domain.propose(posting, organization=park_unit, by=secretary)
    with pytest.raises(Refused, match="不是这家单位对应的"):
        domain.propose(posting, organization=other_unit, counter=posting, by=secretary)
    for _ in range(2):
        match = domain.propose(
            posting, organization=other_unit, counter=counter, by=secretary, words="条件相合"
        )
    assert domain.propose(counter, organization=park_unit, counter=posting, by=secretary) == match
    assert (match.state, told(owner), told(asker)) == (
        MatchState.PROPOSED, ["match_proposed"], ["match_proposed"],
    )  # fmt: skip
    with pytest.raises(Refused, match="撮合由秘书处提出"):
        domain.withdraw(match, by=asker)
    match = domain.accept(match, organization=park_unit, contact=owner.contact, by=owner)
    assert (match.state, sharings.shown(match), told(asker)[-1]) == (MatchState.WAITING, {}, "match_asked")
    match = domain.accept(match, organization=other_unit, contact=asker.contact, by=asker)
    assert (match.state, len(sharings.shown(match))) == (MatchState.AGREED, 2)
    assert {Posting.objects.get(pk=p.pk).state for p in (posting, counter)} == {"matched"}


def test_unanswered_for_seven_days_it_lapses_and_may_be_asked_again(
    waiting, posting, park_unit, other_unit, owner, asker
):
    with days_later(5):
        for _ in range(2):
            match_course.look_at_matches()
        assert (told(owner)[1:], told(asker)) == (["match_answer_due"], [])
    with days_later(8):
        assert fresh(waiting).state == MatchState.FAILED
        with pytest.raises(Refused, match="七天内没有答复"):
            domain.accept(waiting, organization=park_unit, contact=owner.contact, by=owner)
        again = make_match(posting, other_unit, by=asker)
        assert (again.state, fresh(waiting).ending) == (MatchState.WAITING, "lapsed")
    with days_later(16):
        for _ in range(2):
            match_course.look_at_matches()
        assert (fresh(again).ending, told(asker), sentences(again)[1:]) == (
            "lapsed", ["match_ended"], ["七天内没有答复，意向失效"],
        )  # fmt: skip


# --- whose number is seen -----------------------------------------------------------------------------------------
def test_only_oneself_or_who_has_agreed_may_be_named(posting, park_unit, other_unit, asker):
    colleague = contacts.add_contact(other_unit, by=None, duty="finance", name="冯会计", mobile="19900019999")
    assert list(sharings.nameable(asker, other_unit)) == [asker.contact]
    with pytest.raises(Refused, match="冯会计还没有同意"):
        domain.show_interest(posting, organization=other_unit, contact=colleague, by=asker)
    assert (Match.objects.count(), ContactSharing.objects.count()) == (0, 0)
    account = make_user("冯会计", "feng@test.cn")
    Contact.objects.filter(pk=colleague.pk).update(user=account)
    consents.give(account, Purpose.SHARE_CONTACT)
    match = domain.show_interest(
        posting, organization=other_unit, contact=Contact.objects.get(pk=colleague.pk), by=asker
    )  # fmt: skip
    sharing = match.sharings.get()
    assert (sharing.basis, sharing.consent.user, sharing.given_by) == ("standing", account, asker)


def test_contacts_are_on_the_page_for_the_two_sides_and_the_house_only(
    agreed, owner, asker, secretary, president, auditor, treasurer, as_user
):
    page = {}
    for who in (owner, asker, secretary, president, auditor):
        text = as_user(who).get(url("match", agreed)).content.decode()
        page[who] = (owner.contact.mobile in text, asker.contact.mobile in text)
    assert page == {
        owner: (True, True), asker: (True, True), secretary: (True, True), president: (False, False),
        auditor: (False, False),
    }  # fmt: skip
    assert as_user(treasurer).get(url("match", agreed)).status_code == 403
    views = ContactView.objects.filter(contact=owner.contact).order_by("pk")
    assert [view.viewer for view in views] == [asker, secretary]


def test_before_both_agree_and_after_the_end_nobody_sees_a_contact(
    waiting, posting, park_unit, owner, asker, secretary, as_user
):
    for who in (owner, asker, secretary):
        assert asker.contact.mobile not in as_user(who).get(url("match", waiting)).content.decode()
    match = domain.accept(waiting, organization=park_unit, contact=owner.contact, by=owner)
    match_course.fail(match, by=owner, reason="没有谈成", organization=park_unit)
    assert sharings.shown(fresh(match)) == {}
    assert asker.contact.mobile not in as_user(owner).get(url("match", match)).content.decode()


def test_taken_back_it_is_hidden_until_another_is_named(agreed, other_unit, park_unit, owner, asker, as_user):
    client = as_user(asker)
    assert client.get(url("match_hide", agreed)).status_code == 405
    for _ in range(2):
        assert client.post(url("match_hide", agreed), {"unit": other_unit.pk}).status_code == 303
    page = as_user(owner).get(url("match", agreed)).content.decode()
    assert (asker.contact.mobile in page, "已撤回" in page) == (False, True)
    assert sentences(agreed)[2:] == ["演示运营公司02撤回向对方提供联系方式"]
    for _ in range(2):
        sharings.name_contact(agreed, organization=other_unit, contact=asker.contact, by=asker)
    assert asker.contact.mobile in as_user(owner).get(url("match", agreed)).content.decode()
    assert [s.withdrawn_at is None for s in agreed.sharings.filter(organization=other_unit)] == [False, True]


def test_one_side_does_not_hide_the_others_contact(agreed, park_unit, other_unit, asker, as_user):
    as_user(asker).post(url("match_hide", agreed), {"unit": park_unit.pk})
    assert set(sharings.shown(agreed)) == {park_unit.pk}


def test_a_word_against_it_for_all_units_hides_it_here_too(agreed, other_unit, park_unit, asker):
    consents.give(asker, Purpose.SHARE_CONTACT)
    consents.withdraw(asker, Purpose.SHARE_CONTACT)
    assert set(sharings.shown(agreed)) == {park_unit.pk}


def test_who_serves_the_unit_no_more_is_not_shown(agreed, other_unit, park_unit, asker):
    ContactRole.objects.filter(contact=asker.contact).update(until=localdate())
    assert set(sharings.shown(agreed)) == {park_unit.pk}


# --- talks and the end --------------------------------------------------------------------------------------------
def test_talks_are_noted_by_both_and_by_the_house(agreed, park_unit, owner, secretary):
    for unit, who in ((park_unit, owner), (None, secretary)):
        match_course.note_talk(
            agreed, by=who, held_on=localdate(), way="call", text="约定下周看场地", organization=unit
        )
    match = fresh(agreed)
    assert (match.state, match.last_talk_on, Talk.objects.count()) == (MatchState.TALKING, localdate(), 2)
    assert sentences(agreed)[2:] == ["演示运营公司01记录一次洽谈（电话）", "秘书处记录一次洽谈（电话）"]
    for day, words in (
        (localdate() + timedelta(days=1), "不能晚于今天"),
        (date(2020, 1, 1), "不能早于双方同意"),
    ):
        with pytest.raises(Refused, match=words):
            match_course.note_talk(
                agreed, by=owner, held_on=day, way="call", text="x", organization=park_unit
            )


def test_after_thirty_quiet_days_both_are_asked_and_the_house_has_a_todo(agreed, owner, asker, secretary):
    def todos():
        return [todo.title for todo in desk.todos_for(secretary) if "没有进展" in todo.title]

    def asked():
        return [told(who).count("match_follow_up") for who in (owner, asker)]

    for days, number in ((29, 0), (30, 1), (45, 1), (61, 2)):
        with days_later(days):
            for _ in range(2):
                match_course.look_at_matches()
            assert (asked(), len(todos())) == ([number, number], int(days >= 30)), days
    with days_later(62):
        match_course.note_talk(agreed, by=secretary, held_on=localdate(), way="call", text="在签合同")
        assert (todos(), list(Match.objects.quiet())) == ([], [])


def test_talks_fail_with_a_reason_and_the_house_may_stop(
    agreed, waiting, park_unit, other_unit, owner, asker, secretary
):
    for _ in range(2):
        match = match_course.fail(agreed, by=owner, reason="价格不合", organization=park_unit)
    assert (match.state, match.end_reason, told(asker)[-1], told(owner)[-1]) == (
        MatchState.FAILED, "价格不合", "match_ended", "contact_shared",
    )  # fmt: skip
    again = make_match(match.posting, other_unit, by=asker)
    for _ in range(2):
        again = match_course.terminate(again, by=secretary, reason="单位要求")
    assert (again.state, told(owner)[-1], told(asker)[-1]) == (
        MatchState.TERMINATED, "match_ended", "match_ended",
    )  # fmt: skip


def test_signed_landed_and_verified_it_follows_its_deal(
    agreed, park_unit, other_unit, owner, asker, secretary, secretary_general
):
    event = make_event(make_series("合作对对碰", by=secretary))
    Posting.objects.filter(pk=agreed.posting_id).update(event=event)
    with pytest.raises(Refused, match="不能早于双方同意"):
        match_course.sign(agreed, by=secretary, signed_on=localdate() - timedelta(days=1))
    for _ in range(2):
        deal = match_course.sign(agreed, by=secretary, signed_on=localdate(), amount=100)
    assert (Deal.objects.get(), deal.event, fresh(agreed).state) == (deal, event, MatchState.SIGNED)
    assert list(deal.parties.values_list("role", "organization")) == [
        ("first", park_unit.pk), ("second", other_unit.pk),
    ]  # fmt: skip
    with pytest.raises(Refused, match="已签约"):
        match_course.fail(agreed, by=secretary, reason="x")
    year = localdate().year
    reached = {
        stage: Match.objects.reached(stage, year).count() for stage in ("asked", "agreed", "signed", "landed")
    }
    assert reached == {"asked": 1, "agreed": 1, "signed": 1, "landed": 0}
    attachments.add(deal, upload(name="合同.pdf"), by=secretary, kind="合同")
    landed(deal, by=secretary)
    assert fresh(agreed).state == MatchState.SIGNED
    deals.verify(deal, by=secretary_general)
    assert (fresh(agreed).state, Match.objects.reached("landed", year).count()) == (MatchState.LANDED, 1)
    for _ in range(2):
        match_course.look_at_matches()
    assert [told(who)[-2:] for who in (owner, asker)] == [["match_signed", "match_landed"]] * 2


def test_a_deal_that_ended_ends_the_match(agreed, secretary):
    deal = match_course.sign(agreed, by=secretary, signed_on=localdate())
    deals.end(deal, by=secretary, on=localdate(), reason="停止合作")
    assert fresh(agreed).state == MatchState.TERMINATED
    assert Posting.objects.get(pk=agreed.posting_id).state == "published"


# --- two at once --------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_who_show_interest_for_one_unit_at_once_begin_one_match(posting, other_unit, asker):
    made = at_once(*[lambda: make_match(posting, other_unit, by=asker)] * 2)
    assert (made[0] == made[1], Match.objects.count(), ContactSharing.objects.count()) == (True, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_both_sides_who_accept_at_once_agree_once(posting, park_unit, other_unit, owner, asker, secretary):
    match = domain.propose(posting, organization=other_unit, by=secretary)
    at_once(
        lambda: domain.accept(match, organization=park_unit, contact=owner.contact, by=owner),
        lambda: domain.accept(match, organization=other_unit, contact=asker.contact, by=asker),
    )
    assert (fresh(match).state, ContactSharing.objects.count()) == (MatchState.AGREED, 2)
    assert [told(who).count("match_agreed") for who in (owner, asker)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_accepting_beside_a_withdrawal_one_of_them_is_told(waiting, park_unit, owner, asker):
    results = at_once(
        lambda: domain.accept(waiting, organization=park_unit, contact=owner.contact, by=owner),
        lambda: domain.withdraw(waiting, by=asker),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]


# --- who reads what, pages ------------------------------------------------------------------------------------------
def test_who_may_know_of_a_match(
    agreed, owner, asker, secretary, secretary_general, president, auditor, treasurer, administrator, stranger
):
    third = make_organization("丙公司")
    outsider = act_for(make_user("丙人", "c@test.cn", organization=third), third)
    know = (owner, asker, secretary, secretary_general, president, auditor)
    not_know = (outsider, treasurer, administrator, stranger)
    assert [Match.objects.visible_to(who).count() for who in (*know, *not_know)] == [1] * 6 + [0] * 4


def test_a_member_shows_interest_and_the_other_accepts_by_their_pages(posting, owner, asker, as_user):
    client = as_user(asker)
    assert "我有意向" in client.get(url("posting", posting)).content.decode()
    page = client.get(url("interest", posting)).content.decode()
    assert sharing_words.wording(posting.organization.name) in page
    data = {"contact": asker.contact.pk, "words": "愿意谈"}
    assert client.post(url("interest", posting), data).status_code == 422
    assert client.post(url("interest", posting), data | {"agrees": "on"}).status_code == 303
    match = Match.objects.get()
    assert "我有意向" not in client.get(url("posting", posting)).content.decode()
    other = as_user(owner)
    cache.clear()  # within a test nothing is committed, so what was counted for the menu is not counted again
    assert [todo.url for todo in desk.todos_for(owner) if "答复对接" in todo.title] == [url("match", match)]
    assert "同意对接" in other.get(url("match", match)).content.decode()
    answer = other.post(url("match_accept", match), {"contact": owner.contact.pk, "agrees": "on"})
    assert (answer.status_code, fresh(match).state) == (303, MatchState.AGREED)
    assert asker.contact.mobile in other.get(url("match", match)).content.decode()


def test_the_secretary_proposes_what_fits_first(posting, other_unit, asker, secretary, as_user):
    near = make_posting(
        other_unit, by=asker, kind="supply", title="展览技术服务", stand="published", reviewer=secretary
    )
    make_posting(other_unit, by=asker, kind="supply", category="space", stand="published", reviewer=secretary)
    client = as_user(secretary)
    form = client.get(url("propose", posting)).context["form"]
    assert [key for key, _ in form.fields["counter"].choices] == [str(near.pk), ""]
    assert client.post(url("propose", posting), {"words": ""}).status_code == 422
    assert client.post(url("propose", posting), {"counter": near.pk}).status_code == 303
    assert Match.objects.get().counter == near


def test_steps_on_the_pages_of_a_match(agreed, owner, secretary, as_user):
    client = as_user(owner)
    for name in ("match_withdraw", "match_hide"):
        assert client.get(url(name, agreed)).status_code == 405
    data = {"held_on": localdate(), "way": "meeting", "text": "看过场地"}
    assert client.post(url("match_talk", agreed), data).status_code == 303
    assert "看过场地" in client.get(url("match", agreed)).content.decode()
    assert client.post(url("match_terminate", agreed), {"reason": "x"}).status_code == 403
    assert client.post(url("match_sign", agreed), {"title": "x", "signed_on": localdate()}).status_code == 403
    desk_client = as_user(secretary)
    answer = desk_client.post(
        url("match_sign", agreed), {"title": "共建", "signed_on": localdate(), "amount": "100"}
    )
    assert (answer.status_code, fresh(agreed).deal.amount) == (303, 10_000)
    assert "共建" in desk_client.get(url("match", agreed)).content.decode()


def test_what_changed_opens_behind_a_sentence_for_those_who_watch_and_names_nobody(
    agreed, asker, owner, auditor, as_user
):
    activity = Activity.objects.about(agreed).order_by("pk").last()
    address = reverse(
        "association:changes", args=[activity.pk, ContentType.objects.get_for_model(Match).pk, agreed.pk]
    )
    page = as_user(auditor).get(address)
    text = page.content.decode()
    assert (page.status_code, "双方同意" in text, owner.contact.mobile in text) == (200, True, False)
    assert as_user(asker).get(address).status_code == 404


def test_the_numbers_of_a_year_open_their_rows(agreed, secretary, as_user):
    client = as_user(secretary)
    numbers = client.get(reverse("events:matches")).context["numbers"]
    assert [row["number"] for row in numbers] == [1, 1, 1, 0, 0]
    for row in numbers:
        assert client.get(row["href"]).context["page"].paginator.count == row["number"], row


def test_as_many_queries_for_thirty_matches_as_for_one(posting, secretary, asker, owner, as_user, queries):
    client, counts = as_user(secretary), []
    for number in (1, 29):
        for place in range(number):
            unit = make_organization(f"演示意向{number}{place}", people=False)
            domain.propose(posting, organization=unit, by=secretary)
        client.get(reverse("events:matches"))
        with queries() as captured:
            assert client.get(reverse("events:matches")).status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0] <= 20


def test_every_state_is_found_by_the_same_rule(park_unit, owner, secretary, secretary_general):
    def begun(place):
        unit = make_organization(f"演示意向{place}")
        person = act_for(make_user(f"意向{place}", f"i{place}@test.cn", organization=unit), unit)
        made = make_posting(park_unit, by=owner, stand="published", reviewer=secretary)
        return make_match(made, unit, by=person, stand="agreed" if place > 1 else "waiting", owner=owner)

    made = dict(zip(MatchState.values, map(begun, range(8)), strict=True))
    Match.objects.filter(pk=made["proposed"].pk).update(asker_agreed_by=None, asker_agreed_at=None)
    for key in ("signed", "landed"):
        match_course.sign(made[key], by=secretary, signed_on=localdate())
    deal = fresh(made["landed"]).deal
    Deal.objects.filter(pk=deal.pk).update(
        landed_on=localdate(), landed_by=secretary, verified_at=now(), verified_by=secretary_general
    )
    match_course.note_talk(made["talking"], by=owner, held_on=localdate(), way="call", text="x")
    match_course.fail(made["failed"], by=owner, reason="x")
    match_course.terminate(made["terminated"], by=secretary, reason="x")
    pks = {s: m.pk for s, m in made.items()}
    assert {s: Match.objects.get(pk=pk).state.value for s, pk in pks.items()} == {s: s for s in pks}
    assert {s: [m.pk for m in Match.objects.in_state(s)] for s in pks} == {s: [pk] for s, pk in pks.items()}


# --- invariants -------------------------------------------------------------------------------------------------
KEYS = [
    "events.matches_of_two_units", "events.contacts_by_two_consents", "events.matches_in_order",
    "events.postings_reviewed",
]  # fmt: skip


def broken():
    return {f.invariant.key: len(f.offenders) for f in integrity.verify(only=KEYS) if f.offenders}


def test_invariants_notice_what_went_behind_the_verbs(agreed, other_unit):
    assert broken() == {}
    third = make_organization("丙公司")
    for change, key in (
        (lambda: Match.objects.update(owner=third), "events.matches_of_two_units"),
        (lambda: ContactSharing.objects.filter(organization=other_unit).update(given_at=now()), "events.contacts_by_two_consents"),
        (lambda: Match.objects.update(asked_at=now()), "events.matches_in_order"),
        (lambda: Posting.objects.update(submitted_at=now()), "events.postings_reviewed"),
    ):  # fmt: skip
        with transaction.atomic():
            change()
            assert key in broken()
            transaction.set_rollback(True)


# --- which fit one another ------------------------------------------------------------------------------------------
def facts(key, **more):
    base = {
        "key": key, "kind": "supply", "category": "technology", "unit": key, "district": "", "budget": None,
        "event": None, "words": "", "valid_to": date(2022, 12, 31),
    }  # fmt: skip
    return Facts(**base | more)


def test_only_what_answers_is_ranked():
    wanted = facts(1, kind="demand")
    others = [
        facts(2), facts(3, kind="demand"), facts(4, category="space"), facts(5, unit=1),
        facts(6, valid_to=date(2022, 5, 31)), facts(7, valid_to=date(2022, 6, 1)),
    ]  # fmt: skip
    assert [r.facts.key for r in rank(wanted, others, today=date(2022, 6, 1))] == [2, 7]


def test_the_likeliest_comes_first_and_says_why():
    wanted = facts(1, kind="demand", district="110105", budget=2, event=9, words="沉浸式展览")
    others = [
        facts(2), facts(3, district="110105"), facts(4, budget=2), facts(5, budget=3), facts(6, event=9),
        facts(7, words="展览设备"), facts(8, district="110105", budget=2, event=9), facts(9, budget=5),
        facts(10, valid_to=date(2023, 1, 1)),
    ]  # fmt: skip
    ranked = rank(wanted, others, today=date(2022, 6, 1))
    assert [(r.facts.key, r.points) for r in ranked] == [
        (8, 65), (6, 30), (4, 20), (3, 15), (5, 8), (7, 4), (10, 0), (2, 0), (9, 0),
    ]  # fmt: skip
    assert [r.reasons for r in ranked[:2]] == [("同一场活动", "同区", "预算相同"), ("同一场活动",)]
