"""How names are compared: every rule with an example that a person would decide the same way."""

import pytest

from members.similarity import SIMILAR, Name, core_of, kernel_of, similarity, telling


def like(one, other):
    return round(similarity(Name(one), Name(other)), 3)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("北京锦程文化传播有限公司", "锦程文化传播"),
        ("北京市锦程文化传播有限责任公司", "锦程文化传播"),
        ("锦程文化传播（北京）有限公司", "锦程文化传播"),
        ("锦程文化传播(北京)股份有限公司", "锦程文化传播"),
        ("中国北京锦程文化传播集团有限公司", "锦程文化传播"),
        ("ＪＣ  Park·锦程", "jcpark锦程"),
        ("锦程三期", "锦程3期"),
        ("第三极书局有限公司", "3极书局"),
        ("三生石文化公司", "三生石文化"),
        ("北京有限公司", "北京有限公司"),
        ("——", ""),
    ],
)
def test_the_core_of_a_name(name, core):
    assert core_of(name) == core


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("北京锦程文化传播有限公司", "锦程文化传播（北京）有限责任公司", 1.0),
        ("锦程文化传播有限公司", "锦城文化传播有限公司", 0.95),
        ("锦程文化传播有限公司", "锦程文化传媒有限公司", 0.92),
        ("万象新天地文化有限公司", "万象新天文化有限公司", 0.805),
        ("重庆文化公司", "重厦文化公司", 0.133),
        ("锦程投资有限公司", "锦程文化传播有限公司", 0.0),
        ("演示文化科技公司04", "演示文化投资公司04", 0.0),
        ("锦程公司", "锦程文化公司", 0.8),
        ("万象国际文化创意产业投资管理有限公司", "云帆国际文化创意产业投资管理有限公司", 0.338),
        ("演示运营公司01", "演示运营公司02", 0.0),
        ("锦程一期", "锦程二期", 0.0),
        ("锦程2期", "锦程二期", 1.0),
        ("文化创意产业园", "文化产业园", 0.6),
        ("文化创意产业园", "锦程文化创意产业园", 0.0),
    ],
)
def test_how_alike_two_names_are(one, other, value):
    assert (like(one, other), like(other, one)) == (value, value)


def test_the_line_lies_between_misspellings_and_sisters():
    assert like("锦程文化传播有限公司", "锦程文化传媒有限公司") > SIMILAR > like("锦程投资", "锦程文化传播")


@pytest.mark.parametrize(
    ("code", "kernel"),
    [
        ("91110105MA01ABCD2X", "MA01ABCD2"),
        (" 9111 0105-ma01abcd2x", "MA01ABCD2"),
        ("MA01ABCD-2", "MA01ABCD2"),
        ("110105001234567", ""),
        ("", ""),
    ],
)
def test_the_registration_kernel_of_a_code(code, kernel):
    assert kernel_of(code) == kernel


def test_a_park_must_be_called_something():
    assert [telling(n) for n in ("文化创意产业园", "莱锦文化创意产业园", "751D·PARK", "园区")] == [
        False, True, True, False,
    ]  # fmt: skip
