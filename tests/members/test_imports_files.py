"""Whole files through the door: good ones in every dress, broken ones without a trace."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from xlsxwriter import Workbook

from association import jobs
from association.choices import ImportState, RowResult
from association.domain import imports
from association.importing import sentence_of
from association.models import ImportBatch
from members.exchange.plan import PLAN
from members.models import Organization
from tests.factories.sheets import PARK, csv_upload, new_unit
from tests.factories.tables import contents

pytestmark = pytest.mark.django_db


def workbook(*rows, sheet="数据", **options) -> bytes:
    """An .xlsx file of dicts by header, typed as a person's program would."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    headers = list(dict.fromkeys(header for row in rows for header in row))
    page.append(headers)
    for row in rows:
        page.append([row.get(header) for header in headers])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def uploaded(by, content, name="名册.xlsx") -> ImportBatch:
    batch = imports.upload(PLAN, SimpleUploadedFile(name, content), by=by)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


def errors(batch):
    return [sentence_of(row.number, e) for row in batch.rows.order_by("number") for e in row.errors]


# --- good files -----------------------------------------------------------------------------------------------


def test_workbook_typed_by_a_person(secretary):
    row = new_unit("演示双桥公司", **PARK) | {
        "入会日期": datetime(2022, 9, 30),
        "手机号": 19900010007,
        "联络员手机": "+86 199-0001-0008",
        "单位电话": "（010）65123456转801",
        "所属区": "经开区",
        "成立日期": 44197,
    }
    batch = uploaded(secretary, workbook(row))
    assert (batch.state, errors(batch), batch.new_count) == (ImportState.READY, [], 1)
    imports.confirm(batch, by=secretary, round=1)
    jobs.run_queued_jobs()
    unit = Organization.objects.get()
    assert (unit.district, unit.phone, unit.founded_on) == ("BDA", "010-65123456-801", date(2021, 1, 1))
    assert list(unit.contact_roles.order_by("duty").values_list("contact__mobile", flat=True)) == [
        "19900010008",
        "19900010007",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_in_three_encodings(secretary, encoding):
    file = csv_upload(new_unit("演示㛃公司"), encoding=encoding)
    batch = uploaded(secretary, file.read(), name="名册.csv")
    assert list(batch.rows.values_list("title", "result")) == [("演示㛃公司", RowResult.NEW)]


def test_credit_code_kept_as_a_number(secretary):
    batch = uploaded(secretary, workbook(new_unit() | {"统一社会信用代码": 911199001234567890}))
    assert errors(batch) == ["第2行「统一社会信用代码」校验位错误，应为 8"]
    assert any("超过 15 位的数字" in note for note in batch.notes)


def test_formula_is_read_by_its_value_and_text_stays_text(secretary, park_unit):
    stream = io.BytesIO()
    with Workbook(stream) as book:
        page = book.add_worksheet("数据")
        for place, header in enumerate(["单位名称", "法定代表人", "建筑面积(㎡)", "详细地址"]):
            page.write_string(0, place, header)
        page.write_string(1, 0, park_unit.name)
        page.write_formula(1, 1, '="王"&"法人"', None, "王法人")
        page.write_formula(1, 2, "=100*310", None, 31000)
        page.write_string(1, 3, "=1+1")
    batch = uploaded(secretary, stream.getvalue())
    assert [d[:3] for d in batch.rows.get().differences] == [
        ["address", "测试路1号", "=1+1"],
        ["floor_area", "30000", "31000"],
    ]


def test_rows_keep_their_numbers_under_a_title(secretary, park_unit):
    book = openpyxl.Workbook()
    page = book.active
    for cells in (
        ["会员名册"],
        [],
        ["单位名称", "会员类别"],
        [park_unit.name, "园区运营机构"],
        [],
        [park_unit.name, "饭馆"],
    ):
        page.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    batch = uploaded(secretary, stream.getvalue())
    assert errors(batch)[0].startswith("第4行与第6行是同一单位")
    assert errors(batch)[1].startswith("第6行与第4行是同一单位")


def test_keys_in_the_file_are_nothing(secretary, park_unit, other_unit):
    """A column of database keys does not lead to another unit's row."""
    row = {
        "id": other_unit.pk,
        "pk": other_unit.pk,
        "单位名称": park_unit.name,
        "法定代表人": "甲",
        "version": 99,
    }
    batch = uploaded(secretary, workbook(row))
    assert batch.rows.get().target == park_unit.pk
    assert "以下列没有对应的项目，不导入：id、pk、version。" in batch.notes


def test_uploader_who_lost_the_role_before_the_check(secretary, park_unit):
    batch = imports.upload(
        PLAN, csv_upload({"单位名称": park_unit.name, "联络员手机": "19912345678"}), by=secretary
    )
    secretary.role_assignments.update(until=date(2022, 2, 1))
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert batch.columns == ["name"]


# --- broken files ---------------------------------------------------------------------------------------------


def far_cell():
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def entity_bomb():
    good, bad = zipfile.ZipFile(io.BytesIO(workbook(new_unit()))), io.BytesIO()
    with zipfile.ZipFile(bad, "w") as out:
        for name in good.namelist():
            data = good.read(name)
            if name == "xl/workbook.xml":
                data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.split(b"?>")[-1]
            out.writestr(name, data)
    return bad.getvalue()


def with_macro():
    content = io.BytesIO(workbook(new_unit()))
    with zipfile.ZipFile(content, "a") as out:
        out.writestr("xl/vbaProject.bin", b"x")
    return content.getvalue()


BROKEN = {
    "truncated": lambda: workbook(new_unit())[:-500],
    "far cell": far_cell,
    "entities": entity_bomb,
    "macro": with_macro,
    "old excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0k\0b\0o\0o\0k\0" * 50,
    "zip of nothing": lambda: b"PK\x05\x06" + b"\0" * 18,
    "empty sheet": lambda: workbook({}),
    "header only": lambda: workbook({"单位名称": None, "会员类别": None}),
    "no known header": lambda: workbook({"甲": 1, "乙": 2}),
    "header twice": lambda: workbook({"单位名称": "甲", "单位名称*": "乙", "会员类别": "其他"}),
    "too many rows": lambda: workbook(*[{"单位名称": "甲", "会员类别": "其他"}] * 5_001),
    "word document": lambda: _zip_with("word/document.xml"),
}


def _zip_with(name):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr(name, "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_workbook_leaves_no_trace(secretary, park_unit, kind):
    before = contents()
    batch = uploaded(secretary, BROKEN[kind]())
    assert (batch.state, batch.rows.count()) == (ImportState.REFUSED, 0)
    assert batch.sentence.endswith(("。", "！"))
    assert contents() == before


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\x03" * 100, "单位名称\n演示".encode("utf-16"), b"\xff" * 50]
)
def test_broken_csv_leaves_no_trace(secretary, park_unit, content):
    before = contents()
    batch = uploaded(secretary, content, name="名册.csv")
    assert batch.state == ImportState.REFUSED
    assert contents() == before


def test_file_that_is_gone(secretary):
    batch = imports.upload(PLAN, csv_upload(new_unit()), by=secretary)
    batch.file.storage.delete(batch.file.name)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.sentence) == (ImportState.REFUSED, "上传的文件已经不在了，请重新上传。")


def test_refused_file_can_be_discarded(secretary):
    batch = uploaded(secretary, far_cell())
    imports.discard(batch, by=secretary)
    batch.refresh_from_db()
    assert batch.state == ImportState.DISCARDED
