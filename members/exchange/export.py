"""The roster as a file: the rows as of a day, in the order of the list, in chunks that keep memory small."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings

from association.choices import ExportFormat
from association.columns import ColumnSet
from association.errors import Refused
from association.exchange.writing import write_csv, write_workbook
from association.models import User
from association.snapshot import load_ahead
from members import permissions
from members.columns import ROSTER

TITLE = "会员名册"
CHUNK = 4_000


def permitted(person) -> ColumnSet:
    """The columns that the person may take out."""
    return ROSTER.allowed(permissions.tiers(person))


def check(person, keys, *, unmasked: bool) -> None:
    """Raise Refused when the person may not take these columns out now; roles are read anew."""
    person = User.objects.get(pk=person.pk)
    if not permissions.can_export_members(person):
        raise Refused("经办人已没有导出名册的权限，这份导出不再提供。")
    lost = [key for key in keys if key not in permitted(person).by_key]
    if lost or (unmasked and not permissions.can_view_contacts(person)):
        raise Refused("经办人的权限已有变化，这份导出不再提供。请按现在的权限重新导出。")


def file_name(as_of: date, format: str) -> str:
    """会员名册_20221231.xlsx, by the day that the roster shows."""
    return f"{TITLE}_{as_of:%Y%m%d}.{format}"


def rows(pks, columns, as_of, *, unmasked: bool, progress: Callable | None = None) -> Iterator[tuple]:
    """The cells of each unit of `pks`, in that order. `progress(done, total)` is called before each chunk."""
    chunks = [pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK)]
    done = 0
    for cells in load_ahead(lambda chunk: columns.cells(chunk, as_of, unmasked=unmasked), chunks):
        if progress:
            progress(done, len(pks))
        yield from cells
        done += len(cells)


def write(target, pks, *, columns, as_of, format, unmasked, notes, progress=None) -> None:
    """Write the roster to a path or a binary buffer, as a workbook with a sheet 说明 or as CSV."""
    with _without_collector():
        found = rows(pks, columns, as_of, unmasked=unmasked, progress=progress)
        if format == ExportFormat.CSV:
            write_csv(target, columns=columns, rows=found)
        else:
            write_workbook(target, sheet=TITLE, columns=columns, rows=found, notes=notes, as_of=as_of)


def notes(
    *, person, conditions: str, total: int, columns, unmasked: bool, reason: str
) -> list[tuple[str, str]]:
    """What the sheet 说明 says besides the day and the moment."""
    lines = [
        ("名称", f"{settings.ASSOCIATION_NAME}{TITLE}"),
        ("筛选条件", conditions),
        ("行数", str(total)),
        ("导出人", str(person)),
    ]
    if columns.is_personal:
        full = "完整，请妥善保管，用完删除" if unmasked else "已遮盖中间几位；再导入时视为没有改动"
        lines.append(("手机号与邮箱", full))
    if reason:
        lines.append(("用途", reason))
    if settings.DEMO:
        lines.append(("演示数据", "本文件取自演示系统，其中的联系人、信用代码等为虚构。"))
    return lines


@contextmanager
def _without_collector():
    """Three million fresh cells hold no cycles; looking for some would take as long as half of the loading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
