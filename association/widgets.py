"""Widgets of import-export that read a cell in our own words, one for each kind of column, and the resource that
cleans whole rows with them.

`clean` takes what the reader found in a cell (see exchange/cells.py) and gives the value as it is stored, None for a
blank one; it raises ValueError with a Chinese message without a full stop, fit to follow 第12行「面积」.
"""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator, validate_email
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from association import chinese, creditcode, formats
from association.columns import Column, Kind
from association.exchange.cells import ErrorCell, Percent, cell_text

SPELLINGS = 500
MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
BETWEEN_HAN = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uffee]) (?=[\u3001-\u9fff\uff01-\uffee])")
SEPARATORS = re.compile(r"[、，,;；/|\n]+")
_check_url = URLValidator(schemes=["http", "https"])


class CellWidget(Widget):
    """Common to all: a blank cell is None, an error value of the workbook is an error here."""

    def clean(self, value, row=None, **kwargs):
        if value is None:
            return None
        if isinstance(value, ErrorCell):
            raise ValueError(value.reason)
        return self.read(value)

    def read(self, value):
        """The stored value of a cell that is neither blank nor an error value."""
        return value

    def same(self, value, stored) -> bool:
        """Whether a cleaned value is the stored one, were it written as carefully."""
        return value == stored

    def render(self, value, obj=None, **kwargs):
        return None if value is None else cell_text(value)


class TextWidget(CellWidget):
    def __init__(self, max_length: int = 0):
        super().__init__()
        self.max_length = max_length

    def read(self, value):
        text = self.tidy(cell_text(value))
        if self.max_length and len(text) > self.max_length:
            raise ValueError(f"太长，最多 {self.max_length} 个字，现为 {len(text)} 个字")
        return text or None

    def tidy(self, text) -> str:
        return chinese.normalise(text)

    def same(self, value, stored):
        return value == stored or (isinstance(stored, str) and value == self.tidy(stored))


class NameWidget(TextWidget):
    """Names of firms and people: 李　明, as forms are filled in to look even, is 李明."""

    def tidy(self, text):
        return tidy_name(text)


def tidy_name(text: str) -> str:
    """The cleaned text without spaces between two Chinese characters."""
    return BETWEEN_HAN.sub("", chinese.normalise(text))


class CodeWidget(TextWidget):
    """Codes and numbers of accounts: half-width, without any space."""

    def tidy(self, text):
        return chinese.normalise(unicodedata.normalize("NFKC", text)).replace(" ", "")


class CreditCodeWidget(CodeWidget):
    def tidy(self, text):
        return creditcode.clean(text)

    def read(self, value):
        code = self.tidy(cell_text(value))
        creditcode.check(code)
        return code


class AccountWidget(CodeWidget):
    """A bank account: digits only."""

    def tidy(self, text):
        return super().tidy(text).replace("-", "")

    def read(self, value):
        account = super().read(value)
        if account and not (account.isascii() and account.isdigit() and 8 <= len(account) <= 32):
            raise ValueError("应为 8 至 32 位数字")
        return account


class LandlineWidget(CodeWidget):
    """A unit's telephone: a fixed line as a rule, a mobile in small ones."""

    def read(self, value):
        text = cell_text(value)
        try:
            return formats.clean_landline(text)
        except ValueError:
            digits = re.sub(r"\D", "", text).removeprefix("86")
            if digits.startswith("1") and len(digits) > 9:
                return formats.clean_mobile(text)
            raise


class PhoneWidget(CodeWidget):
    def read(self, value):
        text = cell_text(value)
        if MOBILE.fullmatch(text):
            return text
        if "*" in text or "＊" in text:
            raise ValueError("是隐去中间几位的号码，与登记的不符，请填写完整的手机号")
        return formats.clean_mobile(text)


class EmailWidget(TextWidget):
    def tidy(self, text):
        return unicodedata.normalize("NFKC", chinese.normalise(text)).replace(" ", "").lower()

    def read(self, value):
        text = super().read(value)
        try:
            validate_email(text)
        except ValidationError:
            raise ValueError("不是邮箱地址，应写作 name@example.cn 的样子") from None
        return text


class UrlWidget(TextWidget):
    def tidy(self, text):
        return chinese.normalise(text).replace(" ", "")

    def read(self, value):
        text = super().read(value)
        text = text if "://" in text else f"https://{text}"
        try:
            _check_url(text)
        except ValidationError:
            raise ValueError("不是网址，应写作 https://www.example.cn 的样子") from None
        return text


class IntegerWidget(CellWidget):
    def __init__(self, lowest=None, highest=None):
        super().__init__()
        self.lowest, self.highest = lowest, highest

    def read(self, value):
        return self.bounded(formats.clean_integer(_number(value)))

    def bounded(self, number):
        if self.lowest is not None and number < self.lowest:
            raise ValueError("不能是负数" if self.lowest == 0 else f"不能小于 {self.lowest}")
        if self.highest is not None and number > self.highest:
            raise ValueError("数字太大" if self.highest >= 10**6 else f"不能大于 {self.highest}")
        return number


