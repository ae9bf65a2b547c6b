"""What comes in and what does not, by content and never by name."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.filetypes import UnacceptableFile, identify
from tests.factories import files

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DAMAGED_PICTURE = "图片不完整或已损坏，请重新导出后上传。"
MIXED_PDF = "PDF 中夹带了其他内容，请重新导出后上传。"
DAMAGED_OFFICE = "文件不完整或已损坏，请用 Office 或 WPS 打开后另存，再上传。"
MACROS = "文件带有宏，不能上传，请另存为不带宏的 docx、xlsx 或 pptx。"
NO_HTML = "网页文件可能带有脚本，不能上传，请另存为 PDF。"
NO_SVG = "SVG 可能带有脚本，不能上传，请导出为 PNG。"
NO_ARCHIVE = "压缩包不能上传，请解开后逐个上传。"
NOT_LISTED = "这种文件不能上传。可以上传图片（JPG、PNG、WebP、GIF）、PDF、Word、Excel、PPT（docx、xlsx、pptx）和文本（csv、txt）。"
ODD_OFFICE = "文件的内部结构不正常，请用 Office 或 WPS 打开后另存，再上传。"
NOT_UTF8 = "文本不是 UTF-8 编码，请另存为 UTF-8 编码后上传。"
CONTROLS = "文本中有不可显示的控制字符，请另存为 UTF-8 编码后上传。"
TOO_LARGE = "图片超过 2500 万像素，请缩小后上传。"


@pytest.mark.parametrize(
    ("data", "extension", "media_type"),
    [
        (files.picture("JPEG"), "jpg", "image/jpeg"),
        (files.picture("PNG"), "png", "image/png"),
        (files.picture("WEBP"), "webp", "image/webp"),
        (files.picture("GIF", mode="P"), "gif", "image/gif"),
        (files.picture("PNG"), "jpg", "image/png"),
        (files.PDF, "pdf", "application/pdf"),
        (files.package(files.WORD), "docx", WORD_TYPE),
        (files.package(files.SLIDES), "pptx", SLIDES_TYPE),
        (files.workbook(), "xlsx", SHEET_TYPE),
        (files.CSV, "csv", "text/csv"),
        (b"\xef\xbb\xbf" + files.CSV, "csv", "text/csv"),
        ("会议记录\r\n第一项\f第二项\t完".encode(), "txt", "text/plain"),
    ],
)
def test_what_comes_in(data, extension, media_type):
    file = io.BytesIO(data)
    assert identify(file, extension).media_type == media_type
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("data", "extension", "sentence"),
    [
        (files.SVG, "svg", NO_SVG),
        (files.SVG, "png", NO_SVG),
        (b'<?xml version="1.0"?>\n' + files.SVG, "txt", NO_SVG),
        (files.HTML, "html", NO_HTML),
        (files.HTML, "jpg", NO_HTML),
        (b"\n\n <ScRipt>alert(1)</script>", "txt", NO_HTML),
        (b"\xef\xbb\xbf<html>", "csv", NO_HTML),
        (b"<?php system($_GET[0]);", "txt", NO_HTML),
        (b"%PDF-1.4\n<html><script>alert(1)</script></html>\n%%EOF", "pdf", MIXED_PDF),
        (files.PDF + files.HTML, "pdf", MIXED_PDF),
        (files.PDF + files.zip_of("a.class"), "pdf", MIXED_PDF),
        (files.HTML + files.PDF, "pdf", NO_HTML),
        (files.PDF[:-6], "pdf", "PDF 不完整，请重新导出后上传。"),
        (files.PDF, "docx", "文件内容是 PDF，与文件名不符，请核对后重新上传。"),
        (files.PDF, "", "文件内容是 PDF，与文件名不符，请核对后重新上传。"),
        (files.picture("PNG"), "pdf", "文件内容是 JPG，与文件名不符，请核对后重新上传。"),
        (files.workbook(), "docx", "文件内容是 XLSX，与文件名不符，请核对后重新上传。"),
        (OLD_OFFICE, "doc", "旧版或加密的 Office 文件不能上传，请取消密码，另存为 docx、xlsx 或 pptx。"),
        (OLD_OFFICE, "docx", "旧版或加密的 Office 文件不能上传，请取消密码，另存为 docx、xlsx 或 pptx。"),
        (files.package(files.MACRO_WORD), "docx", MACROS),
        (files.package(files.MACRO_WORD), "docm", MACROS),
        (files.package(extra=[("word/vbaProject.bin", b"x")]), "docx", MACROS),
        (files.package(extra=[("xl/macrosheets/sheet1.xml", b"x")]), "docx", MACROS),
        (files.package(extra=[("../../etc/passwd", b"x")]), "docx", ODD_OFFICE),
        (files.package(extra=[("Main.XML", b"x")]), "docx", ODD_OFFICE),
        (files.package(comment=b"<html>"), "docx", DAMAGED_OFFICE),
        (files.package() + files.HTML, "docx", DAMAGED_OFFICE),
        (files.PDF + files.package(), "docx", MIXED_PDF),
        (files.package()[:-30], "docx", DAMAGED_OFFICE),
        (b"PK", "docx", DAMAGED_OFFICE),
        (files.package("text/plain"), "docx", f"不是 Word、Excel 或 PPT 文件。{NO_ARCHIVE}"),
        (
            files.package(extra=[("bomb.xml", bytes(20_000_000))]),
            "docx",
            "文件的压缩比例高得不正常，可能有害，不能上传。",
        ),
        (files.zip_of("a.txt"), "zip", NO_ARCHIVE),
        (files.zip_of("a.txt"), "docx", NO_ARCHIVE),
        (b"Rar!\x1a\x07\x00" + bytes(50), "rar", NO_ARCHIVE),
        (
            b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
            "heic",
            "手机的 HEIC 照片不能上传，请转换为 JPG 后再传。",
        ),
        (b"MZ" + bytes(200), "exe", NOT_LISTED),
        (b"MZ" + bytes(200), "txt", CONTROLS),
        (b"MZ" + bytes(200), "pdf", NOT_LISTED),
        (files.CSV, "xlsx", NOT_LISTED),
        (files.CSV, "", NOT_LISTED),
        ("名称,面积".encode("gb18030"), "csv", NOT_UTF8),
        ("名称".encode("utf-16"), "csv", NOT_UTF8),
        ("名称".encode()[:-1], "txt", NOT_UTF8),
        (b"a\x00b", "txt", CONTROLS),
        (files.picture("JPEG")[:100], "jpg", DAMAGED_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + files.HTML, "png", DAMAGED_PICTURE),
        (b"GIF89a/*" + files.HTML, "gif", DAMAGED_PICTURE),
        (files.picture("PNG", (5001, 5000), mode="1"), "png", TOO_LARGE),
        (files.pixel_bomb(), "png", TOO_LARGE),
        (files.picture("TIFF"), "tif", "TIFF 图片不能上传，请转换为 JPG 或 PDF。"),
        (files.picture("BMP"), "png", "BMP 图片不能上传，请转换为 PNG。"),
    ],
)
def test_what_does_not(data, extension, sentence):
    with pytest.raises(UnacceptableFile) as caught:
        identify(io.BytesIO(data), extension)
    assert caught.value.sentence == sentence


def test_the_pixel_bomb_is_small():
    assert len(files.pixel_bomb()) < 12_000


def test_a_picture_at_the_limit_comes_in():
    assert identify(io.BytesIO(files.picture("PNG", (5000, 5000), mode="1")), "png").is_image


MAGIC = [
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"GIF89a",
    b"%PDF-",
    b"PK\x03\x04",
    b"",
]


@given(st.sampled_from(MAGIC), st.binary(max_size=300), st.sampled_from(["jpg", "pdf", "docx", "csv", ""]))
def test_whatever_comes_is_known_or_refused(magic, rest, extension):
    try:
        found = identify(io.BytesIO(magic + rest), extension)
    except UnacceptableFile as error:
        found = error
    assert getattr(found, "sentence", "") or extension in found.extensions
