"""The lines of bank lists: confirmed as shown, split, set aside, taken back; two people at one line."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from association.errors import Refused
from association.integrity import verify
from association.models import Activity
from members.choices import LineState, StatementState
from members.domain import bank_lines as domain
from members.domain import bank_lists
from members.domain.bank_lines import Claim
from members.models import BankLine, Bill, Payment
from tests.bank_lists import csv_file
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.factories.bank import OWED, make_bill, make_unit_with_bill, paid, read_list
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill():
    return make_unit_with_bill()


@pytest.fixture
def line(bill, treasurer):
    return read_list(treasurer, paid()).lines.get()


@pytest.fixture
def colleague():
    return make_user("吴同事", "colleague@test.cn", roles=["treasurer"])


def confirm(line, bill, by, amount=OWED):
    return domain.confirm(line.statement, [Claim(line.pk, bill.pk, amount)], by=by)


def claim(line, *parts, by):
    return domain.claim(line, [(bill.pk, amount) for bill, amount in parts], by=by, version=line.version)


def state(record):
    record.refresh_from_db()
    return record.state


def sound():
    return [f.offenders for f in verify(only=["members.bank_lines", "members.bank_lists"])]


# --- confirming what is ticked --------------------------------------------------------------------------------------


def test_a_ticked_line_is_booked_once(line, bill, treasurer):
    outcome = confirm(line, bill, treasurer)
    again = confirm(line, bill, treasurer)
    payment = Payment.objects.get()
    assert (payment.amount, payment.line, payment.paid_on, payment.payer_name) == (
        OWED,
        line,
        line.booked_on,
        "演示甲公司",
    )
    assert (outcome.booked, outcome.left, outcome.rest, again.booked, again.left) == (
        [payment],
        [],
        [],
        [],
        [],
    )
    assert (state(line), line.used, line.settled_by) == (LineState.MATCHED, OWED, treasurer)
    assert state(line.statement) == StatementState.CLOSED
    assert Activity.objects.filter(kind="members.payment.confirmed").count() == 1
    assert sound() == [[], []]


def test_what_no_longer_fits_is_named_and_the_rest_is_booked(treasurer, secretary):
    bills = [make_unit_with_bill(f"演示{name}公司") for name in "甲乙丙"]
    statement = read_list(treasurer, *[paid(f"演示{name}公司") for name in "甲乙丙"])
    lines = list(statement.lines.all())
    Bill.objects.filter(pk=bills[1].pk).update(voided_at=bills[1].created_at, void_reason="重复")
    outcome = domain.confirm(
        statement,
        [Claim(line.pk, bill.pk, OWED) for line, bill in zip(lines, bills, strict=True)],
        by=treasurer,
    )
    assert [p.bill for p in outcome.booked] == [bills[0], bills[2]]
    assert [(line, "现在还欠 ¥0.00" in why) for line, why in outcome.left] == [(lines[1], True)]
    assert [state(line) for line in lines] == [LineState.MATCHED, LineState.OPEN, LineState.MATCHED]
    assert state(statement) == StatementState.READY
    assert sound() == [[], []]


def test_more_than_is_owed_leaves_the_rest_open(bill, treasurer):
    line = read_list(treasurer, paid(amount="6000")).lines.get()
    outcome = confirm(line, bill, treasurer)
    assert ([p.amount for p in outcome.booked], outcome.rest) == ([OWED], [line])
    assert (state(line), line.left, line.suggested, line.why) == (
        LineState.OPEN,
        100_000,
        None,
        ["余款留待认领"],
    )
    assert confirm(line, bill, treasurer).left == []
    assert sound() == [[], []]


def test_less_than_is_owed_pays_in_part(bill, treasurer):
    line = read_list(treasurer, paid(amount="2000")).lines.get()
    confirm(line, bill, treasurer, 200_000)
    bill.refresh_from_db()
    assert (state(line), bill.outstanding) == (LineState.MATCHED, 300_000)


def test_who_issued_the_bill_does_not_confirm_it(treasurer):
    bill = make_unit_with_bill(by=treasurer)
    line = read_list(treasurer, paid()).lines.get()
    outcome = confirm(line, bill, treasurer)
    assert (outcome.booked, Payment.objects.count(), state(line)) == ([], 0, LineState.OPEN)
    assert "是你出的" in outcome.left[0][1]


def test_nothing_ticked_or_a_line_of_another_list(line, bill, treasurer):
    other = read_list(treasurer, paid("演示乙公司"))
    for claims, sentence in [([], "还没有勾选"), ([Claim(line.pk, bill.pk, OWED)], "不在这份流水里")]:
        with pytest.raises(Refused, match=sentence):
            domain.confirm(other, claims, by=treasurer)
    assert Payment.objects.count() == 0


def test_a_list_that_is_being_read_is_not_settled(treasurer, bill):
    statement = read_list(treasurer, paid(), run=False)
    with pytest.raises(Refused, match="现在是“读取中”"):
        domain.confirm(statement, [Claim(1, bill.pk, OWED)], by=treasurer)


def test_an_amount_that_is_not_what_was_shown(line, bill, treasurer):
    assert "与勾选时不同" in confirm(line, bill, treasurer, OWED - 1).left[0][1]
    assert confirm(line, Bill(pk=10**9), treasurer).left[0][1] == "所选的账单已经没有了。"


# --- one line over several bills ------------------------------------------------------------------------------------


def test_a_line_is_split_and_what_is_left_stays_open(treasurer, bill):
    second = make_unit_with_bill("演示乙公司")
    line = read_list(treasurer, paid(amount="12000")).lines.get()
    claim(line, (bill, OWED), (second, 300_000), by=treasurer)
    claim(line, (bill, OWED), (second, 300_000), by=treasurer)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [300_000, OWED]
    assert (state(line), line.left) == (LineState.OPEN, 400_000)
    third = make_unit_with_bill("演示丙公司")
    claim(line, (third, 400_000), by=treasurer)
    assert (state(line), line.left) == (LineState.MATCHED, 0)
    assert sound() == [[], []]


def test_a_split_is_booked_whole_or_not_at_all(treasurer, bill):
    mine = make_unit_with_bill("演示乙公司", by=treasurer)
    line = read_list(treasurer, paid(amount="10000")).lines.get()
    for parts, sentence in [
        ([(bill, OWED), (mine, OWED)], "是你出的"),
        ([(bill, OWED + 1)], "只欠"),
        ([(bill, OWED), (mine, OWED + 1)], "超过这笔款"),
        ([], "还没有填写"),
    ]:
        with pytest.raises(Refused, match=sentence):
            claim(line, *parts, by=treasurer)
    assert (Payment.objects.count(), state(line)) == (0, LineState.OPEN)


def test_a_line_that_moved_since_it_was_shown(treasurer, bill, colleague):
    line = read_list(treasurer, paid(amount="6000")).lines.get()
    seen = BankLine.objects.get()
    claim(line, (bill, 200_000), by=colleague)
    with pytest.raises(Refused, match="刚被别人处理过"):
        claim(seen, (bill, 300_000), by=treasurer)


def test_as_much_again_for_the_same_bill_is_not_taken_for_the_first_time(treasurer):
    bill = make_unit_with_bill(amount=2 * OWED)
    line = read_list(treasurer, paid(amount="10000")).lines.get()
    claim(line, (bill, OWED), by=treasurer)
    line.refresh_from_db()
    with pytest.raises(Refused, match="已有同样的金额"):
        claim(line, (bill, OWED), by=treasurer)
    assert "已有同样的金额" in confirm(line, bill, treasurer).left[0][1]
    assert (Payment.objects.count(), state(line), line.left) == (1, LineState.OPEN, OWED)


# --- setting aside ----------------------------------------------------------------------------------------------------


def test_set_aside_with_a_reason_and_taken_back(line, treasurer, bill):
    domain.ignore(line, by=treasurer, reason="捐赠款")
    domain.ignore(line, by=treasurer, reason="又一次")
    assert (state(line), line.reason, state(line.statement)) == (
        LineState.IGNORED,
        "捐赠款",
        StatementState.CLOSED,
    )
    domain.take_back(line, by=treasurer)
    domain.take_back(line, by=treasurer)
    assert (state(line), line.reason, line.settled_by, state(line.statement)) == (
        LineState.OPEN, "", None, StatementState.READY,
    )  # fmt: skip
    found = Activity.objects.filter(kind__startswith="members.bank_line.").order_by("pk")
    assert [(a.kind, a.basis) for a in found] == [
        ("members.bank_line.ignored", "捐赠款"), ("members.bank_line.reopened", ""),
    ]  # fmt: skip
    assert found[0].sentence == "银行流水2023-01-05 演示甲公司 ¥5,000.00：不入账"
    assert sound() == [[], []]


# Every arrow of LineState: from what, by what, whether it is let through.
ARROWS = [
    ("open", "confirm", True), ("open", "claim", True), ("open", "ignore", True), ("open", "take_back", True),
    ("matched", "confirm", True), ("matched", "claim", True), ("matched", "ignore", False), ("matched", "take_back", False),
    ("ignored", "confirm", False), ("ignored", "claim", False), ("ignored", "ignore", True), ("ignored", "take_back", True),
]  # fmt: skip
ENDS = {"confirm": "matched", "claim": "matched", "ignore": "ignored", "take_back": "open"}


@pytest.mark.parametrize(("before", "verb", "works"), ARROWS)
def test_arrows(line, bill, treasurer, before, verb, works):
    verbs = {
        "confirm": lambda: confirm(line, bill, treasurer),
        "claim": lambda: claim(line, (bill, OWED), by=treasurer),
        "ignore": lambda: domain.ignore(line, by=treasurer, reason="利息"),
        "take_back": lambda: domain.take_back(line, by=treasurer),
    }
    {"open": lambda: None, "matched": verbs["confirm"], "ignored": verbs["ignore"]}[before]()
    try:
        left = getattr(verbs[verb](), "left", [])
        refused = isinstance(left, list) and bool(left)
    except Refused as refusal:
        refused = refusal.sentence.endswith(("。", "利息"))
    assert (not refused, state(line)) == (works, ENDS[verb] if works else before)
    assert sound() == [[], []]


def test_a_reason_is_needed(line, treasurer):
    with pytest.raises(Refused, match="请写明"):
        domain.ignore(line, by=treasurer, reason="")


# --- two at once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_treasurers_at_one_line_book_once():
    people = [make_user(f"财务{n}", f"t{n}@test.cn", roles=["treasurer"]) for n in "一二"]
    bill, second = make_unit_with_bill(), make_unit_with_bill("演示乙公司")
    line = read_list(people[0], paid()).lines.get()
    one, other = at_once(lambda: confirm(line, bill, people[0]), lambda: confirm(line, second, people[1]))
    assert sorted([len(one.booked), len(other.booked)]) == [0, 1]
    named = (one.left or other.left)[0][1]
    assert re.fullmatch(r"这笔款已由财务[一二]入账。", named)
    assert (Payment.objects.count(), state(line), line.used) == (1, LineState.MATCHED, OWED)
    assert sound() == [[], []]


@pytest.mark.django_db(transaction=True)
def test_the_same_list_read_twice_at_once_brings_its_lines_once():
    by = make_user("孙会宁", "treasurer@test.cn", roles=["treasurer"])
    rows = [paid(f"演示{n}公司") for n in range(20)]
    lists = [bank_lists.upload(csv_file(("凭证号", "对方单位名称", "贷方发生额", "交易时间", "借/贷"),
                                        *[(r[0], r[10], r[6], r[3], r[4]) for r in order]), by=by)
             for order in (rows, rows[::-1])]  # fmt: skip
    at_once(*[lambda s=s: bank_lists.read(s.pk) for s in lists])
    for found in lists:
        found.refresh_from_db()
    assert sorted(s.line_count for s in lists) == [0, 20]
    assert sorted(s.known_count for s in lists) == [0, 20]
    assert sound() == [[], []]


# --- through the pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(treasurer):
    return signed_in_client(treasurer)


def page(client, name, record, query=""):
    return client.get(reverse(f"members:{name}", args=[record.pk]) + query)


def ticks(response):
    return re.findall(r'name="tick" value="([0-9:]+)" data-choose( checked)?', response.content.decode())


def test_certain_lines_are_ticked_and_confirmed_in_one_go(client, line, bill):
    answer = page(client, "bank_statement", line.statement)
    assert ticks(answer) == [(f"{line.pk}:{bill.pk}:{OWED}", " checked")]
    assert "户名相同；金额等于应缴" in answer.content.decode()
    done = client.post(
        reverse("members:bank_confirm", args=[line.statement_id]), {"tick": ticks(answer)[0][0]}, follow=True
    )
    assert "已入账 1 笔，合计 ¥5,000.00。" in done.content.decode()
    assert state(line) == LineState.MATCHED


def test_confirming_asks_again_who_is_there(line, bill, treasurer):
    old = signed_in_client(treasurer, proved=False)
    answer = old.post(
        reverse("members:bank_confirm", args=[line.statement_id]), {"tick": f"{line.pk}:{bill.pk}:{OWED}"}
    )
    assert (answer.status_code, Payment.objects.count()) == (302, 0)


def test_a_bill_of_ones_own_shows_beforehand_that_somebody_else_confirms(client, treasurer):
    make_unit_with_bill(by=treasurer)
    line = read_list(treasurer, paid()).lines.get()
    answer = page(client, "bank_statement", line.statement)
    assert (ticks(answer), "账单是你出的，由另一位财务确认" in answer.content.decode()) == ([], True)
    assert "账单是你出的" in page(client, "bank_line", line).content.decode()


def test_tabs_show_what_is_where(client, treasurer, bill):
    statement = read_list(
        treasurer, paid(), paid(amount="1"), paid("演示无关公司", "7"), paid("演示利息", "8")
    )
    domain.ignore(statement.lines.get(payer_name="演示利息"), by=treasurer, reason="利息")
    tabs = page(client, "bank_statement", statement).context["tabs"]
    assert [(t["label"], t["count"]) for t in tabs] == [
        ("把握大的", 1), ("要选的", 0), ("没有对上", 2), ("已入账", 0), ("不入账", 1),
    ]  # fmt: skip
    assert (
        "像的账单已由另一笔流水对上"
        in page(client, "bank_statement", statement, "?tab=none").content.decode()
    )
    assert "利息" in page(client, "bank_statement", statement, "?tab=ignored").content.decode()


def test_a_bill_is_found_by_name_number_and_bill_number(client, treasurer):
    bill = make_unit_with_bill("演示云帆公司")
    line = read_list(treasurer, paid("张三", "7")).lines.get()
    for text in ("云帆", "yunfan", bill.organization.member_number, bill.number):
        answer = page(client, "bank_line", line, f"?q={text}")
        assert (text, [b.pk for b in answer.context["found"]]) == (text, [bill.pk])
    fragment = client.get(
        reverse("members:bank_line", args=[line.pk]) + "?q=云帆", headers={"HX-Request": "true"}
    )
    assert (fragment.content.decode().count("选这张"), "<html" in fragment.content.decode()) == (1, False)
    assert page(client, "bank_line", line, "?q=没有这家").context["found"] == []


def test_a_line_is_split_on_its_page(client, treasurer, bill):
    second = make_bill(bill.organization, year=2022)
    line = read_list(treasurer, paid(amount="10000")).lines.get()
    answer = page(client, "bank_line", line, f"?bill={bill.pk}&bill={second.pk}")
    form = answer.context["claim_form"]
    assert [form[f"amount-{b.pk}"].value() for b in (bill, second)] == ["5000.00", "5000.00"]
    address = reverse("members:bank_claim", args=[line.pk])
    data = {
        "version": line.version,
        "bill": [bill.pk, second.pk],
        f"amount-{bill.pk}": "5,000",
        f"amount-{second.pk}": "x",
    }
    assert client.post(address, data).status_code == 422
    done = client.post(address, data | {f"amount-{second.pk}": "¥4000"})
    assert (done.status_code, done["Location"]) == (303, reverse("members:bank_line", args=[line.pk]))
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [400_000, OWED]


def test_candidates_stand_on_the_page_of_a_line(client, treasurer):
    bills = [make_unit_with_bill("演示甲公司")]
    bills.append(make_bill(bills[0].organization, year=2022))
    line = read_list(treasurer, paid()).lines.get()
    context = page(client, "bank_line", line).context
    assert [row[0] for row in context["rows"]] == [bills[1]]
    assert [(b, s.score) for b, s in context["likely"]] == [(bills[0], 89)]


def test_setting_aside_on_the_page(client, line):
    address = reverse("members:bank_ignore", args=[line.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "利息"}).status_code == 303
    assert client.post(reverse("members:bank_reopen", args=[line.pk])).status_code == 303
    assert state(line) == LineState.OPEN


def test_upload_progress_and_columns(client, treasurer, run_jobs):
    file = csv_file(("入账日", "进账", "来款单位"), ("2023-01-05", "7", "演示公司"))
    answer = client.post(reverse("members:bank_statements"), {"file": file})
    assert answer.status_code == 303
    assert "正在排队" in client.get(answer["Location"]).content.decode()
    run_jobs()
    polled = client.get(answer["Location"] + "progress/", headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"
    columns = answer["Location"] + "columns/"
    form = client.get(columns).context["form"]
    assert [c[1] for c in form.fields["amount"].choices] == [
        "请选择",
        "A 列 入账日",
        "B 列 进账",
        "C 列 来款单位",
    ]
    data = {
        "version": form["version"].value(),
        "header": "0",
        "booked_on": "0",
        "amount": "1",
        "payer_name": "1",
    }
    assert client.post(columns, data).context["form"].errors == {"payer_name": ["这一列已经对应“收入金额”。"]}
    assert client.post(columns, data | {"payer_name": "2", "summary": ["0", "2"]}).status_code == 303
    run_jobs()
    line = BankLine.objects.get()
    assert (line.payer_name, line.amount, line.summary) == ("演示公司", 700, "2023-01-05；演示公司")
    assert client.get(columns).status_code == 302


def test_wrong_files_are_refused_at_the_door(client):
    for name, content in [("a.pdf", b"%PDF-1.4"), ("a.csv", b""), ("a.xlsx", b"%PDF-1.4")]:
        answer = client.post(reverse("members:bank_statements"), {"file": SimpleUploadedFile(name, content)})
        assert (name, answer.status_code) == (name, 422)


def test_pages_ask_as_often_for_thirty_rows_as_for_one(client, treasurer, queries):
    def count(address):
        client.get(address)
        with queries() as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def counts(statement):
        address = reverse("members:bank_statement", args=[statement.pk])
        pages = [address + f"?tab={tab}" for tab in ("sure", "none", "booked", "ignored")]
        return [count(a) for a in (reverse("members:bank_statements"), *pages)]

    found = []
    for size in (1, 30):
        names = [f"演示{size}园{n}公司" for n in range(size)]
        bills = [make_unit_with_bill(name) for name in names]
        rows = [paid(name, amount) for name in names for amount in ("5000", "5000.01", "6.00", "7.00")]
        statement = read_list(treasurer, *rows, name=f"{size}.csv")
        for name, bill in zip(names, bills, strict=True):
            # One in each tab.
            lines = {line.amount: line for line in statement.lines.filter(payer_name=name)}
            claim(lines[700], (bill, 700), by=treasurer)
            domain.ignore(lines[600], by=treasurer, reason="利息")
        found.append(counts(statement))
    assert found[0] == found[1]
    assert max(found[1]) <= 20
