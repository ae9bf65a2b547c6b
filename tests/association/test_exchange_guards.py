"""What is refused before a parser sees it, each with its sentence; and what is let through."""

import pytest

from association.exchange import guards, reader_child, values
from association.exchange.limits import MAX_FILE_BYTES, WorkbookRefused
from tests import workbooks

RESAVE = "请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"
WANTED = "请上传 .xlsx 或 CSV 文件。"
FAR = "还有内容，一次最多读取 200 列。请删去表格右边多余的列（整列删除），保存后重新上传。"
LOW = "还有内容，一次最多导入 5,000 行。请删去表格下面多余的内容（整行删除），或分成几份后上传。"

BY_DIRECTORY = {
    "truncated": f"文件不完整或已损坏。{RESAVE}",
    "without_parts": f"文件不完整或已损坏（缺少 [Content_Types].xml）。{RESAVE}",
    "zip_bomb": f"文件的压缩比例高得不正常，可能有害，不予读取。{RESAVE}",
    "oversized": "文件解开后超过 100 MB，不予读取。请删去无关的工作表和图片，或分成几份后上传。",
    "many_members": f"文件里包着 1007 个部件，多得不正常。{RESAVE}",
    "huge_directory": f"文件的内部目录大得不正常。{RESAVE}",
    "member_outside": f"文件的内部结构不正常（部件路径越界）。{RESAVE}",
    "member_absolute": f"文件的内部结构不正常（部件路径越界）。{RESAVE}",
    "member_twice": f"文件的内部结构不正常（部件重名）。{RESAVE}",
    "macro": "工作簿里带有宏。请另存为不含宏的 .xlsx 后重新上传。",
    "encrypted": "文件设了打开密码，无法读取。请在 Excel 中取消密码并保存，再重新上传。",
    "password_zip": "文件设了密码，无法读取。请取消密码并保存，再重新上传。",
    "old_xls": f"这是旧版 Excel（.xls）格式。{RESAVE}",
    "binary_workbook": f"这是 Excel 二进制（.xlsb）格式。{RESAVE}",
    "open_document": f"这是 OpenDocument（.ods）格式。{RESAVE}",
    "word_document": f"这是 Word 文档，不是表格。{WANTED}",
    "plain_zip": f"这是压缩包，不是表格。{WANTED}",
}
BY_CONTENT = {
    "far_cell": f"工作表「数据」的 XFD1048576 {FAR}",
    "wide": f"工作表「数据」的 GS2 {FAR}",
    "long": f"工作表「数据」的 A5101 {LOW}",
    "entity_bomb": f"文件里含有实体声明（DOCTYPE），可能有害，不予读取。{RESAVE}",
    "entity_in_unread_part": f"文件里含有实体声明（DOCTYPE），可能有害，不予读取。{RESAVE}",
    "endless_token": f"文件里有长得不正常的标记，可能有害，不予读取。{RESAVE}",
    "understated": f"文件不完整或已损坏（xl/worksheets/sheet1.xml）。{RESAVE}",
    "broken_sheet": f"文件不完整或已损坏（工作表「数据」）。{RESAVE}",
    "utf16_sheet": f"文件内部没有使用 UTF-8 编码，无法可靠读取。{RESAVE}",
    "cdata": f"文件里有无法可靠读取的内容（CDATA）。{RESAVE}",
    "new_error_value": "工作表「数据」的 B2 是无法读取的错误值 #SPILL!。请改正后重新上传。",
}


def refusal(function, *arguments):
    with pytest.raises(WorkbookRefused) as caught:
        function(*arguments)
    return caught.value.sentence


@pytest.mark.parametrize("name", BY_DIRECTORY)
def test_refused_by_first_bytes_and_directory(name, tmp_path, monkeypatch):
    """These need no unpacking, so a web request can refuse them: `glance` must not read a single member."""
    path = getattr(workbooks, name)(tmp_path / "名册.xlsx")
    monkeypatch.setattr(guards.Archive, "chunks", lambda *_: pytest.fail("unpacked a member"))
    assert refusal(guards.glance, path) == BY_DIRECTORY[name]


@pytest.mark.parametrize("name", BY_CONTENT)
def test_refused_by_content_before_the_parser(name, tmp_path, monkeypatch):
    """calamine would hang, abort the process or lose cells silently: it must never see these."""
    path = getattr(workbooks, name)(tmp_path / "名册.xlsx")
    monkeypatch.setattr(values, "grids", lambda *_: pytest.fail("the parser was called"))
    assert guards.glance(path) == "xlsx"
    assert refusal(reader_child.load, path) == BY_CONTENT[name]


def test_far_cell_ends_the_walk_at_once(tmp_path, monkeypatch):
    """Whatever follows the far cell is not even unpacked."""
    tail = "".join(f"<row r='{n}'/>" for n in range(2, 100_000))
    far = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>' + tail
    path = workbooks.workbook(tmp_path / "a.xlsx", ("数据", workbooks.sheet(workbooks.HEADER, far)))
    read, chunks = [], guards.Archive.chunks

    def counted(archive, name):
        for chunk in chunks(archive, name):
            read.append(name)
            yield chunk

    monkeypatch.setattr(guards.Archive, "chunks", counted)
    assert refusal(guards.inspect, path) == f"工作表「数据」的 A1048576 {LOW}"
    assert read.count("xl/worksheets/sheet1.xml") == 2  # once for the prolog, once for the walk


