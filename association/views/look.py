"""Every component in every variant, with data: for those who build pages."""

from datetime import timedelta
from types import SimpleNamespace as Thing

from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from association import permissions
from association.charts import Series
from association.desk import Todo
from association.forms.look import SampleForm
from association.web import require, respond

MONTHS = [f"{month}月" for month in range(1, 13)]


@require_safe
@require(permissions.can_see_components)
def look(request):
    return respond(request, "association/look.html", **samples(request.path))


def samples(path: str) -> dict:
    """Invented values for each component; nothing of it comes from the database."""
    return list_samples(path) | record_samples(path) | form_samples() | chart_samples()


def list_samples(path: str) -> dict:
    pills = (("区", "朝阳、东城、大兴"), ("认定", "2020 年市级及以上"))
    return {
        "pills": [Thing(label=label, text=text, url=path) for label, text in pills],
        "views": [
            Thing(name="朝阳待完善", query="district=105"),
            Thing(name="本年新会员", query="joined=2022"),
        ],
        "listing": Thing(first=21, last=40, total=5000, page=2, pages=250, previous_url=path, next_url=path),
        "short_listing": Thing(first=1, last=7, total=7, page=1, pages=1, previous_url="", next_url=""),
        "roster": roster(),
        "todos": todos(path),
    }


def record_samples(path: str) -> dict:
    tabs = (("概况", None), ("园区", 1), ("联系人", 4), ("附件", 0))
    scan = "2022 年园区情况统计表（盖章扫描件）.jpg"
    return {
        "steps": ["上传工作簿", "逐行核对", "导入"],
        "tabs": [Thing(label=label, url=path, count=n, current=n is None) for label, n in tabs],
        "facts": [
            ("统一社会信用代码", "91119900MA0000023T"),
            ("类别", "园区运营机构 · 国有"),
            ("法定代表人", "演示"),
            ("曾用名", ""),
            ("注册地址", "北京市朝阳区（演示）"),
            ("联络员", "赵女士 199****0007"),
        ],
        "activities": activities(),
        "files": [
            Thing(name="营业执照.pdf", size=482_113, url=path, at=now(), by="赵女士", kind="证照"),
            Thing(name=scan, size=3_482_113, url=path, at=None, by="", kind=""),
        ],
    }


def form_samples() -> dict:
    wrong = {
        "credit_code": "91119900MA0000023X",
        "industries": ["01", "02", "03", "04"],
        "area": "十一万",
        "district": "朝阳",
    }
    return {
        "empty_form": SampleForm(auto_id="new_%s"),
        "filter_form": SampleForm(auto_id="filter_%s"),
        "wrong_form": SampleForm(wrong, auto_id="wrong_%s"),
    }


def chart_samples() -> dict:
    index = [51.2, 50.4, 49.6, 47.9, 48.8, 50.1, 50.9, 51.4, 51.7, 52.4, None, None]
    expected = [52.6, 52.1, 51.0, 49.2, 50.5, 51.6, 52.3, 52.2, 52.8, 53.1, None, None]
    names = ("朝阳", "东城", "海淀", "通州", "西城", "大兴", "石景山", "丰台")
    return {
        "months": MONTHS,
        "index": [Series("园区景气指数", index), Series("预期指数", expected)],
        "held": [Series("线下", [6, 4, 9, 11, 8, 12]), Series("线上", [3, 8, 12, 7, 5, 4])],
        "districts": list(zip(names, (38, 17, 12, 11, 9, 8, 6, 4), strict=True)),
    }


def roster() -> list[Thing]:
    rows = [
        (
            "莱锦文化创意产业园",
            "演示运营公司07",
            "2022-0007",
            "朝阳",
            "副会长单位",
            110_000,
            "示范 2020",
            "在籍",
            "good",
        ),
        (
            "751D·PARK 北京时尚设计广场",
            "演示运营公司01",
            "2022-0005",
            "朝阳",
            "常务理事单位",
            220_000,
            "示范 2020",
            "在籍",
            "good",
        ),
        (
            "星光影视园",
            "演示运营公司02",
            "2022-0010",
            "大兴",
            "理事单位",
            153_000,
            "市级 2020",
            "资料待完善",
            "warn",
        ),
        (
            "演示数字文化创意与影视后期制作科技产业融合发展示范园区（二期）",
            "演示文化创意产业投资发展集团有限公司",
            "2022-0101",
            "石景山",
            "会员单位",
            8_600,
            "",
            "会费逾期",
            "late",
        ),
        ("演示文化投资基金", "", "2022-0094", "西城", "会员单位", None, "", "已退会", "off"),
    ]
    names = ("name", "owner", "number", "district", "grade", "area", "recognition", "state", "tone")
    return [Thing(**dict(zip(names, row, strict=True))) for row in rows]


def activities() -> list[Thing]:
    changes = [
        Thing(label="入驻企业数", old=208, new=212),
        Thing(label="联络员手机", old="199****0010", new="199****0211"),
    ]
    moment = now()
    return [
        Thing(happened_at=moment, by="赵女士", sentence="提交了会员代表变更，附任命函", basis="", changes=[]),
        Thing(
            happened_at=moment - timedelta(days=1),
            by="陈思远",
            sentence="导入名册，更新 2 项",
            basis="",
            changes=changes,
        ),
        Thing(
            happened_at=moment - timedelta(days=400),
            by="周文清",
            sentence="办理入会",
            basis="一届三次理事会决议第 4 项",
            changes=[],
        ),
    ]


def todos(path: str) -> list[Todo]:
    day = localdate()
    return [
        Todo(
            "诉求 2026-031：园区电力增容协调",
            path,
            "催办",
            "演示园区12 提出，已转区经信局",
            day - timedelta(days=4),
        ),
        Todo("入会申请：演示数字传媒集团", path, "初审", "材料齐全，等你初审", day),
        Todo("文科汇第6期 报名审核", path, "去审核", "23 人待确认，线下余 6 席", day + timedelta(days=5)),
        Todo("理事会一届五次会议纪要", path, "提醒"),
    ]
