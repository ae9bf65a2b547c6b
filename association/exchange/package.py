"""Which sheets a workbook has and where their parts lie: workbook.xml, its relationships and the styles."""

import posixpath
import re
from dataclasses import dataclass

from .limits import RESAVE, WorkbookRefused, damaged
from .xmlscan import local, walk

WORKBOOK = "xl/workbook.xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
PERCENT_FORMATS = {"9", "10"}  # built in: 0% and 0.00%
QUOTED = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet: the name on its tab and the member that holds it ("" where it is not a worksheet)."""

    name: str
    member: str
    visible: bool


@dataclass
class Package:
    """The skeleton of a workbook. `styles` and `strings` are member names or ""."""

    sheets: list
    styles: str = ""
    strings: str = ""
    from_1904: bool = False
    external_links: bool = False


def outline(archive):
    """Read the skeleton. Raises WorkbookRefused when the parts are missing, broken or carry macros."""
    targets = _relationships(archive)
    package = Package(sheets=[])
    for kind, member in targets.values():
        if kind == "styles":
            package.styles = member
        elif kind == "sharedStrings":
            package.strings = member
        elif kind == "externalLink":
            package.external_links = True
    _read_workbook(archive, targets, package)
    if not package.sheets:
        raise damaged("没有工作表")
    return package


def percent_styles(archive, package):
    """The cell styles (as written in a cell's `s`) that show a number as per cent."""
    if not package.styles:
        return frozenset()
    reader = _Styles()
    walk(
        archive.chunks(package.styles),
        start=reader.start,
        end=reader.end,
        utf8_only=True,
        part=package.styles,
    )
    return frozenset(reader.found)


def _relationships(archive):
    """{id: (kind, member)} of the parts that exist inside the file."""
    found = {}

    def start(name, attributes):
        if local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        member = posixpath.normpath(posixpath.join("xl", attributes.get("Target", "").replace("\\", "/")))
        member = member.lstrip("/")
        if member in archive:
            found[attributes.get("Id")] = kind, member.lower()

    walk(archive.chunks(RELATIONSHIPS), start=start, part=RELATIONSHIPS)
    return found


def _read_workbook(archive, targets, package):
    def start(name, attributes):
        name = local(name)
        if name == "workbookPr":
            package.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            package.sheets.append(_sheet(attributes, targets))

    walk(archive.chunks(WORKBOOK), start=start, part=WORKBOOK)


def _sheet(attributes, targets):
    relation = next((value for key, value in attributes.items() if local(key) == "id"), None)
    kind, member = targets.get(relation, ("", ""))
    if kind.lower() in ("xlmacrosheet", "xlintlmacrosheet"):
        raise WorkbookRefused(f"工作簿里带有宏表。请删去宏表。{RESAVE}")
    return SheetPart(
        name=attributes.get("name", "").strip(),
        member=member if kind == "worksheet" else "",
        visible=attributes.get("state", "visible") == "visible",
    )


class _Styles:
    """Collects the positions in cellXfs whose number format is per cent."""

    def __init__(self):
        self.formats = set(PERCENT_FORMATS)
        self.found = set()
        self.inside = False
        self.position = 0

    def start(self, name, attributes):
        name = local(name)
        if name == "numFmt" and "%" in QUOTED.sub("", attributes.get("formatCode", "")):
            self.formats.add(attributes.get("numFmtId"))
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            if attributes.get("numFmtId") in self.formats:
                self.found.add(str(self.position))
            self.position += 1

    def end(self, name):
        if local(name) == "cellXfs":
            self.inside = False
