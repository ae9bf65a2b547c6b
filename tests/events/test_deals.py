"""Deals from signing to verification: every arrow, who may go it, and what stands in its way (domain 10.8)."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from association import timelines
from association.domain.attachments import remove
from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Activity, Attachment, Notice
from events import permissions
from events.choices import DealState
from events.domain import deals as domain
from events.models import Deal
from tests.factories.attachments import added
from tests.factories.deals import PARTIES, landed, make_deal
from tests.factories.happenings import make_event, make_series
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = localdate()


def fresh(deal):
    return Deal.objects.get(pk=deal.pk)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", "title"))


def sentences(record):
    return [a.sentence for a in Activity.objects.about(record).order_by("pk")]


# --- signed -------------------------------------------------------------------------------------------------------
def test_a_deal_is_signed_between_parties_and_units_of_the_roster_are_linked(secretary, park_unit):
    event = make_event(make_series(by=secretary), by=secretary)
    deal = make_deal(by=secretary, event=event, amount=12_000_00, evidence=False)
    assert (deal.state, deal.event, deal.project, deal.amount) == (DealState.SIGNED, event, None, 1_200_000)
    assert [(p.role, p.name, p.organization) for p in deal.parties.all()] == [
        ("first", "演示运营公司01", park_unit), ("second", "演示科技公司", None),
    ]  # fmt: skip
    assert sentences(deal) == ["登记合作“数字展厅共建”：演示运营公司01、演示科技公司"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parties": PARTIES[:1]}, "至少两方"),
        ({"parties": [PARTIES[0], PARTIES[0]]}, "同一单位只写一次"),
        ({"parties": [{"role": "other", "name": f"演示{n}"} for n in range(11)]}, "最多写 10 方"),
        ({"signed_on": TODAY + timedelta(days=1)}, "签约日期还没有到"),
    ],
)
def test_what_cannot_be_signed_is_refused_in_words(secretary, given, words):
    with pytest.raises(Refused, match=words):
        make_deal(by=secretary, **given)
    assert Deal.objects.count() == 0


def test_whoever_saves_second_is_told_and_parties_are_written_with_the_rest(secretary):
    deal = make_deal(by=secretary)
    domain.update(deal, by=secretary, version=1, changes={"title": "一"}, parties=list(PARTIES))
    with pytest.raises(Conflict):
        domain.update(deal, by=secretary, version=1, changes={"title": "二"})
    other = [PARTIES[0], {"role": "second", "name": "演示出版公司"}]
    for _ in range(2):
        domain.update(deal, by=secretary, version=2, changes={}, parties=other) if fresh(
            deal
        ).version == 2 else None
    domain.update(deal, by=secretary, version=3, changes={"title": "一"}, parties=other)
    assert (fresh(deal).title, fresh(deal).version) == ("一", 3)
    assert [p.name for p in fresh(deal).parties.all()] == ["演示运营公司01", "演示出版公司"]
    assert sentences(deal)[-2:] == ["修改合作“一”：合作事项", "修改合作“一”：合作各方"]


# --- landed -------------------------------------------------------------------------------------------------------
def test_a_landing_wants_evidence_and_is_verified_by_somebody_else(
    secretary, secretary_general, president, treasurer
):
    deal = make_deal(by=secretary, evidence=False)
    with pytest.raises(Refused, match="请先在“数字展厅共建”的附件里放上合同、协议或照片，再登记落地。"):
        domain.land(deal, by=secretary, on=TODAY, note="已投入使用")
    deal = make_deal(by=secretary, title="共建")
    for _ in range(2):
        deal = domain.land(deal, by=secretary, on=TODAY, note="已投入使用")
    assert (deal.state, deal.version) == (DealState.LANDED, 2)
    assert [told(p) for p in (secretary_general, secretary, president, treasurer)] == [
        [("events.deal_landed", "合作落地待核实：共建")], [], [], [],
    ]  # fmt: skip
    with pytest.raises(Refused, match="登记落地的人不能自己核实"):
        domain.verify(deal, by=secretary)
    assert Deal.objects.landed_in(TODAY.year).count() == 0
    for _ in range(2):
        deal = domain.verify(deal, by=secretary_general, version=2)
    assert (deal.state, deal.verified_by, Deal.objects.landed_in(TODAY.year).get()) == (
        DealState.VERIFIED, secretary_general, deal,
    )  # fmt: skip
    assert sentences(deal) == [
        "登记合作“共建”：演示运营公司01、演示科技公司", "上传附件“合同.pdf”", "登记“共建”落地", "核实“共建”落地",
    ]  # fmt: skip


def test_the_database_lets_nobody_verify_their_own_landing(secretary):
    deal = landed(make_deal(by=secretary), by=secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(verified_at="2022-01-01T00:00+08:00", verified_by=secretary)


def test_what_has_no_contract_any_more_or_was_changed_is_not_verified_unseen(secretary, secretary_general):
    deal = landed(make_deal(by=secretary), by=secretary)
    domain.update(deal, by=secretary, version=deal.version, changes={"title": "共建二"})
    with pytest.raises(Refused, match="刚被改过"):
        domain.verify(deal, by=secretary_general, version=deal.version)
    remove(Attachment.objects.about(deal).get(), by=secretary)
    with pytest.raises(Refused, match="凭据已被移除"):
        domain.verify(deal, by=secretary_general)
    assert fresh(deal).state == DealState.LANDED


@pytest.mark.parametrize(
    ("signed", "on", "words"),
    [
        (date(2022, 5, 10), date(2022, 5, 9), "落地日期不能早于签约日期"),
        (date(2022, 5, 10), TODAY + timedelta(days=1), "落地日期还没有到"),
    ],
)
def test_days_of_a_landing_are_in_order(secretary, signed, on, words):
    deal = make_deal(by=secretary, signed_on=signed)
    with pytest.raises(Refused, match=words):
        domain.land(deal, by=secretary, on=on, note="x")


def test_a_landing_is_sent_back_with_the_reason_and_registered_again(secretary, secretary_general):
    deal = landed(make_deal(by=secretary), by=secretary)
    with pytest.raises(Refused, match="登记落地的人不能自己退回"):
        domain.send_back(deal, by=secretary, reason="x")
    for _ in range(2):
        deal = domain.send_back(deal, by=secretary_general, reason="缺验收单")
    assert (deal.state, deal.returned_reason, deal.landed_note) == (DealState.SIGNED, "缺验收单", "")
    assert told(secretary) == [("events.deal_returned", "落地登记已退回：数字展厅共建")]
    deal = landed(deal, by=secretary, verifier=secretary_general)
    assert (deal.state, deal.returned_reason) == (DealState.VERIFIED, "")
    deal = domain.send_back(deal, by=secretary_general, reason="核实有误")
    assert (deal.state, Deal.objects.landed_in(TODAY.year).count()) == (DealState.SIGNED, 0)
    with pytest.raises(Refused, match="没有登记落地"):
        domain.verify(deal, by=secretary_general)


# --- ended --------------------------------------------------------------------------------------------------------
def test_a_deal_ends_with_a_reason_but_not_once_it_is_verified(secretary, secretary_general):
    deal = make_deal(by=secretary)
    for _ in range(2):
        deal = domain.end(deal, by=secretary, on=TODAY, reason="双方协商终止")
    assert (deal.state, deal.end_reason, deal.version) == (DealState.ENDED, "双方协商终止", 2)
    for ask in (
        lambda: domain.land(deal, by=secretary, on=TODAY, note="x"),
        lambda: domain.verify(deal, by=secretary_general),
        lambda: domain.send_back(deal, by=secretary_general, reason="x"),
        lambda: domain.update(deal, by=secretary, version=2, changes={"title": "x"}),
    ):
        with pytest.raises(Refused, match="已终止"):
            ask()
    counted = landed(make_deal(by=secretary, title="另一"), by=secretary, verifier=secretary_general)
    with pytest.raises(Refused, match="计入了统计"):
        domain.end(counted, by=secretary, on=TODAY, reason="x")
    with pytest.raises(Refused, match="“另一”已核实，不能再改。"):
        domain.update(counted, by=secretary, version=3, changes={"title": "x"})


def test_each_deal_is_in_the_one_state_that_it_says(secretary, secretary_general):
    signed, over = make_deal(by=secretary), make_deal(by=secretary)
    domain.end(over, by=secretary, on=TODAY, reason="x")
    waiting = landed(make_deal(by=secretary), by=secretary)
    done = landed(make_deal(by=secretary), by=secretary, verifier=secretary_general)
    found = {state: list(Deal.objects.in_state(state)) for state in DealState}
    assert found == {
        DealState.SIGNED: [signed], DealState.LANDED: [waiting], DealState.VERIFIED: [done], DealState.ENDED: [over],
    }  # fmt: skip
    assert all(deal.state == state for state, deals in found.items() for deal in deals)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_verify_and_send_back_at_once_one_is_told(secretary, secretary_general):
    deal = landed(make_deal(by=secretary), by=secretary)
    results = at_once(
        lambda: domain.verify(deal, by=secretary_general),
        lambda: domain.end(deal, by=secretary, on=TODAY, reason="没有落地"),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert fresh(deal).state in (DealState.VERIFIED, DealState.ENDED)


# --- who sees what ------------------------------------------------------------------------------------------------
def test_a_confidential_amount_is_seen_by_the_secretariat_and_the_parties_only(
    secretary, secretary_general, president, treasurer, member, other_member, stranger
):
    secret = make_deal(by=secretary, amount=100, confidential=True)
    plain = make_deal(by=secretary, amount=100)
    people = (secretary, secretary_general, member, president, treasurer, other_member, stranger)
    assert [permissions.sees_amount(p, secret) for p in people] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert [permissions.sees_amount(p, plain) for p in people] == [True] * 5 + [False, False]
    assert [Deal.objects.visible_to(p).count() for p in people] == [2, 2, 2, 2, 2, 0, 0]


def test_the_register_says_no_confidential_amount_to_others_and_leaves_it_out_of_the_sum(
    secretary, president, member, as_user
):
    make_deal(by=secretary, amount=7_000_00, confidential=True, title="甲")
    make_deal(by=secretary, amount=5_000_00, title="乙")
    make_deal(by=secretary, title="丙")
    found = {
        person.full_name: as_user(person).get(reverse("events:deals")).content.decode()
        for person in (secretary, president, member)
    }
    assert {name: ("7,000" in text, "合计 ¥5,000.00" in text, "保密" in text) for name, text in found.items()} == {
        "陈思远": (True, False, True), "何景行": (False, True, True), "赵联络": (True, True, True),
    }  # fmt: skip
    assert "合计 ¥12,000.00" in found["陈思远"]
    assert "另有 1 项金额保密，不计入；1 项没有写明金额" in found["何景行"]


def test_whoever_may_not_read_the_amount_opens_neither_contract_nor_history_of_it(
    secretary, president, as_user
):
    deal = make_deal(by=secretary, amount=7_000_00, confidential=True)
    file = Attachment.objects.about(deal).get()
    address = reverse("association:download", args=[file.key])
    assert [as_user(p).get(address).status_code in (200, 302) for p in (secretary, president)] == [
        True,
        False,
    ]
    signed = Activity.objects.about(deal).order_by("pk").first()
    kind = ContentType.objects.get_for_model(deal).pk
    changes = {
        p.full_name: [c.label for c in timelines.changes_for(p, signed, kind, deal.pk)]
        for p in (secretary, president)
    }
    assert "金额（分）" in changes["陈思远"]
    assert "金额（分）" not in changes["何景行"]
    assert "签约日期" in changes["何景行"]


def test_evidence_stays_until_the_landing_is_sent_back(secretary, secretary_general, as_user):
    deal = landed(make_deal(by=secretary), by=secretary)
    detach = reverse("association:detach", args=[Attachment.objects.about(deal).get().key])
    assert as_user(secretary).post(detach).status_code in (403, 404)
    domain.send_back(deal, by=secretary_general, reason="换一份")
    assert as_user(secretary).post(detach).status_code == 303
    assert not Attachment.objects.about(deal).exists()


# --- pages --------------------------------------------------------------------------------------------------------
def test_a_deal_is_registered_corrected_and_landed_on_its_pages(
    secretary, secretary_general, park_unit, as_user
):
    client = as_user(secretary)
    given = {
        "title": "展厅共建", "first": "演示运营公司01", "second": "演示科技公司\n演示设计公司", "signed_on": "2022-03-01",
        "amount": "12,000.50", "_key": "6f0d3f3e-1f3b-4d57-8a61-0f6a1c0f2b12",
    }  # fmt: skip
    answers = [client.post(reverse("events:deal_add"), given).status_code for _ in range(2)]
    deal = Deal.objects.get()
    assert (answers, deal.amount, deal.signed_on) == ([303, 303], 12_000_50, date(2022, 3, 1))
    assert [p.name for p in deal.parties.all()] == ["演示运营公司01", "演示科技公司", "演示设计公司"]
    page = client.get(reverse("events:deal_edit", args=[deal.pk])).content.decode()
    assert "演示科技公司\n演示设计公司" in page.replace("\r\n", "\n")
    assert 'value="12000.50"' in page
    twice = client.post(
        reverse("events:deal_edit", args=[deal.pk]), given | {"second": "演示运营公司01", "version": 1}
    )
    assert (twice.status_code, "同一单位只写一次" in twice.content.decode()) == (422, True)
    land = reverse("events:deal_land", args=[deal.pk])
    refused = client.post(land, {"on": "2022-05-01", "note": "已投入使用"})
    assert (refused.status_code, "放上合同、协议或照片" in refused.content.decode()) == (422, True)
    added(deal, secretary)
    Attachment.objects.about(deal).update(kind="照片")
    assert client.post(land, {"on": "2022-05-01", "note": "已投入使用"}).status_code == 303
    cache.clear()  # as a commit would
    assert (
        "合作落地待核实：展厅共建"
        in as_user(secretary_general).get(reverse("association:today")).content.decode()
    )
    assert "合作落地待核实：展厅共建" not in client.get(reverse("association:today")).content.decode()
    verify = reverse("events:deal_verify", args=[deal.pk])
    assert [
        as_user(p).post(verify, {"version": fresh(deal).version}).status_code
        for p in (secretary, secretary_general)
    ] == [409, 303]
    assert fresh(deal).state == DealState.VERIFIED


def test_the_register_is_taken_out_by_its_keepers_and_that_is_written_down(secretary, president, as_user):
    make_deal(by=secretary, amount=7_000_00, confidential=True)
    assert as_user(president).post(reverse("events:deals_export")).status_code == 403
    answer = as_user(secretary).post(reverse("events:deals_export"), {"state": "signed"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (rows[1][0], rows[1][1], float(rows[1][7])) == ("数字展厅共建", "演示运营公司01", 7000.0)
    assert (
        Activity.objects.get(kind="events.deal.exported").sentence
        == "导出合作成果登记簿，1 项（状态：已签约）"
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=设计公司", ["乙"]), ("state=verified", ["乙"]), ("landed=2022", ["乙"]), ("signed=2021", ["甲"]), ("landed=2021", []),
        ("state=signed", ["甲"]),
    ],
)  # fmt: skip
def test_the_register_is_filtered(query, titles, secretary, secretary_general, as_user):
    make_deal(by=secretary, title="甲", signed_on=date(2021, 5, 1))
    parties = [PARTIES[0], {"role": "second", "name": "演示设计公司"}]
    second = make_deal(by=secretary, title="乙", signed_on=date(2022, 5, 1), parties=parties)
    landed(second, by=secretary, on=date(2022, 6, 1), verifier=secretary_general)
    page = as_user(secretary).get(f"{reverse('events:deals')}?{query}").content.decode()
    assert [title for title in ("甲", "乙") if f">{title}</a>" in page] == titles


def test_an_event_shows_its_deals_and_the_search_finds_them(secretary, stranger, as_user):
    event = make_event(make_series(by=secretary), by=secretary)
    make_deal(by=secretary, event=event, title="夜游共建")
    assert "夜游共建" in as_user(secretary).get(event.get_absolute_url()).content.decode()
    search = reverse("association:search")
    found = [as_user(p).get(search, {"q": "夜游"}).content.decode() for p in (secretary, stranger)]
    assert ["夜游共建" in text for text in found] == [True, False]
