"""Files as people and attackers make them, in bytes."""

import io
import struct
import zipfile
import zlib

import openpyxl
from PIL import Image

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/main.xml" ContentType="{}"/></Types>"""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CSV = "名称,面积\n莱锦,110000\n".encode()


def picture(form="JPEG", size=(640, 480), mode="RGB", colour=None, **options) -> bytes:
    return encoded(
        Image.new(mode, size, colour) if colour is not None else Image.new(mode, size), form, **options
    )


def encoded(image, form, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photo_with_place() -> bytes:
    """A photograph lying on its side, left half red, with GPS data, a maker, a comment and a thumbnail's worth of text."""
    image = Image.new("RGB", (600, 400), "blue")
    image.paste("red", (0, 0, 300, 400))
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    return encoded(image, "JPEG", exif=exif, comment=b"SECRET-COMMENT")


def animation(frames=200) -> bytes:
    pictures = [Image.new("P", (64, 64), number % 250) for number in range(frames)]
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


def pixel_bomb(side=20_000) -> bytes:
    """A PNG of a few kilobytes that announces 400 million pixels (and holds far fewer)."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def time_bomb(scans=400) -> bytes:
    """A progressive JPEG of some 100 KB that has one of its passes over the picture repeated again and again."""
    data = picture("JPEG", (5000, 4000), progressive=True, quality=10)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + data[-2:]


def package(main_type=WORD, extra=(), comment=b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main_type))
        archive.writestr("main.xml", "<document/>")
        for name, data in extra:
            archive.writestr(name, data)
        archive.comment = comment
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["名称", "面积"])
    book.save(file)
    return file.getvalue()


def zip_of(*names) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()
