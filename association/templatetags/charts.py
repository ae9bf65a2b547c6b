"""Charts in templates: each comes with its table behind it and, where there is one, the way to its data.

`series` is a list of `association.charts.Series` or of (label, values) pairs, at most four of them.
"""

from django import template

from association.charts import (
    MOST_SERIES,
    Series,
    axis,
    bars,
    columns,
    points,
    scale,
    segments,
    words_below,
    written,
)

register = template.Library()


@register.inclusion_tag("association/charts/columns.html")
def column_chart(key, title, labels, series, unit="", download=""):
    """Upright bars over time. `key` must be unique on the page; `download` is the address of the data."""
    rows = _rows(series)
    chosen = scale([v for row in rows for v in row.values])
    drawn = columns(labels, rows, chosen)
    frame = _frame(key, title, labels, rows, unit, download)
    return frame | {"axis": axis(chosen), "bars": drawn, "crowded": len(drawn) > 12}


@register.inclusion_tag("association/charts/lines.html")
def line_chart(key, title, labels, series, unit="", download="", from_zero=False):
    """Lines over time; the last value of each stands beside its end."""
    rows = _rows(series)
    chosen = scale([v for row in rows for v in row.values], from_zero=from_zero)
    lines = [points(labels, row, i, chosen) for i, row in enumerate(rows, 1)]
    strokes = [s for line in lines for s in segments(line)]
    frame = _frame(key, title, labels, rows, unit, download)
    return frame | {"axis": axis(chosen), "strokes": strokes, "marks": [p for line in lines for p in line]}


@register.inclusion_tag("association/charts/bars.html")
def bar_chart(key, title, rows, head="", unit="", download=""):
    """Lying bars for a ranking or a share, longest first if the caller sorts them so; the table is the chart."""
    return {"key": key, "title": title, "rows": bars(rows), "head": head, "unit": unit, "download": download}


def _rows(series) -> list[Series]:
    rows = [row if isinstance(row, Series) else Series(*row) for row in series]
    if not 1 <= len(rows) <= MOST_SERIES:
        raise template.TemplateSyntaxError(f"A chart shows 1 to {MOST_SERIES} series, not {len(rows)}.")
    return rows


def _frame(key, title, labels, rows, unit, download):
    table = [
        {"label": label, "cells": ["—" if row.values[i] is None else written(row.values[i]) for row in rows]}
        for i, label in enumerate(labels)
    ]
    return {
        "key": key,
        "title": title,
        "unit": unit,
        "download": download,
        "series": [row.label for row in rows],
        "words": words_below(labels),
        "table": table,
        "spoken": f"{title}。" + "；".join(f"{r['label']}：{'、'.join(r['cells'])}" for r in table) + "。",
    }
