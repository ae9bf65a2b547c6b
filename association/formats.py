"""How dates, numbers and phones are read from people's hands and written for their eyes.

The cleaners raise ValueError with a Chinese message without a full stop, so that a form can add one and an
import report can put the row in front.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
# 010 and 02x have eight digits; four-digit area codes seven or eight.
LANDLINE = re.compile(r"(010|02[0-9])([0-9]{8})|(0[3-9][0-9]{2})([0-9]{7,8})")
EXTENSION = re.compile(r"(.*?[0-9].*?)(?:转|分机|EXT|X|#|-|\s)\W*([0-9]{1,6})", re.DOTALL)
SERVICE_LINE = re.compile(r"([48]00)(\d{3})(\d{4})")
LANDLINE_MESSAGE = "座机号应写作“区号-号码”或“区号-号码-分机”，如 010-65123456"
WRITTEN_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
NUMBER = re.compile(r"[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,6})?")


def _fold(value) -> str:
    """Half-width, without invisible characters and outer spaces."""
    text = unicodedata.normalize("NFKC", str(value))
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c.isspace()).strip()


# --- phones -----------------------------------------------------------------------------------------------


def clean_mobile(text: str) -> str:
    """The eleven digits of a mainland mobile number, however it was written."""
    digits = re.sub(r"[\s\-‐-―()]", "", _from_cell(text))
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise ValueError("手机号应为11位数字，以13至19开头")
    return digits


def clean_landline(text: str) -> str:
    """Area code, number and extension of a fixed line: 010-65123456-801; service numbers as 400-810-1234."""
    text = re.sub(r"^(\+|00)86\W*0?(?=[1-9])", "0", _from_cell(text).upper())
    if re.search(r"[^0-9\s()\-‐-―转分机EXT#.:]", text):
        raise ValueError(LANDLINE_MESSAGE)
    # The extension first: in 0755-1234567-8 the last digit would pass for part of an eight-digit number.
    if (match := EXTENSION.fullmatch(text)) and (number := _line_number(match[1])):
        return f"{number}-{match[2]}"
    if number := _line_number(text):
        return number
    raise ValueError(LANDLINE_MESSAGE)


def _line_number(text) -> str:
    digits = re.sub(r"[\s()\-‐-―]", "", text)
    match = LANDLINE.fullmatch(digits) or SERVICE_LINE.fullmatch(digits)
    return "-".join(part for part in match.groups() if part) if match else ""


def mask_mobile(mobile: str) -> str:
    """138****5678 for a list; of a shorter text only the last two characters stay."""
    if len(mobile) < 8:
        return "****" + mobile[-2:] if len(mobile) > 2 else "****" if mobile else ""
    return f"{mobile[:3]}****{mobile[-4:]}"


def show_mobile(mobile: str) -> str:
    """138 1234 5678; anything but eleven digits is left as it is."""
    if len(mobile) != 11 or not mobile.isdigit():
        return mobile
    return f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"


def _from_cell(value) -> str:
    # A workbook gives a number typed without text format as 13800001111.0.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _fold(value)


# --- dates ------------------------------------------------------------------------------------------------


def clean_date(value) -> date:
    """A date from a date, a moment (by Beijing's clock), a written date or a workbook's serial (1900 system).

    Written: 2023-1-10, 2023/1/10, 2023.1.10, 2023年1月10日, 20230110. Years 1900 to 2199.
    """
    day = _read_date(value)
    if not EARLIEST <= day <= LATEST:
        raise ValueError("日期应在1900年至2199年之间")
    return day


def _read_date(value) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(BEIJING) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _date_from_number(value)
    text = _fold(value)
    if re.fullmatch(r"[0-9]{5}|[0-9]{8}", text):
        return _date_from_number(int(text))
    if match := WRITTEN_DATE.fullmatch(text):
        return _day(*map(int, match.groups()))
    raise ValueError("日期应写作 2023-01-10 的样子")


def _date_from_number(number) -> date:
    if number != number or not 1 <= number <= 99999999:
        raise ValueError("日期应写作 2023-01-10 的样子")
    if number >= 19000101:
        whole = int(number)
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    serial = int(number)
    # Workbooks count a 29 February 1900 that never was: day 60.
    if serial == 60 or serial > 109574:
        raise ValueError("日历上没有这一天")
    return date(1899, 12, 30 if serial > 60 else 31) + timedelta(days=serial)


def _day(year, month, day) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("日历上没有这一天") from None


def chinese_date(day: date) -> str:
    """2023年1月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


# --- numbers ----------------------------------------------------------------------------------------------


def clean_decimal(text) -> Decimal:
    """A number of up to 18 digits before and 6 after the point; thousands commas and ¥ may stand."""
    if isinstance(text, float | int | Decimal) and not isinstance(text, bool):
        return _decimal_from_number(text)
    folded = re.sub(r"^([+-]?)[¥$]\s*", r"\1", _fold(text)).replace("−", "-")
    if not NUMBER.fullmatch(folded) or not folded.isascii():
        raise ValueError("应填写数字")
    return Decimal(folded.replace(",", ""))


def _decimal_from_number(number) -> Decimal:
    # A binary fraction is read by its shortest writing: 0.1 is 0.1 and not 0.1000000000000000055.
    exact = Decimal(str(number))
    if not exact.is_finite() or abs(exact) >= 10**18:
        raise ValueError("数字过大或无效")
    rounded = exact.quantize(Decimal("0.000001"))
    if rounded != exact and not isinstance(number, float):
        raise ValueError("小数最多6位")
    return Decimal(f"{rounded.normalize():f}")


def clean_integer(text) -> int:
    """A whole number; 12.0 counts as 12."""
    number = clean_decimal(text)
    if number != number.to_integral_value():
        raise ValueError("应填写整数")
    return int(number)


def area(square_metres: Decimal) -> str:
    """An area as the trade says it: 11.0 万㎡ from ten thousand on, 8,500 ㎡ below."""
    square_metres = Decimal(square_metres)
    if abs(square_metres) >= 10000:
        return f"{(square_metres / 10000).quantize(Decimal('0.1'), ROUND_HALF_UP):,} 万㎡"
    return f"{square_metres.quantize(Decimal(1), ROUND_HALF_UP):,} ㎡"
