"""What is checked on an uploaded table before any parser sees it.

`glance` is cheap enough for a web request (size, first bytes, the zip's directory). `inspect` also walks
through the XML and belongs in a worker. Links to other workbooks are not refused: offices use them every
day, nothing here follows them, and the values stored in the cells are what is read.
"""

import os
from dataclasses import dataclass

from . import csvtext
from .archive import Archive
from .extent import Extent, measure
from .limits import DATA_SHEET, MAX_FILE_BYTES, NOTE_SHEETS, RESAVE, WorkbookRefused, damaged
from .package import RELATIONSHIPS, WORKBOOK, Package, SheetPart, outline, percent_styles
from .xmlscan import check_prolog, walk

WANTED = "请上传 .xlsx 或 CSV 文件。"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"\x1f\x8b": "压缩包",
    b"PK\x05\x06": "空的压缩包",
    b"{\\rt": "文字文档",
    b"SQLi": "数据库文件",
    b"\x7fELF": "程序",
}
FOREIGN_MEMBERS = {
    "word/document.xml": f"这是 Word 文档，不是表格。{WANTED}",
    "ppt/presentation.xml": f"这是演示文稿，不是表格。{WANTED}",
    "content.xml": f"这是 OpenDocument（.ods）格式。{RESAVE}",
    "xl/workbook.bin": f"这是 Excel 二进制（.xlsb）格式。{RESAVE}",
}
XML_SUFFIXES = (".xml", ".rels", ".vml")
MACRO_MEMBERS = ("vbaproject.bin", "vbadata.xml")


@dataclass(frozen=True, slots=True)
class Inspection:
    """A table that may be parsed. For "csv" only `kind` and `encoding` are filled."""

    kind: str  # "xlsx" or "csv"
    encoding: str = ""
    package: Package | None = None
    data: SheetPart | None = None
    extent: Extent | None = None
    note: SheetPart | None = None


def glance(path):
    """The checks for a web request: "xlsx" or "csv". Raises WorkbookRefused."""
    if _is_zip(path):
        with Archive(path) as archive:
            _check_members(archive)
        return "xlsx"
    _decode(path)
    return "csv"


def inspect(path):
    """All checks. Returns an Inspection; raises WorkbookRefused."""
    if not _is_zip(path):
        return Inspection("csv", encoding=_decode(path))
    with Archive(path) as archive:
        return inspect_archive(archive)


def inspect_archive(archive):
    """The checks inside a workbook: members, entities, then the real extent of the sheet to be read."""
    _check_members(archive)
    for name in archive.members:
        if name.endswith(XML_SUFFIXES):
            check_prolog(archive.chunks(name), part=name)
    package = outline(archive)
    if package.strings:
        walk(archive.chunks(package.strings), utf8_only=True, part=package.strings)
    percents = percent_styles(archive, package)
    data, extent = _choose(archive, package, percents)
    note = next((s for s in package.sheets if s.name in NOTE_SHEETS and s.member and s != data), None)
    if note:
        measure(archive.chunks(note.member), sheet=note.name)
    return Inspection("xlsx", package=package, data=data, extent=extent, note=note)


def _is_zip(path):
    size = os.path.getsize(path)
    if not size:
        raise WorkbookRefused("文件是空的（0 字节）。请检查原文件后重新上传。")
    if size > MAX_FILE_BYTES:
        raise WorkbookRefused(
            f"文件有 {size / 2**20:.1f} MB，超过 10 MB 的上限。请删去图片和无关的工作表，或分成几份后上传。"
        )
    with open(path, "rb") as file:
        head = file.read(8)
    if head == OLE:
        raise _ole_refusal(path)
    for magic, what in OTHERS.items():
        if head.startswith(magic):
            raise WorkbookRefused(f"这是{what}，不是表格。{WANTED}")
    return head.startswith(ZIP)


def _decode(path):
    with open(path, "rb") as file:
        return csvtext.decode(file.read())[1]


def _ole_refusal(path):
    with open(path, "rb") as file:
        data = file.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return WorkbookRefused("文件设了打开密码，无法读取。请在 Excel 中取消密码并保存，再重新上传。")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return WorkbookRefused(f"这是旧版 Excel（.xls）格式。{RESAVE}")
    return WorkbookRefused(f"这不是可以读取的表格。{WANTED}")


def _check_members(archive):
    for name, sentence in FOREIGN_MEMBERS.items():
        if name in archive and WORKBOOK not in archive:
            raise WorkbookRefused(sentence)
    if WORKBOOK not in archive and "[content_types].xml" not in archive:
        raise WorkbookRefused(f"这是压缩包，不是表格。{WANTED}")
    for name in (WORKBOOK, RELATIONSHIPS, "[Content_Types].xml"):
        if name not in archive:
            raise damaged(f"缺少 {name}")
    if any(name.endswith(MACRO_MEMBERS) or name.startswith("xl/macrosheets/") for name in archive.members):
        raise WorkbookRefused("工作簿里带有宏。请另存为不含宏的 .xlsx 后重新上传。")


def _choose(archive, package, percents):
    """The sheet 数据, else the first visible one with content that is no note; with its extent."""
    visible = [sheet for sheet in package.sheets if sheet.visible and sheet.member]
    named = [sheet for sheet in visible if sheet.name == DATA_SHEET]
    for sheet in named or [sheet for sheet in visible if sheet.name not in NOTE_SHEETS]:
        extent = measure(archive.chunks(sheet.member), sheet=sheet.name, percent_styles=percents)
        if extent.cells:
            return sheet, extent
    if named:
        raise WorkbookRefused(f"工作表「{DATA_SHEET}」是空的。请填好内容，保存后重新上传。")
    raise WorkbookRefused("工作簿里没有可见的、有内容的工作表。请检查后重新上传。")