def test_entities_in_utf16_are_seen_too(tmp_path):
    path = workbooks.entity_bomb(tmp_path / "a.xlsx", encoding="utf-16")
    assert refusal(guards.inspect, path) == BY_CONTENT["entity_bomb"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的（0 字节）。请检查原文件后重新上传。"),
        (b"%PDF-1.7\n", f"这是PDF 文件，不是表格。{WANTED}"),
        (b"\x89PNG\r\n\x1a\n", f"这是图片，不是表格。{WANTED}"),
        (b"PK\x05\x06" + b"\0" * 18, f"这是空的压缩包，不是表格。{WANTED}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, f"这不是可以读取的表格。{WANTED}"),
        (b"\x7fELF\x02\x01", f"这是程序，不是表格。{WANTED}"),
    ],
)
def test_other_files_renamed(content, sentence, tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(content)
    assert refusal(guards.glance, path) == sentence


def test_size_limit_is_exact(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (MAX_FILE_BYTES + 1))
    sentence = "文件有 10.0 MB，超过 10 MB 的上限。请删去图片和无关的工作表，或分成几份后上传。"
    assert refusal(guards.glance, path) == sentence
    path.write_bytes(b"a" * MAX_FILE_BYTES)
    assert guards.glance(path) == "csv"


def test_formatted_but_empty_rows_do_not_count(tmp_path):
    inspection = guards.inspect(workbooks.formatted_to_the_end(tmp_path / "a.xlsx"))
    assert (inspection.extent.rows, inspection.extent.columns) == (2, 3)


def test_too_many_formatted_cells(tmp_path, monkeypatch):
    monkeypatch.setattr("association.exchange.extent.MAX_CELL_ELEMENTS", 1_000)
    path = workbooks.formatted_to_the_end(tmp_path / "a.xlsx")
    sentence = "工作表「数据」的空白格式太多。请只保留有内容的区域，保存后重新上传。"
    assert refusal(guards.inspect, path) == sentence


def test_extent_of_cells_without_references(tmp_path):
    """Some writers leave out r: positions are counted, as calamine does."""
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c/><c><v>3</v></c></row>"
    path = workbooks.workbook(tmp_path / "a.xlsx", ("数据", workbooks.sheet(rows)))
    extent = guards.inspect(path).extent
    assert (extent.rows, extent.columns, extent.cells) == (2, 3, 3)


@pytest.mark.parametrize("reference", ["A0", "$A$1", "A12345678", "ABCD1", "1A", "A", "Ａ1", "A１"])
def test_malformed_reference(reference, tmp_path):
    xml = workbooks.sheet(f'<row r="1"><c r="{reference}"><v>1</v></c></row>')
    path = workbooks.workbook(tmp_path / "a.xlsx", ("数据", xml))
    assert refusal(guards.inspect, path).startswith("文件不完整或已损坏（工作表「数据」的")


def test_named_sheet_first_then_first_visible_with_content(tmp_path):
    full = workbooks.sheet(workbooks.HEADER, workbooks.ONE_ROW)
    empty = workbooks.sheet()
    path = tmp_path / "a.xlsx"
    workbooks.workbook(path, ("其他", full), ("数据", full))
    assert guards.inspect(path).data.name == "数据"
    workbooks.workbook(path, ("空的", empty), ("藏着", full, "hidden"), ("说明", full), ("名册", full))
    inspection = guards.inspect(path)
    assert (inspection.data.name, inspection.note.name) == ("名册", "说明")


def test_no_sheet_with_content(tmp_path):
    path, full = tmp_path / "a.xlsx", workbooks.sheet(workbooks.HEADER)
    workbooks.workbook(path, ("数据", workbooks.sheet()), ("名册", full))
    assert refusal(guards.inspect, path) == "工作表「数据」是空的。请填好内容，保存后重新上传。"
    workbooks.workbook(path, ("名册", full, "veryHidden"), ("说明", full))
    assert refusal(guards.inspect, path) == "工作簿里没有可见的、有内容的工作表。请检查后重新上传。"


def test_macro_sheet(tmp_path):
    members = workbooks.parts()
    key = "xl/_rels/workbook.xml.rels"
    members[key] = members[key].replace("/worksheet", "/xlMacrosheet")
    path = workbooks.save(tmp_path / "a.xlsx", members)
    assert refusal(guards.inspect, path) == f"工作簿里带有宏表。请删去宏表。{RESAVE}"


def test_sheet_outside_the_file_is_not_followed(tmp_path):
    members = workbooks.parts(
        ("数据", workbooks.sheet(workbooks.HEADER)), ("名册", workbooks.sheet(workbooks.HEADER))
    )
    key = "xl/_rels/workbook.xml.rels"
    for target in ('"worksheets/sheet1.xml"', '"https://example.cn/sheet.xml" TargetMode="External"'):
        members[key] = members[key].replace('"worksheets/sheet1.xml"', target)
    path = workbooks.save(tmp_path / "a.xlsx", members)
    assert guards.inspect(path).data.name == "名册"
