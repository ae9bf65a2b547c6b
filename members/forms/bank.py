"""Forms of the bank lists: the file, the columns of an unknown layout, the claims on its lines."""

import re

from django import forms

from association.exchange.cells import column_letters
from association.exchange.limits import MAX_FILE_BYTES, MAX_ROWS
from association.forms.fields import TextField
from members.bank.layouts import NEEDED, PARTS
from members.domain.bank_lines import Claim
from members.forms.amounts import AmountField
from members.forms.imports import MEGABYTES, SUFFIXES
from members.forms.imports import UploadForm as WorkbookForm

MOST_CLAIMS = 200
TICK = re.compile(r"(\d{1,15}):(\d{1,15}):(\d{1,15})", re.ASCII)
HINTS = {
    "outgoing": "收入和支出分两列的，选支出那一列；支出的行不读入。",
    "direction": "收支同在一列、另有一列写“借”“贷”的，选那一列。",
    "summary": "可以选几列，合在一起看。",
    "serial": "有流水号的，同一笔款在几份流水里只算一次，认得更准。",
}
SEVERAL = {"summary"}


class BankListForm(WorkbookForm):
    """As the roster's upload, with words of its own."""

    file = forms.FileField(
        label="银行流水文件",
        help_text=f"从网上银行导出的收支明细，.xlsx 或 CSV，不超过 {MEGABYTES} MB、{MAX_ROWS:,} 行；.xls 请先用 Excel 或 WPS 另存为 .xlsx。",
        error_messages={
            "required": "请选择银行流水文件。",
            "empty": "文件是空的（0 字节）。请检查原文件后重新上传。",
            "max_length": "文件名太长，请改短后重新上传。",
        },
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES), "data-max-bytes": MAX_FILE_BYTES}),
    )


class ColumnsForm(forms.Form):
    """Which row is the header and which columns hold what; `head` are the first rows, each a number and its texts."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    header = forms.TypedChoiceField(label="表头在", coerce=int)

    def __init__(self, *args, head, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["header"].choices = [(place, _row_words(row)) for place, row in enumerate(head)]
        shown = int(self.initial.get("header") or 0)
        names = head[shown][1:] if head else []
        width = max((len(row) - 1 for row in head), default=0)
        self.letters = [(place, column_letters(place + 1)) for place in range(width)]
        columns = [(place, _column_words(place, names)) for place in range(width)]
        for part, label in PARTS.items():
            self.fields[part] = _column_field(part, label, columns)

    def clean(self):
        data = super().clean()
        taken = {}
        for part in PARTS:
            place = data.get(part)
            if part in SEVERAL or place in ("", None):
                continue
            if place in taken:
                self.add_error(part, f"这一列已经对应“{PARTS[taken[place]]}”。")
            taken.setdefault(place, part)
        return data

    @property
    def columns(self) -> dict:
        """{part: [places]} of what was assigned."""
        chosen = {part: self.cleaned_data.get(part) for part in PARTS}
        several = {part: value if isinstance(value, list) else [value] for part, value in chosen.items()}
        found = {part: sorted(v for v in values if v not in ("", None)) for part, values in several.items()}
        return {part: places for part, places in found.items() if places}


def _row_words(row):
    words = "、".join(filter(None, row[1:]))
    return f"第 {row[0]} 行：{words[:40]}"


def _column_words(place, names):
    name = names[place] if place < len(names) else ""
    return f"{column_letters(place + 1)} 列 {name}".strip()


def _column_field(part, label, columns):
    if part in SEVERAL:
        return forms.TypedMultipleChoiceField(
            label=label, choices=columns, coerce=int, required=False, help_text=HINTS.get(part, ""),
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    needed = part in NEEDED
    blank = "请选择" if needed else "没有这一列"
    return forms.TypedChoiceField(
        label=label, choices=[("", blank), *columns], coerce=int, empty_value=None, required=needed,
        help_text=HINTS.get(part, ""), error_messages={"required": f"请选择{label}所在的列。"},
    )  # fmt: skip


class ClaimForm(forms.Form):
    """An amount for each of the `bills`; what a line has is shared out among them in their order to begin with."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, bills, left, **kwargs):
        super().__init__(*args, **kwargs)
        self.bills = bills
        for bill in bills:
            share = max(0, min(left, bill.outstanding))
            left -= share
            self.fields[f"amount-{bill.pk}"] = AmountField(
                label=f"{bill.organization.name}的账单 {bill.number} 入账（元）", required=False,
                initial=share or None,
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple]:
        """(bill, the field for its amount)."""
        return [(bill, self[f"amount-{bill.pk}"]) for bill in self.bills]

    @property
    def parts(self) -> list[tuple]:
        """(bill key, 分) of the amounts that were filled in."""
        filled = [(bill.pk, self.cleaned_data.get(f"amount-{bill.pk}")) for bill in self.bills]
        return [(pk, amount) for pk, amount in filled if amount]


class IgnoreForm(forms.Form):
    reason = TextField(
        label="不入账的原因",
        max_length=200,
        help_text="例如利息、退回的货款、捐赠款；会写进记录，以后可以取消。",
        error_messages={"required": "请写明不入账的原因。"},
    )


def ticked(posted) -> list[Claim]:
    """The claims of a page's ticked boxes; what is no claim is passed over."""
    values = dict.fromkeys(posted.getlist("tick")[:MOST_CLAIMS])
    return [Claim(*map(int, match.groups())) for value in values if (match := TICK.fullmatch(value))]
