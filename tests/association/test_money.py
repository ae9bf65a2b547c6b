"""Examples of 正确填写票据和结算凭证的基本规定 (支付结算办法, annex 1) and of the house's own notices."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.money import to_chinese, yuan

CENTS = st.integers(0, 10**14 - 1)
VALUES = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("12000", "壹万贰仟元整"),
        ("1005.30", "壹仟零伍元叁角"),
        ("100000.05", "壹拾万元零伍分"),
        ("10010", "壹万零壹拾元整"),
        ("0.50", "伍角"),
        ("20000000", "贰仟万元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万零柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.55", "伍角伍分"),
        ("10", "壹拾元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("1000000001", "壹拾亿零壹元整"),
        ("100000000", "壹亿元整"),
        ("101000000", "壹亿零壹佰万元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("1010101010.10", "壹拾亿零壹仟零壹拾万零壹仟零壹拾元壹角"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("-1005.30", "负壹仟零伍元叁角"),
    ],
)
def test_in_capitals(amount, expected):
    assert to_chinese(Decimal(amount)) == expected


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("1000000000000", "金额过大，应小于一万亿元"),
        ("-1E+30", "金额过大，应小于一万亿元"),
        ("0.005", "金额最多精确到分"),
        ("NaN", "金额不是有效的数字"),
        ("-Infinity", "金额不是有效的数字"),
    ],
)
def test_what_no_receipt_can_say_is_refused(amount, message):
    with pytest.raises(ValueError) as caught:
        to_chinese(Decimal(amount))
    assert str(caught.value) == message


def read(text):
    """The reverse, written independently of the module: how many cents a capital amount says."""
    yuan_text, _, rest = text.rpartition("元") if "元" in text else ("", "", text)
    total = group = digit = 0
    for c in yuan_text:
        if c in VALUES:
            digit = VALUES[c]
        elif c in PLACES:
            group, digit = group + digit * PLACES[c], 0
        else:
            factor = {"万": 10**4, "亿": 10**8}[c]
            total, group, digit = total + (group + digit) * factor, 0, 0
    cents = 100 * (total + group + digit)
    for c, unit in itertools.pairwise(rest):
        cents += VALUES.get(c, 0) * {"角": 10, "分": 1}.get(unit, 0)
    return cents


@given(CENTS)
def test_every_amount_can_be_read_back(cents):
    text = to_chinese(Decimal(cents) / 100)
    assert read(text) == cents
    assert "零零" not in text
    assert text.endswith("整") == (cents % 100 == 0)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("12000", "¥12,000.00"), ("0", "¥0.00"), ("-0.5", "-¥0.50"), ("1234567.8", "¥1,234,567.80")],
)
def test_in_figures(amount, expected):
    assert yuan(Decimal(amount)) == expected
