"""Print the yearly figures that the records give, beside what was published for that year where that is known."""

import json
import operator
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from association.desk import desk

# What was published is material to test against, not data of the product; an installed tree may be without it.
PUBLISHED = settings.BASE_DIR / "tests" / "data"
COMPARISONS = {"eq": operator.eq, "ge": operator.ge, "gt": operator.gt}
SIGNS = {"eq": "", "ge": "≥ ", "gt": "> "}
HEADS = ("统计项", "系统", "已公布", "演示值", "结果")


class Command(BaseCommand):
    help = "按年度列出由记录统计出的数字，并与已公布的数字对照。"

    def add_arguments(self, parser):
        parser.add_argument("year", type=int, help="年度，例如 2022")
        parser.add_argument("--json", action="store_true", help="标准输出只有 JSON")

    def handle(self, *, year, **options):
        if not 1990 <= year <= 2100:
            raise CommandError("年度应在 1990 至 2100 之间。")
        published = self.published(year)
        figures = [compared(figure, year, published.get(figure.key, {})) for figure in desk.figures.values()]
        if options["json"]:
            self.stdout.write(json.dumps({"year": year, "figures": figures}, ensure_ascii=False, indent=2))
            return
        rows = [HEADS, *(cells(figure) for figure in figures)]
        self.stdout.write("\n".join(aligned(rows)))

    def published(self, year) -> dict:
        """The published figures of the year by key; none, with a word on standard error, where they are not kept."""
        path = PUBLISHED / f"figures-{year}.json"
        if not path.exists():
            self.stderr.write(
                f"没有找到 {year} 年度已公布的数字（{path}），只列出系统的统计。", style_func=str
            )
            return {}
        return {row["key"]: row for row in json.loads(path.read_text("utf-8"))["figures"]}


def compared(figure, year, published) -> dict:
    """One figure as --json gives it: the value that the records give, then what was published."""
    return {
        "key": figure.key,
        "label": published.get("label", figure.label),
        "value": figure.value(year),
        "article": published.get("article"),
        "op": published.get("op"),
        "demo": published.get("demo"),
    }


def agrees(figure) -> bool:
    """Whether the value fits what was published and, where the demonstration is loaded, its exact value too."""
    if not COMPARISONS[figure["op"]](figure["value"], figure["article"]):
        return False
    return not settings.DEMO or figure["demo"] in (None, figure["value"])


def cells(figure) -> tuple[str, ...]:
    if figure["op"] is None:
        return figure["label"], str(figure["value"]), "", "", ""
    article = f"{SIGNS[figure['op']]}{figure['article']}"
    demo = "" if figure["demo"] is None else str(figure["demo"])
    return figure["label"], str(figure["value"]), article, demo, "一致" if agrees(figure) else "不符"


def aligned(rows) -> list[str]:
    """The rows as lines with the first column to the left, numbers to the right, and the last as it is."""
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(_padded(text, place, widths) for place, text in enumerate(row)).rstrip() for row in rows
    ]


def _padded(text, place, widths):
    space = " " * (widths[place] - width(text))
    return text + space if place in (0, len(widths) - 1) else space + text


def width(text: str) -> int:
    """Columns that the text takes in a terminal: two for a full-width character."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
