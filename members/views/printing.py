"""The roster on paper: A4, by strokes of the name or by pinyin, as of any day."""

from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from association.errors import Refused
from association.web import require, respond
from members import permissions
from members.columns import ROSTER
from members.forms.roster import in_words, roster_listing

MOST = 2_000
ORDERS = {"strokes": ("按姓氏笔画", "stroke_key"), "pinyin": ("按拼音", "pinyin_full")}
# No telephone numbers: paper is left lying about.
PRINTED = ROSTER.chosen(
    ["member_number", "name", "park_name", "district", "grade", "representative", "representative_title"]
)
SHORT = {"member_number": "会员编号", "park_name": "园区", "district": "区", "grade": "级别"}


@require_safe
@require(permissions.can_view_roster)
def print_roster(request):
    """The filtered roster as one table; refused above two thousand units, which nobody prints on purpose."""
    listing = roster_listing(request)
    if not listing.is_valid:
        raise Refused("名册的筛选条件有误，请返回名册改正后再打印。", status=422)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "strokes"
    units = listing.queryset.order_by(ORDERS[order][1], "pk").values_list("pk", flat=True)
    pks = list(units[: MOST + 1])
    if len(pks) > MOST:
        raise Refused(f"一次最多打印 {MOST:,} 家单位，请先用筛选条件缩小范围，或导出 Excel。", status=422)
    return respond(
        request,
        "members/print/roster.html",
        listing=listing,
        conditions=in_words(listing, none=""),
        total=len(pks),
        headers=[SHORT.get(c.key, c.header) for c in PRINTED],
        rows=_table_rows(PRINTED.cells(pks, listing.as_of)),
        order_word=ORDERS[order][0],
        orders=[
            {"label": label, "url": listing.url(order=key), "current": key == order}
            for key, (label, _) in ORDERS.items()
        ],
    )


def _table_rows(rows):
    """Safe HTML made here, because two thousand rows would keep the template engine busy for a second."""
    return format_html_join(
        "\n",
        "<tr><td>{}</td>{}</tr>",
        (
            (i, format_html("<td>{}</td>" * len(row), *[v or "" for v in row]))
            for i, row in enumerate(rows, 1)
        ),
    )
