"""The participants of an event as a workbook: who is confirmed, and who took part."""

from io import BytesIO

from django.conf import settings
from django.utils.timezone import localdate, localtime

from association.choices import ExportFormat
from association.columns import masked
from association.domain.exports import ExportRequest
from association.errors import Refused
from association.exchange.writing import Column, write_workbook

KEY, TITLE = "events.participants", "活动参加者"
COLUMNS = (
    Column("单位", width=32), Column("姓名", width=12), Column("职务"), Column("手机", "phone"), Column("报名形式", "choice"),
    Column("报名状态", "choice"), Column("参加", "choice"), Column("签到时间", "datetime"), Column("方式", "choice"),
    Column("线上分钟", "integer"), Column("是否计入", "choice"),
)  # fmt: skip


def made(event, *, person, unmasked: bool, reason: str) -> tuple[ExportRequest, bytes]:
    """The workbook, and what the log of exports is to say of it. Raises Refused where there is nobody."""
    shown = (lambda text: text) if unmasked else masked
    rows = [*_attended(event, shown), *_absent(event, shown)]
    if not rows:
        raise Refused("还没有人报名或签到，没有可导出的内容。", status=422)
    notes = [
        ("名称", f"{settings.ASSOCIATION_NAME}{TITLE}"), ("活动", str(event)), ("行数", str(len(rows))),
        ("导出人", str(person)), ("手机号", "完整，请妥善保管，用完删除" if unmasked else "已遮盖中间几位"),
    ]  # fmt: skip
    if reason:
        notes.append(("用途", reason))
    buffer, today = BytesIO(), localdate()
    write_workbook(buffer, sheet=TITLE, columns=COLUMNS, rows=rows, notes=notes, as_of=today)
    request = ExportRequest(
        listing=KEY, title=f"{TITLE}（{event.numbered}）", query=f"event={event.pk}", conditions=event.numbered,
        columns=[c.header for c in COLUMNS], as_of=today, format=ExportFormat.XLSX, rows=len(rows),
        file_name=f"{TITLE}_{event.numbered}_{today:%Y%m%d}.xlsx", is_unmasked=unmasked, reason=reason,
    )  # fmt: skip
    return request, buffer.getvalue()


def _attended(event, shown):
    rows = event.attendances.live().select_related("registration").order_by("unit_name", "full_name", "pk")
    for row in rows:
        row.event = event
        filed = row.registration
        yield (
            row.unit_name, row.full_name, row.title, shown(row.mobile) or "", filed.get_mode_display() if filed else "",
            filed.state.label if filed else "未报名", row.get_mode_display(), localtime(row.arrived_at),
            row.get_source_display(), row.minutes, "是" if row.counts else "否，线上时间不足",
        )  # fmt: skip


def _absent(event, shown):
    came = event.attendances.live().filter(registration__isnull=False).values("registration")
    rows = event.registrations.confirmed().exclude(pk__in=came).order_by("unit_name", "full_name", "pk")
    for row in rows:
        yield (
            row.unit_name, row.full_name, row.title, shown(row.mobile) or "", row.get_mode_display(), row.state.label,
            "未签到", None, "", None, "",
        )  # fmt: skip
