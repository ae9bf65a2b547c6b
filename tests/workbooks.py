"""Makes workbooks for tests, the good and the hostile ones, part by part; nothing binary lies in the repository."""

import struct
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OLE = bytes.fromhex("d0cf11e0a1b11ae1")

# Positions in cellXfs: 0 general, 1 day, 2 moment, 3 per cent, 4 text, 5 a Chinese date that only has a number
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    '<cellStyleXfs count="1"><xf numFmtId="9"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="49"/><xf numFmtId="31"/>'
    '<xf numFmtId="20"/></cellXfs></styleSheet>'
)
DAY, MOMENT, PERCENT, TEXT, CHINESE_DAY, CLOCK = 1, 2, 3, 4, 5, 6


def cell(reference, value=None, *, kind=None, style=None, formula=None):
    """One cell; `kind` is the attribute t, `value` goes into v, or into an inline string."""
    start = (
        f'<c r="{reference}"' + (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "") + ">"
    )
    inside = f"<f>{escape(formula)}</f>" if formula else ""
    if kind == "inlineStr":
        inside += f'<is><t xml:space="preserve">{escape(value)}</t></is>'
    elif value is not None:
        inside += f"<v>{value}</v>"
    return f"{start}{inside}</c>"


def text(reference, value, style=None):
    return cell(reference, value, kind="inlineStr", style=style)


def letters(column):
    """0 → A, 27 → AB."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def row(number, *cells, attributes=""):
    """A row of ready cells, or of plain texts and numbers that go into A, B, C…"""
    made = [
        value
        if isinstance(value, str) and value.startswith("<c ")
        else text(f"{letters(position)}{number}", value)
        if isinstance(value, str)
        else cell(f"{letters(position)}{number}", value)
        for position, value in enumerate(cells)
        if value is not None
    ]
    return f'<row r="{number}"{attributes}>{"".join(made)}</row>'


def sheet(*rows, before="", after="", namespace=MAIN):
    return f'{DECLARATION}<worksheet xmlns="{namespace}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


HEADER = row(1, "单位名称", "统一社会信用代码", "面积")
ONE_ROW = row(2, "演示文化园", "91110105MA00000A0X", 12)


def parts(*sheets, strict=False, properties="", strings=None, styles=STYLES, extra=None):
    """The members of a workbook; `sheets` are (name, xml) or (name, xml, state)."""
    main, office = (STRICT_MAIN, STRICT_OFFICE) if strict else (MAIN, OFFICE)
    sheets = [(*entry, "visible")[:3] for entry in sheets or [("数据", sheet(HEADER, ONE_ROW))]]
    tabs = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, _, state) in enumerate(sheets, start=1)
    )
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    links += [("rIdStyles", "styles", "styles.xml"), ("rIdStrings", "sharedStrings", "sharedStrings.xml")]
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _links([("rId1", "officeDocument", "xl/workbook.xml")], office),
        "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{main}" xmlns:r="{office}">{properties}'
        f"<sheets>{tabs}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _links(links, office),
        "xl/styles.xml": styles.replace(MAIN, main),
    }
    members |= {f"xl/worksheets/sheet{n}.xml": xml for n, (_, xml, _) in enumerate(sheets, start=1)}
    if strings is not None:
        items = "".join(f"<si><t>{item}</t></si>" for item in strings)
        members["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{items}</sst>'
    return members | (extra or {})


def _links(links, office):
    items = "".join(
        f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target}"/>' for key, kind, target in links
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def save(path, members, compression=zipfile.ZIP_DEFLATED):
    """Write the members ({name: text or bytes}, or pairs where a name comes twice) as a zip."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return path


def workbook(path, *sheets, **options):
    return save(path, parts(*sheets, **options))


# --- hostile ones: each takes a path and returns it ------------------------------------------------------------


def far_cell(path):
    """4 KB that make calamine ask for 512 GB; the declared dimension says A1:C2."""
    far = '<row r="1048576">' + cell("XFD1048576", 1) + "</row>"
    return workbook(path, ("数据", sheet(HEADER, ONE_ROW, far, before='<dimension ref="A1:C2"/>')))


def wide(path):
    return workbook(path, ("数据", sheet(HEADER, row(2, "甲", "乙", cell("GS2", 1)))))


def long(path, rows=5_101):
    data = [f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, rows + 1)]
    return workbook(path, ("数据", sheet(HEADER, *data)))


