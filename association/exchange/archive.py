"""The zip around a workbook: a directory that has been checked, members read as bounded streams."""

import io
import zipfile
import zlib

from .limits import (
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    RESAVE,
    WorkbookRefused,
    damaged,
)

CHUNK = 64 * 1024
SMALL = 2**20  # below this a high ratio is no danger
READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class _CappedFile(io.BufferedReader):
    """Refuses the one big read that zipfile makes: the directory, whose size the file itself declares."""

    def read(self, size=-1):
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise WorkbookRefused(f"文件的内部目录大得不正常。{RESAVE}")
        return super().read(size)


class Archive:
    """An open zip. Names are looked up without regard to case, with forward slashes."""

    def __init__(self, path):
        """Open and check; raises WorkbookRefused. `close()` it, or use it as a context manager."""
        self._file = _CappedFile(io.FileIO(path))
        try:
            self._zip = _open(self._file)
            self.members = _checked(self._zip.infolist())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __contains__(self, name):
        return name.lower() in self.members

    def close(self):
        self._zip.close()
        self._file.close()

    def chunks(self, name):
        """Yield the member's bytes; never more than the directory declares, in pieces of 64 KB."""
        info = self.members[name.lower()]
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except READ_ERRORS as error:
            raise damaged(info.filename[:60]) from error

    def read(self, name):
        return b"".join(self.chunks(name))


def _open(file):
    try:
        return zipfile.ZipFile(file)
    except READ_ERRORS as error:
        raise damaged() from error


def _checked(infos):
    """The directory as {lower-case name: member}; raises on anything a spreadsheet program never writes."""
    if len(infos) > MAX_MEMBERS:
        raise WorkbookRefused(f"文件里包着 {len(infos)} 个部件，多得不正常。{RESAVE}")
    _check_size(infos)
    members = {}
    for info in infos:
        name = _safe_name(info)
        if name in members:
            raise WorkbookRefused(f"文件的内部结构不正常（部件重名）。{RESAVE}")
        members[name] = info
    return members


def _check_size(infos):
    if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
        raise WorkbookRefused("文件解开后超过 100 MB，不予读取。请删去无关的工作表和图片，或分成几份后上传。")
    for info in infos:
        if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise WorkbookRefused(f"文件的压缩比例高得不正常，可能有害，不予读取。{RESAVE}")


def _safe_name(info):
    name = info.filename.replace("\\", "/").lower()
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise WorkbookRefused(f"文件的内部结构不正常（部件路径越界）。{RESAVE}")
    if info.flag_bits & 0x1:
        raise WorkbookRefused("文件设了密码，无法读取。请取消密码并保存，再重新上传。")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookRefused(f"文件用了少见的压缩方式，无法读取。{RESAVE}")
    return name
