"""Word, Excel and PPT files looked at from outside: the zip around them, unpacked no further than its table of types."""

import re
import struct
import zipfile
import zlib

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
TYPES_PART = "[Content_Types].xml"
MAX_PARTS = 5_000
MAX_DIRECTORY_BYTES = 2 * 2**20
MAX_TYPES_BYTES = 2**20
MAX_UNPACKED_BYTES = 400 * 2**20
MAX_RATIO = 250  # sheets of formatted, empty rows reach about 60; a bomb of zeros 1,000
SMALL = 2**20  # below this a high ratio is no danger
END_RECORD = struct.Struct("<4s4H2LH")
DAMAGED = "文件不完整或已损坏，请用 Office 或 WPS 打开后另存，再上传。"
ODD = "文件的内部结构不正常，请用 Office 或 WPS 打开后另存，再上传。"
MACROS = "文件带有宏，不能上传，请另存为不带宏的 docx、xlsx 或 pptx。"
ARCHIVE = "压缩包不能上传，请解开后逐个上传。"


class NotOffice(Exception):
    """The zip is no acceptable Office document; `sentence` says in Chinese why and what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


def kind_of(file) -> str:
    """docx, xlsx or pptx, for a seekable file that begins like a zip. Raises NotOffice."""
    _check_frame(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_parts(archive.infolist())
            return _kind(_types(archive))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
    ) as error:
        raise NotOffice(DAMAGED) from error


def _check_frame(file):
    """The zip fills the file from the first byte to the last, so that nothing else can ride along.

    The declared size of its directory is looked at before zipfile reads it into memory.
    """
    size = file.seek(0, 2)
    if size < END_RECORD.size:
        raise NotOffice(DAMAGED)
    file.seek(size - END_RECORD.size)
    mark, _, _, _, parts, directory, offset, comment = END_RECORD.unpack(file.read(END_RECORD.size))
    file.seek(0)
    if mark != b"PK\x05\x06" or comment or file.read(4) != b"PK\x03\x04":
        raise NotOffice(DAMAGED)
    if parts > MAX_PARTS or directory > MAX_DIRECTORY_BYTES or offset + directory + END_RECORD.size != size:
        raise NotOffice(ODD)


def _check_parts(infos):
    names = [info.filename.replace("\\", "/").lower() for info in infos]
    if TYPES_PART.lower() not in names:
        raise NotOffice(ARCHIVE)
    if len(set(names)) != len(names) or any(n.startswith("/") or ".." in n.split("/") for n in names):
        raise NotOffice(ODD)
    if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n or "/activex/" in n for n in names):
        raise NotOffice(MACROS)
    if any(info.flag_bits & 0x1 for info in infos):
        raise NotOffice("文件设了密码，请取消密码后上传。")
    if (
        min(info.header_offset for info in infos) != 0
        or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES
    ):
        raise NotOffice(ODD)
    if any(i.file_size > SMALL and i.file_size > MAX_RATIO * max(i.compress_size, 1) for i in infos):
        raise NotOffice("文件的压缩比例高得不正常，可能有害，不能上传。")


def _types(archive) -> bytes:
    with archive.open(TYPES_PART) as part:
        text = part.read(MAX_TYPES_BYTES + 1)
    if len(text) > MAX_TYPES_BYTES:
        raise NotOffice(ODD)
    return text


def _kind(types: bytes) -> str:
    """By the declared type of the main part: its name and the file's may say anything."""
    if re.search(rb"macroenabled", types, re.IGNORECASE):
        raise NotOffice(MACROS)
    kinds = [kind for kind, media_type in MEDIA_TYPES.items() if f'"{media_type}.main+xml"'.encode() in types]
    if len(kinds) != 1:
        raise NotOffice(f"不是 Word、Excel 或 PPT 文件。{ARCHIVE}" if not kinds else ODD)
    return kinds[0]