def formatted_to_the_end(path):
    """What people get who colour whole columns: 60,000 rows that hold nothing."""
    empty = [f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(3, 60_000)]
    return workbook(path, ("数据", sheet(HEADER, ONE_ROW, *empty, before='<dimension ref="A1:XFD1048576"/>')))


def zip_bomb(path):
    return workbook(path, extra={"xl/media/image1.bin": b"\0" * (30 * 2**20)})


def oversized(path):
    noise = bytes(range(256)) * 2**17  # 32 MB at a modest ratio each, 128 MB together
    return save(path, list(parts().items()) + [(f"xl/media/{n}.bin", noise + bytes([n])) for n in range(4)])


def entity_bomb(path, encoding="utf-8"):
    doctype = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<worksheet><sheetData/></worksheet>'
    return workbook(path, extra={"xl/worksheets/sheet1.xml": xml.encode(encoding)})


def entity_in_unread_part(path):
    return workbook(path, extra={"docProps/app.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'})


def endless_token(path):
    """One tag of 3 MB: expat before 2.6 would read it again from its start with every chunk."""
    padding = bytes(range(97, 123)) * (3 * 2**20 // 26)
    return save(path, parts() | {"xl/worksheets/sheet1.xml": b"<worksheet " + padding}, zipfile.ZIP_STORED)


def macro(path):
    return workbook(path, extra={"xl/vbaProject.bin": OLE + b"\0" * 100})


def truncated(path):
    workbook(path)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def broken_sheet(path):
    return workbook(path, ("数据", sheet(HEADER, ONE_ROW)[:-40]))


def encrypted(path):
    path.write_bytes(OLE + b"\0" * 1016 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)
    return path


def old_xls(path):
    path.write_bytes(OLE + b"\0" * 1016 + "Workbook".encode("utf-16-le") + b"\0" * 512)
    return path


def password_zip(path):
    return _patched(workbook(path), 8, 6, b"\x01\x00")


def understated(path):
    """The directory says that the sheet unpacks to 100 bytes."""
    return _patched(workbook(path), 24, 22, struct.pack("<I", 100))


def _patched(path, central, local, value):
    """Overwrite a field of the last member in the zip's directory and in its own header."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", central), (b"PK\x03\x04", local)):
        place = data.rindex(signature) + offset
        data[place : place + len(value)] = value
    path.write_bytes(bytes(data))
    return path


def member_outside(path):
    return workbook(path, extra={"../../etc/cron.d/x": "x"})


def member_absolute(path):
    return workbook(path, extra={"/etc/passwd": "x"})


def member_twice(path):
    # Upper case, so that the writer does not warn; calamine looks names up without regard to case.
    return workbook(path, extra={"xl/worksheets/SHEET1.xml": sheet(HEADER, row(2, "另一份", "x", 1))})


def many_members(path):
    return workbook(path, extra={f"xl/media/{n}.bin": "x" for n in range(1_001)})


def huge_directory(path):
    return workbook(path, extra={f"xl/media/{'x' * 200}{n}.bin": "" for n in range(5_000)})


def word_document(path):
    return save(path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})


def open_document(path):
    return save(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


def binary_workbook(path):
    return save(path, {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01"})


def plain_zip(path):
    return save(path, {"读我.txt": "你好"})


def without_parts(path):
    members = parts()
    del members["[Content_Types].xml"]
    return save(path, members)


def utf16_sheet(path):
    xml = sheet(HEADER, ONE_ROW).replace("UTF-8", "UTF-16")
    return workbook(path, extra={"xl/worksheets/sheet1.xml": xml.encode("utf-16")})


def cdata(path):
    return workbook(path, ("数据", sheet(HEADER, row(2, '<c r="A2" t="str"><v><![CDATA[甲]]></v></c>', "x"))))


def new_error_value(path):
    return workbook(path, ("数据", sheet(HEADER, row(2, "甲", cell("B2", "#SPILL!", kind="e")))))


def string_bomb(path):
    """40,000 references to one text of 30,000 characters: 3.6 GB, were they all unfolded."""
    cells = "".join(f'<c r="{letters(column)}{{0}}" t="s"><v>0</v></c>' for column in range(20))
    rows = [f'<row r="{n}">{cells.format(n)}</row>' for n in range(2, 2_002)]
    return workbook(path, ("数据", sheet(HEADER, *rows)), strings=["园" * 30_000])
