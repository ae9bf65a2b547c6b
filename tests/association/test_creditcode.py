"""GB 32100-2015: real codes with their sums, the edge of the arithmetic, and what people mistype."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.creditcode import ALPHABET, CreditCodeError, check, check_character, clean, warnings

VALID = [
    "91110000802100433B",  # sum 485
    "9144030071526726XG",  # sum 1782, letters within
    "91119900MA00000150",  # sum divisible by 31
    "91119900MA0000023T",
    "91119900MA0000031M",
    "91119900MA000004XD",
    "91119900MA0000058D",
    "51119900MJ0000018X",
]
VALID_CODES = st.builds(
    lambda head, region, rest: (first := head + region + rest) + check_character(first),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_pass(code):
    assert clean(code) == code
    assert check(code) is None
    assert check_character(code[:17]) == code[17]
    assert warnings(code) == []


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "没有填写"),
        ("91110000802100433C", "校验位错误，应为 B"),
        ("91119900MA00000231", "校验位错误，应为 T"),
        ("110000012345678", "是15位的旧注册号，请填写证照上的18位统一社会信用代码"),
        ("9111000080210043", "应为18位，现为16位"),
        ("91110000802100433BB", "应为18位，现为19位"),
        ("9.1110000802E+17", "被表格改成了科学计数法，请把该列设为文本后重新填写"),
        ("91110000802100O33B", "第15位不应是字母O，是否为数字0"),
        ("9I110000802100433B", "第2位不应是字母I，是否为数字1"),
        ("91110000802100433V", "第18位“V”不是代码可用的字符"),
        ("91110000802100.33B", "第15位“.”不是代码可用的字符"),
        ("911100A0802100433B", "第3至8位（登记机关行政区划码）应为数字"),
        ("九一110000802100433B", "第1位“九”不是代码可用的字符"),
    ],
)
def test_what_cannot_be_right_is_told(written, message):
    with pytest.raises(CreditCodeError) as caught:
        check(clean(written))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "written",
    [
        "91110000802100433b",
        "９１１１００００８０２１００４３３Ｂ",
        " 9111 0000 8021 0043 3B\n",
        "91110000-80210043-3B",
        "91110000－80210043－3B",
        "\u200b91110000\u200d802100433B\ufeff",
        "\u202e91110000802100433B\u202c",
        "91110000\u3000802100433B",
        "91110000802100433B\x00",
    ],
)
def test_other_ways_of_writing_one_code(written):
    assert clean(written) == "91110000802100433B"


def test_letters_of_other_authorities_are_allowed_in_front():
    code = "N2110000MF0000000"
    assert check(code + check_character(code)) is None


def test_unusual_but_valid_codes_are_warned_about_only():
    code = "41110000802100434"
    code += check_character(code)
    assert check(code) is None
    assert warnings(code) == ["第17位与主体标识码的校验规则不符，请对照证照核对。"]
    code = "0" + code[1:16] + "3"
    assert warnings(code + check_character(code)) == ["首位“0”不是已知的登记管理部门代码，请核对。"]


@given(st.text())
def test_cleaning_is_idempotent(text):
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_any_text_ends_in_silence_or_a_refusal(text):
    with contextlib.suppress(CreditCodeError):
        assert check(clean(text)) is None


@given(VALID_CODES)
def test_what_is_computed_passes(code):
    assert check(code) is None


@given(VALID_CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_changed_character_fails(code, place, character):
    if code[place] == character:
        return
    with pytest.raises(CreditCodeError):
        check(code[:place] + character + code[place + 1 :])


@given(VALID_CODES, st.integers(0, 16))
def test_swapped_neighbours_fail(code, place):
    left, right = code[place : place + 2]
    if left == right:
        return
    with pytest.raises(CreditCodeError):
        check(code[:place] + right + left + code[place + 2 :])
