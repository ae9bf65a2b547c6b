"""The rows of an online room's attendance list as visits of people; pure (domain 9, 线上签到).

A platform writes a line each time somebody comes back: a person's lines become one, with their minutes together. What
cannot be read is an error, and a list with errors is not taken in.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from association.chinese import normalise
from association.exchange.cells import ErrorCell, cell_text
from association.exchange.sheet import header_key
from association.exchange.writing import Column
from association.formats import BEIJING, clean_mobile
from events.choices import Mode
from events.companies import person_key
from events.domain.online_attendance import Visit

COLUMNS = (
    Column("姓名", required=True), Column("手机号", "phone"), Column("单位名称", width=32, required=True),
    Column("参会方式", "choice", required=True), Column("进入时间", "datetime"), Column("离开时间", "datetime"),
    Column("时长(分钟)", "integer"),
)  # fmt: skip
CHOICES = {"参会方式": ["线上", "线下"]}
NOTES = {
    "姓名": "同一人进出几次可以写几行，时长会加在一起。",
    "手机号": "有手机号对得最准。",
    "进入时间": "也可以只写时刻，如 14:05，算作活动当天。",
    "时长(分钟)": "不填时按进入和离开时间计算；都没有的，不按时长扣除。",
}
EXAMPLE = {
    "姓名": "王小明",
    "手机号": "19900000000",
    "单位名称": "演示单位",
    "参会方式": "线上",
    "时长(分钟)": 65,
}
EXPECTED = [column.header for column in COLUMNS]
NEEDED = [column.header for column in COLUMNS if column.required]
MODES = {"线上": Mode.ONLINE, "线下": Mode.ONSITE, "现场": Mode.ONSITE}
LONGEST = 24 * 60
MOMENT = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D+(\d{1,2}):(\d{2})(?::(\d{2}))?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
DURATION = re.compile(r"(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟|分|min))?\s*(?:(\d+)\s*(?:秒|s))?")


@dataclass
class Parsed:
    """The people of a list in the order in which they first stand in it; `errors` are (row number, phrase)."""

    visits: list[Visit] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The errors as one sentence that names the first five; empty when there are none."""
        shown = "；".join(f"第{number}行{phrase}" for number, phrase in self.errors[:5])
        more = len(self.errors) - 5
        return shown + (f"；还有 {more} 处。" if more > 0 else "。" if shown else "")


class _Unreadable(Exception):
    pass


def parse(sheet, *, day) -> Parsed:
    """The visits of a sheet (association.exchange.sheet.Sheet) of an event on `day`."""
    found = Parsed()
    places = {header_key(header): place for place, header in enumerate(sheet.headers)}
    missing = [name for name in NEEDED if header_key(name) not in places]
    if missing:
        found.errors.append((sheet.header_number, f"的表头缺少“{'”“'.join(missing)}”"))
        return found
    lines = []
    for row in sheet.rows:
        cells = {name: _cell(row.cells, places.get(header_key(name))) for name in EXPECTED}
        try:
            lines.append(_line(row.number, cells, day))
        except _Unreadable as error:
            found.errors.append((row.number, str(error)))
    found.visits = _people(lines)
    return found


def _cell(cells, place):
    return cells[place] if place is not None and place < len(cells) else None


def _line(number, cells, day) -> Visit:
    for name, cell in cells.items():
        if isinstance(cell, ErrorCell):
            raise _Unreadable(f"「{name}」{cell.reason}")
    mode = MODES.get(_text(cells["参会方式"], "参会方式", 10))
    if mode is None:
        raise _Unreadable("「参会方式」应填线上或线下")
    entered, left = (_moment(cells[name], name, day) for name in ("进入时间", "离开时间"))
    return Visit(
        number=number, full_name=_text(cells["姓名"], "姓名", 50), unit_name=_text(cells["单位名称"], "单位名称", 120),
        mobile=_mobile(cells["手机号"]), mode=mode, entered_at=entered, minutes=_minutes(cells, entered, left),
    )  # fmt: skip


def _text(cell, name, most) -> str:
    text = normalise(cell_text(cell))
    if not text:
        raise _Unreadable(f"「{name}」没有填写")
    if len(text) > most:
        raise _Unreadable(f"「{name}」超过 {most} 个字")
    return text


def _mobile(cell) -> str:
    text = cell_text(cell).strip()
    if not text or "*" in text:  # platforms hide some digits; what is hidden matches nobody
        return ""
    try:
        return clean_mobile(text)
    except ValueError as error:
        raise _Unreadable(f"「手机号」{error}") from None


def _moment(cell, name, day) -> datetime | None:
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=BEIJING)
    if isinstance(cell, time):
        return datetime.combine(day, cell, BEIJING)
    text = normalise(cell_text(cell))
    try:
        if match := MOMENT.fullmatch(text):
            return datetime(*(int(part or 0) for part in match.groups()), tzinfo=BEIJING)
        if match := CLOCK.fullmatch(text):
            return datetime.combine(day, time(*(int(part or 0) for part in match.groups())), BEIJING)
    except ValueError:
        pass
    raise _Unreadable(f"「{name}」应写作 2023-01-10 14:30 的样子")


def _minutes(cells, entered, left) -> int | None:
    cell = cells["时长(分钟)"]
    if cell is not None:
        return _written_minutes(cell)
    if entered is None or left is None:
        return None
    if left < entered or left - entered > timedelta(minutes=LONGEST):
        raise _Unreadable("的离开时间与进入时间对不上")
    return int((left - entered).total_seconds() // 60)


def _written_minutes(cell) -> int:
    number = cell if isinstance(cell, Decimal) else None
    text = normalise(cell_text(cell))
    if number is None and re.fullmatch(r"\d{1,6}(\.\d{1,4})?", text):
        number = Decimal(text)
    elif number is None and (match := DURATION.fullmatch(text)) and any(match.groups()):
        hours, minutes, _ = (int(part or 0) for part in match.groups())
        number = Decimal(hours * 60 + minutes)
    if number is None or not 0 <= number <= LONGEST:
        raise _Unreadable("「时长(分钟)」应是 0 至 1440 之间的数字")
    return int(number)


def _people(lines) -> list[Visit]:
    """The lines of one person together: minutes added up, the first entry; a line on site makes the person be there."""
    found, by_mobile, by_person = [], {}, {}
    for line in lines:
        key = person_key(line.full_name, line.unit_name)
        place = by_mobile.get(line.mobile) if line.mobile else None
        if place is None and key in by_person:
            other = found[by_person[key]]
            place = (
                by_person[key] if not (line.mobile and other.mobile) or line.mobile == other.mobile else None
            )
        if place is None:
            place = len(found)
            found.append(line)
        else:
            found[place] = _together(found[place], line)
        by_person.setdefault(key, place)
        if line.mobile:
            by_mobile.setdefault(line.mobile, place)
    return found


def _together(first, again) -> Visit:
    known = [line.minutes for line in (first, again) if line.minutes is not None]
    entered = [line.entered_at for line in (first, again) if line.entered_at is not None]
    return Visit(
        number=first.number, full_name=first.full_name, unit_name=first.unit_name, mobile=first.mobile or again.mobile,
        mode=Mode.ONSITE if Mode.ONSITE in (first.mode, again.mode) else Mode.ONLINE,
        entered_at=min(entered, default=None), minutes=min(sum(known), LONGEST) if known else None,
    )  # fmt: skip
