"""Bank lists for tests: rows as the banks' corporate sites write them, invented through and through.

Run as a script (`python -m tests.bank_lists`) it writes the sample lists in tests/data anew.
"""

import csv
import io
from datetime import date
from pathlib import Path

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

DATA = Path(__file__).parent / "data"
ICBC = (
    "凭证号", "本方账号", "对方账号", "交易时间", "借/贷", "借方发生额", "贷方发生额", "对方行号", "摘要", "用途", "对方单位名称",
    "余额", "个性化信息",
)  # fmt: skip
CCB = (
    "账号", "账户名称", "交易时间", "借方发生额（支取）", "贷方发生额（收入）", "余额", "币种", "对方户名", "对方账号",
    "对方开户机构", "记账日期", "摘要", "备注", "账户明细编号-交易流水号", "企业流水号", "凭证种类", "凭证号",
)  # fmt: skip
CMB = (
    "交易日", "交易时间", "起息日", "交易类型", "借方金额", "贷方金额", "余额", "摘要", "流水号", "用途", "收(付)方名称",
    "收(付)方账号", "扩展摘要",
)  # fmt: skip
OURS = "0200000000000000001"
DAY = date(2023, 1, 5)


def icbc(
    payer,
    amount="",
    *,
    out="",
    day="2023-01-05 10:22:31",
    summary="转账",
    use="会费",
    number="0",
    account="62220001",
):
    """One row of 工商银行; `amount` as its cell says it."""
    direction = "借" if out else "贷"
    return [
        number,
        OURS,
        account,
        day,
        direction,
        out,
        amount,
        "102100000001",
        summary,
        use,
        payer,
        "100,000.00",
        "",
    ]


def ccb(
    payer, amount="", *, out="", day="20230105", summary="电子汇入", note="", serial="", account="11050001"
):
    return [
        OURS, "演示文化园区协会", f"{day} 09:30:15", out, amount, "100,000.00", "人民币元", payer, account, "演示银行支行", day,
        summary, note, serial, "", "", "",
    ]  # fmt: skip


def cmb(payer, amount="", *, out="", day="20230105", summary="汇入", serial="", account="86100001"):
    return [
        day,
        "09:30:15",
        day,
        "转账汇款",
        out,
        amount,
        "100,000.00",
        summary,
        serial,
        "会费",
        payer,
        account,
        "",
    ]


def csv_file(header, *rows, before=(), after=(), encoding="utf-8-sig", name="流水.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([*before, header, *rows, *after])
    return SimpleUploadedFile(name, text.getvalue().encode(encoding), content_type="text/csv")


def xlsx_bytes(header, *rows, before=(), after=()) -> bytes:
    """A workbook; texts stay texts and dates are real ones, as a person's program would write them."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": None})
        page, day = book.add_worksheet("明细"), book.add_format({"num_format": "yyyy/m/d"})
        for place, cells in enumerate([*before, header, *rows, *after]):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(place, column, cell, day)
                elif cell not in ("", None):
                    page.write(place, column, cell)
    return stream.getvalue()


def xlsx_file(header, *rows, name="流水.xlsx", **around) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, xlsx_bytes(header, *rows, **around))


TITLE = [["[HISTORYDETAIL]"], ["本方账号", OURS, "起止日期", "20230101-20230131"]]
SAMPLE_ICBC = [
    icbc("演示甲公司", "5,000.00", use="2023年度会费"),
    icbc("演示（乙）公司", "¥１０，０００.００", use="BCIPA-2022-0002 会费"),
    icbc("演示物业公司", out="1,234.50", use="房租"),
    icbc("演示丙公司", 3000, day=DAY, use="=1+1"),
    icbc("", "12.34", summary="结息", use=""),
]
SAMPLE_CCB = [
    ccb("演示甲公司", "5,000.00", serial="CCB0001", note="会费"),
    ccb("演示丁公司", "5000", serial="CCB0002", note="HF-2023-000004"),
    ccb("演示广告公司", out="800.00", serial="CCB0003"),
]
TOTAL = ["", "", "", "合计", "", "1,234.50", "18,012.34"]


def write_samples() -> None:
    """The sample lists of tests/data."""
    icbc_rows = {"before": TITLE, "after": [TOTAL]}
    (DATA / "bank-icbc.xlsx").write_bytes(xlsx_bytes(ICBC, *SAMPLE_ICBC, **icbc_rows))
    (DATA / "bank-icbc.csv").write_bytes(csv_file(ICBC, *SAMPLE_ICBC, encoding="gb18030", **icbc_rows).read())
    (DATA / "bank-ccb.csv").write_bytes(csv_file(CCB, *SAMPLE_CCB, encoding="utf-8-sig").read())


if __name__ == "__main__":
    write_samples()
