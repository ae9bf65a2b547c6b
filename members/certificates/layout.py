"""Where everything stands on a certificate: pure, in units of the page, for whoever draws it.

Ink on warm paper, hairlines, one stroke of vermilion. The colours are those of `static/css/tokens.css`, light; the
place of the seal stays empty, for a pasted picture of a seal is none (domain §9).
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from association.formats import chinese_date
from members.certificates.lettering import MISSING, fitted, settable, width_of

PAPER, INK, SOFT, FAINT, ACCENT = "#fdfbf6", "#221f1a", "#5a554b", "#cdc6b8", "#a5301c"
LEADING = 1.45
TITLE, SEAL, SCAN = "会员证", "（协会印章）", "扫码核验"
DEMO, DEMO_NOTE = "演示", "演示数据，不作任何证明"
MISSING_NOTE = f"{MISSING} 为字库暂缺的字，以核验页所示为准"


@dataclass(frozen=True)
class Printed:
    """What is printed on a certificate; `address` is what its QR code leads to."""

    name: str
    grade: str
    member_number: str
    number: str
    issued_on: date
    valid_until: date
    association: str
    address: str
    is_demo: bool = False

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [
            ("会员编号", self.member_number),
            ("证书编号", self.number),
            ("发证日期", chinese_date(self.issued_on)),
            ("有效期至", chinese_date(self.valid_until)),
        ]

    @property
    def notes(self) -> list[str]:
        """What has to be said at the foot."""
        lacks = MISSING in settable(self.name) and MISSING not in self.name
        return [note for note, said in ((DEMO_NOTE, self.is_demo), (MISSING_NOTE, lacks)) if said]


@dataclass(frozen=True)
class Text:
    """One line; `x` is its left, middle or right by `anchor`, `y` its baseline."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    anchor: str = "left"
    tracking: float = 0

    @property
    def width(self) -> float:
        return width_of(self.text, self.size, self.tracking)

    @property
    def left(self) -> float:
        return self.x - self.width * {"left": 0, "middle": 0.5, "right": 1}[self.anchor]


@dataclass(frozen=True)
class Rule:
    """A straight stroke, level or upright."""

    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float
    colour: str


@dataclass(frozen=True)
class Ring:
    """The dashed place for a seal."""

    x: float
    y: float
    radius: float
    thickness: float
    colour: str


@dataclass(frozen=True)
class Code:
    """A QR code: its upper left corner and its side."""

    x: float
    y: float
    side: float
    payload: str


@dataclass(frozen=True)
class Page:
    """A page of `width` × `height` units; `inner` is the distance of the inner frame from the edge."""

    width: float
    height: float
    inner: float
    marks: tuple


def _frame(width, height, margin, thickness, colour):
    right, bottom = width - margin, height - margin
    corners = [(margin, margin), (right, margin), (right, bottom), (margin, bottom), (margin, margin)]
    return [Rule(*a, *b, thickness, colour) for a, b in pairwise(corners)]


def _name(printed, *, x, top, width, height, largest, smallest):
    """The unit's name in the middle of its place, on as few lines as its length allows."""
    size, lines = fitted(
        printed.name, width=width, height=height, largest=largest, smallest=smallest, leading=LEADING
    )
    first = top + (height - len(lines) * size * LEADING) / 2 + size * (LEADING - 1) / 2 + size * 0.88
    return [Text(x, first + i * size * LEADING, line, size, INK, "middle") for i, line in enumerate(lines)]


def _stamp(printed, *, right, top, size):
    """演示 in a frame of its own, for certificates of invented units."""
    if not printed.is_demo:
        return []
    width, height = size * 2.9, size * 1.7
    x, bottom = right - width, top + height
    corners = [(x, top), (right, top), (right, bottom), (x, bottom), (x, top)]
    frame = [Rule(*a, *b, size * 0.06, ACCENT) for a, b in pairwise(corners)]
    return [*frame, Text(x + width / 2, top + height / 2 + size * 0.37, DEMO, size, ACCENT, "middle")]


def a4(printed: Printed) -> Page:
    """The sheet that hangs on the wall: A4 lying, in millimetres."""
    width, height, middle = 297.0, 210.0, 148.5
    marks = [
        *_frame(width, height, 10, 0.35, INK), *_frame(width, height, 12, 0.12, FAINT),
        *_stamp(printed, right=width - 20, top=20, size=5),
        Text(middle, 35, printed.association, 5.6, SOFT, "middle", 1.6),
        Text(middle, 60, TITLE, 19, INK, "middle", 9),
        Rule(middle - 11, 68.5, middle + 11, 68.5, 0.8, ACCENT),
        *_name(printed, x=middle, top=76, width=232, height=38, largest=12, smallest=4.5),
        Text(middle, 126, f"为本会{printed.grade}，特发此证。", 6, INK, "middle", 0.5),
        Rule(32, 139, width - 32, 139, 0.12, FAINT),
        Code(36, 147.5, 30, printed.address),
        Text(51, 184.5, SCAN, 3.4, SOFT, "middle", 0.4),
        Ring(237, 163.5, 17, 0.18, FAINT),
        Text(237, 164.8, SEAL, 3.6, SOFT, "middle"),
        Text(237, 188.5, printed.association, 4.4, INK, "middle", 0.5),
    ]  # fmt: skip
    for i, (label, value) in enumerate(printed.facts):
        y = 151 + i * 10.2
        marks += [Text(92, y, label, 3.8, SOFT), Text(116, y, value, 5, INK)]
    marks += [
        Text(middle, 195.4 - 4 * i, note, 3, ACCENT if note == DEMO_NOTE else SOFT, "middle")
        for i, note in enumerate(reversed(printed.notes))
    ]
    return Page(width, height, 12, tuple(marks))


def phone(printed: Printed) -> Page:
    """The picture that is kept in a phone: upright, ten pixels a unit."""
    width, height, middle = 108.0, 192.0, 54.0
    marks = [
        *_frame(width, height, 4, 0.3, INK), *_frame(width, height, 5.2, 0.1, FAINT),
        *_stamp(printed, right=width - 9, top=9, size=3.2),
        Text(middle, 23, printed.association, 4, SOFT, "middle", 0.9),
        Text(middle, 40.5, TITLE, 12.5, INK, "middle", 5),
        Rule(middle - 7, 47, middle + 7, 47, 0.7, ACCENT),
        *_name(printed, x=middle, top=53, width=86, height=31, largest=7.6, smallest=3),
        Text(middle, 93, f"为本会{printed.grade}，特发此证。", 4.2, INK, "middle", 0.2),
        Rule(12, 101, width - 12, 101, 0.1, FAINT),
        Rule(12, 140, width - 12, 140, 0.1, FAINT),
        Code(14, 143.6, 28, printed.address),
        Text(28, 177.8, SCAN, 3, SOFT, "middle", 0.3),
        Ring(76, 157.6, 14, 0.18, FAINT),
        Text(76, 158.6, SEAL, 2.9, SOFT, "middle"),
        Text(76, 177.8, printed.association, 3, INK, "middle", 0.2),
    ]  # fmt: skip
    for i, (label, value) in enumerate(printed.facts):
        y = 110.5 + i * 8.6
        marks += [Text(14, y, label, 3.5, SOFT), Text(width - 14, y, value, 4, INK, "right")]
    marks += [
        Text(middle, 185.4 - 3 * i, note, 2.4, ACCENT if note == DEMO_NOTE else SOFT, "middle")
        for i, note in enumerate(reversed(printed.notes))
    ]
    return Page(width, height, 5.2, tuple(marks))
