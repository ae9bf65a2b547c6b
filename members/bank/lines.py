"""The rows of a bank's list as transfers that came in; what is no such transfer is counted, what cannot be is named.

Nothing that looks like incoming money is passed over in silence: a row whose date or amount cannot be read is an error,
and a list with errors is not taken in.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from association.chinese import normalise
from association.exchange.cells import ErrorCell, Percent, cell_text
from association.exchange.shaping import listed
from association.formats import clean_date, clean_decimal
from members.bank.layouts import header_of

EARLIEST = date(2000, 1, 1)
MOST_FEN = 10**14  # a trillion yuan
TOTALS = re.compile(r"合计|总计|小计|累计|期初|期末|承前|过次|余额|笔数|总笔|打印|第.{1,4}页|以下空白")
STAMP = re.compile(r"(\d{8})(?:\d{6}|\s+\d{1,2}:\d{2}(?::\d{2})?|\s+\d{6})")
CURRENCY = re.compile(r"^(?:人民币|RMB|CNY)|(?:元|RMB|CNY)$", re.IGNORECASE)
OUT = {"借", "支", "付", "支出", "付款", "出账", "转出", "d", "-"}
NOTHING = {"", "-", "--", "——", "/"}
LENGTHS = {"payer_name": 120, "payer_account": 40, "summary": 300, "serial": 60}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One incoming transfer; `amount` in 分, `fingerprint` the same for the same transfer in any list."""

    number: int
    booked_on: date
    amount: int
    payer_name: str
    payer_account: str
    summary: str
    serial: str
    fingerprint: str


