"""Bank lists as they come: layouts, encodings, amounts, dates, what is skipped and what is refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from association.exchange import reading
from association.exchange.cells import ErrorCell
from association.exchange.limits import WorkbookRefused
from association.exchange.reader_child import load
from association.exchange.sheet import SheetRow
from members.bank import layouts, lines
from members.bank.layouts import FREE, Reading
from tests import bank_lists as bank
from tests import workbooks
from tests.bank_lists import CCB, CMB, DATA, ICBC, ccb, cmb, icbc

TODAY = date(2023, 2, 1)


def parsed(*rows, reading=None):
    """What a list of rows of cells gives; numbered as a person sees them."""
    table = [
        SheetRow(number, [c if c != "" else None for c in cells]) for number, cells in enumerate(rows, 1)
    ]
    reading = reading or layouts.recognise([row.cells for row in table])
    return lines.parse(table, reading, today=TODAY)


def brief(found):
    return [(t.booked_on.isoformat(), t.amount, t.payer_name) for t in found.transfers]


def of_file(path):
    sheet = load(path, as_it_stands=True)
    plan = layouts.recognise([row.cells for row in sheet.rows])
    return plan, lines.parse(sheet.rows, plan, today=TODAY)


# --- whose layout -----------------------------------------------------------------------------------------------

EXPECTED = [
    ("2023-01-05", 500_000, "演示甲公司"), ("2023-01-05", 1_000_000, "演示（乙）公司"),
    ("2023-01-05", 300_000, "演示丙公司"), ("2023-01-05", 1_234, ""),
]  # fmt: skip


@pytest.mark.parametrize("name", ["bank-icbc.xlsx", "bank-icbc.csv"])
def test_the_list_of_icbc_below_its_title_and_above_its_total(name):
    plan, found = of_file(DATA / name)
    assert (plan.layout, plan.header) == ("icbc", 2)
    assert (brief(found), found.skipped, found.errors) == (EXPECTED, 2, [])
    assert [t.summary for t in found.transfers] == [
        "转账；2023年度会费",
        "转账；BCIPA-2022-0002 会费",
        "转账；=1+1",
        "结息",
    ]
    assert found.transfers[0].serial == ""


def test_the_list_of_ccb():
    plan, found = of_file(DATA / "bank-ccb.csv")
    assert plan.layout == "ccb"
    assert brief(found) == [("2023-01-05", 500_000, "演示甲公司"), ("2023-01-05", 500_000, "演示丁公司")]
    assert [(t.serial, t.payer_account) for t in found.transfers] == [
        ("CCB0001", "11050001"),
        ("CCB0002", "11050001"),
    ]
    assert found.skipped == 1


def test_the_list_of_cmb():
    found = parsed(CMB, cmb("演示戊公司", "5000.00", serial="K1"), cmb("演示", out="1"))
    assert (brief(found), found.transfers[0].serial) == ([("2023-01-05", 500_000, "演示戊公司")], "K1")


def test_samples_are_what_the_script_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(bank, "DATA", tmp_path)
    bank.write_samples()
    for name in ("bank-icbc.xlsx", "bank-icbc.csv", "bank-ccb.csv"):
        plan, found = of_file(tmp_path / name)
        again, stored = of_file(DATA / name)
        assert (plan, found) == (again, stored)


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        (ICBC, "icbc"),
        (CCB, "ccb"),
        ([name.replace("（", "/元(").replace("）", ")") for name in CCB], "ccb"),
        ([f" {name} " for name in CMB], "cmb"),
        (["日期", "金额", "谁"], None),
        (["单位名称", "会员类别"], None),
        ([], None),
    ],
)
def test_headers(header, layout):
    found = layouts.recognise([["某某账户明细"], header])
    assert (found and found.layout) == layout


def test_a_header_that_was_assigned_is_known_again_whatever_stands_above_it():
    header = ["日期", "进账", "来款单位"]
    known = [(layouts.header_of(header), {"booked_on": [0], "amount": [1], "payer_name": [2]})]
    assert layouts.recognise([["x"], header, ["2023-01-05", "1", "甲"]], known) == Reading(
        FREE, 1, known[0][1]
    )
    assert layouts.recognise([["日期", "进账"]], known) is None


def test_a_guess_helps_with_unknown_headers():
    found = layouts.guess(
        [
            ["网银明细"],
            ["交易日期", "收入金额", "付款人名称", "附言", "某列"],
            ["20230105", "1", "甲", "", ""],
        ]
    )
    assert found == Reading(FREE, 1, {"booked_on": [0], "amount": [1], "payer_name": [2], "summary": [3]})
    assert layouts.guess([["标题"], ["甲", "乙"], ["1", "2"]]) == Reading(FREE, 1, {})
    assert layouts.guess([]) == Reading(FREE, 0, {})


def test_money_of_both_ways_in_one_column():
    columns = {"booked_on": [0], "amount": [1], "payer_name": [2]}
    table = [["日期", "金额", "对方"], ["20230105", "100", "甲"], ["20230105", "-30", "乙"]]
    found = parsed(*table, reading=Reading(FREE, 0, columns))
    assert (brief(found), found.skipped, found.reversed) == ([("2023-01-05", 10_000, "甲")], 1, [])


@pytest.mark.parametrize(
    ("word", "count"), [("贷", 1), ("借", 0), ("收入", 1), ("支出", 0), ("C", 1), ("D", 0), ("Ｄ", 0)]
)
def test_money_of_both_ways_by_a_mark(word, count):
    columns = {"booked_on": [0], "amount": [1], "payer_name": [2], "direction": [3]}
    table = [["日期", "金额", "对方", "借贷"], ["20230105", "100", "甲", word]]
    assert len(parsed(*table, reading=Reading(FREE, 0, columns)).transfers) == count


# --- amounts and dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("5,000.00", 500_000), ("5000", 500_000), (Decimal("5000.5"), 500_050), ("¥1,234.56", 123_456), ("￥８８．８０", 8_880),
        ("5000元", 500_000), ("CNY5,000.00", 500_000), (" 0.01 ", 1), ("+3", 300), ("\t12.30", 1_230),
    ],
)  # fmt: skip
def test_amounts(cell, fen):
    assert brief(parsed(ICBC, icbc("甲", cell)))[0][1] == fen


@pytest.mark.parametrize("cell", ["", "-", "0.00", Decimal(0), None])
def test_no_amount_is_no_transfer(cell):
    found = parsed(ICBC, icbc("甲", cell))
    assert (found.transfers, found.skipped, found.errors) == ([], 1, [])


@pytest.mark.parametrize(
    "cell",
    [
        "转账",
        "1.2.3",
        "12,34",
        "1.234",
        "1e5",
        "五千",
        "99999999999999999999",
        ErrorCell("#REF!", "是公式的错误值 #REF!"),
    ],
)
def test_what_is_no_amount_is_named(cell):
    found = parsed(ICBC, icbc("甲", cell))
    assert (len(found.errors), found.errors[0][0], found.sentence[:6]) == (1, 2, "第2行的金额")


@pytest.mark.parametrize(
    "cell",
    [
        "20230105", "2023/1/5", "2023-01-05", "2023.1.5", "2023年1月5日", "2023-01-05 10:22:31", "20230105102231",
        "20230105 10:22:31", Decimal(44931), "44931", Decimal(20230105), date(2023, 1, 5), datetime(2023, 1, 5, 9),
        "２０２３０１０５",
    ],
)  # fmt: skip
def test_dates(cell):
    assert brief(parsed(ICBC, icbc("甲", "1", day=cell)))[0][0] == "2023-01-05"


@pytest.mark.parametrize(
    "cell", ["20231345", "20230230", "2023/2/30", "昨天", "", "20230202", "1999-12-31", Decimal(60)]
)
def test_what_is_no_day_is_named(cell):
    found = parsed(ICBC, icbc("甲", "1", day=cell))
    assert ([number for number, _ in found.errors], found.transfers) == ([2], [])


def test_six_errors_name_five():
    found = parsed(ICBC, *[icbc("甲", "x")] * 6)
    assert found.sentence.endswith("；还有 1 行也读不出来。")


# --- what is skipped --------------------------------------------------------------------------------------------


def test_totals_repeated_headers_and_outgoing_money_are_counted():
    found = parsed(
        ICBC, icbc("甲", "1"), icbc("乙", out="2"), list(ICBC), ["期初余额", "", "", "", "", "", "100.00"],
        ["", "", "", "贷方合计", "", "", "1.00"], ["以下空白"],
    )  # fmt: skip
    assert (len(found.transfers), found.skipped, found.errors) == (1, 5, [])


def test_a_reversal_is_named_and_not_taken_for_a_transfer():
    found = parsed(ICBC, icbc("甲", "5000"), icbc("甲", "-5000"))
    assert (len(found.transfers), found.reversed, found.skipped) == (1, [3], 1)
    assert found.remark == "第3行的收入是负数（冲正），没有作为到账读入，请与银行核对。"


def test_income_without_a_payer_is_a_transfer():
    assert brief(parsed(ICBC, icbc("", "12.34"))) == [("2023-01-05", 1_234, "")]


# --- the same transfer ------------------------------------------------------------------------------------------


def marks(*rows, header=ICBC):
    return [t.fingerprint for t in parsed(header, *rows).transfers]


def test_the_same_row_twice_is_two_transfers_and_the_same_two_in_another_list():
    once = marks(icbc("甲", "5000"), icbc("甲", "5000"))
    assert len(set(once)) == 2
    assert marks(icbc("乙", "1"), icbc("甲", "5,000.00"), icbc("甲", 5000))[1:] == once


@pytest.mark.parametrize(
    "other", [icbc("乙", "5000"), icbc("甲", "5001"), icbc("甲", "5000", day="20230106"), icbc("甲", "5000", use="捐"),
              icbc("甲", "5000", account="1")],
)  # fmt: skip
def test_different_rows_are_different_transfers(other):
    assert marks(icbc("甲", "5000")) != marks(other)


def test_a_serial_makes_summary_and_account_nothing():
    assert marks(ccb("甲", "1", serial="A1"), header=CCB) == marks(
        ccb("甲", "1.00", serial="A1", note="x", account="9"), header=CCB
    )
    assert marks(ccb("甲", "1", serial="A1"), header=CCB) != marks(ccb("甲", "1", serial="A2"), header=CCB)


def test_one_number_given_to_many_rows_loses_none_of_them():
    assert (
        len(set(marks(icbc("甲", "1", number="8"), icbc("乙", "1", number="8"), icbc("乙", "1", number="8"))))
        == 3
    )


def test_width_and_spaces_make_no_other_transfer():
    assert marks(icbc("演示(甲)公司", "1")) == marks(icbc("演示（甲）公司 ", "１.００"))


# --- hostile files ----------------------------------------------------------------------------------------------

HOSTILE = ["far_cell", "wide", "long", "zip_bomb", "entity_bomb", "macro", "truncated", "encrypted", "old_xls", "string_bomb",
           "word_document", "plain_zip"]  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_workbooks_are_refused_in_words(tmp_path, kind):
    path = getattr(workbooks, kind)(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookRefused) as refused:
        reading.read(path, filename="a.xlsx", as_it_stands=True)
    assert refused.value.sentence.endswith("。")


def test_as_it_stands_all_rows_come_with_all_their_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("标题\n\n甲,乙\n1,2,3\n甲,乙\n", "utf-8")
    sheet = reading.read(path, filename="a.csv", as_it_stands=True)
    assert (sheet.headers, sheet.header_number) == (["A", "B", "C"], 0)
    assert [(r.number, r.cells) for r in sheet.rows] == [
        (1, ["标题", None, None]), (3, ["甲", "乙", None]), (4, ["1", "2", "3"]), (5, ["甲", "乙", None]),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(bank.csv_file(ICBC, icbc("演示㛃公司", "1"), encoding=encoding).read())
    assert brief(of_file(path)[1]) == [("2023-01-05", 100, "演示㛃公司")]
