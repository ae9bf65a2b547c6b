"""Which bill a transfer is for: a table of cases with what is suggested, how surely, and why."""

from datetime import date

import pytest

from members.bankmatching import CERTAIN, OpenBill, OpenLine, Unit, key_of, suggest

UNITS = [
    Unit(
        1,
        "北京演示文化（集团）有限公司",
        "BCIPA-2022-0001",
        former=("北京演示印刷厂",),
        short=("演示文化",),
        parks=("演示东园区",),
    ),
    Unit(2, "演示创意有限公司", "BCIPA-2022-0002", invoice_title="演示创意财务中心"),
    Unit(3, "演示双桥公司", "BCIPA-2022-0003"),
    Unit(4, "演示双桥公司", "BCIPA-2022-0004"),
]
BILLS = [
    OpenBill(11, 1, "HF-2023-000011", 500_000, 2023, date(2023, 3, 31)),
    OpenBill(21, 2, "HF-2022-000021", 300_000, 2022, date(2022, 3, 31)),
    OpenBill(22, 2, "HF-2023-000022", 300_000, 2023, date(2023, 3, 31)),
    OpenBill(31, 3, "HF-2023-000031", 700_000, 2023, date(2023, 3, 31)),
    OpenBill(41, 4, "HF-2023-000041", 700_000, 2023, date(2023, 3, 31)),
]
FULL = "北京演示文化（集团）有限公司"

# payer, summary, 分 → bill, score, why
CASES = [
    (FULL, "会费", 500_000, 11, 100, ["户名相同", "金额等于应缴"]),
    ("北京演示文化(集团)有限公司", "", 500_000, 11, 100, ["户名相同", "金额等于应缴"]),
    (" 北京演示文化﹙集团﹚有限公司", "", 500_000, 11, 100, ["户名相同", "金额等于应缴"]),
    ("北京演示印刷厂", "", 500_000, 11, 90, ["曾用名相同", "金额等于应缴"]),
    ("演示文化", "", 500_000, 11, 80, ["简称相同", "金额等于应缴"]),
    ("演示文化集团有限公司", "", 500_000, 11, 75, ["户名相近", "金额等于应缴"]),
    ("王某某", "BCIPA-2022-0001会费", 500_000, 11, 90, ["附言写有会员编号", "金额等于应缴"]),
    ("王某某", "bcipa20220001 会费", 500_000, 11, 90, ["附言写有会员编号", "金额等于应缴"]),
    ("王某某", "账单HF-2023-000011", 500_000, 11, 100, ["附言写有账单号", "金额等于应缴"]),
    ("王某某", "代北京演示印刷厂缴会费", 500_000, 11, 80, ["附言写有单位名称", "金额等于应缴"]),
    ("王某某", "演示东园区会费", 500_000, 11, 75, ["附言写有园区名称", "金额等于应缴"]),
    (FULL, "BCIPA-2022-0001", 500_000, 11, 100, ["户名相同", "附言写有会员编号", "金额等于应缴"]),
    (FULL, "", 200_000, 11, 70, ["户名相同", "金额少于应缴，只缴一部分"]),
    (FULL, "", 600_000, 11, 70, ["户名相同", "金额多于应缴，余款留待认领"]),
    ("演示创意财务中心", "2023年度", 300_000, 22, 90, ["发票抬头相同", "金额等于应缴", "附言写有年度"]),
    ("演示创意有限公司", "2022年会费", 300_000, 21, 100, ["户名相同", "金额等于应缴", "附言写有年度"]),
    ("演示创意有限公司", "HF-2023-000022", 300_000, 22, 100, ["户名相同", "附言写有账单号", "金额等于应缴"]),
    ("演示创意有限公司", "会费", 300_000, 21, 89, ["户名相同", "金额等于应缴", "同额账单有几张，先缴较早的"]),
    ("演示创意有限公司", "会费", 600_000, 21, 85, ["户名相同", "金额等于几张账单的合计"]),
    ("演示双桥公司", "会费", 700_000, 31, 89, ["户名相同", "金额等于应缴", "还有别的账单也像"]),
    ("演示双桥公司", "BCIPA-2022-0004", 700_000, 41, 100, ["户名相同", "附言写有会员编号", "金额等于应缴"]),
    ("无关公司", "货款", 500_000, 11, 30, ["只有这张账单是这个金额"]),
    ("无关公司", "货款", 700_000, None, 0, []),
    ("无关公司", "货款", 123, None, 0, []),
    ("", "", 123, None, 0, []),
    ("演示双桥公司", "BCIPA-2022-0001 代缴", 700_000, 31, 89, ["户名相同", "金额等于应缴", "还有别的账单也像"]),
    ("演示创意有限公司", "BCIPA-2022-0001", 500_000, 11, 90, ["附言写有会员编号", "金额等于应缴"]),
]  # fmt: skip


def one(payer, summary, left):
    return suggest([OpenLine(1, left, payer, summary)], BILLS, UNITS)[1]


@pytest.mark.parametrize(("payer", "summary", "left", "bill", "score", "why"), CASES)
def test_cases(payer, summary, left, bill, score, why):
    found = one(payer, summary, left)
    assert (found.bill, found.score, found.why) == (bill, score, why)
    assert found.is_certain == (score >= CERTAIN)


def test_two_lines_never_claim_more_than_a_bill_owes():
    lines = [OpenLine(n, 500_000, FULL) for n in (1, 2)]
    found = suggest(lines, BILLS, UNITS)
    assert [(found[n].bill, found[n].why) for n in (1, 2)] == [
        (11, ["户名相同", "金额等于应缴"]), (None, ["像的账单已由另一笔流水对上"]),
    ]  # fmt: skip


def test_two_instalments_share_a_bill_and_a_third_finds_no_room():
    found = suggest([OpenLine(n, 250_000, FULL) for n in (1, 2, 3)], BILLS, UNITS)
    assert [found[n].bill for n in (1, 2, 3)] == [11, 11, None]


def test_two_equal_lines_go_to_two_equal_bills():
    found = suggest([OpenLine(n, 300_000, "演示创意有限公司") for n in (1, 2, 3)], BILLS, UNITS)
    assert [found[n].bill for n in (1, 2, 3)] == [21, 22, None]


def test_the_surer_line_gets_the_bill():
    lines = [OpenLine(1, 500_000, "演示文化"), OpenLine(2, 500_000, FULL)]
    found = suggest(lines, BILLS, UNITS)
    assert (found[1].bill, found[2].bill) == (None, 11)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ａ（甲）·公司", "a(甲)公司"), ("演示 公司", "演示公司"), ("演示【北】", "演示北"), ("", "（）")],
)
def test_keys_of_names(one, other):
    assert key_of(one) == key_of(other)


def test_a_name_that_ends_in_a_number_is_not_found_in_a_longer_one():
    units = [Unit(n, f"演示园区{n}") for n in (1, 12)]
    bills = [OpenBill(n, n, f"HF-2023-{n:06d}", 500, 2023, date(2023, 3, 31)) for n in (1, 12)]
    found = suggest([OpenLine(1, 500, "张三", "代演示园区12缴费")], bills, units)[1]
    assert (found.bill, found.score) == (12, 80)


def test_nothing_in_nothing_out():
    assert suggest([], BILLS, UNITS) == {}
    assert suggest([OpenLine(1, 1, "甲")], [], [])[1].bill is None
