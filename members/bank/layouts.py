"""The layouts in which banks give out an account's transfers, told by the names of their columns.

The names are those that the banks' corporate sites write today; each bank has changed some of them over the years, so
every column has its alternatives. A header that is none of these is assigned by a person once (`guess` helps), and
recognised from then on.
"""

import re
from dataclasses import dataclass

from association.exchange.cells import cell_text
from association.exchange.sheet import header_key

# The header may stand below a title, the account's own particulars and the period.
WITHIN = 30
FREE = "free"
# What a line is made of; `summary` may be made of several columns, every other thing stands in one.
PARTS = {
    "booked_on": "入账日期",
    "amount": "收入金额",
    "outgoing": "支出金额",
    "direction": "借贷标志",
    "payer_name": "付款户名",
    "payer_account": "付款账号",
    "summary": "摘要与附言",
    "serial": "流水号",
}
NEEDED = ("booked_on", "amount", "payer_name")
UNIT = re.compile(r"[(/](?:元|rmb|人民币)\)?(?=$|\()")

DATES = ("记账日期", "入账日期", "交易日期", "交易日", "交易时间", "入账时间", "记账时间")
INCOMING = (
    "贷方发生额(收入)", "贷方发生额", "贷方金额", "收入金额", "贷方(入账)", "入账金额", "收入", "贷方", "交易金额", "发生额",
    "金额",
)  # fmt: skip
OUTGOING = (
    "借方发生额(支取)",
    "借方发生额",
    "借方金额",
    "支出金额",
    "借方(出账)",
    "出账金额",
    "支出",
    "借方",
)
DIRECTION = ("借/贷", "借贷标志", "借贷方向", "收支方向", "收付标志", "收/付", "借贷")
PAYERS = (
    "对方户名", "对方单位名称", "收(付)方名称", "对方账户名称", "付款人名称", "付款户名", "对方名称", "对方单位", "付款方户名",
    "付款单位",
)  # fmt: skip
ACCOUNTS = ("对方账号", "收(付)方账号", "对方账户", "付款人账号", "付款账号", "付款方账号")
SUMMARIES = ("摘要", "用途", "附言", "备注", "个性化信息", "业务摘要", "其它摘要", "扩展摘要", "交易附言")
SERIALS = ("账户明细编号-交易流水号", "交易流水号", "流水号", "企业流水号", "核心流水号", "凭证号")


@dataclass(frozen=True)
class Layout:
    """One bank's layout: `marks` are column names that together no other bank uses, `columns` the alternatives for
    each part, the best first."""

    key: str
    label: str
    marks: tuple
    columns: dict


def _layout(key, label, marks, **columns):
    usual = {
        "booked_on": DATES, "amount": INCOMING, "outgoing": OUTGOING, "direction": DIRECTION, "payer_name": PAYERS,
        "payer_account": ACCOUNTS, "summary": SUMMARIES, "serial": SERIALS,
    }  # fmt: skip
    return Layout(key, label, marks, usual | columns)


LAYOUTS = (
    _layout(
        "icbc",
        "工商银行",
        ("对方单位名称", "贷方发生额", "凭证号"),
        booked_on=("入账日期", "交易时间", "交易日期"),
    ),
    _layout("ccb", "建设银行", ("对方户名", "贷方发生额(收入)", "账户明细编号-交易流水号")),
    _layout("ccb", "建设银行", ("对方户名", "贷方发生额", "账户明细编号-交易流水号")),
    _layout("cmb", "招商银行", ("收(付)方名称", "贷方金额", "交易日"), serial=("流水号",)),
    _layout("cmb", "招商银行", ("收(付)方名称", "贷方(入账)", "交易日期"), serial=("交易流水号",)),
)
LABELS = {layout.key: layout.label for layout in LAYOUTS} | {FREE: "自行对应"}


@dataclass(frozen=True)
class Reading:
    """How a table is to be read: the place of the header among the rows, and of each part among the columns (from 0;
    several for `summary`)."""

    layout: str
    header: int
    columns: dict

    @property
    def label(self) -> str:
        return LABELS.get(self.layout, "")


def key_of(name) -> str:
    """A column's name for comparing: one width, without spaces, colons and the unit of money."""
    key = header_key(cell_text(name)).strip(":：")
    return UNIT.sub("", key) or key


def header_of(cells) -> list[str]:
    """The keys of a row's cells, by which a header is known again."""
    keys = [key_of(cell) for cell in cells]
    while keys and not keys[-1]:
        keys.pop()
    return keys


def recognise(rows, remembered=()) -> Reading | None:
    """How to read the rows (each a list of cells), by a bank's own layout or one that a person has assigned before.

    `remembered` are (header keys, {part: [places]}). None when no row is a header that is known.
    """
    known = {tuple(header): columns for header, columns in remembered}
    for place, cells in enumerate(rows[:WITHIN]):
        keys = header_of(cells)
        if tuple(keys) in known:
            return Reading(FREE, place, known[tuple(keys)])
        for layout in LAYOUTS:
            if set(map(key_of, layout.marks)) <= set(keys):
                return Reading(layout.key, place, _places(layout.columns, keys))
    return None


def _places(columns, keys) -> dict:
    found = {}
    for part, names in columns.items():
        places = [keys.index(key) for name in names if (key := key_of(name)) in keys]
        if places:
            found[part] = sorted(places) if part == "summary" else places[:1]
    return found


def guess(rows) -> Reading:
    """The likeliest header among the first rows and what can be said of its columns; for a person to mend."""
    usual = _layout(FREE, "", ()).columns
    found = [_places(usual, header_of(cells)) for cells in rows[:WITHIN]]
    # Where no name says anything, the fullest row is likelier a header than a title.
    full = [sum(bool(key) for key in header_of(cells)) for cells in rows[:WITHIN]]
    place = max(range(len(found)), key=lambda place: (len(found[place]), full[place]), default=0)
    return Reading(FREE, place, found[place] if found else {})