@dataclass
class Parsed:
    """What became of a list's rows: `skipped` counts outgoing money, totals and the like, `reversed` names rows of
    negative income, `errors` are (row number, phrase)."""

    transfers: list[Transfer] = field(default_factory=list)
    skipped: int = 0
    reversed: list[int] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The errors as one sentence that names the first five rows; empty when there are none."""
        if not self.errors:
            return ""
        shown = "；".join(f"第{number}行{phrase}" for number, phrase in self.errors[:5])
        return shown + (f"；还有 {len(self.errors) - 5} 行也读不出来。" if len(self.errors) > 5 else "。")

    @property
    def remark(self) -> str:
        """What the person should know although nothing is wrong."""
        if not self.reversed:
            return ""
        return f"{listed(self.reversed)}的收入是负数（冲正），没有作为到账读入，请与银行核对。"


def parse(rows, reading, *, today: date) -> Parsed:
    """The transfers among `rows` (objects with `number` and `cells`) below the header that `reading` names."""
    found, counts = Parsed(), Counter()
    header = header_of(rows[reading.header].cells)
    for row in rows[reading.header + 1 :]:
        try:
            said = _said(row, reading.columns, header, today)
        except _Unreadable as error:
            found.errors.append((row.number, str(error)))
            continue
        if said is None:
            found.skipped += 1
        elif said["amount"] < 0:
            found.reversed.append(row.number)
            found.skipped += 1
        else:
            found.transfers.append(_transfer(row.number, said, counts))
    return found


class _Unreadable(Exception):
    pass


def _said(row, columns, header, today):
    """The parts of one row; None when it is no incoming transfer."""
    cells = {part: [_cell(row.cells, place) for place in places] for part, places in columns.items()}
    first = {part: next((c for c in values if cell_text(c).strip()), None) for part, values in cells.items()}
    if header_of(row.cells) == header or _is_total(row, first):
        return None
    amount = _amount(first.get("amount"))
    if not _is_incoming(amount, first, has_own_column="outgoing" in columns or "direction" in columns):
        return None
    texts = {part: _text(first.get(part), part) for part in ("payer_name", "payer_account", "serial")}
    texts["serial"] = texts["serial"] if texts["serial"].strip("0") not in NOTHING else ""
    words = list(dict.fromkeys(filter(None, (_text(c, "summary") for c in cells.get("summary", ())))))
    return {
        "booked_on": _day(first.get("booked_on"), today), "amount": amount,
        "summary": "；".join(words)[: LENGTHS["summary"]], **texts,
    }  # fmt: skip


def _cell(cells, place):
    return cells[place] if place < len(cells) else None


def _is_total(row, first) -> bool:
    """A row without a date, payer and serial that speaks of totals, or holds nothing that a line needs."""
    if _text(first.get("booked_on"), "serial")[:1].isdigit():
        return False
    words = " ".join(cell_text(cell) for cell in row.cells if isinstance(cell, str))
    return bool(TOTALS.search(words)) or not _text(first.get("amount"), "serial")


def _is_incoming(amount, first, *, has_own_column) -> bool:
    if not amount:
        return False
    direction = unicodedata.normalize("NFKC", _text(first.get("direction"), "serial")).casefold()
    if direction:
        return direction not in OUT and not direction.startswith(("借", "支出", "付"))
    # Where one column holds both, what went out stands with a minus; in a column of its own that is a reversal.
    return amount > 0 or has_own_column


def _amount(cell) -> int:
    """Whole 分; 0 for an empty cell."""
    if isinstance(cell, ErrorCell):
        raise _Unreadable(f"的金额{cell.reason}")
    if isinstance(cell, Decimal) and not isinstance(cell, Percent):
        number = cell
    else:
        text = unicodedata.normalize("NFKC", _text(cell, "summary"))
        if text in NOTHING:
            return 0
        try:
            number = clean_decimal(CURRENCY.sub("", text.replace(" ", "")))
        except ValueError:
            raise _Unreadable(f"的金额“{text[:20]}”不是金额") from None
    fen = number * 100
    if fen != fen.to_integral_value() or abs(fen) > MOST_FEN:
        raise _Unreadable(f"的金额“{cell_text(cell)[:20]}”不是以分为最小单位的金额")
    return int(fen)


def _day(cell, today) -> date:
    if isinstance(cell, ErrorCell):
        raise _Unreadable(f"的日期{cell.reason}")
    if cell is None:
        raise _Unreadable("有收入金额而没有日期")
    if isinstance(cell, str):
        text = " ".join(normalise(cell).split())
        cell = match[1] if (match := STAMP.fullmatch(text)) else text
    elif isinstance(cell, Decimal) and cell >= 10**13:  # 20230105093000 kept as a number
        cell = cell // 10**6
    try:
        day = clean_date(cell)
    except (ValueError, TypeError) as error:
        raise _Unreadable(f"的日期“{cell_text(cell)[:20]}”读不出来：{error}") from None
    if not EARLIEST <= day <= today:
        raise _Unreadable(f"的日期“{cell_text(cell)[:20]}”不像是入账日期")
    return day


def _text(cell, part) -> str:
    text = normalise(cell_text(cell)) if cell is not None else ""
    return "" if text in NOTHING else text[: LENGTHS[part]]


def _transfer(number, said, counts) -> Transfer:
    base = _base(said)
    counts[base] += 1
    mark = hashlib.sha256("\n".join([*base, str(counts[base])]).encode()).hexdigest()
    return Transfer(number=number, fingerprint=mark, **said)


def _base(said) -> tuple:
    """What tells one transfer from another. A serial stands for account and summary, which one bank's several layouts
    cut differently; day, amount and payer stay beside it, because some banks give one number to many rows: two
    transfers must never pass for one. Those that are alike in all of this are told apart by their order in the list, as
    lists hold whole days."""
    payer = "".join(unicodedata.normalize("NFKC", said["payer_name"]).split()).casefold()
    common = (said["booked_on"].isoformat(), str(said["amount"]), payer)
    if said["serial"]:
        return ("serial", said["serial"], *common)
    summary = "".join(unicodedata.normalize("NFKC", said["summary"]).split()).casefold()
    return ("row", *common, re.sub(r"\D", "", said["payer_account"]), summary)
