"""Amounts of money as receipts and notices write them."""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
LIMIT = Decimal(10) ** 12
CENT = Decimal("0.01")


def to_chinese(amount: Decimal) -> str:
    """The amount in capital Chinese numerals, without 人民币 in front: 12000 is 壹万贰仟元整.

    In yuan. 整 stands after 元 only; 角 and 分 end by themselves (支付结算办法, annex 1). A negative amount
    begins with 负. Raises ValueError, in Chinese, for fractions of a cent, infinity, and 10^12 and more.
    """
    cents = _cents(amount)
    yuan, rest = divmod(abs(cents), 100)
    sign = "负" if cents < 0 else ""
    return sign + _yuan_part(yuan, rest) + _small_part(yuan, rest)


def yuan(amount: Decimal) -> str:
    """¥12,000.00; a negative amount is -¥12,000.00. Half cents are rounded as Decimal does, to even."""
    amount = Decimal(amount)
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"


def yuan_of(cents: int) -> str:
    """A whole number of 分 as ¥12,000.00."""
    return yuan(Decimal(cents) / 100)


def chinese_of(cents: int) -> str:
    """A whole number of 分 in capital Chinese numerals."""
    return to_chinese(Decimal(cents) / 100)


def _cents(amount) -> int:
    amount = Decimal(amount)
    if not amount.is_finite():
        raise ValueError("金额不是有效的数字")
    if abs(amount) >= LIMIT:
        raise ValueError("金额过大，应小于一万亿元")
    if amount != amount.quantize(CENT):
        raise ValueError("金额最多精确到分")
    return int(amount * 100)


def _yuan_part(yuan: int, rest: int) -> str:
    if yuan:
        return f"{_integer(yuan)}元"
    return "" if rest else "零元"


def _small_part(yuan: int, rest: int) -> str:
    if not rest:
        return "整"
    jiao, fen = divmod(rest, 10)
    # Between yuan and a lone 分 the empty 角 must be named, or 壹元伍分 could be made into 壹元伍角伍分.
    text = f"{DIGITS[jiao]}角" if jiao else "零" * bool(yuan)
    return text + (f"{DIGITS[fen]}分" if fen else "")


def _integer(number: int) -> str:
    """A whole number in groups of four digits; a gap inside or between them is one 零."""
    text = ""
    for power in reversed(range(3)):
        group = number // 10 ** (4 * power) % 10000
        if not group:
            continue
        ends_in_zero = number // 10 ** (4 * power + 4) % 10 == 0
        gap = "零" if text and (group < 1000 or ends_in_zero) else ""
        text += gap + _group(group) + GROUPS[power]
    return text


def _group(group: int) -> str:
    text = ""
    for power in reversed(range(4)):
        digit = group // 10**power % 10
        if digit:
            text += DIGITS[digit] + PLACES[power]
        elif text and group % 10**power:
            text += "" if text.endswith("零") else "零"
    return text
