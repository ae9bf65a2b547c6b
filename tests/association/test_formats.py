import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association import formats


@pytest.mark.parametrize(
    "written",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "8613812345678", "008613812345678",
     "１３８１２３４５６７８", "\u202d13812345678\u202c", 13812345678, 13812345678.0, "(+86)13812345678"],
)  # fmt: skip
def test_mobile_numbers_however_written(written):
    assert formats.clean_mobile(written) == "13812345678"


@pytest.mark.parametrize(
    "written", ["", "12812345678", "1381234567", "138123456789", "1.38E+10", "一三八", "٣" * 11]
)
def test_other_mobile_numbers_are_refused(written):
    with pytest.raises(ValueError, match=r"^手机号应为11位数字，以13至19开头$"):
        formats.clean_mobile(written)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_cleaning_a_shown_mobile_number_gives_it_back(mobile):
    assert formats.clean_mobile(formats.show_mobile(mobile)) == mobile
    assert formats.mask_mobile(mobile)[3:7] == "****"


@pytest.mark.parametrize(
    ("mobile", "masked"),
    [
        ("13812345678", "138****5678"),
        ("010-65123456", "010****3456"),
        ("1234", "****34"),
        ("12", "****"),
        ("", ""),
    ],
)
def test_masks(mobile, masked):
    assert formats.mask_mobile(mobile) == masked


def test_shown_in_groups():
    assert formats.show_mobile("13812345678") == "138 1234 5678"
    assert formats.show_mobile("010-65123456") == "010-65123456"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("010-65123456", "010-65123456"),
        ("01065123456", "010-65123456"),
        ("(010) 6512 3456", "010-65123456"),
        ("（010）65123456转801", "010-65123456-801"),
        ("010-65123456-8", "010-65123456-8"),
        ("+86 10 6512 3456", "010-65123456"),
        ("+86-010-65123456", "010-65123456"),
        ("0755-1234567", "0755-1234567"),
        ("0755-1234567-8", "0755-1234567-8"),
        ("0755-8123-4567", "0755-81234567"),
        ("0311-81234567 分机 12", "0311-81234567-12"),
        ("400-810-1234", "400-810-1234"),
        ("4008101234", "400-810-1234"),
        (1065123456.0, None),
        ("65123456", None),
        ("010-6512345", None),
        ("13812345678", None),
        ("010-65123456/65123457", None),
        ("", None),
    ],
)
def test_landlines(written, expected):
    if expected is None:
        with pytest.raises(ValueError, match=r"^座机号应写作"):
            formats.clean_landline(written)
    else:
        assert formats.clean_landline(written) == expected
        assert formats.clean_landline(expected) == expected


TENTH = date(2023, 1, 10)


@pytest.mark.parametrize(
    "written",
    ["2023-1-10", "2023/1/10", "2023.1.10", "2023年1月10日", "2023 年 1 月 10 日", "20230110", 20230110,
     44936, 44936.75, "44936", "2023-01-10 00:00:00", "２０２３－１－１０", TENTH,
     datetime(2023, 1, 10, 23, 59), datetime(2023, 1, 9, 16, 0, tzinfo=UTC), Decimal(44936), "2023年1月10"],
)  # fmt: skip
def test_the_tenth_of_january(written):
    assert formats.clean_date(written) == TENTH


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2023-2-29", "日历上没有这一天"),
        ("2023-13-1", "日历上没有这一天"),
        (60, "日历上没有这一天"),
        (109575, "日历上没有这一天"),
        (20230230, "日历上没有这一天"),
        ("23-1-10", "日期应写作 2023-01-10 的样子"),
        ("昨天", "日期应写作 2023-01-10 的样子"),
        ("", "日期应写作 2023-01-10 的样子"),
        (None, "日期应写作 2023-01-10 的样子"),
        (True, "日期应写作 2023-01-10 的样子"),
        (0, "日期应写作 2023-01-10 的样子"),
        (float("nan"), "日期应写作 2023-01-10 的样子"),
        (float("inf"), "日期应写作 2023-01-10 的样子"),
        ("1899-12-31", "日期应在1900年至2199年之间"),
        ("9999-12-31", "日期应在1900年至2199年之间"),
        (date(1, 1, 1), "日期应在1900年至2199年之间"),
    ],
)
def test_impossible_dates(written, message):
    with pytest.raises(ValueError) as caught:
        formats.clean_date(written)
    assert str(caught.value) == message


def test_leap_days_and_the_first_serials():
    assert formats.clean_date("2024-2-29") == date(2024, 2, 29)
    assert formats.clean_date(1) == date(1900, 1, 1)
    assert formats.clean_date(59) == date(1900, 2, 28)
    assert formats.clean_date(61) == date(1900, 3, 1)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_written_in_chinese_is_read_back(day):
    assert formats.clean_date(formats.chinese_date(day)) == day


@given(st.text() | st.floats() | st.integers())
def test_whatever_comes_is_a_date_or_a_value_error(value):
    for cleaner in (formats.clean_date, formats.clean_decimal, formats.clean_integer, formats.clean_mobile):
        with contextlib.suppress(ValueError):
            assert cleaner(value) is not None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12,000.00", "12000.00"),
        ("￥12,000.5", "12000.5"),
        (" １２ ", "12"),
        ("-3.5", "-3.5"),
        (0.1, "0.1"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (7, "7"),
        (Decimal("1.500000"), "1.5"),
    ],
)
def test_numbers(written, expected):
    assert str(formats.clean_decimal(written)) == expected


@pytest.mark.parametrize(
    "written",
    ["", "十二", "1,2,3", "1e5", "NaN", "Infinity", "0x10", "1_000", "9" * 19, "1.1234567", "٣", True, None],
)
def test_what_is_no_number(written):
    with pytest.raises(ValueError, match=r"^应填写数字$"):
        formats.clean_decimal(written)


@pytest.mark.parametrize(
    "written", [float("nan"), float("inf"), 1e30, Decimal("NaN"), Decimal("1E+30"), 10**18]
)
def test_numbers_beyond_reason(written):
    with pytest.raises(ValueError, match=r"^数字过大或无效$"):
        formats.clean_decimal(written)


def test_whole_numbers():
    assert formats.clean_integer("12.0") == 12
    assert formats.clean_integer("1,200") == 1200
    with pytest.raises(ValueError, match=r"^应填写整数$"):
        formats.clean_integer("12.5")


@pytest.mark.parametrize(
    ("square_metres", "expected"),
    [
        ("110000", "11.0 万㎡"),
        ("8500", "8,500 ㎡"),
        ("9999.5", "10,000 ㎡"),
        ("12345678", "1,234.6 万㎡"),
        ("0", "0 ㎡"),
    ],
)
def test_areas(square_metres, expected):
    assert formats.area(Decimal(square_metres)) == expected
