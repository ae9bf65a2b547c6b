"""How cells are read, kind by kind."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from association.columns import Column, Kind
from association.exchange.cells import ErrorCell, Percent
from association.widgets import (
    AccountWidget,
    CreditCodeWidget,
    EmailWidget,
    LandlineWidget,
    NameWidget,
    UrlWidget,
    resource_for,
    widget_for,
)

CHOICES = (("110105", "朝阳区"), ("BDA", "北京经济技术开发区"))


def widget(kind, **more):
    return widget_for(Column("x", "某列", "part", "field", kind, **more))


@pytest.mark.parametrize(
    ("made", "cell", "value"),
    [
        (widget(Kind.TEXT), "  示例\u200b路　１号 ", "示例路 1号"),
        (widget(Kind.TEXT), Decimal("12.50"), "12.5"),
        (widget(Kind.TEXT), "\u200b", None),
        (NameWidget(), "李　 明", "李明"),
        (NameWidget(), "演示 (北京) 公司", "演示（北京）公司"),
        (NameWidget(), "ABC 文化 Group", "ABC 文化 Group"),
        (widget(Kind.CODE), " ００ 12 ", "0012"),
        (widget(Kind.PHONE), Decimal(13800001111), "13800001111"),
        (widget(Kind.PHONE), "+86 138-0000-1111", "13800001111"),
        (widget(Kind.INTEGER), "1,200", 1200),
        (widget(Kind.INTEGER), Decimal("12.0"), 12),
        (widget(Kind.DECIMAL), Decimal("78667.0650000001"), Decimal("78667.07")),
        (widget(Kind.DECIMAL), "１２", Decimal("12.00")),
        (widget(Kind.PERCENT), Percent("0.855"), Decimal("85.50")),
        (widget(Kind.PERCENT), "85.5%", Decimal("85.50")),
        (widget(Kind.DATE), "2023年1月10日", date(2023, 1, 10)),
        (widget(Kind.DATE), Decimal(44936), date(2023, 1, 10)),
        (widget(Kind.DATE), Decimal(20230110), date(2023, 1, 10)),
        (widget(Kind.DATE), datetime(2023, 1, 10, 23, 59), date(2023, 1, 10)),
        (widget(Kind.CHOICE, choices=CHOICES), " 朝 阳区", "110105"),
        (widget(Kind.CHOICE, choices=CHOICES), "bda", "BDA"),
        (widget(Kind.LIST, choices=CHOICES), "北京经济技术开发区、朝阳区，朝阳区", ["BDA", "110105"]),
        (widget(Kind.LIST, choices=CHOICES), "、", None),
        (widget(Kind.BOOL), "无", False),
        (widget(Kind.BOOL), True, True),
        (CreditCodeWidget(18), "９１１１0000-802100433b", "91110000802100433B"),
        (AccountWidget(40), Decimal(200001234567890), "200001234567890"),
        (LandlineWidget(20), "138 0000 1111", "13800001111"),
        (EmailWidget(), "Name＠Example.CN", "name@example.cn"),
        (UrlWidget(), "www.example.cn", "https://www.example.cn"),
    ],
)
def test_cell_becomes_value(made, cell, value):
    assert made.clean(cell) == value


@pytest.mark.parametrize("kind", Kind)
def test_blank_is_none_and_an_error_value_an_error(kind):
    made = widget(kind, choices=CHOICES)
    assert made.clean(None) is None
    with pytest.raises(ValueError, match="是公式的错误值 #REF!"):
        made.clean(ErrorCell("#REF!", "是公式的错误值 #REF!"))


@pytest.mark.parametrize(
    ("made", "cell", "message"),
    [
        (widget(Kind.INTEGER), "十", "应填写数字"),
        (widget(Kind.INTEGER), Decimal("1.5"), "应填写整数"),
        (widget(Kind.INTEGER), True, "应填写数字"),
        (widget(Kind.INTEGER), date(2023, 1, 1), "应填写数字"),
        (widget(Kind.INTEGER), Percent("0.5"), "不应是百分数"),
        (widget(Kind.INTEGER), "99999999999", "数字太大"),
        (widget(Kind.DECIMAL), "NaN", "应填写数字"),
        (widget(Kind.DECIMAL), "1e30", "应填写数字"),
        (widget(Kind.DECIMAL), Decimal("1e40"), "数字太大"),
        (widget(Kind.DATE), "1948-12-31", "日期应在1949年至2100年之间"),
        (widget(Kind.DATE), "明天", "日期应写作 2023-01-10 的样子"),
        (widget(Kind.PHONE), "138****0000", "是隐去中间几位的号码，与登记的不符，请填写完整的手机号"),
        (AccountWidget(), "12-34", "应为 8 至 32 位数字"),
        (LandlineWidget(), "12", "座机号应写作“区号-号码”或“区号-号码-分机”，如 010-65123456"),
    ],
)
def test_bad_cell_is_told(made, cell, message):
    with pytest.raises(ValueError) as error:
        made.clean(cell)
    assert str(error.value) == message


def test_stored_values_are_compared_as_if_written_with_care():
    assert widget(Kind.TEXT).same("示例路 1号", " 示例路 １号")
    assert widget(Kind.LIST, choices=CHOICES).same(None, [])
    assert not widget(Kind.LIST, choices=CHOICES).same(["BDA", "110105"], ["110105", "BDA"])
    assert widget(Kind.DECIMAL).same(Decimal("5.00"), Decimal(5))


def test_resource_cleans_by_column():
    columns = [Column("area", "面积", "p", "f", Kind.DECIMAL), Column("day", "日期", "p", "f", Kind.DATE)]
    resource = resource_for(columns, {c.key: widget_for(c) for c in columns})
    assert resource.clean_cell("area", "5") == Decimal("5.00")
    assert resource.clean_cell("day", "20230110") == date(2023, 1, 10)
    assert list(resource.fields) == ["area", "day"]
