"""Geometry and words of the charts that the server draws."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

from association.charts import (
    Scale,
    Series,
    axis,
    bars,
    columns,
    percent,
    points,
    scale,
    segments,
    words_below,
    written,
)


@pytest.mark.parametrize(
    ("values", "from_zero", "expected"),
    [
        ([3, 12], True, (0, 15, 5)),
        ([47.9, 53.1], False, (46, 54, 2)),
        ([-3, 4], True, (-4, 4, 2)),
        ([7, 7], False, (7, 8, 0.5)),
        ([], True, (0, 1, 0.5)),
        ([None, 0.004], True, (0, 0.004, 0.001)),
        ([98_765], True, (0, 100_000, 50_000)),
    ],
)
def test_an_axis_has_round_steps_that_hold_every_value(values, from_zero, expected):
    chosen = scale(values, from_zero=from_zero)
    assert (chosen.low, chosen.high, chosen.step) == pytest.approx(expected)


def test_heights_run_from_the_top():
    chosen = Scale(0, 20, 5)
    assert [chosen.at(v) for v in (0, 5, 20)] == [100, 75, 0]
    assert [t["text"] for t in axis(chosen)] == ["0", "5", "10", "15", "20"]
    assert [t["zero"] for t in axis(chosen)] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234, "1,234"),
        (92.4, "92.4"),
        (0.1 + 0.2, "0.3"),
        (-30000, "-30,000"),
        (52.25, "52.25"),
        (82.00001, "82"),
    ],
)
def test_values_are_written_without_needless_zeros(value, text):
    assert written(value) == text


@pytest.mark.parametrize(("value", "text"), [(12.5, "12.5%"), (100, "100%"), (0, "0%"), (33.33333, "33.33%")])
def test_lengths_are_percentages(value, text):
    assert percent(value) == text


def test_columns_stand_on_the_zero_line_and_skip_missing_values():
    drawn = columns(["1月", "2月"], [Series("线下", [10, None]), Series("线上", [-5, 5])], Scale(-10, 10, 5))
    assert [(d["series"], d["y"], d["height"], d["below"]) for d in drawn] == [
        (1, "0%", "50%", False),
        (2, "50%", "25%", True),
        (2, "25%", "25%", False),
    ]
    assert drawn[0]["title"] == "1月　线下　10"


def test_a_missing_value_leaves_a_gap_in_a_line():
    line = points(["1", "2", "3", "4", "5"], Series("指数", [1, 2, None, 4, 5]), 1, Scale(0, 5, 1))
    assert [p["place"] for p in line] == [0, 1, 3, 4]
    assert [(s["x1"], s["x2"]) for s in segments(line)] == [("10%", "30%"), ("70%", "90%")]


def test_on_a_phone_at_most_six_words_stand_below():
    words = words_below([str(n) for n in range(12)])
    assert [w["text"] for w in words if not w["thin"]] == ["0", "2", "4", "6", "8", "10"]


def test_bars_are_shares_of_the_largest():
    assert [
        (b["text"], b["width"]) for b in bars([("朝阳", 38), ("丰台", 19), ("怀柔", None), ("密云", 0)])
    ] == [
        ("38", "100%"),
        ("19", "50%"),
        ("—", "0%"),
        ("0", "0%"),
    ]
    assert bars([("朝阳", 0)])[0]["width"] == "0%"


def draw(tag, **context):
    return Template("{% load charts %}" + tag).render(Context(context))


def test_a_chart_carries_its_table_and_its_data():
    html = draw(
        '{% line_chart "c" "景气指数" labels series unit="点" download="/data.csv" %}',
        labels=["9月", "10月"],
        series=[("指数", [51.7, None])],
    )
    assert '<td class="num">51.7</td>' in html
    assert '<td class="num">—</td>' in html
    assert '<a href="/data.csv">下载数据</a>' in html
    assert 'aria-label="景气指数。9月：51.7；10月：—。"' in html


def test_a_chart_without_data_to_fetch_has_no_link():
    assert "下载数据" not in draw('{% bar_chart "c" "各区" rows %}', rows=[("朝阳", 3)])


def test_names_in_a_chart_are_escaped():
    html = draw(
        '{% column_chart "c" title labels series %}', title="<b>", labels=["<i>"], series=[("<u>", [1])]
    )
    assert [tag for tag in ("<b>", "<i>", "<u>") if tag in html] == []


def test_more_than_four_series_are_refused():
    with pytest.raises(TemplateSyntaxError):
        draw(
            '{% column_chart "c" "t" labels series %}', labels=["1"], series=[(str(n), [1]) for n in range(5)]
        )
