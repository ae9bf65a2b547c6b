"""Cells of the roster as the page writes them: plain strings made here, because a template tag a cell is slow."""

from decimal import ROUND_HALF_UP, Decimal
from html import escape

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from association.columns import Kind, Tier, masked
from association.formats import chinese_date
from members.choices import RecognitionLevel, Standing

TONES = {Standing.ACTIVE: "good", Standing.LEFT: "", Standing.NONE: ""}
STATUS = {s: f'<span class="status status--{TONES[s]}">{s.label}</span>' for s in Standing}
SHORT_LEVELS = {
    RecognitionLevel.NATIONAL: "国家级",
    RecognitionLevel.NATIONAL_CANDIDATE: "国家级创建",
    RecognitionLevel.MODEL: "示范",
    RecognitionLevel.MODEL_NOMINEE: "示范提名",
    RecognitionLevel.MUNICIPAL: "市级",
    RecognitionLevel.OTHER: "其他",
}
TENTH = Decimal("0.1")
# Broken over two lines, a number or a date is misread.
UNBROKEN = (Kind.CODE, Kind.PHONE, Kind.DATE)


BOX = (
    '<td class="check"><label><span class="aloud">选择 {title}</span>'
    '<input type="checkbox" name="chosen" value="{pk}" data-choose></label></td>'
)
TITLE = ("name", "park_name")
STANDINGS = {"": "家在籍", "active": "家在籍", "left": "家已退会", "ever": "家在籍与已退会", "all": "家单位"}


def shown_list(listing, *, choosing: bool) -> dict:
    """What the roster's templates show of a listing; with `choosing` each row begins with a box to tick."""
    headers = [h for h in listing.headers if h.column.key not in TITLE]
    column, descending = listing.sort
    by_name = column is not None and column.key == "name"
    standing = listing.request.GET.get("standing", "")
    query = listing.query
    return {
        "rows": shown_rows(listing, choosing=choosing),
        "headers": headers,
        "wide": len(headers) > 9,
        "name_sort": ("descending" if descending else "ascending") if by_name else "",
        "name_url": listing.url(sort="name" if descending or not by_name else "-name", page=None),
        "summary": f"{listing.total:,} {STANDINGS.get(standing, '家')}，截至 {chinese_date(listing.as_of)}",
        "filter_url": f"{reverse('members:roster_filters')}?{query}",
        "views_url": f"{reverse('members:roster_views')}?{query}",
        "columns_url": f"{reverse('members:roster_columns')}?{query}",
    }


def column_boxes(listing):
    """Tick boxes of the column chooser, the shown columns first and in their order."""
    shown_keys = list(listing.columns.by_key)
    rest = [c.key for c in listing.allowed_columns if c.key not in shown_keys]
    return format_html_join(
        "",
        '<label class="check"><input type="checkbox" name="columns" value="{}"{}><span>{}</span></label>',
        (
            (key, mark_safe(" checked") if key in shown_keys else "", listing.allowed_columns[key].header)
            for key in [*shown_keys, *rest]
        ),
    )


def shown_rows(listing, *, choosing: bool):
    """The table rows of one page as safe HTML.

    The first cell is made of park and unit name, so these two do not come again as cells. Made here and not in
    the template because the template engine would spend more on the rows than everything else on the page.
    """
    keys = list(dict.fromkeys([*listing.columns.by_key, *TITLE, "recognition_year"]))
    loaded = listing.allowed_columns.chosen(keys)
    columns = [(keys.index(c.key), c, _opening(c)) for c in listing.columns if c.key not in TITLE]
    name, park, year = (keys.index(k) for k in ("name", "park_name", "recognition_year"))
    base = reverse("members:roster")
    rows = []
    for pk, values in zip(listing.pks, loaded.values(listing.pks, listing.as_of), strict=True):
        title = escape(values[park] or values[name] or "")
        below = f"<small>{escape(values[name])}</small>" if values[park] else ""
        box = BOX.format(title=title, pk=pk) if choosing else ""
        cells = "".join(f"{opening}{shown(c, values[i], values[year])}</td>" for i, c, opening in columns)
        rows.append(
            f'<tr data-row>{box}<td class="name"><a href="{base}{pk}/">{title}</a>{below}</td>{cells}</tr>'
        )
    return mark_safe("".join(rows))


def _opening(column):
    look = ' class="num"' if column.kind.is_number else ' class="nowrap"' if column.kind in UNBROKEN else ""
    return f'<td data-label="{escape(column.header)}"{look}>'


def shown(column, value, recognition_year=None) -> str:
    """One stored value as HTML: status with a dot, titles as tags, numbers with thousands, personal ones masked."""
    if value is None or value == "" or value == []:
        return ""
    if column.key == "standing":
        return STATUS[value]
    if column.key == "recognition_level":
        return f'<span class="tag">{SHORT_LEVELS[value]} {recognition_year}</span>'
    if column.tier is Tier.CONTACT:
        return escape(masked(value))
    if column.kind is Kind.LIST:
        return escape("、".join(str(column.labels.get(v, v)) for v in value))
    if column.kind is Kind.CHOICE:
        return escape(str(column.labels.get(value, value)))
    if column.kind is Kind.PERCENT:
        return str(Decimal(value).quantize(TENTH, ROUND_HALF_UP))
    if column.kind is Kind.DECIMAL:
        return f"{value.normalize():,f}"
    if column.kind is Kind.INTEGER:
        return str(value) if column.key.endswith("year") else f"{value:,}"
    return escape(str(value))
