"""Our workbooks in a real spreadsheet program, and its workbooks in our reader. Needs LibreOffice (soffice)."""

import datetime
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest

from association.exchange import annotate, template, writing
from association.exchange.reader_child import load
from association.exchange.writing import Column

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(not OFFICE, reason="LibreOffice (soffice) is not installed")

COLUMNS = [Column(kind, kind) for kind in ("text", "code", "phone", "integer", "decimal", "date", "bool")]
ROWS = [
    ("=1+1", "007", "+8613900001234", 105, Decimal("12.5"), datetime.date(2022, 12, 31), True),
    ("-3", "91110105MA00000A0X", "13800138000", -1, Decimal("0.1"), datetime.date(1900, 3, 1), False),
    ("@㛃𬭎𠮷\n两行", "1E5", "010-12345678", 0, None, None, None),
]
READ = [
    ["=1+1", "007", "+8613900001234", Decimal(105), Decimal("12.5"), datetime.date(2022, 12, 31), "是"],
    ["-3", "91110105MA00000A0X", "13800138000", Decimal(-1), Decimal("0.1"), datetime.date(1900, 3, 1), "否"],
    ["@㛃𬭎𠮷\n两行", "1E5", "010-12345678", Decimal(0), None, None, None],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three workbooks of ours, each opened and saved by LibreOffice."""
    ours = tmp_path_factory.mktemp("ours")
    writing.write_workbook(
        ours / "a.xlsx", sheet="会员名册", columns=COLUMNS, rows=ROWS, as_of=datetime.date(2022, 12, 31)
    )
    annotate.with_errors(load(ours / "a.xlsx"), ours / "b.xlsx", {3: "校验位错误"})
    choices, example = {"类别": ["甲", "乙"]}, {"名称": "演示", "类别": "甲"}
    template.import_template(
        ours / "c.xlsx",
        [Column("名称", "text", required=True), Column("类别", "choice")],
        choices,
        {},
        example,
    )
    _convert(ours, "xlsx", *sorted(ours.glob("*.xlsx")))
    return ours / "xlsx"


def _convert(folder, kind, *files):
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        OFFICE,
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder / "xlsx"),
        *map(str, files),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def test_export_survives_being_saved(folder):
    table = load(folder / "a.xlsx")
    assert (table.name, table.as_of) == ("会员名册", datetime.date(2022, 12, 31))
    assert [row.cells for row in table.rows] == READ
    assert table.notes == []


def test_text_columns_are_still_text(folder):
    page = openpyxl.load_workbook(folder / "a.xlsx")["会员名册"]
    assert [cell.number_format for cell in page[2]][:3] == ["@", "@", "@"]
    assert [cell.data_type for cell in page[2]] == ["s", "s", "s", "n", "n", "d", "s"]


def test_copy_with_errors_survives_being_saved(folder):
    assert [row.cells for row in load(folder / "b.xlsx").rows] == READ
    page = openpyxl.load_workbook(folder / "b.xlsx")["数据"]
    assert [cell.value for cell in page["H"]] == ["错误原因", None, "校验位错误", None]


def test_template_survives_being_saved(folder):
    data = openpyxl.load_workbook(folder / "c.xlsx")["数据"]
    assert [cell.value for cell in data[1]] == ["名称*", "类别"]
    (rule,) = data.data_validations.dataValidation
    assert (rule.type, rule.formula1.replace("'", "")) == ("list", "选项!$A$2:$A$3")