class DecimalWidget(IntegerWidget):
    """Rounded half up to `places`, because a spreadsheet's products carry more digits than anybody measured."""

    def __init__(self, lowest=None, highest=None, places: int = 2):
        super().__init__(lowest, highest)
        self.unit = Decimal(1).scaleb(-places)

    def read(self, value):
        number = _number(value)
        if isinstance(number, Decimal):
            number = self._rounded(number)
        return self.bounded(self._rounded(formats.clean_decimal(number)))

    def _rounded(self, number):
        try:
            return number.quantize(self.unit, ROUND_HALF_UP)
        except InvalidOperation:
            raise ValueError("数字太大") from None


class PercentWidget(DecimalWidget):
    """85, 85% and a cell formatted as per cent are all 85."""

    def read(self, value):
        if isinstance(value, Percent):
            value = Decimal(value.shown)
        if isinstance(value, str):
            value = value.strip().rstrip("%％")
        return super().read(value)


def _number(value):
    """A cell that should hold a number; dates, yes and no, and percentages are none."""
    if isinstance(value, Percent):
        raise ValueError("不应是百分数")
    if isinstance(value, (date, bool)):
        raise ValueError("应填写数字")
    return value if isinstance(value, Decimal) else cell_text(value)


class DateWidget(CellWidget):
    def read(self, value):
        if isinstance(value, bool):
            raise ValueError("日期应写作 2023-01-10 的样子")
        day = formats.clean_date(value if isinstance(value, (date, Decimal)) else cell_text(value))
        if not 1949 <= day.year <= 2100:
            raise ValueError("日期应在1949年至2100年之间")
        return day


class ChoiceWidget(CellWidget):
    """One of a closed list, by its label, its stored value, or a usual short form (`aliases`: text → value)."""

    def __init__(self, choices, aliases=None):
        super().__init__()
        self.values = {_key(value): value for value, _ in choices}
        self.values |= {_key(text): value for text, value in (aliases or {}).items()}
        self.values |= {_key(label): value for value, label in choices}
        self.labels = [str(label) for _, label in choices]

    def read(self, value):
        text = cell_text(value)
        # Thousands of rows hold the same few texts; the table learns every spelling that it has worked out.
        found = self.values.get(text)
        if found is None:
            found = self.values.get(_key(text))
            if found is not None and len(self.values) < SPELLINGS:
                self.values[text] = found
        if found is None:
            offered = "、".join(self.labels[:6]) + ("等" if len(self.labels) > 6 else "")
            raise ValueError(f"没有“{cell_text(value)[:20]}”这一项，可填：{offered}")
        return found


class ListWidget(ChoiceWidget):
    """Several of a closed list, in the order written, each once."""

    def __init__(self, choices, aliases=None, most: int = 0):
        super().__init__(choices, aliases)
        self.most = most

    def read(self, value):
        parts = [part for part in SEPARATORS.split(cell_text(value)) if part.strip()]
        read_one = super().read
        found = list(dict.fromkeys(read_one(part) for part in parts))
        if self.most and len(found) > self.most:
            raise ValueError(f"最多填 {self.most} 项，现为 {len(found)} 项")
        return found or None

    def same(self, value, stored):
        return list(value or ()) == list(stored or ())


class BoolWidget(ChoiceWidget):
    def __init__(self):
        super().__init__([(True, "是"), (False, "否")], {"有": True, "无": False, "√": True, "×": False})


def _key(text) -> str:
    """Labels compare without spaces, width, case and kind of brackets."""
    return (
        "".join(chinese.normalise(unicodedata.normalize("NFKC", str(text))).split())
        .casefold()
        .translate(BRACKETS)
    )


BRACKETS = str.maketrans("（）", "()")


def widget_for(column: Column, field=None, aliases=None) -> CellWidget:
    """The widget of a column, with the limits of the model field that it fills."""
    if column.kind is Kind.CHOICE:
        return ChoiceWidget(column.choices, aliases)
    if column.kind is Kind.LIST:
        return ListWidget(column.choices, aliases, most=getattr(field, "size", 0) or 0)
    if column.kind is Kind.INTEGER:
        return IntegerWidget(_lowest(field), 2_147_483_647)
    if column.kind in (Kind.DECIMAL, Kind.PERCENT):
        kind = DecimalWidget if column.kind is Kind.DECIMAL else PercentWidget
        places, digits = getattr(field, "decimal_places", 2), getattr(field, "max_digits", 18)
        return kind(_lowest(field), Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places), places)
    plain = {Kind.DATE: DateWidget, Kind.BOOL: BoolWidget}
    if column.kind in plain:
        return plain[column.kind]()
    texts = {Kind.CODE: CodeWidget, Kind.PHONE: PhoneWidget}
    return texts.get(column.kind, TextWidget)(getattr(field, "max_length", 0) or 0)


def _lowest(field):
    if field is None:
        return None
    limits = [v.limit_value for v in field.validators if isinstance(v, MinValueValidator)]
    return max(limits, default=None)


class RowResource(Resource):
    """An import-export resource whose rows are dicts of cells by column key; it cleans, it does not store."""

    def clean_cell(self, key: str, cell):
        """The stored value of one cell. Raises ValueError with our message."""
        return self.fields[key].clean({key: cell})

    def same(self, key: str, value, stored) -> bool:
        return self.fields[key].widget.same(value, stored)


def resource_for(columns, widgets) -> RowResource:
    """A resource with one field for each column; `widgets` are by column key."""
    fields = {c.key: Field(attribute=c.key, column_name=c.key, widget=widgets[c.key]) for c in columns}
    return type("ColumnResource", (RowResource,), fields)()
