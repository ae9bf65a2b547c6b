"""Roster sheets as the reader gives them, and files as a person uploads them."""

import csv
import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from association import importing
from association.exchange.sheet import Sheet, SheetRow
from members.exchange.check import check
from tests.factories import next_code, next_mobile

PARK = {
    "园区名称": "演示园区",
    "详细地址": "示例路 1 号",
    "建筑面积(㎡)": Decimal(30000),
    "可出租面积(㎡)": Decimal(25000),
    "统计年度": Decimal(2022),
    "已出租面积(㎡)": Decimal(23000),
    "入驻企业数": Decimal(120),
    "文化企业数": Decimal(96),
    "主导产业": "内容创作生产、创意设计服务",
    "认定级别": "北京市级文化产业园区",
    "认定年度": Decimal(2020),
}


def new_unit(name="演示新单位", **cells) -> dict:
    """A complete row of a unit that is not in the books, by header."""
    return {
        "单位名称": name,
        "统一社会信用代码": next_code(),
        "会员类别": "园区运营机构",
        "会员级别": "会员单位",
        "入会日期": "2022-09-30",
        "所属区": "海淀区",
        "法定代表人": "王法人",
        "会员代表": "李代表",
        "手机号": next_mobile(),
        "联络员": "赵联络",
        "联络员手机": next_mobile(),
    } | cells


def sheet_of(*rows, as_of=None, headers=None, first=2) -> Sheet:
    """A sheet of dicts by header; row numbers as a person sees them."""
    headers = headers or list(dict.fromkeys(header for row in rows for header in row))
    lines = [SheetRow(first + i, [row.get(h) for h in headers]) for i, row in enumerate(rows)]
    return Sheet(kind="xlsx", name="数据", headers=headers, header_number=1, rows=lines, as_of=as_of)


def csv_upload(*rows, name="名册.csv", encoding="utf-8-sig") -> SimpleUploadedFile:
    headers = list(dict.fromkeys(header for row in rows for header in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headers)
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding), content_type="text/csv")


class NoProgress(importing.Progress):
    def __init__(self):
        super().__init__(0)


def checked(user, *rows, **options) -> importing.Checked:
    return check(sheet_of(*rows, **options), user, NoProgress())


def only(user, row, **options) -> importing.StagedRow:
    """The one staged row of a file of one row."""
    (staged,) = checked(user, row, **options).rows
    return staged
