"""Everything that the house keeps about one person, as a folder of tables they can read (个人信息保护法 §45).

Each app registers what it keeps about people in its own `personal_data.py`, found when Django starts.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.timezone import localtime, now

from association import notices
from association.exchange.csvtext import guarded
from association.formats import chinese_date
from association.models import Activity, Attachment, Delivery, ExportJob

BOM = "\ufeff"
README = "说明.txt"


@dataclass(frozen=True)
class Table:
    """One table of the copy: its name, the heads of its columns, and its rows; one without rows is left out."""

    name: str
    heads: tuple[str, ...]
    rows: Iterable[tuple]


_sources: list[Callable] = []


def personal_data(source):
    """Register `source(user) -> Iterable[Table]`."""
    _sources.append(source)
    return source


def write(target, user) -> list[str]:
    """Write the copy for `user` as a zip into the binary file `target`; gives the names of the tables in it."""
    names = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in (table for source in _sources for table in source(user)):
            text = _as_text(table)
            if text:
                names.append(table.name)
                archive.writestr(f"{len(names):02d}_{table.name}.csv", BOM + text)
        archive.writestr(README, BOM + _readme(user, names))
    return names


def _as_text(table) -> str:
    """The table as CSV; empty when it has no row."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(table.heads)
    count = 0
    for row in table.rows:
        lines.writerow([_cell(value) for value in row])
        count += 1
    return text.getvalue() if count else ""


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else guarded(str(value))


def _readme(user, names) -> str:
    lines = [
        f"{settings.ASSOCIATION_NAME}保存的关于{user.full_name}的个人信息",
        f"生成日期：{chinese_date(localtime(now()).date())}",
        "",
        "这个压缩包里的每个表格（.csv）可以用 Excel、WPS 或记事本打开：",
        *(f"{number:02d} {name}" for number, name in enumerate(names, 1)),
        "",
        "没有记录的项目不列出。密码和第二步验证只以不能还原的形式保存，不在其中；验证码发出后即抹去。",
        "你所在单位的资料是单位的，不在其中，登录后在单位页面可以看到。",
        "其中有不对的，可以要求更正；文件里有你的个人信息，请妥善保管。",
        f"对处理有异议，请联系协会秘书处，或查看个人信息保护政策：{settings.SITE_URL}/privacy/",
    ]
    return "\r\n".join(lines) + "\r\n"


@personal_data
def account(user):
    yield Table(
        "账号",
        ("姓名", "手机", "手机验证时间", "邮箱", "启用", "建立时间", "最近登录"),
        [
            (user.full_name, user.mobile, user.mobile_verified_at, user.email, user.is_active, user.created_at, user.last_login)
        ],
    )  # fmt: skip
    roles = user.role_assignments.select_related("granted_by", "confirmed_by").order_by("pk")
    yield Table(
        "在协会的职责",
        ("职责", "自", "至（不含）", "授予人", "确认人", "确认时间"),
        (
            (r.get_role_display(), r.since, r.until, r.granted_by, r.confirmed_by, r.confirmed_at)
            for r in roles
        ),
    )


@personal_data
def told(user):
    yield Table(
        "收到的通知",
        ("时间", "种类", "标题", "正文", "已读时间"),
        (
            (n.created_at, notices.label_of(n.kind), n.title, n.body, n.read_at)
            for n in user.notices.order_by("pk").iterator()
        ),
    )
    letters = Delivery.objects.filter(user=user).order_by("pk")
    yield Table(
        "邮件与短信",
        ("时间", "方式", "地址", "标题", "正文", "状态", "发出时间"),
        (
            (d.created_at, d.get_channel_display(), d.address, d.subject, d.text, d.get_state_display(), d.sent_at)
            for d in letters.iterator()
        ),
    )  # fmt: skip


@personal_data
def done(user):
    """What the person did and when they signed in; a sign-in is an activity about oneself."""
    yield Table(
        "登录与办理过的事项",
        ("时间", "事项", "依据"),
        (
            (a.happened_at, a.sentence, a.basis)
            for a in Activity.objects.filter(by=user).order_by("pk").iterator()
        ),
    )
    about = Activity.objects.about(user).exclude(by=user).order_by("pk")
    yield Table(
        "关于账号的记录",
        ("时间", "事项", "依据"),
        ((a.happened_at, a.sentence, a.basis) for a in about.iterator()),
    )


@personal_data
def files(user):
    uploads = Attachment.objects.filter(uploaded_by=user).select_related("content_type").order_by("pk")
    yield Table(
        "上传的文件",
        ("时间", "文件名", "属于", "种类", "字节", "移除时间"),
        ((f.uploaded_at, f.name, f.content_type.name, f.kind, f.size, f.removed_at) for f in uploads.iterator()),
    )  # fmt: skip
    exports = ExportJob.objects.filter(person=user).order_by("pk")
    yield Table(
        "导出记录",
        ("时间", "名称", "条件", "行数", "完整号码", "用途"),
        (
            (e.created_at, e.file_name, e.conditions, e.rows_total, e.is_unmasked, e.reason)
            for e in exports.iterator()
        ),
    )
