"""What an uploaded file really is: read from its first and last bytes, never believed from its name.

Whatever is not on the list below is refused; what is on it must be whole and nothing else at the same time.
"""

import codecs
import re
from dataclasses import dataclass

import puremagic
from django.conf import settings
from PIL import Image

from association import office
from association.images_child import FORMATS

# Pillow raises at twice this, before a decoder that allocates on opening (WebP) gets the size.
Image.MAX_IMAGE_PIXELS = settings.UPLOAD_MAX_PIXELS
HEAD_BYTES = 4096
ACCEPTED = (
    "可以上传图片（JPG、PNG、WebP、GIF）、PDF、Word、Excel、PPT（docx、xlsx、pptx）和文本（csv、txt）。"
)
# What people try most, and what they can do instead.
ADVICE = {
    "application/msword": "旧版或加密的 Office 文件不能上传，请取消密码，另存为 docx、xlsx 或 pptx。",
    "image/heif": "手机的 HEIC 照片不能上传，请转换为 JPG 后再传。",
    "image/heic": "手机的 HEIC 照片不能上传，请转换为 JPG 后再传。",
    "image/svg+xml": "SVG 可能带有脚本，不能上传，请导出为 PNG。",
    "text/html": "网页文件可能带有脚本，不能上传，请另存为 PDF。",
    "image/tiff": "TIFF 图片不能上传，请转换为 JPG 或 PDF。",
    "image/x-ms-bmp": "BMP 图片不能上传，请转换为 PNG。",
    "application/x-rar-compressed": "压缩包不能上传，请解开后逐个上传。",
    "application/x-7z-compressed": "压缩包不能上传，请解开后逐个上传。",
}
MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|iframe|svg|img|object|embed|link|meta|\?xml|\?php)", re.I
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


class UnacceptableFile(Exception):
    """The file may not come in; `sentence` says in Chinese why and what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class FileType:
    """`extensions`: those its name may have, the proper one first."""

    media_type: str
    extensions: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


# A phone or a messenger often calls a picture by the name of another format; that is harmless, as it is redrawn.
PICTURE_NAMES = ("jpg", "jpeg", "jfif", "png", "webp", "gif")
IMAGE_TYPES = {
    f"image/{name}": FileType(f"image/{name}", PICTURE_NAMES) for name in ("jpeg", "png", "webp", "gif")
}
PDF = FileType("application/pdf", ("pdf",))
OFFICE_TYPES = {
    extension: FileType(media_type, (extension,)) for extension, media_type in office.MEDIA_TYPES.items()
}
TEXT_TYPES = {"csv": FileType("text/csv", ("csv",)), "txt": FileType("text/plain", ("txt",))}
# The proper ending of what the house itself serves.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


def identify(file, extension: str) -> FileType:
    """The type of an uploaded file, which is rewound afterwards; `extension` is its name's, in lower case.

    Reads the head, the tail and the zip directory, so it is quick whatever the file holds; only a text is read
    whole. Raises UnacceptableFile.
    """
    try:
        found = _identify(file, extension)
    finally:
        file.seek(0)
    if extension not in found.extensions:
        raise UnacceptableFile(f"文件内容是 {found.extensions[0].upper()}，与文件名不符，请核对后重新上传。")
    return found


def _identify(file, extension):
    file.seek(0)
    head = file.read(HEAD_BYTES)
    names = _names(head)
    if image := next((IMAGE_TYPES[name] for name in names if name in IMAGE_TYPES), None):
        _check_picture(file)
        return image
    if head.startswith(b"%PDF-"):
        _check_pdf(file, head)
        return PDF
    if head.startswith(b"PK"):
        try:
            return OFFICE_TYPES[office.kind_of(file)]
        except office.NotOffice as error:
            raise UnacceptableFile(error.sentence) from error
    if advice := next((ADVICE[name] for name in names if name in ADVICE), ""):
        raise UnacceptableFile(advice)
    if extension in TEXT_TYPES:
        _check_text(file, head)
        return TEXT_TYPES[extension]
    raise UnacceptableFile(f"这种文件不能上传。{ACCEPTED}")


def _names(head) -> list[str]:
    try:
        return [match.mime_type for match in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        return []


def _check_picture(file):
    """The header must be a picture's, and the pixels it announces must be few enough; nothing is decoded here."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
    except Image.DecompressionBombError as error:
        raise UnacceptableFile(too_many_pixels()) from error
    except Exception as error:
        # A decoder fails in as many ways as there are broken headers; each means the same to the person.
        raise UnacceptableFile("图片不完整或已损坏，请重新导出后上传。") from error
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise UnacceptableFile(too_many_pixels())


def too_many_pixels() -> str:
    return f"图片超过 {settings.UPLOAD_MAX_PIXELS // 10_000} 万像素，请缩小后上传。"


def _check_pdf(file, head):
    """From the header to the end mark it must be a PDF, with no page of HTML in front and no archive behind."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 1024))
    tail = file.read(1024)
    _, mark, rest = tail.rpartition(b"%%EOF")
    if not mark:
        raise UnacceptableFile("PDF 不完整，请重新导出后上传。")
    if rest.strip(b"\r\n\t \x00\x1a") or MARKUP.search(head[:1024]):
        raise UnacceptableFile("PDF 中夹带了其他内容，请重新导出后上传。")


def _check_text(file, head):
    if MARKUP.search(head):
        raise UnacceptableFile(ADVICE["text/html"])
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    file.seek(0)
    try:
        for chunk in iter(lambda: file.read(64 * 1024), b""):
            if CONTROLS.search(decoder.decode(chunk)):
                raise UnacceptableFile("文本中有不可显示的控制字符，请另存为 UTF-8 编码后上传。")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnacceptableFile("文本不是 UTF-8 编码，请另存为 UTF-8 编码后上传。") from error
